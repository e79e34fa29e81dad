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
    AsyncDone, AsyncError, AsyncResult, Call, CallError, CallReply, Click, ClientEvent, Connect, Cx, Element, Endpoint,
    EndpointError, Error, EventError, EventKind, EventValue, Fields, Form, FormData, FormField, FromEvent, Handled,
    Info, IntoOutcome, IntoReply, Key, LayoutProps, Limits, LiveHandle, LiveTitle, LiveView, LiveViewState, Mount,
    Params, ParamsError, PubSub, Push, Reply, Result, Router, RouterDefinition, Rows, SendError, Server, Session,
    State, Target, Terminate, TimerRef, Topic, Uri, Values, ViewCounts, ViewInfo, dioxus_elements, form, live_view,
    mailbox, params, protocol, pubsub, router, serve, session, telemetry, testing, topic,
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
    pub use liveview_core::form::{FormData as _, SelectOptions};
    pub use liveview_core::{
        AsyncError, AsyncResult, Click, Connect, Cx, Element, Endpoint, Error, Fields, Form, FormField, Key,
        LayoutProps, Limits, LiveHandle, LiveTitle, LiveView, Mount, Params, PubSub, Push, Reply, Result, Rows, State,
        Target, Terminate, TimerRef, Topic, Uri, Values, dioxus_elements, live_view, router, topic,
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
    #[doc = include_str!("../docs/guide/live-views.md")]
    pub mod live_views {}
    #[cfg(feature = "ecto")]
    #[doc = include_str!("../docs/guide/forms.md")]
    pub mod forms {}
}
