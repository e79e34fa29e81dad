//! Starting and stopping a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::{Endpoint, EndpointError};
use super::front;
use super::listener::Listener;
use super::longpoll::{POLL_TOKEN_SALT, Polls};
use super::routes::Routes;
use super::shared::{STATIC_TOKEN_SALT, Shared};
use super::tree::Tree;
use crate::channel::SocketInfo;
use crate::host::{Host, LIVE_TOKEN_SALT, STATE_TOKEN_SALT};
use crate::live_socket::{self, LiveSockets};
use crate::live_view::pool::Pool;
use crate::live_view::registry::{Registry, ViewCounts, ViewInfo};
use crate::live_view::watchdog;
use crate::session::SessionCookie;
use crate::supervision::{ExitReason, ProcessInfo, ProcessKind, SupervisorRef};
use crate::{Flash, PubSub};

/// How long views may take to end, when nobody waits for them any more.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves until the process is told to stop (Ctrl-C, SIGTERM), or its [supervision tree](Endpoint::supervise) ends; then
/// [stops](Server::stop) everything in order, and [leaves](PubSub::shut_down) the other nodes.
///
/// # Errors
/// When the router is unusable, the address cannot be listened on, the tree does not start, or it ended by itself.
pub async fn serve(endpoint: Endpoint) -> crate::Result<()> {
    // Listened for before anything is begun: whoever is told to stop while it starts stops in order, too.
    let stop = StopSignals::listen()?;
    let server = endpoint.start().await?;
    tracing::info!("listening on {}", server.listening_on());
    // Either arm may be dropped: both only wait.
    let ended = tokio::select! {
        () = stop.received() => None,
        reason = server.tree_ended() => Some(reason),
    };
    match &ended {
        None => tracing::info!("stopping"),
        Some(reason) => tracing::error!(%reason, "the supervision tree ended: stopping"),
    }
    let pubsub = server.pubsub().clone();
    let stopped = server.stop().await;
    pubsub.shut_down().await;
    stopped?;
    match ended {
        None => Ok(()),
        Some(reason) => Err(EndpointError::TreeEnded(reason).into()),
    }
}

/// A running server.
pub struct Server {
    addr: SocketAddr,
    shared: Arc<Shared>,
    url: String,
    serving: JoinHandle<()>,
    /// Tells the listener to take no more connections.
    draining: CancellationToken,
    tree: Option<SupervisorRef>,
    started_at: Instant,
}

impl Endpoint {
    /// Binds the address, starts the [supervision tree](Self::supervise), and serves in the background, on the runtime of the caller.
    ///
    /// # Errors
    /// When the router is unusable, the address cannot be listened on, or the tree does not start.
    pub async fn start(mut self) -> Result<Server, EndpointError> {
        let tree = self.tree.take();
        // Bound first: what cannot be listened on is known before anything else is begun.
        let prepared = self.prepare().await;
        let (tree, prepared) = match (tree, prepared) {
            (Some(tree), Ok(prepared)) => (Some(tree.start().await?), prepared),
            (None, Ok(prepared)) => (None, prepared),
            (Some(Tree::Running(tree)), Err(error)) => {
                tree.shut_down().await;
                return Err(error);
            }
            (_, Err(error)) => return Err(error),
        };
        let (listener, addr, url, shared) = prepared;
        let draining = CancellationToken::new();
        let serving = tokio::spawn(listener.serve(shared.clone(), draining.clone()));
        Ok(Server { addr, shared, url, serving, draining, tree, started_at: Instant::now() })
    }

    async fn prepare(self) -> Result<(Listener, SocketAddr, String, Arc<Shared>), EndpointError> {
        let listener = Listener::bind(&self.address, self.tls.as_ref(), &self.limits).await?;
        let (addr, url) = (listener.local_addr()?, listener.url()?);
        let shared = self.build(addr.port())?;
        Ok((listener, addr, url, shared))
    }

    /// The endpoint without a listener: for tests, which hand it requests.
    ///
    /// # Errors
    /// When the router is unusable.
    pub(crate) fn unbound(self) -> Result<Unbound, EndpointError> {
        let port = self.address.port();
        Ok(Unbound(self.build(port)?))
    }

    /// Everything but the listener, which listens on this port.
    fn build(self, port: u16) -> Result<Arc<Shared>, EndpointError> {
        let public_url = self.public_url_at(port);
        // `SECURE_COOKIES` is heard before the options are checked, for `SameSite=None` needs it.
        let sessions = self.session.or_secure(self.secure_cookies || self.tls.is_some());
        let sessions = SessionCookie::with(&self.secret, sessions)?;
        let socket_defs = self.router.sockets.clone();
        socket_defs.iter().try_for_each(|socket| socket.check(&self.origins)).map_err(EndpointError::Router)?;
        let (routes, live_routes, static_paths) = Routes::new(self.router).map_err(EndpointError::Router)?;
        let watchdog = watchdog::start(self.limits.blocked_after)?;
        let host = Arc::new(Host {
            registry: Registry::new(&self.limits),
            pool: Pool::new(self.limits.view_threads),
            runtime: Handle::current(),
            channels: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            limits: self.limits,
            pubsub: self.pubsub,
            states: self.states,
            live_routes,
            static_paths,
            live_tokens: self.secret.signer(LIVE_TOKEN_SALT),
            state_tokens: self.secret.encryptor(STATE_TOKEN_SALT),
            flash_tokens: Flash::signer(&self.secret),
            public_url,
        });
        let live_sockets = Arc::<LiveSockets>::default();
        let disconnects = live_socket::listen(&host.pubsub, live_sockets.clone(), host.registry.clone());
        Ok(Arc::new(Shared {
            host,
            routes,
            front: self.front,
            sessions,
            origins: self.origins,
            static_tokens: self.secret.signer(STATIC_TOKEN_SALT),
            sockets: AtomicU64::new(0),
            open_sockets: Arc::default(),
            live_sockets,
            channel_sockets: Arc::default(),
            polls: Polls::new(self.secret.signer(POLL_TOKEN_SALT)),
            socket_defs,
            _disconnects: disconnects,
            _watchdog: watchdog,
        }))
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

    /// The application's [supervision tree](Endpoint::supervise).
    pub fn supervisor(&self) -> Option<&SupervisorRef> {
        self.tree.as_ref()
    }

    /// The tree and the endpoint, which is as good as its last child.
    pub fn inspect(&self) -> ProcessInfo {
        let endpoint = ProcessInfo::running("endpoint", ProcessKind::Endpoint, self.started_at.elapsed());
        match &self.tree {
            None => endpoint,
            Some(tree) => {
                let mut tree = tree.inspect();
                tree.children.push(endpoint);
                tree
            }
        }
    }

    /// Waits until the supervision tree ends by itself. For ever when there is none.
    pub async fn tree_ended(&self) -> ExitReason {
        match &self.tree {
            Some(tree) => tree.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Stops, in this order:
    ///
    /// 1. No more connections are accepted; requests that are being answered are finished, within [`Limits::shutdown_timeout`].
    /// 2. Meanwhile sockets are closed with 1012, batch by batch ([`Limits::drain_batch_size`] and its kin): their clients come back to the next server.
    /// 3. The views and the channels end.
    /// 4. The supervision tree ends, in the reverse order of its start, each child within its limit.
    ///
    /// [`Limits::shutdown_timeout`]: crate::Limits::shutdown_timeout
    /// [`Limits::drain_batch_size`]: crate::Limits::drain_batch_size
    ///
    /// # Errors
    /// When the server had failed before. The tree has ended then, too.
    pub async fn stop(self) -> Result<(), EndpointError> {
        let Host { limits, registry, channels, shutdown, .. } = &*self.shared.host;
        self.draining.cancel();
        let requests = timeout(limits.shutdown_timeout, self.serving);
        let sockets = timeout(limits.drain_timeout, self.shared.open_sockets.drain(limits));
        let (served, closed) = tokio::join!(requests, sockets);
        // Whoever came through the door as it closed.
        let late = timeout(LAST_WORDS, self.shared.open_sockets.drain(limits)).await;
        if closed.is_err() || late.is_err() {
            tracing::warn!(sockets = self.shared.open_sockets.count(), "some sockets did not close in time");
        }
        shutdown.cancel();
        channels.close();
        let ended = async { tokio::join!(registry.emptied(), channels.wait()) };
        if timeout(LAST_WORDS.min(limits.shutdown_timeout), ended).await.is_err() {
            let (views, channels) = (registry.counts().total, channels.len());
            tracing::warn!(views, channels, "some views or channels did not end in time");
        }
        if let Some(tree) = &self.tree {
            tree.shut_down().await;
        }
        match served {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(std::io::Error::other(error).into()),
            Err(_) => {
                tracing::warn!("some requests did not end in time");
                Ok(())
            }
        }
    }
}

/// Ctrl-C and SIGTERM.
#[cfg(unix)]
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn received(mut self) {
        // Either arm may be dropped: both only wait.
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    #[allow(clippy::unnecessary_wraps, reason = "it is the same everywhere")]
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn received(self) {
        drop(tokio::signal::ctrl_c().await);
    }
}
