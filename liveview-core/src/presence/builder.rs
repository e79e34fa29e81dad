//! A presence in the making.

use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::options::Options;
use super::tracker::{Fetch, Fetched, Publish, Tracker};
use super::{Presence, PresenceDiff, PresenceMeta, diffs, shown};
use crate::PubSub;
use crate::channel::{Broadcast, channel_topic};
use crate::panics::watch;

type OnDiff<M> = Box<dyn Fn(&PresenceDiff<M>, &BTreeMap<String, Vec<PresenceMeta<M>>>) + Send + Sync>;

/// Says how a presence works; made by [`Presence::builder`].
#[must_use = "it works when it is started"]
pub struct PresenceBuilder<M> {
    name: Arc<str>,
    options: Options,
    fetch: Option<Fetch>,
    on_diff: Option<OnDiff<M>>,
}

impl<M: Serialize + DeserializeOwned + Send + Sync + 'static> PresenceBuilder<M> {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self { name, options: Options::default(), fetch: None, on_diff: None }
    }

    /// Finds out more of keys than was tracked with them, such as names and pictures of users: for all keys of a diff or a list at once, by one query. What it
    /// answers stands beside `metas` (`c:Phoenix.Presence.fetch/2`).
    pub fn fetch<F, Fut>(mut self, fetch: F) -> Self
    where
        F: Fn(String, Vec<String>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = std::collections::HashMap<String, Map<String, Value>>> + Send + 'static,
    {
        self.fetch = Some(Arc::new(move |topic, keys| Box::pin(fetch(topic, keys))));
        self
    }

    /// Called for each diff, before anybody is told, with all who are at the topic then (`c:Phoenix.Presence.handle_metas/4`). It runs in the presence's task:
    /// it hands on, and does not block.
    pub fn on_diff(
        mut self,
        on_diff: impl Fn(&PresenceDiff<M>, &BTreeMap<String, Vec<PresenceMeta<M>>>) + Send + Sync + 'static,
    ) -> Self {
        self.on_diff = Some(Box::new(on_diff));
        self
    }

    /// For how long changes are gathered before anybody is told of them: 20 ms.
    pub fn batch(mut self, gather: Duration) -> Self {
        self.options.batch = gather;
        self
    }

    /// How often nodes tell each other that they are there: every 1.5 s.
    ///
    /// # Panics
    /// When it is zero.
    #[track_caller]
    pub fn heartbeat(mut self, every: Duration) -> Self {
        assert!(!every.is_zero(), "the time between heartbeats is longer than zero");
        self.options.heartbeat = every;
        self
    }

    /// A node that is silent for so long is taken to be gone: 6 s, which is four heartbeats.
    pub fn down_after(mut self, silent: Duration) -> Self {
        self.options.down_after = silent;
        self
    }

    /// What is known of a node that is silent for so long is dropped: 20 min.
    pub fn forget_after(mut self, silent: Duration) -> Self {
        self.options.forget_after = silent;
        self
    }

    /// Starts it on the runtime of the caller. It ends when its last handle and the last [`Tracked`](super::Tracked) are dropped.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn start(self, pubsub: &PubSub) -> Presence<M> {
        let Self { name, options, fetch, on_diff } = self;
        let listed = Arc::new(OnceLock::new());
        let publish = publish(name.clone(), pubsub.clone(), on_diff, listed.clone());
        let tracker = Arc::new(Tracker::start(&name, pubsub, options, fetch, publish));
        // Set once, here.
        let _ = listed.set(Arc::downgrade(&tracker));
        Presence { name, tracker, meta: PhantomData }
    }
}

/// Tells callback, live views and channels.
fn publish<M: Serialize + DeserializeOwned + Send + Sync + 'static>(
    name: Arc<str>,
    pubsub: PubSub,
    on_diff: Option<OnDiff<M>>,
    listed: Arc<OnceLock<Weak<Tracker>>>,
) -> Publish {
    Box::new(move |topic, diff, fetched: &Fetched| {
        let diff = PresenceDiff::<M>::new(topic, diff, fetched);
        if let Some(on_diff) = &on_diff
            && let Some(tracker) = listed.get().and_then(Weak::upgrade)
        {
            let metas = tracker.list(topic).into_iter();
            let metas = metas.map(|(key, metas)| (key.to_string(), shown::metas(metas))).collect();
            if let Err(panic) = watch(|| on_diff(&diff, &metas)).result {
                tracing::error!(topic, %panic, "a presence's `on_diff` panicked");
            }
        }
        // Each node tells its own.
        match Broadcast::new(topic, "presence_diff", &diff) {
            Ok(broadcast) => drop(pubsub.local_broadcast(&channel_topic(topic), broadcast)),
            Err(error) => tracing::error!(topic, %error, "channels are not told who came and went"),
        }
        pubsub.local_broadcast(&diffs(&name, topic), diff);
    })
}
