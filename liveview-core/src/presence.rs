//! Presence: who and what is online, over all nodes (`Phoenix.Presence`).
//!
//! Whoever is somewhere is *tracked*: under a key, such as a user's id, at a topic, with a meta: what else is to be known. A key that is tracked twice, as by two
//! tabs, has two metas. Tracking ends with its [`Tracked`], which a channel or a live view keeps in its state: when they end, however they end, it is gone.
//!
//! ```
//! use liveview_core::PubSub;
//! use liveview_core::presence::Presence;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Seat { station: String }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> liveview_core::Result<()> {
//! let pubsub = PubSub::local();
//! let presence = Presence::<Seat>::builder("operators").start(&pubsub);
//! let seat = presence.track("robot:7", "ada", &Seat { station: "north".into() })?;
//! assert_eq!(presence.get_by_key("robot:7", "ada")[0].value.station, "north");
//! drop(seat);
//! assert!(presence.list("robot:7").await.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! What changes at a topic is a [`PresenceDiff`]: live views subscribe to [`Presence::diffs`], and channels of that topic get it as `presence_diff`.
//!
//! **Several nodes.** With a distributed [`PubSub`](crate::PubSub), presences of one name make one list. There is no leader: each node keeps a copy, and the copies agree as soon as
//! the last messages of all have arrived, whatever was lost in between. A node that is silent for longer than [`down_after`](PresenceBuilder::down_after) is taken to
//! be gone; when it is heard of again its presences are back. One that stops in order says so, and is gone at once.

mod builder;
mod diff;
mod message;
mod options;
mod pieces;
mod shown;
mod state;
#[cfg(test)]
mod tests;
mod tracker;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use builder::PresenceBuilder;
pub use shown::{PresenceDiff, PresenceEntry, PresenceMeta};
use tracker::Tracker;

use crate::pubsub::{Topic, topic};

/// Who is at which topic, with an `M` for each presence. Clones are the same presence.
pub struct Presence<M> {
    name: Arc<str>,
    tracker: Arc<Tracker>,
    meta: PhantomData<fn(M) -> M>,
}

/// Why somebody is not tracked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PresenceError {
    /// The meta has no form in JSON.
    #[error("the meta of a presence cannot be written as JSON")]
    Meta(#[source] serde_json::Error),
    /// It is no object, and clients look for its fields.
    #[error("the meta of a presence is a struct or a map, whose fields stand beside `phx_ref`")]
    NotAnObject,
}

impl<M: Serialize + DeserializeOwned + Send + Sync + 'static> Presence<M> {
    /// A presence of this name in the making. Those of one name on connected nodes, and no others, know of each other.
    pub fn builder(name: impl Into<Arc<str>>) -> PresenceBuilder<M> {
        PresenceBuilder::new(name.into())
    }

    /// Tracks `key` at `topic` until the [`Tracked`] is dropped.
    ///
    /// # Errors
    /// When the meta has no form in JSON, or is no object.
    pub fn track(&self, topic: &str, key: &str, meta: &M) -> Result<Tracked<M>, PresenceError> {
        let (topic, key): (Arc<str>, Arc<str>) = (topic.into(), key.into());
        let number = self.tracker.join(topic.clone(), key.clone(), object(meta)?);
        Ok(Tracked { tracker: self.tracker.clone(), topic, key, number: Mutex::new(number), meta: PhantomData })
    }

    /// Who is at a topic, by key, with what is [fetched](PresenceBuilder::fetch) for all of them at once.
    pub async fn list(&self, topic: &str) -> BTreeMap<String, PresenceEntry<M>> {
        let metas = self.tracker.list(topic);
        let fetched = self.tracker.fetch(topic, metas.keys().map(ToString::to_string).collect()).await;
        shown::entries(metas, &fetched)
    }

    /// The metas of one key at a topic; none when it is not there.
    pub fn get_by_key(&self, topic: &str, key: &str) -> Vec<PresenceMeta<M>> {
        shown::metas(self.tracker.get(topic, key))
    }

    /// The messages of what changes at a topic, for [`Cx::subscribe`](crate::Cx::subscribe). They are of this node: each tells its own.
    pub fn diffs(&self, topic: &str) -> Topic<PresenceDiff<M>> {
        diffs(&self.name, topic)
    }
}

fn diffs<M: Send + Sync + 'static>(name: &str, at: &str) -> Topic<PresenceDiff<M>> {
    topic(format!("presence:{name}:{at}"))
}

fn object<M: Serialize>(meta: &M) -> Result<Map<String, Value>, PresenceError> {
    match serde_json::to_value(meta).map_err(PresenceError::Meta)? {
        Value::Object(fields) => Ok(fields),
        Value::Null => Ok(Map::new()),
        _ => Err(PresenceError::NotAnObject),
    }
}

impl<M> Clone for Presence<M> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), tracker: self.tracker.clone(), meta: PhantomData }
    }
}

impl<M> fmt::Debug for Presence<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Somebody who is tracked, until this is dropped.
#[must_use = "tracking ends when this is dropped"]
pub struct Tracked<M> {
    tracker: Arc<Tracker>,
    topic: Arc<str>,
    key: Arc<str>,
    number: Mutex<u64>,
    meta: PhantomData<fn(M)>,
}

impl<M: Serialize> Tracked<M> {
    /// Changes the meta. It has a new `phx_ref`, and the one before as `phx_ref_prev`; the diff has both, the one as a leave and the other as a join.
    ///
    /// # Errors
    /// When the meta has no form in JSON, or is no object; nothing changes then.
    pub fn update(&self, meta: &M) -> Result<(), PresenceError> {
        let fields = object(meta)?;
        let mut number = self.number.lock().unwrap_or_else(PoisonError::into_inner);
        *number = self.tracker.update(*number, self.topic.clone(), self.key.clone(), fields);
        Ok(())
    }
}

impl<M> Tracked<M> {
    /// Where.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Who.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl<M> Drop for Tracked<M> {
    fn drop(&mut self) {
        self.tracker.leave(*self.number.get_mut().unwrap_or_else(PoisonError::into_inner));
    }
}

impl<M> fmt::Debug for Tracked<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").field("topic", &self.topic).field("key", &self.key).finish_non_exhaustive()
    }
}
