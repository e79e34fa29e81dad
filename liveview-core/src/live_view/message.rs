//! What a view's mailbox carries, and the forms in which callbacks see it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::async_task::AsyncDone;
use super::connect::Connect;
use super::event::ClientEvent;
use super::nested::{Found, Lodger, Mounted};
use super::timer::Tick;
use crate::link::SocketLink;
use crate::protocol::outgoing::ReplyTo;
use crate::pubsub::Delivery;
use crate::router::LivePage;
use crate::{Assigns, telemetry};

/// A message in a view's mailbox, apart from broadcasts.
pub(crate) enum Message {
    /// From the browser: an event of a `phx-*` binding. `acked` is the last frame that the browser has applied.
    Event { event: Box<ClientEvent>, acked: u64, reply_to: ReplyTo },
    /// From the browser: an event that a Dioxus listener waits for.
    Listener { node: u32, name: Box<str>, json: Box<str>, acked: u64, reply_to: ReplyTo },
    /// From the browser: a link of the view, or the way back, leads to this page.
    Patch { page: Box<LivePage>, acked: u64, reply_to: ReplyTo },
    /// From the browser: the event could not be decoded; the sender is told, in order.
    Refused { reason: Box<str>, reply_to: ReplyTo },
    /// From the browser: all frames up to this one are applied.
    Ack { acked: u64 },
    /// A socket wants this view.
    Attach(Box<Attach>),
    /// The socket with this number no longer has the view.
    Detach { socket: u64, how: Detach },
    /// From `LiveHandle::send`.
    Info(Box<dyn Any + Send>),
    /// From `LiveHandle::call`.
    Call(Call),
    /// A timer of this view.
    Tick(Tick),
    /// A task of this view ended.
    Async(AsyncDone),
    /// A nested view is mounted, or is not.
    Nested { lodger: Arc<Lodger>, mounted: Box<Mounted> },
    /// A socket wants the nested view in the container with this id.
    FindNested { id: Box<str>, answer: oneshot::Sender<Found> },
    /// The server stops, and the view's socket is about to be closed: what goes to the next server, as the token of a join.
    HandOver(oneshot::Sender<String>),
    /// The endpoint wants the view to end.
    Shutdown(Terminate),
}

/// How a socket lets go of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detach {
    /// It is gone, and may come back.
    Dropped,
    /// The page said that it leaves; it may think better of it for a moment.
    Left,
    /// Another view has taken the place of this one: it ends now, and what the browser sent it before no longer counts.
    Navigated,
}

/// How a socket asks for a view.
pub(crate) struct Attach {
    pub(crate) link: SocketLink,
    pub(crate) how: AttachHow,
    pub(crate) connect: Connect,
    /// Answers whether the view took the socket; it has then put the join's reply into the socket's outbox itself.
    pub(crate) taken: oneshot::Sender<Attached>,
}

/// The three ways in of the wire document, as far as the client can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttachHow {
    /// The page still shows the HTML of the page load.
    Adopt,
    /// The page has applied frames up to this one.
    Resume { seq: u64 },
    /// The page wants everything.
    Fresh,
}

/// What became of an [`Attach`].
#[derive(Debug, Clone)]
pub(crate) enum Attached {
    /// The reply is in the outbox. The assigns are the view's own, also later.
    Taken { result: telemetry::JoinResult, assigns: Assigns },
    /// Another socket has this view and keeps it: mount anew.
    Busy,
}

/// A message to a view: a broadcast, one from `send_after` or `interval`, or one sent to its handle.
pub struct Info(Payload);

enum Payload {
    Broadcast(Delivery),
    Owned(Box<dyn Any + Send>),
}

impl Info {
    pub(crate) fn broadcast(delivery: Delivery) -> Self {
        Self(Payload::Broadcast(delivery))
    }

    pub(crate) fn owned(message: Box<dyn Any + Send>) -> Self {
        Self(Payload::Owned(message))
    }

    /// What telemetry says of it.
    pub(super) fn metadata(&self, view: &'static str, id: Arc<str>) -> telemetry::HandleInfo {
        let (topic, message) = match &self.0 {
            Payload::Broadcast(delivery) => (Some(delivery.topic_name()), "broadcast"),
            Payload::Owned(_) => (None, "message"),
        };
        telemetry::HandleInfo { view, id, topic, message }
    }

    /// The message, if it is a `T`.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        match &self.0 {
            Payload::Broadcast(delivery) => delivery.message(),
            Payload::Owned(message) => message.downcast_ref(),
        }
    }
}

impl fmt::Debug for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Info").finish_non_exhaustive()
    }
}

/// A question to a view, and the way back for its answer.
pub struct Call {
    question: Box<dyn Any + Send>,
    reply: CallReply,
}

/// The way back of a [`Call`]. Dropped without an answer, the asker gets an error.
pub struct CallReply(oneshot::Sender<Box<dyn Any + Send>>);

impl Call {
    pub(crate) fn new(question: Box<dyn Any + Send>) -> (Self, oneshot::Receiver<Box<dyn Any + Send>>) {
        let (sender, receiver) = oneshot::channel();
        (Self { question, reply: CallReply(sender) }, receiver)
    }

    /// The question, if it is a `Q`.
    ///
    /// # Errors
    /// The call itself, if it asks something else.
    pub fn take<Q: Any>(self) -> Result<(Q, CallReply), Self> {
        match self.question.downcast() {
            Ok(question) => Ok((*question, self.reply)),
            Err(question) => Err(Self { question, reply: self.reply }),
        }
    }
}

impl CallReply {
    /// Answers. An asker who no longer waits is no error.
    pub fn send<A: Any + Send>(self, answer: A) {
        drop(self.0.send(Box::new(answer)));
    }
}

/// Whether a view has a handler for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// It ran.
    Yes,
    /// No handler takes messages of this type.
    No,
}

/// Why a view ends (`Phoenix.LiveView.terminate/2`).
#[derive(Debug)]
#[non_exhaustive]
pub enum Terminate {
    /// The browser left the page.
    Left,
    /// The socket dropped and nobody came back in time.
    Closed,
    /// No socket ever adopted the page.
    NeverConnected,
    /// The `live_socket_id` of its session was disconnected ([`crate::session::disconnect`]).
    Disconnected,
    /// A callback returned this error.
    Error(crate::Error),
    /// The view that this one is nested in has ended, or no longer shows it.
    Parent,
    /// The endpoint shuts down, or needs the room.
    Shutdown,
}
