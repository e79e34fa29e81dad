//! Starting and stopping a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::extract::Request;
use axum::response::Response;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::config::{Endpoint, EndpointError};
use super::dispatch::Dispatch;
use super::front;
use super::listener::Listener;
use super::routes::Routes;
use super::shared::{STATIC_TOKEN_SALT, Shared};
use super::sockets::{POLL_TOKEN_SALT, Polls};
use crate::channel::SocketInfo;
use crate::host::{Host, LIVE_TOKEN_SALT};
use crate::live_socket::{self, LiveSockets};
use crate::live_view::pool::Pool;
use crate::live_view::registry::{Registry, ViewCounts, ViewInfo};
use crate::live_view::watchdog;
use crate::session::SessionCookie;
use crate::{Flash, PubSub};

/// Serves until the process is told to stop (Ctrl-C, SIGTERM), then ends requests, sockets and views in order.
///
/// # Errors
/// When the router is unusable or the address cannot be listened on.
pub async fn serve(endpoint: Endpoint) -> crate::Result<()> {
    let server = endpoint.start().await?;
    tracing::info!("listening on {}", server.listening_on());
    stop_signal().await;
    tracing::info!("stopping");
    Ok(server.stop().await?)
}

/// A running server.
pub struct Server {
    addr: SocketAddr,
    shared: Arc<Shared>,
    url: String,
    serving: JoinHandle<()>,
}

impl Endpoint {
    /// Binds the address and serves in the background, on the runtime of the caller.
    ///
    /// # Errors
    /// When the router is unusable or the address cannot be listened on.
    pub async fn start(self) -> Result<Server, EndpointError> {
        let listener = Listener::bind(&self.address, self.tls.as_ref(), &self.limits).await?;
        let (addr, url) = (listener.local_addr()?, listener.url()?);
        let (shared, shutdown) = self.build(addr.port())?;
        let serving = tokio::spawn(listener.serve(Dispatch(shared.clone()), shutdown));
        Ok(Server { addr, shared, url, serving })
    }

    /// The endpoint without a listener: for tests, which hand it requests.
    ///
    /// # Errors
    /// When the router is unusable.
    pub(crate) fn unbound(self) -> Result<Unbound, EndpointError> {
        let port = self.address.port();
        Ok(Unbound(self.build(port)?.0))
    }

    /// Everything but the listener, which listens on this port.
    fn build(self, port: u16) -> Result<(Arc<Shared>, CancellationToken), EndpointError> {
        let public_url = self.public_url_at(port);
        // `SECURE_COOKIES` is heard before the options are checked, for `SameSite=None` needs it.
        let sessions = self.session.or_secure(self.secure_cookies || self.tls.is_some());
        let sessions = SessionCookie::with(&self.secret, sessions)?;
        let shutdown = CancellationToken::new();
        let socket_defs = self.router.sockets.clone();
        socket_defs.iter().try_for_each(|socket| socket.check(&self.origins)).map_err(EndpointError::Router)?;
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
        let live_sockets = Arc::<LiveSockets>::default();
        let disconnects = live_socket::listen(&host.pubsub, live_sockets.clone(), host.registry.clone());
        let shared = Arc::new(Shared {
            host,
            routes,
            front: self.front,
            sessions,
            origins: self.origins,
            static_tokens: self.secret.signer(STATIC_TOKEN_SALT),
            sockets: AtomicU64::new(0),
            live_sockets,
            channel_sockets: Arc::default(),
            polls: Polls::new(self.secret.signer(POLL_TOKEN_SALT)),
            socket_defs,
            _disconnects: disconnects,
            _watchdog: watchdog,
        });
        Ok((shared, shutdown))
    }
}

/// An endpoint that nobody listens for.
#[derive(Clone)]
pub(crate) struct Unbound(Arc<Shared>);

impl Unbound {
    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }

    /// The answer to a request.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        front::answer(self.0.clone(), request).await
    }
}

impl Server {
    /// Where it listens, as a URL without a path: `https://127.0.0.1:4000`, or `unix:/run/fleet.sock`.
    pub fn listening_on(&self) -> &str {
        &self.url
    }

    /// Where it listens; `127.0.0.1:0` for a Unix socket.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What [`Endpoint::state`] was given.
    pub fn state<T: std::any::Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.shared.host.states.share()
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

    /// The sockets of channels that are open here, with the topics that each has joined.
    pub fn sockets(&self) -> Vec<SocketInfo> {
        self.shared.channel_sockets.list()
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> &PubSub {
        &self.shared.host.pubsub
    }

    /// Logs out everywhere: see [`crate::session::disconnect`].
    pub fn disconnect(&self, live_socket_id: &str) {
        crate::session::disconnect(&self.shared.host.pubsub, live_socket_id);
    }

    /// Stops: no new connections, sockets are closed with 1012 (their clients come back to the next server), views end.
    ///
    /// # Errors
    /// When the server had failed before.
    pub async fn stop(self) -> Result<(), EndpointError> {
        self.shared.host.shutdown.cancel();
        match tokio::time::timeout(self.shared.host.limits.shutdown_timeout, self.serving).await {
            Ok(Ok(())) => Ok(()),
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
