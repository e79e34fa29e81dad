//! Bennu: live views in Rust. Annotate a struct, and its state is a page in the browser that follows it.
#![doc = include_str!("../README.md")]

/// What the macros' output calls. Nobody else may use it.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "ecto")]
    pub use ecto_lite::__private as ecto;
    pub use liveview_core::__private::*;
}

/// Schemas, changesets, queries and a repo; `use bennu::ecto::prelude::*` in the modules of the domain.
#[cfg(feature = "ecto")]
pub use ecto_lite as ecto;
pub use liveview_core::{
    Assigned, Assigns, AsyncDone, AsyncError, AsyncResult, Call, CallError, CallReply, Click, ClientEvent, Conn,
    Connect, Cx, Element, Endpoint, EndpointError, Error, EventError, EventKind, EventValue, Flash, Form, Format,
    FromEvent, Halt, Handled, Info, IntoOutcome, IntoPlugOutcome, IntoReply, Key, LayoutProps, Limits, LiveHandle,
    LiveSession, LiveTitle, LiveView, LiveViewState, Mount, NavigationType, OnMount, Params, ParamsError, Pipeline,
    Plug, PubSub, PublicUrl, PublicUrlError, Push, Reply, Result, RouteInfo, RouteKind, RouteMatch, Router,
    RouterDefinition, Rows, Scope, SendError, Server, Session, State, Target, Terminate, TimerRef, ToParam, ToQuery,
    ToQueryMap, ToSegments, Topic, Uri, Values, ViewCounts, ViewInfo, dioxus_elements, flash, live_view, mailbox,
    params, path, plug, protocol, pubsub, router, serve, session, telemetry, testing, topic,
};

/// Everything that a module with views needs, by `use bennu::prelude::*`.
pub mod prelude {
    // What `rsx!` and `#[component]` expand to is written against Dioxus's own prelude. Names below win over it.
    #[doc(no_inline)]
    pub use liveview_core::dioxus::prelude::*;

    pub use liveview_core::{
        Assigned, AsyncError, AsyncResult, Click, Conn, Connect, Cx, Element, Endpoint, Error, Flash, Form, Key,
        LayoutProps, Limits, LiveHandle, LiveSession, LiveTitle, LiveView, Mount, Params, Pipeline, PubSub, Push,
        Reply, Result, Rows, Scope, State, Target, Terminate, TimerRef, ToParam, Topic, Uri, Values, dioxus_elements,
        live_view, path, plug, router, topic,
    };
}

/// Guides. Everything in them compiles.
#[cfg(any(doc, doctest))]
pub mod guide {
    #[doc = include_str!("../docs/guide/live-views.md")]
    pub mod live_views {}
}
