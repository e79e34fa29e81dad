//! What a `router!` says, once it is understood.

use proc_macro2::Ident;
use syn::{Attribute, Expr, LitStr, Path, Type, Visibility};

use super::path::RoutePath;

/// The router: its type, and its items in the order in which they were written.
pub(super) struct Routes {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) items: Vec<Item>,
}

/// One line of the router.
pub(super) enum Item {
    Layout(Path),
    Live { path: RoutePath, view: Type, action: Option<Ident> },
    Verb { verb: Verb, path: RoutePath, handler: Expr },
    Asset { path: RoutePath, media_type: LitStr, bytes: Expr },
    Static { path: RoutePath, folder: LitStr },
    Forward { path: RoutePath, router: Expr },
    Dioxus { path: RoutePath, app: Expr },
}

/// An HTTP method, as the router writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    pub(super) const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The keyword, which is also the name of the library's function.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}
