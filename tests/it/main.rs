//! The tests that cross crates, in one binary.

mod callbacks;
#[cfg(feature = "dioxus-liveview")]
mod dioxus_app;
#[cfg(feature = "ecto")]
mod forms;
mod frames;
mod limits;
mod live;
mod params;
mod pubsub;
mod routes;
mod session;
mod support;
mod ui;
