//! What an `impl` block under `#[live_view]` says, once it is understood.
//!
//! Types and names keep their spans, so that what the compiler finds wrong with an expansion is shown where the user wrote it.

use proc_macro2::{Ident, Span};
use syn::{Generics, ItemImpl, LitInt, LitStr, Type, Visibility};

use crate::method::Method;

/// The block, and what the macro found in it.
pub(super) struct LiveView {
    /// The user's block without our attributes.
    pub(super) item: ItemImpl,
    /// Frames a second at most, where the block says so.
    pub(super) max_fps: Option<LitInt>,
    pub(super) callbacks: Vec<Callback>,
    pub(super) events: Vec<Event>,
    pub(super) infos: Vec<Handler>,
    pub(super) calls: Vec<Handler>,
    pub(super) tasks: Vec<TaskEnd>,
}

/// The functions that a view has by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallbackKind {
    Mount,
    HandleParams,
    Connected,
    Disconnected,
    Render,
    HandOver,
    Terminate,
}

/// A function that the runtime calls by its name.
pub(super) struct Callback {
    pub(super) kind: CallbackKind,
    pub(super) method: Method,
    /// Where its parameters after the context are: a prefix of what the callback is given.
    pub(super) params: Vec<Span>,
    /// Of the shape that the expansion can call; if not, a stub stands in.
    pub(super) sound: bool,
}

/// An `#[event]` function.
pub(super) struct Event {
    pub(super) method: Method,
    pub(super) vis: Visibility,
    pub(super) name: LitStr,
    pub(super) params: Vec<Param>,
    /// Those of the function; only a wrong event has any.
    pub(super) generics: Generics,
    /// As for [`Callback`]; of a wrong event only the `on_` function is made.
    pub(super) sound: bool,
}

/// A parameter of an event.
pub(super) struct Param {
    pub(super) ty: Type,
    pub(super) source: Source,
}

/// Who supplies a parameter.
pub(super) enum Source {
    /// The binding, when the page is rendered, under this name.
    Binding(Ident),
    /// The browser, when the event happens.
    Client,
}

/// An `#[info]` or `#[call]` function: it handles what is of the type.
pub(super) struct Handler {
    pub(super) method: Method,
    pub(super) ty: Type,
    pub(super) by_ref: bool,
}

/// A `#[handle_async]` function: it gets the end of the task with the name, whose value has the type.
pub(super) struct TaskEnd {
    pub(super) method: Method,
    pub(super) name: LitStr,
    pub(super) ty: Type,
}

impl Event {
    /// The function that makes the binding.
    pub(super) fn binding(&self) -> Ident {
        Ident::new(&format!("on_{}", self.name.value()), self.method.ident.span())
    }
}
