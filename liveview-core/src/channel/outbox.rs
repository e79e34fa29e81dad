//! What a client is to be sent, until its transport has sent it.
//!
//! Bounded by bytes: a client that does not read is closed with a reason, for messages of channels have nothing that could stand for several of them.
//! Whoever writes into it never waits.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::frame::Frame;
use crate::link::{HangUp, HangsUp};
use crate::pubsub::Closed;

/// What a waiting frame takes besides its bytes.
const OVERHEAD: usize = 64;

/// RFC 6455's registry, 1013: try again later.
const TOO_SLOW: HangUp = HangUp { code: 1013, reason: "too slow" };

/// The queue of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    filled: Notify,
    /// In bytes.
    limit: usize,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Frame>,
    bytes: usize,
    closed: bool,
    /// What comes after the queue.
    hang_up: Option<HangUp>,
}

impl Outbox {
    pub(crate) fn new(limit: usize) -> Self {
        Self { state: Mutex::default(), filled: Notify::new(), limit }
    }

    /// Queues a frame. One that has no room closes the connection; the first one always has.
    pub(crate) fn push(&self, frame: Frame) -> Result<(), Closed> {
        self.push_all([frame])
    }

    /// Queues frames that go together: whoever is waiting for the next one finds all of them.
    pub(crate) fn push_all(&self, frames: impl IntoIterator<Item = Frame>) -> Result<(), Closed> {
        let mut state = self.lock();
        let pushed = frames.into_iter().try_for_each(|frame| state.push(frame, self.limit));
        drop(state);
        self.filled.notify_one();
        pushed
    }

    /// The next frame.
    ///
    /// # Errors
    /// [`HangUp`] when the connection is to be closed. What was queued is then not sent, unless the outbox was to [`end`](Self::end) after it.
    ///
    /// # Cancel safety
    /// No frame is lost.
    pub(crate) async fn next(&self) -> Result<Frame, HangUp> {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            // `notify_one` leaves a permit when nobody waits yet.
            self.filled.notified().await;
        }
    }

    /// The next frame, if one is there.
    pub(crate) fn try_next(&self) -> Option<Frame> {
        self.take().and_then(Result::ok)
    }

    fn take(&self) -> Option<Result<Frame, HangUp>> {
        let mut state = self.lock();
        let Some(frame) = state.queue.pop_front() else { return state.hang_up.map(Err) };
        state.bytes -= frame.len() + OVERHEAD;
        if state.queue.is_empty() {
            // A connection that is idle holds no memory.
            state.queue = VecDeque::new();
        }
        Some(Ok(frame))
    }

    /// Waits until the connection is to be closed: for who is writing, and does not ask for the next frame meanwhile.
    ///
    /// # Cancel safety
    /// It only waits.
    pub(crate) async fn hung_up(&self) -> HangUp {
        loop {
            if let Some(hang_up) = self.lock().hang_up {
                return hang_up;
            }
            // A permit that is taken here is not missed: `next` looks before it waits.
            self.filled.notified().await;
        }
    }

    /// The connection is gone.
    pub(crate) fn close(&self) {
        self.lock().close(None);
    }

    /// Takes no more frames, and hangs up after those that it has.
    pub(crate) fn end(&self, why: HangUp) {
        self.lock().end(Some(why));
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No section panics between two writes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HangsUp for Outbox {
    fn hang_up(&self, why: HangUp) {
        self.lock().close(Some(why));
        self.filled.notify_one();
    }
}

impl State {
    fn push(&mut self, frame: Frame, limit: usize) -> Result<(), Closed> {
        if self.closed {
            return Err(Closed);
        }
        let bytes = frame.len() + OVERHEAD;
        if !self.queue.is_empty() && self.bytes + bytes > limit {
            self.close(Some(TOO_SLOW));
        } else {
            self.bytes += bytes;
            self.queue.push_back(frame);
        }
        Ok(())
    }

    fn close(&mut self, why: Option<HangUp>) {
        self.queue = VecDeque::new();
        self.bytes = 0;
        self.end(why);
    }

    fn end(&mut self, why: Option<HangUp>) {
        self.closed = true;
        self.hang_up = self.hang_up.or(why);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::{OVERHEAD, Outbox, TOO_SLOW};
    use crate::channel::Frame;
    use crate::link::{HangUp, HangsUp as _};

    #[test]
    fn frames_come_out_in_order_and_then_it_waits() {
        let outbox = Outbox::new(1_000);
        for text in ["a", "b"] {
            outbox.push(Frame::text(text)).expect("open");
        }
        assert_eq!(outbox.next().now_or_never(), Some(Ok(Frame::text("a"))));
        assert_eq!(outbox.try_next(), Some(Frame::text("b")));
        assert!(outbox.next().now_or_never().is_none());
    }

    #[test]
    fn whoever_does_not_read_is_closed_and_nobody_waits_for_it() {
        let outbox = Outbox::new(10 * (OVERHEAD + 1));
        for _ in 0..10 {
            outbox.push(Frame::text("x")).expect("open");
        }
        outbox.push(Frame::text("x")).expect("told later");
        assert!(outbox.push(Frame::text("x")).is_err());
        assert_eq!(outbox.next().now_or_never(), Some(Err(TOO_SLOW)));
    }

    #[test]
    fn a_frame_larger_than_the_bound_goes_alone() {
        let outbox = Outbox::new(10);
        outbox.push(Frame::text("longer than ten bytes")).expect("open");
        assert!(matches!(outbox.next().now_or_never(), Some(Ok(_))));
    }

    #[test]
    fn what_is_hung_up_sends_nothing_more_and_what_ends_sends_what_it_has() {
        let why = HangUp { code: 1012, reason: "restart" };
        let (cut, ended) = (Outbox::new(1_000), Outbox::new(1_000));
        for outbox in [&cut, &ended] {
            outbox.push_all(["a", "b"].map(Frame::text)).expect("open");
        }
        cut.hang_up(why);
        ended.end(why);
        for outbox in [&cut, &ended] {
            assert!(outbox.push(Frame::text("c")).is_err());
        }
        assert_eq!(cut.next().now_or_never(), Some(Err(why)));
        assert_eq!(ended.next().now_or_never(), Some(Ok(Frame::text("a"))));
        assert_eq!(ended.try_next(), Some(Frame::text("b")));
        assert_eq!(ended.try_next(), None);
        assert_eq!(ended.next().now_or_never(), Some(Err(why)));
    }

    #[test]
    fn what_does_not_fit_closes_an_outbox_whatever_else_goes_with_it() {
        let outbox = Outbox::new(OVERHEAD + 1);
        assert!(outbox.push_all(["a", "b", "c"].map(Frame::text)).is_err());
        outbox.end(HangUp { code: 1012, reason: "restart" });
        assert_eq!(outbox.next().now_or_never(), Some(Err(TOO_SLOW)));
    }

    #[test]
    fn what_was_read_makes_room_again() {
        let outbox = Outbox::new(2 * (OVERHEAD + 1));
        for _ in 0..1_000 {
            outbox.push(Frame::text("x")).expect("open");
            assert!(outbox.try_next().is_some());
        }
    }
}
