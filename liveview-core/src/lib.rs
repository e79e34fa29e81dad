//! The runtime of Bennu.

pub mod mailbox;
pub mod pubsub;
