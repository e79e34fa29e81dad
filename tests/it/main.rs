//! The tests that cross crates, in one binary.

mod params;
mod pubsub;
mod session;
mod live;
mod support;
mod ui;
