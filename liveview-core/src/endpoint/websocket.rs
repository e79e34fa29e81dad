//! One browser's WebSocket: what comes in goes to the views of its topics, what they say goes out.
//!
//! The task of a socket owns its topics. It waits for a view's mailbox when that is full, so a browser that sends faster than
//! its views work is slowed by TCP. It never renders and never keeps patches: a socket that breaks loses nothing.

mod join;
mod joining;
mod navigate;
mod topics;

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade, close_code};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout};

use super::drain::{OpenSocket, SERVICE_RESTART};
use super::http::{query, x_headers};
use super::shared::Shared;
use crate::link::{HangUp, Outbox};
use crate::live_socket::Entered;
use crate::live_view::Connect;
use crate::live_view::message::Message;
use crate::protocol::message::{self, BinaryMessage, MessageError, Push};
use crate::protocol::outgoing::Outgoing;
use crate::protocol::serializer::{Encoded, Format, Serializer, status_reply};
use crate::session::Session;
use crate::telemetry::{self, SocketConnected};
use crate::{Assigns, Conn, Params};
use join::JoinError;
use joining::{Joined, Joining};
use navigate::Origin;
use topics::Topics;

/// Where clients connect.
pub(crate) const PATH: &str = "/live/websocket";
/// Read buffer of a connection, all of which it holds for as long as it lives: the default is 128 KiB. Events are far smaller, and
/// larger messages only take more reads.
const READ_BUFFER: usize = 1024;
/// Bytes that may gather before they are written. Holds no memory while there are none.
const WRITE_BUFFER: usize = 4 * 1024;
/// `GET` of [`PATH`].
pub(super) async fn upgrade(
    conn: Conn,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: WebSocketUpgrade,
) -> Response {
    let began = std::time::Instant::now();
    let shared = conn.shared().clone();
    let checked = check(&shared, &headers, &uri);
    if telemetry::is_watched::<SocketConnected>() {
        telemetry::emit(&SocketConnected {
            duration: began.elapsed(),
            refused: checked.as_ref().err().map(|refusal| refusal.1.to_owned()),
            path: PATH.to_owned(),
            peer_addr: Some(peer),
            params: Params::decode(uri.query().unwrap_or_default()).unwrap_or_default(),
        });
    }
    let format = match checked {
        Ok(format) => format,
        Err(refusal) => return refusal.into_response(),
    };
    let session = Arc::new(shared.sessions.read(&headers));
    let connect = Connect {
        params: serde_json::Map::new(),
        uri: None,
        peer_addr: Some(peer),
        user_agent: headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        x_headers: x_headers(&headers),
    };
    let limit = shared.host.limits.max_message_size;
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |mut ws| {
            let mut socket = Box::new(Socket::new(shared, session, connect, format));
            // By reference: a future that owns its arguments has room for them twice.
            async move { socket.run(&mut ws).await }
        })
}

/// Whether the page may open this socket, and what it wants to speak.
fn check(shared: &Shared, headers: &HeaderMap, uri: &Uri) -> Result<Format, (StatusCode, &'static str)> {
    if let Err(error) = shared.origins.check(headers) {
        tracing::warn!(%error, "a socket from another origin was refused");
        return Err((StatusCode::FORBIDDEN, "origin not allowed"));
    }
    let query = query(uri);
    if query.get("vsn").is_some_and(|version| version != "2.0.0") {
        return Err((StatusCode::BAD_REQUEST, "this server speaks vsn=2.0.0"));
    }
    match query.get("serializer").map(String::as_str) {
        None | Some("binary") => Ok(Format::Binary),
        Some("json") => Ok(Format::Json),
        Some(_) => Err((StatusCode::BAD_REQUEST, "the serializer is `binary` or `json`")),
    }
}

struct Socket {
    shared: Arc<Shared>,
    session: Arc<Session>,
    connect: Connect,
    number: u64,
    outbox: Arc<Outbox>,
    _entered: Option<Box<Entered>>,
    _open: OpenSocket,
    serializer: Serializer,
    topics: Topics,
    joining: Vec<Joining>,
    /// Scheme and host of the page, as its first join told them.
    origin: Option<Origin>,
    /// Those of the view that was joined last, with its live session: a navigation takes them along.
    assigns: Option<(Box<str>, Assigns)>,
    heard_at: Instant,
}

enum Wake {
    Outgoing(Result<Outgoing, HangUp>),
    Joined(Box<(Joining, Result<Joined, JoinError>)>),
    Incoming(Option<Result<Frame, axum::Error>>),
    Idle,
    Shutdown,
}

/// Why a socket ends, with what its peer is told.
type Closing = (u16, &'static str);

impl Socket {
    fn new(shared: Arc<Shared>, session: Arc<Session>, connect: Connect, format: Format) -> Self {
        let number = shared.next_socket();
        let outbox = Arc::default();
        Self {
            _entered: shared.live_sockets.enter(&session, &outbox),
            _open: shared.open_sockets.enter(number, &outbox),
            shared,
            session,
            connect,
            number,
            outbox,
            serializer: Serializer::new(format),
            topics: Topics::default(),
            joining: Vec::new(),
            origin: None,
            assigns: None,
            heard_at: Instant::now(),
        }
    }

    async fn run(&mut self, ws: &mut WebSocket) {
        let closing = loop {
            if let ControlFlow::Break(closing) = self.step(ws).await {
                break closing;
            }
        };
        self.outbox.close();
        self.topics.detach_all(self.number);
        if let Some((code, reason)) = closing {
            // A peer that is gone needs no farewell, and one that does not read gets no more time.
            let farewell = Frame::Close(Some(CloseFrame { code, reason: reason.into() }));
            drop(timeout(self.shared.host.limits.write_timeout, ws.send(farewell)).await);
        }
    }

    async fn step(&mut self, ws: &mut WebSocket) -> ControlFlow<Option<Closing>> {
        let idle_at = self.heard_at + self.shared.host.limits.idle_timeout;
        // Every arm may be dropped: `next` (of both kinds) and `recv` lose nothing, the others only wait. What is to be written
        // comes first, so that a flood from the browser cannot keep it from its answers.
        let wake = tokio::select! {
            biased;
            () = self.shared.host.shutdown.cancelled() => Wake::Shutdown,
            message = self.outbox.next() => Wake::Outgoing(message),
            joined = joining::next(&mut self.joining) => Wake::Joined(Box::new(joined)),
            frame = ws.recv() => Wake::Incoming(frame),
            () = sleep_until(idle_at) => Wake::Idle,
        };
        match wake {
            Wake::Outgoing(Err(HangUp { code, reason })) => ControlFlow::Break(Some((code, reason))),
            Wake::Outgoing(Ok(message)) => {
                if let Outgoing::Joined { topic, .. } = &message {
                    self.expect(ws, topic.n).await?;
                }
                let encoded = self.serializer.encode(message);
                self.write(ws, encoded).await
            }
            Wake::Joined(joined) => {
                let (joining, outcome) = *joined;
                self.joined(ws, joining, outcome).await
            }
            Wake::Incoming(Some(Ok(frame))) => {
                self.heard_at = Instant::now();
                // Boxed for as long as it lasts: most sockets are idle.
                Box::pin(self.hear(ws, frame)).await
            }
            Wake::Incoming(Some(Err(error))) => {
                tracing::debug!(%error, "a socket broke");
                // Too large a message, or no WebSocket frame at all: the peer is told as far as it listens.
                ControlFlow::Break(Some((close_code::SIZE, "message too large or malformed")))
            }
            Wake::Incoming(None) => ControlFlow::Break(None),
            Wake::Idle => ControlFlow::Break(Some((close_code::NORMAL, "idle"))),
            Wake::Shutdown => ControlFlow::Break(Some((SERVICE_RESTART, "restart"))),
        }
    }

    async fn write(&mut self, ws: &mut WebSocket, encoded: Encoded) -> ControlFlow<Option<Closing>> {
        let frame = match encoded {
            Encoded::Text(text) => Frame::Text(text.into()),
            Encoded::Binary(bytes) => Frame::Binary(bytes.into()),
        };
        match timeout(self.shared.host.limits.write_timeout, ws.send(frame)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
        }
    }

    async fn hear(&mut self, ws: &mut WebSocket, frame: Frame) -> ControlFlow<Option<Closing>> {
        let heard = match &frame {
            Frame::Text(text) => match message::parse_text(text) {
                Ok(push) => return self.text(ws, push).await,
                Err(error) => Err(error),
            },
            Frame::Binary(bytes) => match message::parse_binary(bytes) {
                Ok(message) => return self.binary(message).await,
                Err(error) => Err(error),
            },
            // The library answers pings itself.
            Frame::Ping(_) | Frame::Pong(_) => Ok(()),
            Frame::Close(_) => return ControlFlow::Break(None),
        };
        match heard {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Some(malformed(&error))),
        }
    }

    async fn text(&mut self, ws: &mut WebSocket, push: Push<'_>) -> ControlFlow<Option<Closing>> {
        let answer = match &*push.event {
            message::HEARTBEAT if *push.topic == *message::PHOENIX_TOPIC => Some(("ok", json!({}))),
            message::JOIN => self.join(&push).err().map(|refusal| ("error", refusal.response())),
            message::LEAVE => {
                self.leave(&push);
                Some(("ok", json!({})))
            }
            message::EVENT => {
                self.topics.event(&push, self.number).await.err().map(|reason| ("error", json!({ "reason": reason })))
            }
            message::LIVE_PATCH => {
                self.live_patch(&push).await.err().map(|reason| ("error", json!({ "reason": reason })))
            }
            message::ACK => {
                self.topics.ack(&push).await;
                None
            }
            _ => Some(("error", json!({ "reason": "unmatched topic or event" }))),
        };
        match answer {
            None => ControlFlow::Continue(()),
            Some((status, response)) => {
                let reply =
                    status_reply(push.join_ref.as_deref(), push.reference.as_deref(), &push.topic, status, &response);
                self.write(ws, reply).await
            }
        }
    }

    async fn binary(&mut self, message: BinaryMessage<'_>) -> ControlFlow<Option<Closing>> {
        match self.topics.binary(message, self.number).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(reason) => ControlFlow::Break(Some((close_code::POLICY, reason))),
        }
    }
}

fn malformed(error: &MessageError) -> Closing {
    tracing::debug!(%error, "a socket sent a malformed frame");
    (close_code::PROTOCOL, "malformed frame")
}

/// Puts a message of a client into a view's mailbox. `false` when the view has ended.
async fn deliver(view: &crate::mailbox::Address<Message>, message: Message) -> bool {
    view.send(message).await.is_ok()
}
