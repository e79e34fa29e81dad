//! What a page's socket goes by: a WebSocket, or polls over HTTP.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, SinkExt as _};
use tokio::sync::mpsc;

use crate::channel::Frame;
use crate::channel::outbox::Outbox;
use crate::endpoint::longpoll::{Inlet, Polled};
use crate::link::HangUp;
use crate::pubsub::Closed;

/// Frames of a polling page that wait for its socket's task. Further ones hold the page's next request up.
const WAITING: usize = 16;

/// The transport of one socket.
// Nearly all are WebSockets: a box would be one allocation more for each of them.
#[allow(clippy::large_enum_variant)]
pub(super) enum Wire {
    WebSocket(WebSocket),
    Polls(Polls),
}

/// The socket's end of polls.
pub(super) struct Polls {
    inbox: mpsc::Receiver<Frame>,
    outbox: Arc<Outbox>,
}

impl Wire {
    /// A wire for polls, and the other end of it. `limit` is in bytes, of what waits to be polled.
    pub(super) fn polls(limit: usize) -> (Self, Polled) {
        let (inlet, inbox) = mpsc::channel(WAITING);
        let outbox = Arc::new(Outbox::new(limit));
        (Self::Polls(Polls { inbox, outbox: outbox.clone() }), Polled { inlet: Box::new(inlet), outbox })
    }

    /// The next frame; `None` when the page is gone.
    ///
    /// # Cancel safety
    /// No frame is lost.
    pub(super) async fn recv(&mut self) -> Option<Result<Message, axum::Error>> {
        match self {
            Self::WebSocket(ws) => ws.recv().await,
            Self::Polls(polls) => Some(Ok(polls.inbox.recv().await?.into_message())),
        }
    }

    /// Sends a frame. Over polls it is sent as soon as it waits for the next one.
    pub(super) async fn send(&mut self, message: Message) -> Result<(), axum::Error> {
        match self {
            Self::WebSocket(ws) => ws.send(message).await,
            Self::Polls(polls) => polls.send([message]).map_err(axum::Error::new),
        }
    }

    /// Writes what is still to be written, such as the library's answer to a peer that closes.
    pub(super) async fn flush(&mut self) -> Result<(), axum::Error> {
        match self {
            Self::WebSocket(ws) => ws.flush().await,
            Self::Polls(_) => Ok(()),
        }
    }

    /// Sends frames that are the last ones. Over polls they go in one answer, for the next poll may find no server any more.
    pub(super) async fn send_all(&mut self, messages: Vec<Message>) -> Result<(), axum::Error> {
        match self {
            Self::WebSocket(ws) => {
                for message in messages {
                    ws.feed(message).await?;
                }
                ws.flush().await
            }
            Self::Polls(polls) => polls.send(messages).map_err(axum::Error::new),
        }
    }
}

impl Polls {
    fn send(&self, messages: impl IntoIterator<Item = Message>) -> Result<(), Closed> {
        self.outbox.push_all(messages.into_iter().filter_map(frame))
    }
}

fn frame(message: Message) -> Option<Frame> {
    match message {
        Message::Text(text) => Some(Frame::from_text(text)),
        Message::Binary(bytes) => Some(Frame::binary(bytes)),
        // Polls are their own sign of life, and have no farewell but their end.
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => None,
    }
}

/// What a poll says of a socket that has ended: not why, for it has no word for that.
const GONE: HangUp = HangUp { code: 1000, reason: "the socket has ended" };

/// What was sent before is polled still, as what was written to a WebSocket arrives before its end.
impl Drop for Polls {
    fn drop(&mut self) {
        self.outbox.end(GONE);
    }
}

impl Inlet for mpsc::Sender<Frame> {
    fn receive(&mut self, frames: Vec<Frame>) -> BoxFuture<'_, bool> {
        async move {
            for frame in frames {
                if self.send(frame).await.is_err() {
                    return false;
                }
            }
            true
        }
        .boxed()
    }
}
