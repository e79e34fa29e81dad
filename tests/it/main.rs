//! The tests that cross crates, in one binary.

mod frames;
mod limits;
mod live;
mod params;
mod pubsub;
mod session;
mod support;
mod ui;
