//! Between a view and its socket: what the view wants to tell the browser, until the socket has written it.
//!
//! Bounded by what its writers do: a view stops rendering while its frames are unacknowledged, and every reply answers one
//! event. A socket that cannot write therefore holds a few frames, never a growing queue. Neither side knows the other: views
//! know no WebSocket, and sockets know no view.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use crate::protocol::frame::Frame;
use crate::protocol::outgoing::{Answer, Outgoing, ReplyTo, TopicRef};

/// The queue of one socket.
#[derive(Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    filled: Notify,
    written: Notify,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Outgoing>,
    /// The socket is writing what it took last.
    writing: bool,
    closed: bool,
    hang_up: Option<HangUp>,
}

/// Why a socket is to be closed, by somebody else than its browser or its endpoint: what the browser is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HangUp {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
}

/// What can be asked to close its socket.
pub(crate) trait HangsUp: Send + Sync {
    /// As soon as it has written what it is writing. It takes no more messages.
    fn hang_up(&self, why: HangUp);
}

impl Outbox {
    /// Queues a message. Dropped when the socket is gone: whoever takes the view next asks for what it missed.
    pub(crate) fn push(&self, message: Outgoing) {
        let mut state = self.lock();
        if !state.closed {
            state.queue.push_back(message);
            drop(state);
            self.filled.notify_one();
        }
    }

    /// Waits until everything is written. Never ends on a socket that is gone.
    ///
    /// # Cancel safety
    /// It only waits.
    pub(crate) async fn idle(&self) {
        let mut written = pin!(self.written.notified());
        loop {
            // Registered before the look, so that what is written in between is not missed.
            written.as_mut().enable();
            if self.is_idle() {
                return;
            }
            written.as_mut().await;
            written.set(self.written.notified());
        }
    }

    /// Whether everything is written.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().is_idle()
    }

    /// The next message to write. The socket is writing until it calls this again.
    ///
    /// # Errors
    /// [`HangUp`] when the socket is to be closed; what was queued is then not written.
    ///
    /// # Cancel safety
    /// No message is lost.
    pub(crate) async fn next(&self) -> Result<Outgoing, HangUp> {
        loop {
            if let Some(hang_up) = self.lock().hang_up {
                return Err(hang_up);
            }
            if let Some(message) = self.take() {
                return Ok(message);
            }
            // `notify_one` leaves a permit when nobody waits yet.
            self.filled.notified().await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        let message = state.queue.pop_front();
        let was_writing = std::mem::replace(&mut state.writing, message.is_some());
        if state.is_idle() && was_writing {
            drop(state);
            self.written.notify_waiters();
        }
        message
    }

    /// The socket is gone.
    pub(crate) fn close(&self) {
        self.lock().close();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No section panics between two writes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HangsUp for Outbox {
    fn hang_up(&self, why: HangUp) {
        let mut state = self.lock();
        state.close();
        state.hang_up = Some(why);
        drop(state);
        self.filled.notify_one();
    }
}

impl State {
    fn close(&mut self) {
        self.closed = true;
        self.queue = VecDeque::new();
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && !self.writing && !self.closed
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::Poll;

    use futures_util::poll;

    use super::{HangUp, HangsUp as _, Outbox};
    use crate::protocol::outgoing::{Outgoing, TopicRef};

    fn message() -> Outgoing {
        let topic = TopicRef { n: 1, name: Arc::from("lv:x"), join_ref: Arc::from("1") };
        Outgoing::Error { topic, reason: "crashed" }
    }

    #[tokio::test]
    async fn a_socket_is_idle_when_it_asks_for_more_and_there_is_nothing() {
        let outbox = Outbox::default();
        assert_eq!(poll!(Box::pin(outbox.idle())), Poll::Ready(()));
        outbox.push(message());
        let mut idle = Box::pin(outbox.idle());
        assert_eq!(poll!(&mut idle), Poll::Pending, "it is queued");
        outbox.next().await.expect("a message");
        assert_eq!(poll!(&mut idle), Poll::Pending, "it is being written");
        assert!(poll!(Box::pin(outbox.next())).is_pending());
        assert_eq!(poll!(&mut idle), Poll::Ready(()));
    }

    #[tokio::test]
    async fn a_closed_socket_takes_nothing_and_is_never_idle() {
        let outbox = Outbox::default();
        outbox.close();
        outbox.push(message());
        assert!(poll!(Box::pin(outbox.next())).is_pending());
        assert!(poll!(Box::pin(outbox.idle())).is_pending());
    }

    #[tokio::test]
    async fn a_socket_that_is_to_hang_up_writes_nothing_more() {
        let outbox = Outbox::default();
        let mut next = Box::pin(outbox.next());
        assert!(poll!(&mut next).is_pending());
        let why = HangUp { code: 1001, reason: "disconnected" };
        outbox.push(message());
        outbox.hang_up(why);
        outbox.push(message());
        assert_eq!(next.await.err(), Some(why));
        assert!(poll!(Box::pin(outbox.idle())).is_pending());
    }
}
