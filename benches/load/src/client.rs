//! Browsers without a screen: they load the page, open the socket and speak each server's own protocol, byte for byte.

mod bennu;
mod counted;
mod dioxus;
mod http;

use std::future::Future;
use std::ops::{Add, Sub};

use anyhow::Result;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

pub(crate) use self::bennu::Bennu;
use self::counted::{Counted, Counter};
pub(crate) use self::dioxus::Dioxus;
use crate::pages::Page;

type Socket = WebSocketStream<Counted>;

/// Bytes on a session's socket after the handshake, frame headers included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub(crate) down: u64,
    pub(crate) up: u64,
    /// The part of `up` that was frames of acknowledgements only.
    pub(crate) acks: u64,
}

impl Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { down: self.down + other.down, up: self.up + other.up, acks: self.acks + other.acks }
    }
}

impl Sub for Traffic {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { down: self.down - before.down, up: self.up - before.up, acks: self.acks - before.acks }
    }
}

/// What it took to get the page.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Loaded {
    /// Bytes of the answer to the GET, headers included.
    pub(crate) get: u64,
    /// Bytes of the document alone.
    pub(crate) html: u64,
    /// Bytes of the socket from its handshake's end until the page lives.
    pub(crate) join: Traffic,
    /// The payload of the join's reply.
    pub(crate) reply: u64,
    /// Nodes that the page's adoption gave ids to.
    pub(crate) dynamic_nodes: u64,
}

/// One browser on one page.
pub(crate) trait Client: Sized + Send + 'static {
    /// Loads the page and joins. A witness follows what its page shows, at the cost of the load generator's time.
    fn connect(port: u16, page: Page, witness: bool) -> impl Future<Output = Result<(Self, Loaded)>> + Send;

    /// Clicks the page's button and waits until the page shows what came of it.
    fn click(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Follows the page until then; how many updates came.
    fn follow(&mut self, until: Instant) -> impl Future<Output = Result<u64>> + Send;

    /// Says that it is still there, as its browser does every 30 seconds.
    fn keep_alive(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Bytes so far.
    fn traffic(&self) -> Traffic;

    /// Fails if this is a witness and its page does not show what it should.
    fn verify(&self) -> Result<()>;
}

async fn open(port: u16, path: &str, cookie: Option<&str>) -> Result<(Socket, Counter)> {
    let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request()?;
    request.headers_mut().insert("origin", HeaderValue::try_from(format!("http://127.0.0.1:{port}"))?);
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", HeaderValue::try_from(cookie)?);
    }
    let stream = Counted::connect(port).await?;
    let counter = stream.counter();
    let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    counter.reset();
    Ok((socket, counter))
}
