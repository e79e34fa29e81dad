//! The listener: takes connections, TCP or Unix, plain or TLS, and serves HTTP/1.1 and HTTP/2 on them until it is told to stop.
//!
//! ```text
//! accept (while there are fewer than max_connections) -> TLS handshake -> connection: HTTP/1.1 or HTTP/2, by its first bytes -> service
//! shutdown -> those that wait already are accepted, and no more; each connection finishes the requests that it has -> done
//! ```
//!
//! hyper does the protocols. What is ours is that nobody can hold a connection for nothing: there is a limit of time on the handshake, on a request's head,
//! on its body, on a connection without requests, and on a peer that takes no bytes ([`Limits`]); and one on the number of connections.

mod address;
mod connection;
mod slow_body;
mod stream;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(super) use self::address::{Address, TlsFiles};
use self::connection::Via;
pub(crate) use self::slow_body::SlowBody;
use self::stream::{Inner, Plain, Stream};
use super::config::EndpointError;
use crate::endpoint::shared::Shared;
use crate::host::Limits;

/// After an error that is not of one connection, such as too many open files.
const PAUSE: Duration = Duration::from_secs(1);

/// Where processes of this machine seem to come from when they use a Unix socket: they have no address.
const LOCAL_PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A bound socket.
pub(super) struct Listener {
    socket: Socket,
    #[cfg(feature = "tls")]
    tls: Option<tls::Acceptor>,
    limits: Limits,
}

enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, address::SocketFile),
}

impl Listener {
    /// Binds the address; reads the certificate first, if there is one.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the certificate or its key cannot be used.
    pub(super) async fn bind(
        address: &Address,
        tls: Option<&TlsFiles>,
        limits: &Limits,
    ) -> Result<Self, EndpointError> {
        #[cfg(not(feature = "tls"))]
        if tls.is_some() {
            return Err(EndpointError::TlsNotBuilt);
        }
        Ok(Self {
            #[cfg(feature = "tls")]
            tls: tls.map(tls::Acceptor::new).transpose()?,
            socket: Socket::bind(address).await?,
            limits: limits.clone(),
        })
    }

    /// Where it listens, with the port that the system chose. For a Unix socket, `127.0.0.1:0`.
    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.socket {
            Socket::Tcp(socket) => socket.local_addr(),
            #[cfg(unix)]
            Socket::Unix(..) => Ok(LOCAL_PEER),
        }
    }

    /// The same as a URL without a path.
    pub(super) fn url(&self) -> io::Result<String> {
        #[cfg(feature = "tls")]
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        match &self.socket {
            Socket::Tcp(socket) => Ok(format!("{scheme}://{}", socket.local_addr()?)),
            #[cfg(unix)]
            Socket::Unix(_, file) => Ok(format!("unix:{}", file.path().display())),
        }
    }

    /// Serves until `shutdown`, and then until every connection has ended.
    pub(super) async fn serve(self, endpoint: Arc<Shared>, shutdown: CancellationToken) {
        let (connections, places) =
            (TaskTracker::new(), Arc::new(Semaphore::new(self.limits.max_connections.min(Semaphore::MAX_PERMITS))));
        let shared = Arc::new(connection::Shared { endpoint, limits: self.limits.clone(), shutdown: shutdown.clone() });
        let serve = |plain, peer, place| {
            let shared = shared.clone();
            #[cfg(feature = "tls")]
            if let Some(tls) = self.tls.clone() {
                connections.spawn(async move {
                    if let Some(stream) = tls.accept(plain, shared.limits.header_read_timeout).await {
                        let stream = Stream::new(Inner::Tls(stream), place, shared.limits.write_timeout);
                        connection::serve(stream, Via { peer, tls: true }, shared).await;
                    }
                });
                return;
            }
            let stream = Stream::new(Inner::Plain(plain), place, shared.limits.write_timeout);
            connections.spawn(connection::serve(stream, Via { peer, tls: false }, shared));
        };
        loop {
            // Either arm may be dropped: a connection that was not accepted waits in the system's queue.
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                (plain, peer, place) = self.accept(&places) => serve(plain, peer, place),
            }
        }
        // Nobody may wait in the queue of a socket that nobody serves; whoever does so by now was let in by the system and may have sent a request.
        for (plain, peer) in self.socket.close() {
            let Ok(place) = places.clone().try_acquire_owned() else { break };
            serve(plain, peer, place);
        }
        connections.close();
        connections.wait().await;
    }

    /// The next connection, as soon as there is a place for it.
    async fn accept(&self, places: &Arc<Semaphore>) -> (Plain, SocketAddr, OwnedSemaphorePermit) {
        let place = if let Ok(place) = places.clone().try_acquire_owned() {
            place
        } else {
            tracing::warn!(limit = self.limits.max_connections, "there are as many connections as the limits allow");
            // The semaphore is never closed.
            places.clone().acquire_owned().await.expect("the semaphore is open")
        };
        loop {
            match self.socket.accept().await {
                Ok((plain, peer)) => return (plain, peer, place),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

impl Socket {
    async fn bind(address: &Address) -> Result<Self, EndpointError> {
        match address {
            Address::Tcp(addr) => {
                let bound = TcpListener::bind(addr).await;
                bound.map(Self::Tcp).map_err(|source| EndpointError::Bind { addr: *addr, source })
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                let bound = address::bind_unix(path).await;
                let (socket, file) = bound.map_err(|source| EndpointError::BindUnix { path: path.clone(), source })?;
                Ok(Self::Unix(socket, file))
            }
            #[cfg(not(unix))]
            Address::Unix(path) => Err(EndpointError::BindUnix {
                path: path.clone(),
                source: io::Error::new(io::ErrorKind::Unsupported, "this system has no Unix sockets"),
            }),
        }
    }

    /// Listens no more. Those that wait to be accepted.
    fn close(self) -> Vec<(Plain, SocketAddr)> {
        match self {
            Self::Tcp(socket) => waiting(socket.into_std(), |socket| {
                let (stream, peer) = socket.accept()?;
                stream.set_nonblocking(true)?;
                Ok(tcp(TcpStream::from_std(stream)?, peer))
            }),
            #[cfg(unix)]
            Self::Unix(socket, _file) => waiting(socket.into_std(), |socket| {
                let (stream, _) = socket.accept()?;
                stream.set_nonblocking(true)?;
                Ok(unix(UnixStream::from_std(stream)?))
            }),
        }
    }

    /// # Cancel safety
    /// No connection is lost.
    async fn accept(&self) -> io::Result<(Plain, SocketAddr)> {
        match self {
            Self::Tcp(socket) => socket.accept().await.map(|(stream, peer)| tcp(stream, peer)),
            #[cfg(unix)]
            Self::Unix(socket, _) => socket.accept().await.map(|(stream, _)| unix(stream)),
        }
    }
}

/// Whoever waits at this socket. As one of std's it does not wait itself: it says that there is nobody.
fn waiting<S, C>(socket: io::Result<S>, accept: impl Fn(&S) -> io::Result<C>) -> Vec<C> {
    socket.map(|socket| std::iter::from_fn(|| accept(&socket).ok()).collect()).unwrap_or_default()
}

fn tcp(stream: TcpStream, peer: SocketAddr) -> (Plain, SocketAddr) {
    // Frames are small and wanted at once. A peer that is gone already is found out by the first read.
    stream.set_nodelay(true).ok();
    (Plain::Tcp(stream), peer)
}

#[cfg(unix)]
fn unix(stream: UnixStream) -> (Plain, SocketAddr) {
    (Plain::Unix(stream), LOCAL_PEER)
}

/// Whether the peer went away before it was accepted: no reason to pause.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}
