//! The tests that cross crates, in one binary.

mod pubsub;
