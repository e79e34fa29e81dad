//! The endpoint: where HTTP requests and sockets come in, with the router, the secrets and the limits of one server.
//!
//! ```text
//! request    -> dispatch   -> route table -> plugs -> handler, file, other router
//! GET page   -> the same   -> http -> actor (mount, render) -> layout -> HTML
//! socket     -> sockets    -> connection of channels (`channel/`)
//! live page  -> live       -> topics of its socket -> actors; what they answer -> outbox -> the page
//! ```
//!
//! Both kinds of sockets go by a WebSocket or, where there is none, by polls (`longpoll`).

mod assets;
pub(crate) mod body;
mod carrier;
mod config;
#[cfg(feature = "dioxus-liveview")]
mod dioxus_app;
mod dispatch;
mod drain;
pub(crate) mod error_page;
mod force_ssl;
pub(crate) mod forwarded;
mod front;
pub(crate) mod headers;
mod http;
mod listener;
mod live;
mod longpoll;
mod method_override;
mod page;
mod public_url;
pub(crate) mod request_id;
mod request_log;
mod routes;
mod serve;
pub(crate) mod shared;
pub(crate) mod sockets;
mod state;
mod static_files;
mod tree;
mod websocket;

pub(crate) use assets::Asset;
pub use body::{BodyError, Upload, Uploads};
pub use config::{Endpoint, EndpointError};
pub use error_page::ErrorPage;
pub use force_ssl::ForceSsl;
pub use forwarded::{TrustedProxies, TrustedProxiesError};
pub use page::{LayoutProps, LiveTitle};
pub use public_url::{PublicUrl, PublicUrlError};
pub(crate) use serve::Unbound;
pub use serve::{Server, serve};
pub use state::State;
pub(crate) use static_files::StaticPaths;
pub use static_files::{StaticFiles, static_integrity, static_path};
pub use tree::Tree;
