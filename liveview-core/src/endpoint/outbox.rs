//! What views and channels want to tell one browser, until its socket has written it.
//!
//! Bounded by what its writers do: a view stops rendering while its frames are unacknowledged, and every reply answers one
//! event. A socket that cannot write therefore holds a few frames, never a growing queue.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use crate::live_view::line::Frame;
use crate::live_view::message::Message;
use crate::mailbox::Address;
use crate::protocol::message::LIVE_TOPIC;

/// A message on its way to the browser.
pub(crate) enum Outgoing {
    /// A patch that answers nothing.
    Diff { topic: TopicRef, frame: Arc<Frame> },
    /// The answer to an event.
    Reply { topic: TopicRef, to: ReplyTo, answer: Answer, frame: Option<Arc<Frame>> },
    /// The answer to a join. `frame` builds the page anew.
    Joined { topic: TopicRef, to: Box<str>, response: Value, frame: Option<Arc<Frame>> },
    /// The view crashed.
    Error { topic: TopicRef, reason: &'static str },
    /// The view ended in order.
    Close { topic: TopicRef, reason: &'static str },
}

/// What an event came to: the handler's reply, or why there is none.
#[derive(Debug)]
pub(crate) enum Answer {
    Ok(Option<Value>),
    Error(String),
}

/// A topic on one socket: its name and the join that it belongs to for text frames, its number for binary ones.
#[derive(Debug, Clone)]
pub(crate) struct TopicRef {
    pub(crate) n: u64,
    pub(crate) name: Arc<str>,
    pub(crate) join_ref: Arc<str>,
}

impl TopicRef {
    /// The id of the page's container.
    pub(crate) fn container(&self) -> &str {
        self.name.strip_prefix(LIVE_TOPIC).unwrap_or(&self.name)
    }
}

/// How the browser finds the event that a reply answers, in the language in which it came.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTo {
    pub(crate) socket: u64,
    pub(crate) reference: Reference,
}

/// The `ref` of a push.
#[derive(Debug, Clone)]
pub(crate) enum Reference {
    Text(Box<str>),
    Binary(u64),
}

/// The queue of one socket.
#[derive(Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Outgoing>,
    /// The socket is writing what it took last.
    writing: bool,
    closed: bool,
    /// Views that want to hear when there is nothing left to write.
    waiting: Vec<Address<Message>>,
}

impl Outbox {
    /// Queues a message. Dropped when the socket is gone: whoever takes the view next asks for what it missed.
    pub(crate) fn push(&self, message: Outgoing) {
        let mut state = self.lock();
        if !state.closed {
            state.queue.push_back(message);
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Whether everything is written; if not, `view` is told once when it is.
    pub(crate) fn is_idle_or_tell(&self, view: &Address<Message>) -> bool {
        let mut state = self.lock();
        let idle = state.queue.is_empty() && !state.writing;
        if !idle {
            state.waiting.push(view.clone());
        }
        idle
    }

    /// The next message to write. The socket is writing until it calls this again.
    ///
    /// # Cancel safety
    /// No message is lost.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            let changed = self.changed.notified();
            if let Some(message) = self.take() {
                return message;
            }
            changed.await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        let message = state.queue.pop_front();
        state.writing = message.is_some();
        if message.is_none() {
            let waiting = std::mem::take(&mut state.waiting);
            drop(state);
            for view in waiting {
                // A view that has ended meanwhile does not want to know.
                view.push(Message::Writable).ok();
            }
        }
        message
    }

    /// The socket is gone.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.queue = VecDeque::new();
        state.waiting = Vec::new();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No section panics between two writes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A view's end of a socket.
#[derive(Clone)]
pub(crate) struct SocketLink {
    pub(crate) outbox: Arc<Outbox>,
    /// The number of the socket in this process.
    pub(crate) socket: u64,
    pub(crate) topic: TopicRef,
    /// The `ref` of the join.
    pub(crate) join: Box<str>,
}

impl SocketLink {
    pub(crate) fn joined(&self, response: Value, frame: Option<Arc<Frame>>) {
        self.outbox.push(Outgoing::Joined { topic: self.topic.clone(), to: self.join.clone(), response, frame });
    }

    pub(crate) fn diff(&self, frame: Arc<Frame>) {
        self.outbox.push(Outgoing::Diff { topic: self.topic.clone(), frame });
    }

    pub(crate) fn reply(&self, to: ReplyTo, answer: Answer, frame: Option<Arc<Frame>>) {
        self.outbox.push(Outgoing::Reply { topic: self.topic.clone(), to, answer, frame });
    }

    pub(crate) fn error(&self, reason: &'static str) {
        self.outbox.push(Outgoing::Error { topic: self.topic.clone(), reason });
    }

    pub(crate) fn close(&self, reason: &'static str) {
        self.outbox.push(Outgoing::Close { topic: self.topic.clone(), reason });
    }
}
