//! A message on its way to one subscriber, and where it goes.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::topic::{OnFull, Topic};

/// Where a subscriber's messages go: a mailbox.
///
/// `deliver` runs in the publisher's task for every message, so it neither blocks nor does the subscriber's work.
pub trait Sink: Send + Sync {
    /// The subscriber, as `broadcast_from` knows it: the same for all its subscriptions.
    fn id(&self) -> SubscriberId;

    /// Takes a message.
    ///
    /// # Errors
    ///
    /// [`Closed`] when the subscriber is gone; its subscription is then removed.
    fn deliver(&self, delivery: Delivery) -> Result<(), Closed>;
}

/// The receiver is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mailbox is closed")]
pub struct Closed;

/// A subscriber's identity, unique in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubscriberId(u64);

impl SubscriberId {
    /// One that nobody has.
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A message and its topic's name, in the one allocation that all subscribers share.
pub(super) struct Sealed<T: ?Sized = dyn Any + Send + Sync> {
    topic: Arc<str>,
    message: T,
}

pub(super) fn seal<T: Send + Sync + 'static>(topic: Arc<str>, message: T) -> Arc<Sealed> {
    Arc::new(Sealed { topic, message })
}

/// One message for one subscriber. Clones share the message.
#[derive(Clone)]
pub struct Delivery {
    sealed: Arc<Sealed>,
    on_full: OnFull,
}

impl Delivery {
    /// A message as if it had been broadcast; for sinks and their tests.
    pub fn new<T: Send + Sync + 'static>(topic: &Topic<T>, message: T) -> Self {
        Self::sealed(seal(topic.shared_name(), message), topic.rule())
    }

    pub(super) fn sealed(sealed: Arc<Sealed>, on_full: OnFull) -> Self {
        Self { sealed, on_full }
    }

    /// The topic's name.
    pub fn topic(&self) -> &str {
        &self.sealed.topic
    }

    /// The message, if it is of type `T`.
    pub fn message<T: 'static>(&self) -> Option<&T> {
        self.sealed.message.downcast_ref()
    }

    /// The message, of whatever type.
    pub fn as_any(&self) -> &(dyn Any + Send + Sync) {
        &self.sealed.message
    }

    /// The subscription's rule.
    pub fn on_full(&self) -> OnFull {
        self.on_full
    }

    pub(crate) fn topic_name(&self) -> Arc<str> {
        Arc::clone(&self.sealed.topic)
    }

    /// Whether both are of one topic. Looks at the text only where the two names are separate copies of it.
    pub(crate) fn same_topic(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.sealed.topic, &other.sealed.topic) || self.topic() == other.topic()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("topic", &self.topic()).finish_non_exhaustive()
    }
}

/// A notice that messages of a topic with the rule [`OnFull::Lag`] were dropped at this place in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lagged {
    /// The topic's name.
    pub topic: Arc<str>,
    /// How many messages.
    pub missed: u64,
}
