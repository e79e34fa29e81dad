//! Starting and stopping a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::http::StatusCode;
use axum::{Extension, Router as AxumRouter, middleware, routing};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::assets::{CLIENT, CLIENT_MODULE, CLIENT_MODULE_PATH, CLIENT_PATH};
use super::config::{Endpoint, EndpointError};
use super::http::{self, Layout};
use super::shared::{STATIC_TOKEN_SALT, Shared};
use super::{headers, page, websocket};
use crate::host::{Host, LIVE_TOKEN_SALT};
use crate::live_view::pool::Pool;
use crate::live_view::registry::{Registry, ViewCounts, ViewInfo};
use crate::live_view::watchdog;
use crate::router::{LiveRoutes, Router, axum_path};
use crate::session::SessionCookie;

/// Serves until the process is told to stop (Ctrl-C, SIGTERM), then ends requests, sockets and views in order.
///
/// # Errors
/// When the router is unusable or the address cannot be listened on.
pub async fn serve(endpoint: Endpoint) -> crate::Result<()> {
    let server = endpoint.start().await?;
    tracing::info!("listening on http://{}", server.addr());
    stop_signal().await;
    tracing::info!("stopping");
    Ok(server.stop().await?)
}

/// A running server.
pub struct Server {
    addr: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Endpoint {
    /// Binds the address and serves in the background, on the runtime of the caller.
    ///
    /// # Errors
    /// When the router is unusable or the address cannot be listened on.
    pub async fn start(self) -> Result<Server, EndpointError> {
        let listener =
            TcpListener::bind(self.addr).await.map_err(|source| EndpointError::Bind { addr: self.addr, source })?;
        let addr = listener.local_addr()?;
        let shutdown = CancellationToken::new();
        let Router { live, http, forwards, layout, .. } = self.router;
        #[cfg(feature = "dioxus-liveview")]
        let dioxus_apps = self.router.dioxus_apps;
        let live_routes = LiveRoutes::new(live).map_err(EndpointError::Router)?;
        let watchdog = watchdog::start(self.limits.blocked_after)?;
        let host = Arc::new(Host {
            registry: Registry::new(&self.limits),
            pool: Pool::new(self.limits.view_threads),
            runtime: Handle::current(),
            shutdown: shutdown.clone(),
            limits: self.limits,
            pubsub: self.pubsub,
            states: self.states,
            live_tokens: self.secret.signer(LIVE_TOKEN_SALT),
        });
        let shared = Arc::new(Shared {
            host,
            live_routes,
            sessions: SessionCookie::new(&self.secret).secure(self.secure_cookies),
            origins: self.origins,
            static_tokens: self.secret.signer(STATIC_TOKEN_SALT),
            sockets: AtomicU64::new(0),
            _watchdog: watchdog,
        });
        let router = routes(&shared, http, forwards)?;
        #[cfg(feature = "dioxus-liveview")]
        let router = add_dioxus_apps(router, dioxus_apps);
        let router = router
            .layer(Extension(Layout(layout.unwrap_or(page::plain_layout))))
            .layer(Extension(shared.clone()))
            .layer(middleware::map_response(headers::secure));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned());
        let serving = tokio::spawn(async move { serving.await });
        Ok(Server { addr, shared, serving })
    }
}

impl Server {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many views live here.
    pub fn view_counts(&self) -> ViewCounts {
        self.shared.host.registry.counts()
    }

    /// The views that live here.
    pub fn views(&self) -> Vec<ViewInfo> {
        self.shared.host.registry.list()
    }

    /// Stops: no new connections, sockets are closed with 1012 (their clients come back to the next server), views end.
    ///
    /// # Errors
    /// When the server had failed before.
    pub async fn stop(self) -> Result<(), EndpointError> {
        self.shared.host.shutdown.cancel();
        match tokio::time::timeout(self.shared.host.limits.shutdown_timeout, self.serving).await {
            Ok(Ok(outcome)) => Ok(outcome?),
            Ok(Err(error)) => Err(std::io::Error::other(error).into()),
            Err(_) => {
                tracing::warn!("some requests did not end in time");
                Ok(())
            }
        }
    }
}

fn routes(
    shared: &Arc<Shared>,
    http: Vec<(&'static str, routing::MethodRouter)>,
    forwards: Vec<(&'static str, AxumRouter)>,
) -> Result<AxumRouter, EndpointError> {
    check_paths(shared, &http, &forwards)?;
    let mut router = AxumRouter::new()
        .route(
            CLIENT_PATH,
            routing::get(async |headers: axum::http::HeaderMap, uri: axum::http::Uri| CLIENT.respond(&headers, &uri)),
        )
        .route(
            CLIENT_MODULE_PATH,
            routing::get(async |headers: axum::http::HeaderMap, uri: axum::http::Uri| {
                CLIENT_MODULE.respond(&headers, &uri)
            }),
        )
        .route(websocket::PATH, routing::get(websocket::upgrade));
    for route in shared.live_routes.iter() {
        router = router.route(&axum_path(route.path), routing::get(http::live_page));
    }
    for (path, handler) in http {
        router = router.route(&axum_path(path), handler);
    }
    for (prefix, inner) in forwards {
        router = router.nest(&axum_path(prefix), inner);
    }
    Ok(router.fallback(async || http::plain(StatusCode::NOT_FOUND)))
}

#[cfg(feature = "dioxus-liveview")]
fn add_dioxus_apps(mut router: AxumRouter, apps: Vec<crate::router::DioxusApp>) -> AxumRouter {
    if apps.is_empty() {
        return router;
    }
    let pool = dioxus_liveview::LiveViewPool::new();
    for (path, app) in apps {
        router = router.merge(super::dioxus_app::routes(path, app, pool.clone()));
    }
    router
}

/// axum panics at contradicting routes; this finds them first.
fn check_paths(
    shared: &Shared,
    http: &[(&'static str, routing::MethodRouter)],
    forwards: &[(&'static str, AxumRouter)],
) -> Result<(), EndpointError> {
    let mut table = matchit::Router::new();
    let mut seen = std::collections::HashSet::from([CLIENT_PATH, CLIENT_MODULE_PATH, websocket::PATH]);
    for path in seen.clone() {
        table.insert(path, ()).map_err(|error| EndpointError::Router(error.to_string()))?;
    }
    let paths = shared.live_routes.iter().map(|route| route.path).chain(http.iter().map(|(path, _)| *path));
    for path in paths {
        if !path.starts_with('/') {
            return Err(EndpointError::Router(format!("the path `{path}` does not begin with `/`")));
        }
        if seen.insert(path) {
            table
                .insert(axum_path(path), ())
                .map_err(|error| EndpointError::Router(format!("the path `{path}`: {error}")))?;
        }
    }
    for (prefix, _) in forwards {
        if !prefix.starts_with('/') || *prefix == "/" || prefix.contains('*') || !seen.insert(prefix) {
            let why = "a router is forwarded to below a path of its own, such as `/admin`";
            return Err(EndpointError::Router(format!("the prefix `{prefix}`: {why}")));
        }
    }
    Ok(())
}

async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return drop(interrupted.await) };
        // Either arm may be dropped: both only wait.
        tokio::select! {
            outcome = interrupted => drop(outcome),
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
