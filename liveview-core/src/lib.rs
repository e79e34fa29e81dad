//! The runtime of Bennu.

pub mod protocol;
pub mod render;
pub mod rows;
pub mod testing;
