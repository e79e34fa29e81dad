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
    Accepted, Assigned, Assigns, AsyncDone, AsyncError, AsyncResult, BodyError, Call, CallError, CallReply, Click,
    ClientEvent, Conn, Connect, Cx, Download, Element, Endpoint, EndpointError, Error, ErrorPage, EventError,
    EventKind, EventValue, Fields, Flash, FlashGroup, ForceSsl, Form, FormData, FormField, Format, FromEvent, Halt,
    Handled, Html, Info, IntoOutcome, IntoPlugOutcome, IntoReply, IntoResponse, Js, Json, Key, LayoutProps, Limits,
    Link, LiveHandle, LiveRender, LiveSession, LiveTitle, LiveView, LiveViewState, LogLevel, Mount, NavigationType,
    NotAcceptable, OnMount, Params, ParamsError, Pipeline, Plug, Portal, PubSub, PublicUrl, PublicUrlError, Push,
    RawBody, Redirect, Reply, Result, RouteInfo, RouteKind, RouteMatch, Router, RouterDefinition, Rows, Scope,
    SendError, SendFile, Server, Session, State, StaticFiles, Target, Terminate, Text, TimerRef, ToParam, ToQuery,
    ToQueryMap, ToSegments, Topic, Tree, TrustedProxies, TrustedProxiesError, Upload, Uploads, Uri, Values, ViewCounts,
    ViewInfo, channel, dioxus_elements, flash, form, html, live_render, live_view, mailbox, negotiate, params, path,
    plug, presence, protocol, pubsub, respond, router, send_file, serve, session, static_integrity, static_path,
    supervision, telemetry, testing, text, throttle, topic, use_flash,
};

/// Everything that a module with views needs, by `use bennu::prelude::*`.
pub mod prelude {
    // What `rsx!` and `#[component]` expand to is written against Dioxus's own prelude. Names below win over it.
    #[doc(no_inline)]
    pub use liveview_core::dioxus::prelude::*;

    pub use liveview_core::elements::bindings::BindingAttributes as _;
    pub use liveview_core::form::components::{
        AddRow, Checkbox, DropRow, FieldErrors, FormFor, HiddenInputs, Input, InputsFor, InputsRow, Label, RadioGroup,
        Select, Textarea,
    };
    // For its functions; the name is Dioxus's.
    pub use liveview_core::channel::{
        Anyone, Broadcast, Channel, ChannelCx, ChannelExit, ChannelHandle, ChannelJoin, ChannelReply, Payload, Refused,
        Socket, SocketConnect, SocketRef, Stop,
    };
    pub use liveview_core::form::{FormData as _, SelectOptions};
    pub use liveview_core::{
        Actor, ActorCx, ActorRef, Assigned, AsyncError, AsyncResult, Child, Click, Conn, Connect, Cx, Download,
        Element, Endpoint, Error, Fields, Flash, FlashGroup, Form, FormField, Format, Html, IntoResponse, Js, Json,
        Key, LayoutProps, Limits, Link, LiveHandle, LiveRender, LiveSession, LiveTitle, LiveView, Mount, Params,
        Pipeline, Portal, PubSub, Push, Redirect, Reply, Response, Result, Router, Rows, Scope, State, Supervisor,
        SupervisorRef, Target, TaskSupervisor, Terminate, TimerRef, ToParam, Topic, Uploads, Uri, Values, channel,
        dioxus_elements, html, live_render, live_view, path, plug, respond, router, static_integrity, static_path,
        topic, use_flash,
    };

    // The data layer, but for its `Params`: a live view's own can be cast as they are.
    #[cfg(feature = "ecto")]
    pub use ecto_lite::changeset::{Action, CastRelation, Change, Changeset};
    #[cfg(feature = "ecto")]
    pub use ecto_lite::schema::{BelongsTo, HasMany, HasOne, ManyToMany};
    #[cfg(feature = "ecto")]
    pub use ecto_lite::{DbEnum, Repo, RepoError, Schema, ToParams, WriteError, from};
}

/// Guides. Everything in them compiles.
#[cfg(any(doc, doctest))]
pub mod guide {
    #[doc = include_str!("../docs/guide/first-app.md")]
    pub mod first_app {}
    #[doc = include_str!("../docs/guide/live-views.md")]
    pub mod live_views {}
    #[doc = include_str!("../docs/guide/navigation.md")]
    pub mod navigation {}
    #[doc = include_str!("../docs/guide/routing.md")]
    pub mod routing {}
    #[cfg(feature = "ecto")]
    #[doc = include_str!("../docs/guide/forms.md")]
    pub mod forms {}
    #[doc = include_str!("../docs/guide/controllers.md")]
    pub mod controllers {}
    #[doc = include_str!("../docs/guide/channels.md")]
    pub mod channels {}
    #[cfg(feature = "ecto")]
    #[doc = include_str!("../docs/guide/nodes.md")]
    pub mod nodes {}
    #[doc = include_str!("../docs/guide/security.md")]
    pub mod security {}
    #[doc = include_str!("../docs/guide/supervision.md")]
    pub mod supervision {}
}
