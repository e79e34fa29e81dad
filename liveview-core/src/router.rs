//! Routes: live views, request handlers and files, as `router!` writes them down.
//!
//! `router!` expands to calls of [`Router`]'s builder. Live routes are matched by one table ([`LiveRoutes`]) for page loads
//! and for joins, so both always find the same view.

mod live;
mod param;
pub mod path;

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

pub(crate) use live::{LiveMatchError, LiveRoute, LiveRoutes};
pub use param::{Query, ToParam, ToQuery, ToQueryMap, ToSegments};
pub(crate) use path::axum_path;

use crate::endpoint::LayoutProps;
use crate::{Element, LiveView};

/// What `router!` makes: something that defines routes.
pub trait RouterDefinition {
    /// The routes.
    fn define(self) -> Router;
}

/// A Dioxus application and the path it is mounted on.
#[cfg(feature = "dioxus-liveview")]
pub(crate) type DioxusApp = (&'static str, fn() -> Element);

/// Routes in the making. Paths are written `/robots/:id` and `/files/*rest`.
#[derive(Default)]
pub struct Router {
    pub(crate) live: Vec<LiveRoute>,
    pub(crate) http: Vec<(&'static str, MethodRouter)>,
    pub(crate) forwards: Vec<(&'static str, axum::Router)>,
    pub(crate) layout: Option<fn(LayoutProps) -> Element>,
    #[cfg(feature = "dioxus-liveview")]
    pub(crate) dioxus_apps: Vec<DioxusApp>,
}

impl Router {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The component that renders the document around every live view.
    #[must_use]
    pub fn layout(mut self, layout: fn(LayoutProps) -> Element) -> Self {
        self.layout = Some(layout);
        self
    }

    /// A page that is a live view. `action` is what the view reads as `cx.live_action()`.
    #[must_use]
    pub fn live<V: LiveView>(mut self, path: &'static str, action: Option<&'static str>) -> Self {
        self.live.push(LiveRoute::new::<V>(path, action));
        self
    }

    /// Requests with `GET` (and `HEAD`).
    #[must_use]
    pub fn get<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.method(path, routing::get(handler))
    }

    /// Requests with `POST`.
    #[must_use]
    pub fn post<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.method(path, routing::post(handler))
    }

    /// Requests with `PUT`.
    #[must_use]
    pub fn put<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.method(path, routing::put(handler))
    }

    /// Requests with `PATCH`.
    #[must_use]
    pub fn patch<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.method(path, routing::patch(handler))
    }

    /// Requests with `DELETE`.
    #[must_use]
    pub fn delete<H: Handler<T, ()>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.method(path, routing::delete(handler))
    }

    /// A file that is part of the program. Browsers may keep it and ask whether it changed.
    #[must_use]
    pub fn asset(self, path: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let asset = crate::endpoint::Asset::new(content_type, bytes);
        self.method(path, routing::get(async move |headers: axum::http::HeaderMap| asset.respond(&headers)))
    }

    /// The files of a folder, below `prefix`.
    #[must_use]
    pub fn static_dir(mut self, prefix: &'static str, folder: &'static str) -> Self {
        let files = axum::Router::new().fallback_service(tower_http::services::ServeDir::new(folder));
        self.forwards.push((prefix, files));
        self
    }

    /// Everything below `prefix` goes to another router, which sees the path without it.
    #[must_use]
    pub fn forward(mut self, prefix: &'static str, router: axum::Router) -> Self {
        self.forwards.push((prefix, router));
        self
    }

    /// An unmodified Dioxus application, run by `dioxus-liveview`. See `docs/dioxus-liveview.md` for what it cannot do.
    #[cfg(feature = "dioxus-liveview")]
    #[must_use]
    pub fn dioxus_app(mut self, path: &'static str, app: fn() -> Element) -> Self {
        self.dioxus_apps.push((path, app));
        self
    }

    fn method(mut self, path: &'static str, handler: MethodRouter) -> Self {
        self.http.push((path, handler));
        self
    }
}

impl RouterDefinition for Router {
    fn define(self) -> Router {
        self
    }
}
