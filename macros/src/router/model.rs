//! What a `router!` says, once it is understood.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Expr, LitBool, LitStr, Path, Type, Visibility};

use super::path::RoutePath;
use super::resources::Resources;

/// The router: its type, its pipelines, and its items in the order in which they were written.
pub(super) struct Routes {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) items: Vec<Item>,
}

/// Plugs under one name.
pub(super) struct Pipeline {
    pub(super) name: Ident,
    pub(super) plugs: Vec<Plug>,
}

/// What stands in a pipeline, or behind `through`.
pub(super) enum Plug {
    /// A single name, before it is known what has it.
    Named(Ident),
    /// All plugs of a pipeline.
    Pipeline(Ident),
    /// One of the library's, perhaps with arguments.
    BuiltIn { name: Ident, args: Option<TokenStream> },
    /// An async function, or an expression that makes one.
    Function(Expr),
    /// A Tower layer.
    Layer(Expr),
}

/// One line of the router, or a block.
pub(super) enum Item {
    Layout(Path),
    Live { path: RoutePath, view: Type, action: Option<Ident> },
    Verb { methods: Vec<Method>, path: RoutePath, handler: Expr },
    Resources(Resources),
    Asset { path: RoutePath, media_type: LitStr, bytes: Expr },
    Static { path: RoutePath, files: Files },
    Forward { path: RoutePath, router: Expr },
    Dioxus { path: RoutePath, app: Expr },
    Socket(SocketOf),
    Channel(ChannelOf),
    Scope(Scope),
    LiveSession(LiveSession),
}

/// A socket and its channels.
pub(super) struct SocketOf {
    pub(super) path: RoutePath,
    pub(super) socket: Type,
    /// The transports, where the block says so.
    pub(super) websocket: Option<LitBool>,
    pub(super) longpoll: Option<LitBool>,
    pub(super) channels: Vec<ChannelOf>,
}

/// A channel and its topics.
pub(super) struct ChannelOf {
    pub(super) topic: LitStr,
    pub(super) channel: Type,
}

/// A folder, and what is said of it.
pub(super) struct Files {
    pub(super) folder: LitStr,
    /// Names at its top; none is all that is in it.
    pub(super) only: Vec<LitStr>,
    pub(super) cache_control: Option<LitStr>,
}

/// Routes that share a path, a host and plugs.
pub(super) struct Scope {
    pub(super) path: RoutePath,
    /// Any of them; none is all hosts.
    pub(super) hosts: Vec<LitStr>,
    /// Values for the requests of its routes.
    pub(super) assigns: Vec<Expr>,
    /// The variant of `LogLevel`.
    pub(super) log: Option<Ident>,
    pub(super) through: Vec<Plug>,
    pub(super) items: Vec<Item>,
}

/// Routes between which a socket may navigate.
pub(super) struct LiveSession {
    pub(super) name: Ident,
    pub(super) on_mount: Vec<Expr>,
    pub(super) layout: Option<Path>,
    pub(super) through: Vec<Plug>,
    pub(super) items: Vec<Item>,
}

/// What a route answers to.
#[derive(Clone)]
pub(super) enum Method {
    Verb(Verb, Span),
    /// `"PURGE"`
    Custom(LitStr),
}

impl Method {
    /// As it is on the wire; none for all methods.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Verb(Verb::Any, _) => None,
            Self::Verb(verb, _) => Some(verb.name().to_uppercase()),
            Self::Custom(literal) => Some(literal.value()),
        }
    }

    pub(super) fn span(&self) -> Span {
        match self {
            Self::Verb(_, span) => *span,
            Self::Custom(literal) => literal.span(),
        }
    }
}

/// An HTTP method that has a keyword, or all methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Head,
    Any,
}

impl Verb {
    pub(super) const ALL: [Self; 8] =
        [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options, Self::Head, Self::Any];

    /// The keyword, which is also the name of the library's function.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Options => "options",
            Self::Head => "head",
            Self::Any => "any",
        }
    }

    pub(super) fn of(keyword: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == keyword)
    }
}
