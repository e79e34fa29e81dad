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
    Accepted, Assigned, Assigns, AsyncDone, AsyncError, AsyncResult, BodyError, Call, CallError, CallReply, Click,
    ClientEvent, Conn, Connect, Cx, Download, Element, Endpoint, EndpointError, Error, ErrorPage, EventError,
    EventKind, EventValue, Flash, ForceSsl, Form, Format, FromEvent, Halt, Handled, Html, Info, IntoOutcome,
    IntoPlugOutcome, IntoReply, IntoResponse, Json, Key, LayoutProps, Limits, LiveHandle, LiveSession, LiveTitle,
    LiveView, LiveViewState, Mount, NavigationType, NotAcceptable, OnMount, Params, ParamsError, Pipeline, Plug,
    PubSub, PublicUrl, PublicUrlError, Push, RawBody, Redirect, Reply, Result, RouteInfo, RouteKind, RouteMatch,
    Router, RouterDefinition, Rows, Scope, SendError, SendFile, Server, Session, State, StaticFiles, Target, Terminate,
    Text, TimerRef, ToParam, ToQuery, ToQueryMap, ToSegments, Topic, TrustedProxies, TrustedProxiesError, Upload,
    Uploads, Uri, Values, ViewCounts, ViewInfo, dioxus_elements, flash, html, live_view, mailbox, negotiate, params,
    path, plug, protocol, pubsub, respond, router, send_file, serve, session, static_path, telemetry, testing, text,
    topic,
};

/// Everything that a module with views needs, by `use bennu::prelude::*`.
pub mod prelude {
    // What `rsx!` and `#[component]` expand to is written against Dioxus's own prelude. Names below win over it.
    #[doc(no_inline)]
    pub use liveview_core::dioxus::prelude::*;

    pub use liveview_core::{
        Assigned, AsyncError, AsyncResult, Click, Conn, Connect, Cx, Download, Element, Endpoint, Error, Flash, Form,
        Format, Html, IntoResponse, Json, Key, LayoutProps, Limits, LiveHandle, LiveSession, LiveTitle, LiveView,
        Mount, Params, Pipeline, PubSub, Push, Redirect, Reply, Response, Result, Router, Rows, Scope, State, Target,
        Terminate, TimerRef, ToParam, Topic, Uploads, Uri, Values, dioxus_elements, html, live_view, path, plug,
        respond, router, static_path, topic,
    };
}

/// Guides. Everything in them compiles.
#[cfg(any(doc, doctest))]
pub mod guide {
    #[doc = include_str!("../docs/guide/live-views.md")]
    pub mod live_views {}
    #[doc = include_str!("../docs/guide/routing.md")]
    pub mod routing {}
    #[doc = include_str!("../docs/guide/controllers.md")]
    pub mod controllers {}
}
