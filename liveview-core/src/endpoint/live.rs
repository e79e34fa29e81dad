//! One page's socket: what comes in goes to the views of its topics, what they say goes out.
//!
//! The task of a socket owns its topics. It waits for a view's mailbox when that is full, so a browser that sends faster than
//! its views work is slowed by TCP. It never renders and never keeps patches: a socket that breaks loses nothing.

pub(super) mod connect;
mod join;
mod joining;
mod navigate;
mod topics;
mod wire;

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, close_code};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::drain::{OpenSocket, SERVICE_RESTART};
use super::shared::Shared;
use super::websocket;
use crate::Assigns;
use crate::link::{HangUp, Outbox};
use crate::live_socket::Entered;
use crate::live_view::Connect;
use crate::live_view::message::Message;
use crate::protocol::message::{self, BinaryMessage, MessageError, Push};
use crate::protocol::outgoing::Outgoing;
use crate::protocol::serializer::{self, Encoded, Format, Serializer, status_reply};
use crate::session::Session;
use join::JoinError;
use joining::{Joined, Joining};
use navigate::Origin;
use topics::Topics;
use wire::Wire;

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
    /// The sticky views of the view that was left last stay until this is dropped.
    staying: Option<oneshot::Sender<Infallible>>,
    heard_at: Instant,
}

enum Wake {
    Outgoing(Result<Outgoing, HangUp>),
    Joined(Box<(Joining, Result<Joined, JoinError>)>),
    Incoming(Option<Result<Frame, axum::Error>>),
    Idle,
    Shutdown,
}

/// What views may take to hand over their state before their socket is closed.
const LAST_WORDS: Duration = Duration::from_secs(1);

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
            staying: None,
            heard_at: Instant::now(),
        }
    }

    async fn run(&mut self, wire: &mut Wire) {
        let closing = loop {
            if let ControlFlow::Break(closing) = self.step(wire).await {
                break closing;
            }
        };
        if let Some((SERVICE_RESTART, _)) = closing {
            self.hand_over(wire).await;
        }
        self.outbox.close();
        self.topics.detach_all(self.number);
        if let Some((code, reason)) = closing {
            // A peer that is gone needs no farewell, and one that does not read gets no more time.
            let farewell = Frame::Close(Some(CloseFrame { code, reason: reason.into() }));
            drop(timeout(self.shared.host.limits.write_timeout, wire.send(farewell)).await);
        }
    }

    async fn step(&mut self, wire: &mut Wire) -> ControlFlow<Option<Closing>> {
        let idle_at = self.heard_at + self.shared.host.limits.idle_timeout;
        // Every arm may be dropped: `next` (of both kinds) and `recv` lose nothing, the others only wait. What is to be written
        // comes first, so that a flood from the browser cannot keep it from its answers.
        let wake = tokio::select! {
            biased;
            () = self.shared.host.shutdown.cancelled() => Wake::Shutdown,
            message = self.outbox.next() => Wake::Outgoing(message),
            joined = joining::next(&mut self.joining) => Wake::Joined(Box::new(joined)),
            frame = wire.recv() => Wake::Incoming(frame),
            () = sleep_until(idle_at) => Wake::Idle,
        };
        match wake {
            Wake::Outgoing(Err(HangUp { code, reason })) => ControlFlow::Break(Some((code, reason))),
            Wake::Outgoing(Ok(message)) => {
                if let Outgoing::Joined { topic, .. } = &message {
                    self.expect(wire, topic.n).await?;
                }
                let encoded = self.serializer.encode(message);
                self.write(wire, encoded).await
            }
            Wake::Joined(joined) => {
                let (joining, outcome) = *joined;
                self.joined(wire, joining, outcome).await
            }
            Wake::Incoming(Some(Ok(frame))) => {
                self.heard_at = Instant::now();
                // Boxed for as long as it lasts: most sockets are idle.
                Box::pin(self.hear(wire, frame)).await
            }
            Wake::Incoming(Some(Err(error))) => {
                tracing::debug!(%error, "a socket broke");
                ControlFlow::Break(Some(websocket::farewell(error)))
            }
            Wake::Incoming(None) => ControlFlow::Break(None),
            Wake::Idle => ControlFlow::Break(Some((close_code::NORMAL, "idle"))),
            Wake::Shutdown => ControlFlow::Break(Some((SERVICE_RESTART, "restart"))),
        }
    }

    /// Gives the page what its views hand over, for the next server.
    async fn hand_over(&mut self, wire: &mut Wire) {
        let tokens = timeout(LAST_WORDS, self.topics.hand_over()).await.unwrap_or_default();
        let frames = tokens.iter().map(|(topic, join_ref, token)| frame(serializer::session(join_ref, topic, token)));
        let frames = frames.collect();
        // A page that is gone, or does not listen, has nothing handed over to it.
        drop(timeout(self.shared.host.limits.write_timeout, wire.send_all(frames)).await);
    }

    async fn write(&mut self, wire: &mut Wire, encoded: Encoded) -> ControlFlow<Option<Closing>> {
        match timeout(self.shared.host.limits.write_timeout, wire.send(frame(encoded))).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
        }
    }

    async fn hear(&mut self, wire: &mut Wire, frame: Frame) -> ControlFlow<Option<Closing>> {
        let heard = match &frame {
            Frame::Text(text) => match message::parse_text(text) {
                Ok(push) => return self.text(wire, push).await,
                Err(error) => Err(error),
            },
            Frame::Binary(bytes) => match message::parse_binary(bytes) {
                Ok(message) => return self.binary(message).await,
                Err(error) => Err(error),
            },
            // The library answers pings itself.
            Frame::Ping(_) | Frame::Pong(_) => Ok(()),
            Frame::Close(_) => {
                drop(timeout(LAST_WORDS, wire.flush()).await);
                return ControlFlow::Break(None);
            }
        };
        match heard {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Some(malformed(&error))),
        }
    }

    async fn text(&mut self, wire: &mut Wire, push: Push<'_>) -> ControlFlow<Option<Closing>> {
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
                self.write(wire, reply).await
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

fn frame(encoded: Encoded) -> Frame {
    match encoded {
        Encoded::Text(text) => Frame::Text(text.into()),
        Encoded::Binary(bytes) => Frame::Binary(bytes.into()),
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
