//! Starting and stopping a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::ServiceExt as _;
use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::config::{Endpoint, EndpointError};
use super::dispatch::Dispatch;
use super::front;
use super::routes::Routes;
use super::shared::{STATIC_TOKEN_SALT, Shared};
use crate::Flash;
use crate::host::{Host, LIVE_TOKEN_SALT};
use crate::live_view::pool::Pool;
use crate::live_view::registry::{Registry, ViewCounts, ViewInfo};
use crate::live_view::watchdog;
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
    pub async fn start(mut self) -> Result<Server, EndpointError> {
        let listener =
            TcpListener::bind(self.addr).await.map_err(|source| EndpointError::Bind { addr: self.addr, source })?;
        let addr = listener.local_addr()?;
        self.addr = addr;
        let (shared, shutdown) = self.build()?;
        let service = Dispatch(shared.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned());
        let serving = tokio::spawn(async move { serving.await });
        Ok(Server { addr, shared, serving })
    }

    /// The endpoint without a listener: for tests, which hand it requests.
    ///
    /// # Errors
    /// When the router is unusable.
    pub(crate) fn unbound(self) -> Result<Unbound, EndpointError> {
        Ok(Unbound(self.build()?.0))
    }

    /// Everything but the listener.
    fn build(self) -> Result<(Arc<Shared>, CancellationToken), EndpointError> {
        let shutdown = CancellationToken::new();
        let public_url = self.public_url_at(self.addr);
        let (routes, live_routes, static_paths) = Routes::new(self.router).map_err(EndpointError::Router)?;
        let watchdog = watchdog::start(self.limits.blocked_after)?;
        let host = Arc::new(Host {
            registry: Registry::new(&self.limits),
            pool: Pool::new(self.limits.view_threads),
            runtime: Handle::current(),
            shutdown: shutdown.clone(),
            limits: self.limits,
            pubsub: self.pubsub,
            states: self.states,
            live_routes,
            static_paths,
            live_tokens: self.secret.signer(LIVE_TOKEN_SALT),
            flash_tokens: Flash::signer(&self.secret),
            public_url,
        });
        let shared = Arc::new(Shared {
            host,
            routes,
            front: self.front,
            sessions: SessionCookie::new(&self.secret).secure(self.secure_cookies),
            origins: self.origins,
            static_tokens: self.secret.signer(STATIC_TOKEN_SALT),
            sockets: AtomicU64::new(0),
            _watchdog: watchdog,
        });
        Ok((shared, shutdown))
    }
}

/// An endpoint that nobody listens for.
#[derive(Clone)]
pub(crate) struct Unbound(Arc<Shared>);

impl Unbound {
    /// The answer to a request.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        front::answer(self.0.clone(), request).await
    }
}

impl Server {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The absolute URL of a path, for what is sent from outside of requests and views, such as mails.
    pub fn url(&self, path: impl AsRef<str>) -> String {
        self.shared.host.public_url.url(path)
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
