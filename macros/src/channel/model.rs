//! What an `impl` block under `#[channel]` says, once it is understood. Types and names keep their spans.

use proc_macro2::Span;
use syn::{ItemImpl, LitStr, Type};

use crate::method::Method;

/// The block, and what the macro found in it.
pub(super) struct Channel {
    /// The user's block without our attributes and without `type Socket`.
    pub(super) item: ItemImpl,
    /// The socket's type; none is the one that needs no identity.
    pub(super) socket: Option<Type>,
    pub(super) join: Option<Join>,
    pub(super) ins: Vec<In>,
    pub(super) outs: Vec<Out>,
    pub(super) infos: Vec<Info>,
    pub(super) terminate: Option<Terminate>,
    /// Something with this name is there but is not right; nothing is missing then.
    pub(super) has_join: bool,
}

/// `join`.
pub(super) struct Join {
    pub(super) method: Method,
    pub(super) payload: Option<Type>,
}

/// A `#[handle_in]` function.
pub(super) struct In {
    pub(super) method: Method,
    pub(super) event: LitStr,
    pub(super) payload: Option<Type>,
}

/// A `#[handle_out]` function.
pub(super) struct Out {
    pub(super) method: Method,
    pub(super) event: LitStr,
    /// Where its broadcast is, if it takes it.
    pub(super) broadcast: Option<Span>,
}

/// A `#[handle_info]` function: it takes messages of the type.
pub(super) struct Info {
    pub(super) method: Method,
    pub(super) ty: Type,
    pub(super) by_ref: bool,
}

/// `terminate`.
pub(super) struct Terminate {
    pub(super) method: Method,
    /// Where its reason is, if it takes it.
    pub(super) reason: Option<Span>,
}
