//! The tests that cross crates, in one binary.

mod callbacks;
mod frames;
mod limits;
mod live;
mod params;
mod pubsub;
mod routes;
mod session;
mod support;
mod ui;
