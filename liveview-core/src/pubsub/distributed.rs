//! What a pubsub with an adapter has beside its own subscribers: the way out, and an end in order.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::adapter::{Adapter, AdapterError};

/// How long an end in order may take.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How often it is told that messages do not go.
const REMINDER: Duration = Duration::from_secs(5);

pub(super) struct Distributed {
    adapter: Box<dyn Adapter>,
    refused: Mutex<Refused>,
    /// This node leaves.
    leaving: CancellationToken,
    /// Tasks that have something to say to the other nodes then.
    tasks: TaskTracker,
}

/// Messages that did not go and of which nothing was told yet.
#[derive(Default)]
struct Refused {
    told: Option<Instant>,
    since: u64,
}

impl Distributed {
    pub(super) fn new(adapter: impl Adapter) -> Self {
        Self {
            adapter: Box::new(adapter),
            refused: Mutex::default(),
            leaving: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Failing to reach other nodes is logged and not returned: a sender could do nothing about it, for a
    /// broadcast is at most once anyway.
    pub(super) fn publish(&self, topic: &str, message: Result<Vec<u8>, AdapterError>) {
        let sent = message.and_then(|bytes| self.send(topic, bytes));
        if let Err(error) = sent {
            self.tell(topic, &error);
        }
    }

    /// # Errors
    /// When the adapter does not take it.
    pub(super) fn send(&self, topic: &str, message: Vec<u8>) -> Result<(), AdapterError> {
        self.adapter.publish(topic, Bytes::from(message))
    }

    /// One line in a while: where one message does not go, a thousand may follow.
    fn tell(&self, topic: &str, error: &AdapterError) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.told.is_some_and(|told| told.elapsed() < REMINDER) {
            refused.since += 1;
            return;
        }
        refused.told = Some(Instant::now());
        let before = std::mem::take(&mut refused.since);
        // A log may be read through the pubsub.
        drop(refused);
        tracing::warn!(topic, %error, untold = before, "a message did not go to the other nodes");
    }

    /// Runs a task that ends by itself soon after [`left`](Self::left).
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Waits until this node leaves.
    pub(super) async fn left(&self) {
        self.leaving.cancelled().await;
    }

    pub(super) async fn leave(&self) {
        self.leaving.cancel();
        self.tasks.close();
        let said = async {
            self.tasks.wait().await;
            self.adapter.flush().await;
        };
        if timeout(LAST_WORDS, said).await.is_err() {
            tracing::warn!("the other nodes could not be told in time that this one ends");
        }
    }
}
