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
#[cfg(feature = "password")]
pub use liveview_core::password;
pub use liveview_core::{
    Assigned, Assigns, AsyncDone, AsyncError, AsyncResult, Call, CallError, CallReply, Click, ClientEvent, Conn,
    Connect, Cx, Element, Endpoint, EndpointError, Error, EventError, EventKind, EventValue, Flash, FlashGroup, Form,
    Format, FromEvent, Halt, Handled, Info, IntoOutcome, IntoPlugOutcome, IntoReply, Js, Key, LayoutProps, Limits,
    Link, LiveHandle, LiveSession, LiveTitle, LiveView, LiveViewState, Mount, OnMount, Params, ParamsError, Pipeline,
    Plug, PubSub, Push, Reply, Result, RouteInfo, RouteKind, RouteMatch, Router, RouterDefinition, Rows, Scope,
    SendError, Server, Session, State, Target, Terminate, TimerRef, Topic, Uri, Values, ViewCounts, ViewInfo,
    dioxus_elements, flash, live_view, mailbox, params, plug, protocol, pubsub, router, serve, session, telemetry,
    testing, throttle, topic, use_flash,
};

/// Everything that a module with views needs, by `use bennu::prelude::*`.
pub mod prelude {
    // What `rsx!` and `#[component]` expand to is written against Dioxus's own prelude. Names below win over it.
    #[doc(no_inline)]
    pub use liveview_core::dioxus::prelude::*;

    pub use liveview_core::{
        Assigned, AsyncError, AsyncResult, Click, Conn, Connect, Cx, Element, Endpoint, Error, Flash, FlashGroup, Form,
        Js, Key, LayoutProps, Limits, Link, LiveHandle, LiveSession, LiveTitle, LiveView, Mount, Params, Pipeline,
        PubSub, Push, Reply, Result, Router, Rows, Scope, State, Target, Terminate, TimerRef, Topic, Uri, Values,
        dioxus_elements, live_view, plug, router, topic, use_flash,
    };
    // Methods of components that take bindings as attributes.
    #[doc(no_inline)]
    pub use liveview_core::elements::extensions::BindingsExtension;
}

/// Guides. Everything in them compiles.
#[cfg(any(doc, doctest))]
pub mod guide {
    #[doc = include_str!("../docs/guide/live-views.md")]
    pub mod live_views {}
}
