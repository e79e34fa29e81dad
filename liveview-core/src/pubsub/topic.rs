//! What a topic is: a name, the type of its messages, and how they behave on their way.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::adapter::AdapterError;
use super::delivery::{Sealed, seal};

/// What becomes of a topic's messages in a subscriber's mailbox that is full.
///
/// It belongs to the subscription: two subscribers of one topic may choose differently. The rules keep the order
/// within a topic; a `Latest` message may overtake messages of *other* senders and topics, as it takes an older one's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnFull {
    /// The oldest queued message of the topic goes; if none is queued, the oldest of any topic with this rule.
    #[default]
    DropOldest,
    /// At most one message of the topic is queued, full or not: always the newest, in the place of the one before.
    /// For states, of which only the last counts.
    Latest,
    /// The new message is dropped, and the subscriber is told how many it missed, and where.
    Lag,
}

/// A topic by its name, for messages of type `T`. Made by [`topic`]; cheap to clone.
pub struct Topic<T> {
    name: Arc<str>,
    on_full: OnFull,
    codec: Option<Codec<T>>,
    message: PhantomData<fn(T) -> T>,
}

/// The topic of that name. Names are free text; those of Phoenix look like `"robots"` and `"robot:3"`.
pub fn topic<T: Send + Sync + 'static>(name: impl Into<Arc<str>>) -> Topic<T> {
    Topic { name: name.into(), on_full: OnFull::default(), codec: None, message: PhantomData }
}

impl<T> Topic<T> {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets what happens in a mailbox that is full; matters where one subscribes. Default [`OnFull::DropOldest`].
    #[must_use]
    pub fn on_full(mut self, rule: OnFull) -> Self {
        self.on_full = rule;
        self
    }

    /// Shares the topic with other nodes, if the pubsub has an adapter. Both the sender's and the subscriber's topic
    /// must say so. Messages travel as JSON.
    #[must_use]
    pub fn distributed(mut self) -> Self
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        self.codec = Some(Codec {
            encode: |message| serde_json::to_vec(message).map_err(AdapterError::new),
            decode: |name, bytes| {
                let message: T = serde_json::from_slice(bytes).map_err(AdapterError::new)?;
                Ok(seal(name, message))
            },
        });
        self
    }

    pub(super) fn rule(&self) -> OnFull {
        self.on_full
    }

    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    pub(super) fn codec(&self) -> Option<Codec<T>> {
        self.codec
    }
}

/// How the messages of a distributed topic become bytes and back.
pub(super) struct Codec<T> {
    pub(super) encode: fn(&T) -> Result<Vec<u8>, AdapterError>,
    pub(super) decode: Decode,
}

/// Makes the message of a topic from another node's bytes; knows the type, so that its holder need not.
pub(super) type Decode = fn(Arc<str>, &[u8]) -> Result<Arc<Sealed>, AdapterError>;

// By hand, like those of `Topic`: derived ones would ask the same of `T`.
impl<T> Clone for Codec<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Codec<T> {}

impl<T> Clone for Topic<T> {
    fn clone(&self) -> Self {
        Self { name: Arc::clone(&self.name), codec: self.codec, ..*self }
    }
}

impl<T> fmt::Debug for Topic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic<{}>({:?}, {:?})", type_name::<T>(), self.name, self.on_full)
    }
}
