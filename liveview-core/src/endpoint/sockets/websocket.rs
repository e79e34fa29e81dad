//! Channels over a WebSocket: one task, which reads frames for the connection and writes what its outbox holds.

use std::future::pending;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Request};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, SinkExt as _};
use tokio::time::{Instant, sleep_until, timeout};

use super::connect::{Connected, connect};
use crate::Conn;
use crate::channel::registry::Transport;
use crate::channel::{Frame, Incoming, SocketDef};
use crate::endpoint::drain::{OpenSocket, SERVICE_RESTART};
use crate::endpoint::websocket;
use crate::link::HangUp;

/// Frames that are written before the peer is listened to again.
const AT_ONCE: usize = 64;
/// The protocol that goes with a token, and the only one that we know by name.
const PROTOCOL: &str = "phoenix";

/// `GET <path>/websocket`.
pub(super) async fn upgrade(def: Arc<SocketDef>, conn: Conn, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return websocket::refusal(rejection),
    };
    let connected = match connect(&conn, &def, &parts.headers, Transport::WebSocket).await {
        Ok(connected) => connected,
        Err(refusal) => return refusal,
    };
    let shared = conn.shared().clone();
    websocket::bounded(upgrade, &shared.host.limits).protocols([PROTOCOL]).on_upgrade(move |mut ws| {
        let open = shared.open_sockets.enter(shared.next_socket(), &connected.connection.shared().outbox);
        let mut socket = Box::new(Socket { connected, stalled: None, heard_at: Instant::now(), _open: open });
        // By reference: a future that owns its arguments has room for them twice.
        async move { socket.run(&mut ws).await }
    })
}

struct Socket {
    connected: Connected,
    /// What the next frame waits for.
    stalled: Option<Stalled>,
    heard_at: Instant,
    _open: OpenSocket,
}

/// What a peer that is let go may take to hear of it.
const FAREWELL: Duration = Duration::from_secs(1);

type Stalled = BoxFuture<'static, Option<Box<Incoming>>>;

enum Wake {
    Outgoing(Result<Frame, HangUp>),
    Moved(Option<Box<Incoming>>),
    Incoming(Option<Result<Message, axum::Error>>),
    Idle,
    Shutdown,
}

type Step = ControlFlow<Option<HangUp>>;

const fn closing(code: u16, reason: &'static str) -> Step {
    ControlFlow::Break(Some(HangUp { code, reason }))
}

/// What was waited for. Never ends while nothing is.
async fn moved(stalled: &mut Option<Stalled>) -> Option<Box<Incoming>> {
    match stalled {
        Some(stalled) => stalled.await,
        None => pending().await,
    }
}

impl Socket {
    async fn run(&mut self, ws: &mut WebSocket) {
        let hang_up = loop {
            if let ControlFlow::Break(hang_up) = self.step(ws).await {
                break hang_up;
            }
        };
        if let Some(HangUp { code, reason }) = hang_up {
            tracing::debug!(code, reason, "a socket is closed");
            // A peer that is gone needs no farewell, and one that does not read gets no more time.
            let farewell = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
            drop(timeout(FAREWELL, ws.send(farewell)).await);
        }
    }

    async fn step(&mut self, ws: &mut WebSocket) -> Step {
        let Self { connected, stalled, heard_at, .. } = self;
        let shared = connected.connection.shared();
        let (host, idle_at) = (&shared.host, *heard_at + shared.host.limits.idle_timeout);
        let is_stalled = stalled.is_some();
        // Every arm may be dropped: `next` and `recv` lose nothing, what is stalled goes on, the others only wait. What is to be written comes
        // first, so that a flood from the client cannot keep it from its answers.
        let wake = tokio::select! {
            biased;
            () = host.shutdown.cancelled() => Wake::Shutdown,
            frame = shared.outbox.next() => Wake::Outgoing(frame),
            moved = moved(stalled), if is_stalled => Wake::Moved(moved),
            message = ws.recv(), if !is_stalled => Wake::Incoming(message),
            () = sleep_until(idle_at), if !is_stalled => Wake::Idle,
        };
        match wake {
            Wake::Outgoing(Err(hang_up)) => ControlFlow::Break(Some(hang_up)),
            Wake::Outgoing(Ok(frame)) => self.write(ws, frame).await,
            Wake::Moved(message) => {
                self.heard_at = Instant::now();
                self.stalled = message
                    .and_then(|message| self.connected.connection.handle(message))
                    .map(|stalled| stalled.wait().boxed());
                ControlFlow::Continue(())
            }
            Wake::Incoming(Some(Ok(Message::Close(_)))) => {
                // The library has an answer ready, and writes it when it is asked to.
                drop(timeout(FAREWELL, ws.flush()).await);
                ControlFlow::Break(None)
            }
            Wake::Incoming(Some(Ok(message))) => {
                self.heard_at = Instant::now();
                self.hear(message)
            }
            Wake::Incoming(Some(Err(error))) => {
                tracing::debug!(%error, "a socket broke");
                let (code, reason) = websocket::farewell(error);
                closing(code, reason)
            }
            Wake::Incoming(None) => ControlFlow::Break(None),
            // Not 1000, which clients take for the end that they wanted themselves.
            Wake::Idle => closing(close_code::AWAY, "idle"),
            Wake::Shutdown => closing(SERVICE_RESTART, "restart"),
        }
    }

    /// Writes a frame, and what waits behind it.
    async fn write(&mut self, ws: &mut WebSocket, frame: Frame) -> Step {
        let shared = self.connected.connection.shared();
        let write = async {
            ws.feed(frame.into_message()).await?;
            for frame in (1..AT_ONCE).map_while(|_| shared.outbox.try_next()) {
                ws.feed(frame.into_message()).await?;
            }
            ws.flush().await
        };
        let write = timeout(shared.host.limits.write_timeout, Box::pin(write));
        // The first arm is dropped only where the connection ends.
        tokio::select! {
            written = write => match written {
                Ok(Ok(())) => ControlFlow::Continue(()),
                Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
            },
            hang_up = shared.outbox.hung_up() => ControlFlow::Break(Some(hang_up)),
        }
    }

    fn hear(&mut self, message: Message) -> Step {
        let frame = match message {
            Message::Text(text) => Frame::from_text(text),
            Message::Binary(bytes) => Frame::binary(bytes),
            // The library answers these itself.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return ControlFlow::Continue(()),
        };
        match self.connected.connection.receive(&frame) {
            Ok(stalled) => {
                self.stalled = stalled.map(|stalled| stalled.wait().boxed());
                ControlFlow::Continue(())
            }
            Err(hang_up) => ControlFlow::Break(Some(hang_up)),
        }
    }
}
