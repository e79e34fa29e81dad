//! The endpoint: where HTTP requests and sockets come in, with the router, the secrets and the limits of one server.
//!
//! ```text
//! request    -> dispatch   -> route table -> plugs -> handler, file, other router
//! GET page   -> the same   -> http -> actor (mount, render) -> layout -> HTML
//! WebSocket  -> websocket  -> channels of one socket -> actors; what they answer -> outbox -> WebSocket
//! ```

mod assets;
mod carrier;
mod config;
#[cfg(feature = "dioxus-liveview")]
mod dioxus_app;
mod dispatch;
pub(crate) mod headers;
mod http;
mod page;
mod public_url;
mod routes;
mod serve;
pub(crate) mod shared;
mod state;
mod websocket;

pub(crate) use assets::Asset;
pub use config::{Endpoint, EndpointError};
pub use page::{LayoutProps, LiveTitle};
pub use public_url::{PublicUrl, PublicUrlError};
pub use serve::{Server, serve};
pub use state::State;
