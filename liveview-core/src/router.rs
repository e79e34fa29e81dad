//! Routes: live views, request handlers, files and other routers, as `router!` writes them down.
//!
//! `router!` expands to calls of [`Router`]'s builder, which collects one definition for each route, in order. The [`table`] finds the one that a request is for,
//! for page loads and for joins of live views alike, so both always find the same view.

mod axum_path;
mod define;
mod handler;
mod host;
mod info;
mod live;
mod live_session;
mod log;
mod methods;
mod navigation;
mod param;
pub mod path;
mod pattern;
mod scope;
mod table;

use std::sync::Arc;

use axum::handler::Handler;
use axum::http::{HeaderMap, Method, Uri};

pub(crate) use axum_path::axum_path;
pub(crate) use define::{AssetInfo, FilesBelow, RouteDef, Target};
pub(crate) use handler::{BoxHandler, Call};
pub(crate) use host::host_of;
pub use info::{RouteInfo, RouteKind, RouteMatch};
pub(crate) use live::{LiveMatchError, LivePage, LiveRoute, LiveRoutes};
pub(crate) use live_session::Hooks;
pub use live_session::{LiveSession, OnMount};
pub use log::LogLevel;
pub(crate) use methods::Methods;
pub use navigation::NavigationType;
pub use param::{Query, ToParam, ToQuery, ToQueryMap, ToSegments};
pub(crate) use pattern::{Captures, Pattern};
pub(crate) use scope::Assign;
pub use scope::Scope;
pub(crate) use table::{Found, Miss, Row, Table};

use crate::channel::{Anyone, Channel, Socket, SocketDef, SocketRoutes};
use crate::endpoint::{LayoutProps, sockets};
use crate::{Element, LiveView, StaticFiles};

/// What `router!` makes: something that defines routes.
pub trait RouterDefinition {
    /// The routes.
    fn define(self) -> Router;
}

/// Where the socket is that needs no identity.
const ANYONE_PATH: &str = "/socket";

/// The component that renders the document around a live view.
pub(crate) type Layout = fn(LayoutProps) -> Element;

/// Routes in the making. The first that matches a request wins.
///
/// Paths are written `/robots/:id`, `/api/v:version` and `/files/*rest`. A handler is one of axum's.
///
/// ```
/// use liveview_core::{Conn, Pipeline, Router, Scope, plug};
///
/// async fn index() -> &'static str { "robots" }
/// async fn show(conn: Conn) -> String { conn.params().get("id").unwrap_or_default().to_owned() }
///
/// let api = Pipeline::new("api").plug(plug::accepts(["json"]));
/// let router = Router::new().get("/", index).scope(Scope::new("/api").through(api), |router| {
///     router.get("/robots", index).get("/robots/:id", show)
/// });
/// assert_eq!(router.routes()[2].path, "/api/robots/:id");
/// ```
#[derive(Default)]
pub struct Router {
    pub(crate) routes: Vec<RouteDef>,
    layout: Option<Layout>,
    /// Behind the endpoint's own routes and before all others, as in Phoenix.
    pub(crate) sockets: Vec<Arc<SocketDef>>,
    /// What was written that cannot be; said when the endpoint starts.
    pub(crate) mistakes: Vec<String>,
}

impl Router {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The component that renders the document around every live view of this router or scope, unless one within says otherwise.
    #[must_use]
    pub fn layout(mut self, layout: fn(LayoutProps) -> Element) -> Self {
        self.layout = Some(layout);
        self
    }

    /// Routes that share a path, hosts and pipelines.
    #[must_use]
    pub fn scope(mut self, scope: Scope, routes: impl FnOnce(Router) -> Router) -> Self {
        let inner = routes(Router::new());
        self.take(scope.wrap(inner));
        self
    }

    /// Live views between which a socket may navigate without a page load.
    #[must_use]
    pub fn live_session(mut self, session: LiveSession, routes: impl FnOnce(Router) -> Router) -> Self {
        let inner = routes(Router::new());
        self.take(session.wrap(inner));
        self
    }

    /// A page that is a live view. `action` is what the view reads as `cx.live_action()`.
    #[must_use]
    pub fn live<V: LiveView>(self, path: &'static str, action: Option<&'static str>) -> Self {
        let target = Target::Live(LiveRoute::new::<V>(action));
        self.add(RouteDef::new(path, Methods::One(Method::GET), target, V::NAME))
    }

    /// Requests with `GET` (and `HEAD`).
    #[must_use]
    pub fn get<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::GET), path, handler)
    }

    /// Requests with `POST`.
    #[must_use]
    pub fn post<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::POST), path, handler)
    }

    /// Requests with `PUT`.
    #[must_use]
    pub fn put<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::PUT), path, handler)
    }

    /// Requests with `PATCH`.
    #[must_use]
    pub fn patch<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::PATCH), path, handler)
    }

    /// Requests with `DELETE`.
    #[must_use]
    pub fn delete<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::DELETE), path, handler)
    }

    /// Requests with `OPTIONS`.
    #[must_use]
    pub fn options<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::OPTIONS), path, handler)
    }

    /// Requests with `HEAD`, where `GET` is not answered by the same handler.
    #[must_use]
    pub fn head<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::One(Method::HEAD), path, handler)
    }

    /// Requests with any method.
    #[must_use]
    pub fn any<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.handle(Methods::All, path, handler)
    }

    /// Requests with a method of your own, such as `PURGE`.
    #[must_use]
    pub fn method<H: Handler<T, ()>, T: 'static>(mut self, method: &str, path: &'static str, handler: H) -> Self {
        if let Ok(method) = Method::from_bytes(method.as_bytes()) {
            return self.handle(Methods::One(method), path, handler);
        }
        self.mistakes.push(format!("`{method}`, for the path `{path}`, is no method of HTTP"));
        self
    }

    /// A file that is part of the program. Browsers may keep it and ask whether it changed; by the URL of [`static_path`](crate::static_path) they keep it for
    /// good.
    #[must_use]
    pub fn asset(self, path: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let asset = crate::endpoint::Asset::new(content_type, bytes);
        let info = AssetInfo { version: asset.version().to_owned(), sha512: asset.sha512() };
        let answer = BoxHandler::new(async move |headers: HeaderMap, uri: Uri| asset.respond(&headers, &uri));
        self.add(RouteDef::new(path, Methods::One(Method::GET), Target::Asset(answer, info), content_type))
    }

    /// The files of a folder, below `prefix`.
    #[must_use]
    pub fn static_dir(self, prefix: &'static str, folder: &'static str) -> Self {
        self.static_files(prefix, StaticFiles::new(folder))
    }

    /// The files of a folder, below `prefix`: all of them, or [only](StaticFiles::only) some, which are routes of their own, so that the prefix may be `/`.
    #[must_use]
    pub fn static_files(mut self, prefix: &'static str, files: StaticFiles) -> Self {
        let files = Arc::new(files);
        let tops = files.tops();
        let target = |top| Target::Files(FilesBelow { files: files.clone(), top });
        let route = |path: &str, top| RouteDef::new(path, Methods::One(Method::GET), target(top), "files");
        if tops.is_empty() {
            self.routes.push(route(prefix, None));
        }
        for top in tops {
            let path = format!("{}/{top}", prefix.trim_end_matches('/'));
            self.routes.push(route(&path, Some(top)));
        }
        self
    }

    /// Everything below `prefix` goes to another router, which sees the path without it (and the prefix as axum's `NestedPath`, the
    /// whole URI as `OriginalUri`).
    #[must_use]
    pub fn forward(self, prefix: &'static str, router: axum::Router) -> Self {
        self.add(RouteDef::new(prefix, Methods::All, Target::Forward(router), "axum::Router"))
    }

    /// A socket of channels, below `path`: `/devices/websocket`, and where it says so `/devices/longpoll`. It stands at the top of the router, has no
    /// pipelines, and goes before all routes.
    #[must_use]
    pub fn socket<S: Socket>(
        mut self,
        path: &'static str,
        channels: impl FnOnce(SocketRoutes<S>) -> SocketRoutes<S>,
    ) -> Self {
        let def = channels(SocketRoutes::new(path)).def;
        self.sockets.push(Arc::new(def));
        self
    }

    /// A channel of the socket that needs no identity, at `/socket`.
    #[must_use]
    pub fn channel<C: Channel<Socket = Anyone>>(mut self, topic: &'static str) -> Self {
        let known = self.sockets.iter_mut().find(|socket| socket.path == ANYONE_PATH && socket.name == "Anyone");
        if let Some(socket) = known {
            Arc::make_mut(socket).add::<C>(topic);
            return self;
        }
        self.socket::<Anyone>(ANYONE_PATH, |socket| socket.channel::<C>(topic))
    }

    /// An unmodified Dioxus application, run by `dioxus-liveview`. See `docs/dioxus-liveview.md` for what it cannot do.
    #[cfg(feature = "dioxus-liveview")]
    #[must_use]
    pub fn dioxus_app(self, path: &'static str, app: fn() -> Element) -> Self {
        self.add(RouteDef::new(path, Methods::One(Method::GET), Target::DioxusApp(app), "Dioxus"))
    }

    fn handle<H: Handler<T, ()>, T: 'static>(self, methods: Methods, path: &'static str, handler: H) -> Self {
        let target = Target::Handler(BoxHandler::new(handler));
        self.add(RouteDef::new(path, methods, target, std::any::type_name::<H>()))
    }

    fn add(mut self, route: RouteDef) -> Self {
        self.routes.push(route);
        self
    }

    fn take(&mut self, inner: Router) {
        let Router { routes, layout, mistakes, sockets } = inner;
        self.mistakes.extend(mistakes);
        if let Some(socket) = sockets.first() {
            let path = &socket.path;
            self.mistakes.push(format!("the socket `{path}` stands at the top of the router: it has no scope"));
        }
        self.routes.extend(routes.into_iter().map(|route| route.with_layout(layout)));
    }

    /// All routes, with what this router says for those that say nothing themselves.
    pub(crate) fn into_routes(self) -> Vec<RouteDef> {
        let sockets = self.socket_routes();
        let Router { routes, layout, .. } = self;
        sockets.into_iter().chain(routes.into_iter().map(|route| route.with_layout(layout))).collect()
    }

    /// Those of sockets.
    pub(super) fn socket_routes(&self) -> Vec<RouteDef> {
        let mut routes = Vec::new();
        for socket in &self.sockets {
            let mut add = |transport, methods, answer| {
                let path = format!("{}/{transport}", socket.path);
                routes.push(RouteDef::new(&path, methods, Target::Socket(answer), socket.name));
            };
            if socket.websocket {
                add("websocket", Methods::One(Method::GET), sockets::websocket(socket.clone()));
            }
            if socket.longpoll {
                add("longpoll", Methods::All, sockets::longpoll(socket.clone()));
            }
        }
        routes
    }
}

impl RouterDefinition for Router {
    fn define(self) -> Router {
        self
    }
}
