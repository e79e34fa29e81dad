//! The tests that cross crates, in one binary.

mod callbacks;
mod channels;
#[cfg(feature = "ecto")]
mod cluster;
mod controllers;
#[cfg(feature = "dioxus-liveview")]
mod dioxus_app;
mod disconnect;
mod draining;
mod errors;
#[cfg(feature = "ecto")]
mod forms;
mod frames;
#[cfg(feature = "ecto")]
mod guide;
mod hand_over;
mod http2;
mod isolation;
mod limits;
mod listener;
mod live;
mod live_polls;
mod live_sessions;
mod navigation;
mod nested;
mod params;
mod plugs;
mod pubsub;
#[cfg(feature = "ecto")]
mod repo_status;
mod router;
mod router_macro;
mod routes;
mod security;
mod session;
mod static_files;
mod support;
mod ui;
mod uploads_http;
