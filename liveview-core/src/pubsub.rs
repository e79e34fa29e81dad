//! Messages to whoever subscribed to a topic: typed, in memory, never waiting for a subscriber.
//!
//! A [`Topic<T>`] is a name and the type of its messages. [`PubSub::broadcast`] hands one shared copy of a message to
//! the [`Sink`] of each subscriber, in the publisher's own task: a subscriber costs a clone of an `Arc` and a place in its
//! mailbox, and a mailbox that is full follows the subscription's rule ([`OnFull`]). Messages of one sender to one topic
//! arrive in order and at most once.
//!
//! ```
//! use liveview_core::pubsub::{PubSub, Received, topic};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! struct Telemetry { battery: f64 }
//!
//! let pubsub = PubSub::local();
//! let fleet = topic::<Telemetry>("fleet");
//! let mut telemetry = pubsub.receiver(&fleet);
//! pubsub.broadcast(&fleet, Telemetry { battery: 87.5 });
//!
//! let Received::Message(message) = telemetry.recv().await else { panic!("nothing was missed") };
//! assert_eq!(message.battery, 87.5);
//! # }
//! ```
//!
//! **One name, two types.** A message reaches only the subscriptions of its own type. Where a name is used with
//! two types at a time, that is a mistake nearly always, so it is logged as a warning, once per name; nothing panics.
//!
//! **Other nodes.** What is said here stays here unless the topic is [`Topic::distributed`] and the `PubSub` was made
//! with an [`Adapter`]. Delivery to this node's own subscribers never depends on the adapter.
//!
//! The subscribers' lists are copied on write: no lock is held while a sink is called, so a sink may publish and subscribe.

mod adapter;
pub mod conformance;
mod delivery;
mod direct;
mod distributed;
mod local;
mod receiver;
mod subscribers;
mod topic;

use std::fmt;
use std::sync::Arc;

pub use self::adapter::{Adapter, AdapterError, Inbox};
pub use self::delivery::{Closed, Delivery, Lagged, Sink, SubscriberId};
use self::delivery::{Sealed, seal};
pub use self::direct::DirectError;
use self::distributed::Distributed;
use self::local::{Key, Registry};
pub use self::receiver::{Message, Received, Receiver};
pub use self::topic::{OnFull, Topic, topic};
pub use crate::__pubsub_conformance as conformance;
use crate::session::random_bytes;

/// A handle of one pubsub; clones are the same one.
#[derive(Clone)]
pub struct PubSub {
    /// This node's name.
    node: Arc<str>,
    registry: Arc<Registry>,
    distributed: Option<Arc<Distributed>>,
}

impl PubSub {
    /// A pubsub of this process alone.
    pub fn local() -> Self {
        Self { node: new_node(), registry: Arc::default(), distributed: None }
    }

    /// A pubsub that shares its distributed topics with other nodes. This node gets a name that no other has.
    pub fn with_adapter(adapter: impl Adapter) -> Self {
        Self::with_node_and_adapter(new_node(), adapter)
    }

    /// [`with_adapter`](Self::with_adapter), under a name of the caller's: no other node may have it, or both get what is said to it.
    pub fn with_node_and_adapter(node: impl Into<Arc<str>>, adapter: impl Adapter) -> Self {
        let (node, registry) = (node.into(), Arc::<Registry>::default());
        adapter.start(Inbox::new(Arc::clone(&node), Arc::clone(&registry)));
        Self { node, registry, distributed: Some(Arc::new(Distributed::new(adapter))) }
    }

    /// This node's name, for others to [`direct_broadcast`](Self::direct_broadcast) to: send it along with what they are to answer.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Delivers each message of the topic to the sink, until the [`Subscription`] is dropped or the sink is closed.
    /// The topic's [`OnFull`] travels with each delivery. A sink that subscribes twice gets everything twice.
    pub fn subscribe<T: Send + Sync + 'static>(&self, topic: &Topic<T>, sink: Arc<dyn Sink>) -> Subscription {
        let key = self.registry.subscribe(topic, sink);
        Subscription { registry: Arc::clone(&self.registry), key }
    }

    /// Sends a message to all subscribers of the topic. Returns how many of this node took it; what happens to it
    /// in a full mailbox, and on other nodes, the sender is not told. Never blocks.
    pub fn broadcast<T: Send + Sync + 'static>(&self, topic: &Topic<T>, message: T) -> usize {
        self.send(None, topic, message)
    }

    /// [`broadcast`](Self::broadcast) to all but one subscriber, usually the sender.
    pub fn broadcast_from<T: Send + Sync + 'static>(&self, from: SubscriberId, topic: &Topic<T>, message: T) -> usize {
        self.send(Some(from), topic, message)
    }

    /// [`broadcast`](Self::broadcast) to this node alone, also of a topic that is distributed: for what each node finds out for itself.
    pub fn local_broadcast<T: Send + Sync + 'static>(&self, topic: &Topic<T>, message: T) -> usize {
        self.deliver(None, topic, message)
    }

    /// [`broadcast`](Self::broadcast) to the subscribers of one node alone, which may be this one (`Phoenix.PubSub.direct_broadcast/4`). Whether there is
    /// such a node, and whether anybody there has subscribed, the sender is not told.
    ///
    /// # Errors
    ///
    /// [`DirectError`], when the message cannot leave this node.
    pub fn direct_broadcast<T: Send + Sync + 'static>(
        &self,
        node: &str,
        topic: &Topic<T>,
        message: T,
    ) -> Result<(), DirectError> {
        if node == &*self.node {
            self.deliver(None, topic, message);
            return Ok(());
        }
        let distributed = self.distributed.as_ref().ok_or_else(|| DirectError::Alone { node: node.to_owned() })?;
        let codec = topic.codec().ok_or_else(|| DirectError::NotDistributed { topic: topic.name().to_owned() })?;
        let encoded = (codec.encode)(&message).map(|bytes| direct::wrap(topic.name(), &bytes));
        let sent = encoded.and_then(|bytes| distributed.send(&direct::topic_of(node), bytes));
        sent.map_err(|source| DirectError::Refused { node: node.to_owned(), source })
    }

    /// A subscription for a task that has no mailbox of its own.
    pub fn receiver<T: Send + Sync + 'static>(&self, topic: &Topic<T>) -> Receiver<T> {
        Receiver::new(self, topic)
    }

    /// How many subscriptions of this node a topic has. Those of sinks that are closed count until the next broadcast.
    pub fn subscriber_count(&self, topic: &str) -> usize {
        self.registry.count(topic)
    }

    /// Leaves the other nodes in order: its presences are gone there at once, and what was said before has been sent. [`serve`](crate::serve) does this at its end; who stops a
    /// [`Server`](crate::Server) by other means and ends the process does it afterwards. Takes 2 s at most, and nothing without an adapter. Messages still
    /// reach this node's own subscribers.
    pub async fn shut_down(&self) {
        if let Some(distributed) = &self.distributed {
            distributed.leave().await;
        }
    }

    /// Whether there may be other nodes.
    pub(crate) fn is_distributed(&self) -> bool {
        self.distributed.is_some()
    }

    /// Runs a task that says its last words soon after [`left`](Self::left), and for which a shutdown waits.
    pub(crate) fn spawn_speaker(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(distributed) = &self.distributed {
            distributed.spawn(task);
        }
    }

    /// Waits until this node leaves the others; for ever without any.
    pub(crate) async fn left(&self) {
        match &self.distributed {
            Some(distributed) => distributed.left().await,
            None => std::future::pending().await,
        }
    }

    fn send<T: Send + Sync + 'static>(&self, from: Option<SubscriberId>, topic: &Topic<T>, message: T) -> usize {
        self.forward(topic, &message);
        self.deliver(from, topic, message)
    }

    fn deliver<T: Send + Sync + 'static>(&self, from: Option<SubscriberId>, topic: &Topic<T>, message: T) -> usize {
        match self.registry.find(topic.name(), Key::kind::<T>()) {
            Some(subscribers) => {
                let sealed: Arc<Sealed> = seal(subscribers.topic(), message);
                self.registry.deliver(&subscribers, from, &sealed)
            }
            None => 0,
        }
    }

    fn forward<T>(&self, topic: &Topic<T>, message: &T) {
        if let (Some(distributed), Some(codec)) = (&self.distributed, topic.codec()) {
            distributed.publish(topic.name(), (codec.encode)(message));
        }
    }
}

/// A name for a node: 128 random bits.
fn new_node() -> Arc<str> {
    crate::base64_url(&random_bytes::<16>()).into()
}

impl fmt::Debug for PubSub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PubSub")
            .field("node", &self.node)
            .field("distributed", &self.is_distributed())
            .finish_non_exhaustive()
    }
}

/// A subscription; dropping it ends it. What is in the mailbox by then, or on its way there in another thread, still arrives.
#[must_use = "a subscription ends when it is dropped"]
pub struct Subscription {
    registry: Arc<Registry>,
    key: Key,
}

impl Subscription {
    /// The topic's name.
    pub fn topic(&self) -> &str {
        &self.key.topic
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("topic", &self.key.topic).finish_non_exhaustive()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.registry.unsubscribe(&self.key);
    }
}
