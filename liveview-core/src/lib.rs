//! The runtime of Bennu.

pub mod mailbox;
pub mod params;
pub mod pubsub;
pub mod session;
pub mod telemetry;
