//! The tests that cross crates, in one binary.

mod callbacks;
#[cfg(feature = "dioxus-liveview")]
mod dioxus_app;
mod frames;
mod limits;
mod live;
mod params;
mod pubsub;
mod router_macro;
mod routes;
mod session;
mod support;
mod ui;
