//! The runtime of Bennu.

pub mod protocol;
