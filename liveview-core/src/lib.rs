//! The runtime of Bennu: live views, their actors, their patches, and the endpoint that serves them.
//!
//! The way of one event and one render is told in `ARCHITECTURE.md`. Applications depend on the crate `bennu`, which
//! re-exports what is public here.

#[doc(hidden)]
pub mod __private;
mod assigns;
pub mod channel;
mod components;
mod conn;
mod controller;
pub mod elements;
mod endpoint;
mod error;
pub mod flash;
pub mod form;
mod host;
mod link;
mod live_socket;
mod live_view;
pub mod mailbox;
mod panics;
pub mod params;
#[cfg(feature = "password")]
pub mod password;
pub mod plug;
pub mod presence;
pub mod protocol;
pub mod pubsub;
pub mod render;
mod router;
pub mod rows;
pub mod session;
pub mod supervision;
pub mod telemetry;
pub mod testing;
pub mod throttle;

/// Macro output names the facade; in this crate's own tests that is this crate.
#[cfg(test)]
extern crate self as bennu;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

pub use assigns::Assigns;
pub use axum::http::Uri;
pub use axum::response::{IntoResponse, Response};
pub use components::{FlashGroup, Link, Portal};
pub use conn::{Assigned, Conn};
pub use controller::{
    Accepted, Download, Format, Html, Json, NotAcceptable, RawBody, Redirect, SendFile, Text, html, negotiate,
    send_file, text,
};
pub use dioxus_core::Element;
pub use elements as dioxus_elements;
pub use endpoint::{
    BodyError, Endpoint, EndpointError, ErrorPage, ForceSsl, LayoutProps, LiveTitle, PublicUrl, PublicUrlError, Server,
    State, StaticFiles, Tree, TrustedProxies, TrustedProxiesError, Upload, Uploads, serve, static_integrity,
    static_path,
};
pub use error::{Error, Result};
pub use flash::Flash;
pub use form::{Form, FormData, FormField};
pub use host::Limits;
pub use live_view::{
    AsyncDone, AsyncError, AsyncResult, Call, CallError, CallReply, Click, ClientEvent, Connect, Cx, EventError,
    EventKind, EventValue, Fields, FromEvent, Handled, Info, IntoOutcome, IntoReply, Js, Key, LiveHandle, LiveRender,
    LiveView, LiveViewState, Mount, Push, Reply, SendError, Target, Terminate, TimerRef, Values, ViewCounts, ViewInfo,
    live_render,
};
pub use liveview_macros::{LiveView, channel, live_view, path, router};
pub use params::{Params, ParamsError};
pub use plug::{Halt, IntoPlugOutcome, Pipeline, Plug};
pub use pubsub::{PubSub, Topic, topic};
pub use render::use_flash;
pub use router::{
    LiveSession, LogLevel, NavigationType, OnMount, Query, RouteInfo, RouteKind, RouteMatch, Router, RouterDefinition,
    Scope, ToParam, ToQuery, ToQueryMap, ToSegments,
};
pub use rows::Rows;
pub use session::Session;
pub use supervision::{Actor, ActorCx, ActorRef, Child, Supervisor, SupervisorRef, TaskSupervisor};

/// What the macros of Dioxus expect by these names.
#[doc(hidden)]
pub use {dioxus, dioxus_core};

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What [`base64`] wrote, or none.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn base64_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The text of a panic, if it has one.
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a text").to_owned()
}
