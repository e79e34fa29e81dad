//! What waits to be sent, within a bound.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::{Notify, watch};

/// What a waiting message costs beside its bytes, so that many empty ones are bounded, too.
const EACH: usize = 64;

pub(super) struct Queue {
    max_bytes: usize,
    waiting: Mutex<Waiting>,
    filled: Notify,
    /// How many messages were sent or given up.
    done: watch::Sender<u64>,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Queued>,
    bytes: usize,
    /// How many messages were accepted.
    accepted: u64,
    is_closed: bool,
}

/// A message that waits.
pub(super) struct Queued {
    pub(super) topic: Box<str>,
    pub(super) message: Bytes,
    pub(super) since: Instant,
}

impl Queued {
    fn size(&self) -> usize {
        EACH + self.topic.len() + self.message.len()
    }
}

/// Why a message is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{bytes} bytes wait to be sent, and no more than {limit} may: PostgreSQL does not take them as fast as they come, or it cannot be \
     reached"
)]
pub(super) struct Full {
    bytes: usize,
    limit: usize,
}

impl Queue {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, waiting: Mutex::default(), filled: Notify::new(), done: watch::Sender::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, topic: &str, message: Bytes) -> Result<(), Full> {
        let queued = Queued { topic: topic.into(), message, since: Instant::now() };
        let mut waiting = self.lock();
        // One that is longer than all that may wait still goes when nothing waits.
        if waiting.bytes > 0 && waiting.bytes + queued.size() > self.max_bytes {
            return Err(Full { bytes: waiting.bytes, limit: self.max_bytes });
        }
        waiting.bytes += queued.size();
        waiting.accepted += 1;
        waiting.messages.push_back(queued);
        drop(waiting);
        self.filled.notify_one();
        Ok(())
    }

    /// How much waits.
    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Waits until there is something; `false` when there never will be. For one task.
    pub(super) async fn filled(&self) -> bool {
        loop {
            {
                let waiting = self.lock();
                if !waiting.messages.is_empty() {
                    return true;
                }
                if waiting.is_closed {
                    return false;
                }
            }
            self.filled.notified().await;
        }
    }

    /// Takes what waits, in order: at least one message, and of more than that so many that they have at most `bytes`.
    pub(super) fn take(&self, bytes: usize) -> Vec<Queued> {
        let mut waiting = self.lock();
        let (mut taken, mut size) = (Vec::new(), 0);
        while let Some(next) = waiting.messages.front().map(Queued::size)
            && (taken.is_empty() || size + next <= bytes)
        {
            size += next;
            taken.extend(waiting.messages.pop_front());
        }
        waiting.bytes -= size;
        taken
    }

    /// Takes what waits since before `then`.
    pub(super) fn take_older(&self, then: Instant) -> usize {
        let mut waiting = self.lock();
        let old = waiting.messages.iter().take_while(|queued| queued.since < then).count();
        let size: usize = waiting.messages.drain(..old).map(|queued| queued.size()).sum();
        waiting.bytes -= size;
        old
    }

    /// So many messages that were taken are sent or given up.
    pub(super) fn done(&self, count: usize) {
        self.done.send_modify(|done| *done += count as u64);
    }

    /// Waits until all that is accepted by now is sent or given up.
    pub(super) async fn flushed(&self) {
        let accepted = self.lock().accepted;
        let mut done = self.done.subscribe();
        // It fails when the sender is gone, which is ours.
        drop(done.wait_for(|done| *done >= accepted).await);
    }

    /// Nothing more will come.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.filled.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }
}
