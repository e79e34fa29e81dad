//! Delivery within this process: which sinks subscribed to which topic, in shards, so that topics do not wait for each other.
//!
//! A topic exists while it has subscribers. Locks are held to look a list up or to change it, never while a sink is called or
//! dropped or a line is logged: all that is foreign code.

use std::any::{TypeId, type_name};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::delivery::{Delivery, Sealed, Sink, SubscriberId};
use super::subscribers::{Subscriber, Subscribers};
use super::topic::{Decode, Topic};

const SHARDS: usize = 32;

#[derive(Default)]
pub(super) struct Registry {
    shards: [RwLock<Shard>; SHARDS],
    hasher: RandomState,
    last_number: AtomicU64,
}

type Shard = HashMap<Arc<str>, Entry>;

/// What is subscribed under one name: nearly always one type.
#[derive(Default)]
struct Entry {
    lists: Vec<List>,
    warned: AtomicBool,
}

struct List {
    kind: Kind,
    /// Of the first subscriber whose topic was distributed.
    decode: Option<Decode>,
    subscribers: Subscribers,
}

/// The type of a topic's messages.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    id: TypeId,
    name: &'static str,
}

/// Names one subscription.
pub(super) struct Key {
    pub(super) topic: Arc<str>,
    kind: Kind,
    number: u64,
}

impl Key {
    pub(super) fn kind<T: 'static>() -> Kind {
        Kind { id: TypeId::of::<T>(), name: type_name::<T>() }
    }
}

/// The subscribers of a topic as they were at one moment.
pub(super) struct Found {
    topic: Arc<str>,
    kind: Kind,
    subscribers: Subscribers,
}

impl Found {
    /// The registry's own copy of the name: deliveries that share it are known to be of one topic without comparing texts.
    pub(super) fn topic(&self) -> Arc<str> {
        Arc::clone(&self.topic)
    }
}

impl Registry {
    pub(super) fn subscribe<T: 'static>(&self, topic: &Topic<T>, sink: Arc<dyn Sink>) -> Key {
        let number = self.last_number.fetch_add(1, Ordering::Relaxed);
        let kind = Key::kind::<T>();
        let decode = topic.codec().map(|codec| codec.decode);
        let mut shard = self.shard(topic.name()).write().unwrap_or_else(PoisonError::into_inner);
        let entry = shard.entry(topic.shared_name()).or_default();
        entry.list(kind, decode).subscribers.insert(Subscriber { number, on_full: topic.rule(), sink });
        let other = entry.news_of_other_type(kind);
        drop(shard);
        warn_of_other_type(topic.name(), kind, other);
        Key { topic: topic.shared_name(), kind, number }
    }

    pub(super) fn unsubscribe(&self, key: &Key) {
        drop(self.remove(&key.topic, key.kind.id, &[key.number]));
    }

    /// The subscribers of a topic for messages of that type; `None` without any.
    pub(super) fn find(&self, topic: &str, kind: Kind) -> Option<Found> {
        let shard = self.shard(topic).read().unwrap_or_else(PoisonError::into_inner);
        let (name, entry) = shard.get_key_value(topic)?;
        let other = entry.news_of_other_type(kind);
        let list = entry.lists.iter().find(|list| list.kind.id == kind.id);
        let found = list.map(|list| list.found(name));
        drop(shard);
        warn_of_other_type(topic, kind, other);
        found
    }

    /// Delivers to each subscriber found but one, and forgets those that are closed. Returns how many took it.
    pub(super) fn deliver(&self, found: &Found, but: Option<SubscriberId>, sealed: &Arc<Sealed>) -> usize {
        let mut reached = 0;
        let mut closed = Vec::new();
        for Subscriber { number, on_full, sink } in found.subscribers.iter() {
            if but.is_some_and(|but| sink.id() == but) {
                continue;
            }
            match sink.deliver(Delivery::sealed(Arc::clone(sealed), *on_full)) {
                Ok(()) => reached += 1,
                Err(_) => closed.push(*number),
            }
        }
        if !closed.is_empty() {
            drop(self.remove(&found.topic, found.kind.id, &closed));
        }
        reached
    }

    /// Delivers what another node sent, to every type of subscriber that can read it.
    pub(super) fn receive(&self, topic: &str, bytes: &[u8]) {
        for (decode, found) in self.decoders(topic) {
            match decode(Arc::clone(&found.topic), bytes) {
                Ok(sealed) => drop(self.deliver(&found, None, &sealed)),
                Err(error) => {
                    tracing::warn!(topic, kind = found.kind.name, %error, "cannot read a message of another node");
                }
            }
        }
    }

    pub(super) fn count(&self, topic: &str) -> usize {
        let shard = self.shard(topic).read().unwrap_or_else(PoisonError::into_inner);
        shard.get(topic).map_or(0, |entry| entry.lists.iter().map(|list| list.subscribers.len()).sum())
    }

    fn decoders(&self, topic: &str) -> Vec<(Decode, Found)> {
        let shard = self.shard(topic).read().unwrap_or_else(PoisonError::into_inner);
        let Some((topic, entry)) = shard.get_key_value(topic) else {
            return Vec::new();
        };
        entry.lists.iter().filter_map(|list| Some((list.decode?, list.found(topic)))).collect()
    }

    /// The removed ones come back so that they are dropped when the lock is free.
    fn remove(&self, topic: &str, kind: TypeId, numbers: &[u64]) -> Vec<Subscriber> {
        let mut shard = self.shard(topic).write().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = shard.get_mut(topic) else {
            return Vec::new();
        };
        let Some(list) = entry.lists.iter_mut().find(|list| list.kind.id == kind) else {
            return Vec::new();
        };
        let removed = numbers.iter().filter_map(|number| list.subscribers.remove(*number)).collect();
        entry.lists.retain(|list| list.subscribers.len() > 0);
        if entry.lists.is_empty() {
            shard.remove(topic);
        }
        removed
    }

    fn shard(&self, topic: &str) -> &RwLock<Shard> {
        &self.shards[self.hasher.hash_one(topic) as usize % SHARDS]
    }
}

impl Entry {
    fn list(&mut self, kind: Kind, decode: Option<Decode>) -> &mut List {
        let index = self.lists.iter().position(|list| list.kind.id == kind.id).unwrap_or_else(|| {
            self.lists.push(List { kind, decode: None, subscribers: Subscribers::default() });
            self.lists.len() - 1
        });
        let list = &mut self.lists[index];
        list.decode = list.decode.or(decode);
        list
    }

    /// Another type under this name. Tells it once per name and as long as that has subscribers, lest a busy topic fill the log.
    fn news_of_other_type(&self, kind: Kind) -> Option<Kind> {
        let other = self.lists.iter().find(|list| list.kind.id != kind.id)?;
        (!self.warned.swap(true, Ordering::Relaxed)).then_some(other.kind)
    }
}

impl List {
    fn found(&self, topic: &Arc<str>) -> Found {
        Found { topic: Arc::clone(topic), kind: self.kind, subscribers: self.subscribers.clone() }
    }
}

/// To be called without a lock: who reads the log may use the pubsub for it.
fn warn_of_other_type(topic: &str, kind: Kind, other: Option<Kind>) {
    if let Some(other) = other {
        tracing::warn!(
            topic,
            one = kind.name,
            other = other.name,
            "one topic is used with two types; a message reaches only subscribers of its own type"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use crate::mailbox::{Limits, Mailbox};
    use crate::pubsub::{Closed, Delivery, PubSub, Sink, SubscriberId, topic};

    #[test]
    fn a_topic_without_subscribers_takes_no_memory() {
        let pubsub = PubSub::local();
        let receivers: Vec<_> = (0..100).map(|n| pubsub.receiver(&topic::<u8>(format!("t{n}")))).collect();
        drop(receivers);
        assert!(pubsub.registry.shards.iter().all(|shard| shard.read().expect("whole").is_empty()));
    }

    #[test]
    fn a_closed_sink_is_forgotten_by_the_next_broadcast() {
        let pubsub = PubSub::local();
        let fleet = topic::<u8>("fleet");
        let (address, mailbox) = Mailbox::<()>::new(Limits::default());
        let subscription = pubsub.subscribe(&fleet, address.sink());
        let _other = pubsub.receiver(&fleet);
        drop(mailbox);
        assert_eq!(pubsub.subscriber_count("fleet"), 2);
        assert_eq!(pubsub.broadcast(&fleet, 1), 1);
        assert_eq!(pubsub.subscriber_count("fleet"), 1);
        drop(subscription);
        assert_eq!(pubsub.subscriber_count("fleet"), 1);
    }

    /// A sink that uses the pubsub from within its delivery, as one may.
    struct Relay(PubSub, SubscriberId);

    impl Sink for Relay {
        fn id(&self) -> SubscriberId {
            self.1
        }

        fn deliver(&self, delivery: Delivery) -> Result<(), Closed> {
            let count = *delivery.message::<u32>().ok_or(Closed)?;
            self.0.broadcast(&topic::<u32>("out"), count + 1);
            drop(self.0.receiver(&topic::<u32>("in")));
            Err(Closed)
        }
    }

    #[test]
    fn a_sink_may_publish_and_subscribe_while_it_is_called() {
        let pubsub = PubSub::local();
        let mut out = pubsub.receiver(&topic::<u32>("out"));
        let relay = Arc::new(Relay(pubsub.clone(), SubscriberId::unique()));
        let _subscription = pubsub.subscribe(&topic::<u32>("in"), relay);
        assert_eq!(pubsub.broadcast(&topic::<u32>("in"), 1), 0);
        assert_eq!(out.try_recv().and_then(|received| received.message().map(|m| *m)), Some(2));
        assert_eq!(pubsub.subscriber_count("in"), 0);
    }

    /// A log that is read through the pubsub, as a dashboard's would be.
    struct Log(PubSub, Arc<AtomicU32>);

    impl tracing::Subscriber for Log {
        fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
            metadata.target() == "liveview_core::pubsub::local"
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, _: &tracing::Event<'_>) {
            drop(self.0.receiver(&topic::<u8>("fleet")));
            self.1.fetch_add(1, Ordering::Relaxed);
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[test]
    fn two_types_under_one_name_are_warned_of_once_and_without_a_lock() {
        let (pubsub, warnings) = (PubSub::local(), Arc::new(AtomicU32::new(0)));
        tracing::subscriber::with_default(Log(pubsub.clone(), Arc::clone(&warnings)), || {
            let _numbers = pubsub.receiver(&topic::<u8>("fleet"));
            assert_eq!(pubsub.broadcast(&topic("fleet"), "text"), 0);
            assert_eq!(pubsub.broadcast(&topic("fleet"), "text"), 0);
            let _texts = pubsub.receiver(&topic::<&str>("fleet"));
            assert_eq!(pubsub.broadcast(&topic("fleet"), "text"), 1);
        });
        assert_eq!(warnings.load(Ordering::Relaxed), 1);
    }
}
