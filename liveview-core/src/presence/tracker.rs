//! Keeps one copy of the state: takes what is tracked here, tells other nodes, hears them, and hands differences on.
//!
//! ```text
//! track, untrack -> State -> Diff -> publisher: gathers for a moment, fetches once, broadcasts
//!                         -> changes -> replicator: gathers for a moment, sends a delta     -> other nodes
//! other nodes    -> replicator -> State -> Diff -> publisher
//! ```
//!
//! Two tasks, for fetching may be slow, and a node that is silent is taken to be gone.

mod replicator;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::diff::{Diff, Meta, Metas, TopicDiff};
use super::options::Options;
use super::pieces::Arriving;
use super::state::{Change, Entry, Replica, State};
use crate::PubSub;
use crate::panics::watch_future;

/// What is known of keys beside what was tracked with them.
pub(super) type Fetched = HashMap<String, Map<String, Value>>;
/// Finds that out for the keys of a topic.
pub(super) type Fetch = Arc<dyn Fn(String, Vec<String>) -> BoxFuture<'static, Fetched> + Send + Sync>;
/// Tells whoever listens.
pub(super) type Publish = Box<dyn Fn(&str, TopicDiff, &Fetched) + Send + Sync>;

/// A handle of the copy. Its tasks end with the last one.
pub(super) struct Tracker {
    shared: Arc<Shared>,
    _tasks: DropGuard,
}

struct Shared {
    core: Mutex<Core>,
    /// There is a difference that nobody has heard of.
    differs: Notify,
    /// There is something that the other nodes have not heard of: changes, or the set that somebody asked for.
    changed: Notify,
    fetch: Option<Fetch>,
    publish: Publish,
    options: Options,
    is_distributed: bool,
}

struct Core {
    state: State,
    diff: Diff,
    /// Of this replica, not yet sent.
    changes: Vec<Change>,
    /// When each other replica was heard of last.
    heard: HashMap<Replica, Instant>,
    /// When each of those that are ahead was asked for its set.
    asked: HashMap<Replica, Instant>,
    /// Sets that come in pieces.
    arriving: Arriving,
    /// What is to be logged, which is foreign code and waits until the lock is free.
    news: Vec<News>,
    /// Somebody has asked for the set of this one.
    is_asked: bool,
}

/// What operators want to know of other nodes.
enum News {
    Hidden { replica: Replica, presences: usize },
    Shown { replica: Replica, presences: usize },
}

impl Tracker {
    /// Starts the tasks on the runtime of the caller.
    pub(super) fn start(name: &str, pubsub: &PubSub, options: Options, fetch: Option<Fetch>, publish: Publish) -> Self {
        let me: Replica = format!("{name}-{}", crate::base64_url(&crate::session::random_bytes::<9>())).into();
        let core = Core {
            state: State::new(me),
            diff: Diff::default(),
            changes: Vec::new(),
            heard: HashMap::new(),
            asked: HashMap::new(),
            arriving: Arriving::default(),
            news: Vec::new(),
            is_asked: false,
        };
        let shared = Arc::new(Shared {
            core: Mutex::new(core),
            differs: Notify::new(),
            changed: Notify::new(),
            fetch,
            publish,
            options,
            is_distributed: pubsub.is_distributed(),
        });
        let ended = CancellationToken::new();
        let publisher = publish_differences(shared.clone());
        tokio::spawn(ended.clone().run_until_cancelled_owned(publisher));
        if shared.is_distributed {
            pubsub.spawn_speaker(replicator::run(name, pubsub.clone(), shared.clone(), ended.clone()));
        }
        Self { shared, _tasks: ended.drop_guard() }
    }

    /// The number of the entry.
    pub(super) fn join(&self, topic: Arc<str>, key: Arc<str>, fields: Map<String, Value>) -> u64 {
        self.shared.enter(&mut self.shared.lock(), Entry { topic, key, meta: meta(fields, None) })
    }

    /// The number of the entry that takes the place of another.
    pub(super) fn update(&self, number: u64, topic: Arc<str>, key: Arc<str>, fields: Map<String, Value>) -> u64 {
        let mut core = self.shared.lock();
        let before = core.state.mine(number).map(|entry| entry.meta.phx_ref.clone());
        self.shared.take_out(&mut core, number);
        self.shared.enter(&mut core, Entry { topic, key, meta: meta(fields, before) })
    }

    pub(super) fn leave(&self, number: u64) {
        self.shared.take_out(&mut self.shared.lock(), number);
    }

    pub(super) fn list(&self, topic: &str) -> Metas {
        self.shared.lock().state.list(topic)
    }

    pub(super) fn get(&self, topic: &str, key: &str) -> Vec<Meta> {
        self.shared.lock().state.get(topic, key)
    }

    pub(super) async fn fetch(&self, topic: &str, keys: Vec<String>) -> Fetched {
        self.shared.fetch(topic, keys).await
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Core> {
        // Nothing of others runs while it is held.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, core: &mut Core, entry: Entry) -> u64 {
        let (number, change) = core.state.join(entry, &mut core.diff);
        self.keep(&mut core.changes, change);
        number
    }

    fn take_out(&self, core: &mut Core, number: u64) {
        if let Some(change) = core.state.leave(number, &mut core.diff) {
            self.keep(&mut core.changes, change);
        }
    }

    /// To be called for each change of this replica.
    fn keep(&self, changes: &mut Vec<Change>, change: Change) {
        if self.is_distributed {
            changes.push(change);
            self.changed.notify_one();
        }
        self.differs.notify_one();
    }

    async fn fetch(&self, topic: &str, keys: Vec<String>) -> Fetched {
        match &self.fetch {
            Some(fetch) if !keys.is_empty() => fetch(topic.to_owned(), keys).await,
            _ => Fetched::new(),
        }
    }
}

impl News {
    fn log(self) {
        match self {
            Self::Hidden { replica, presences } => {
                tracing::info!(%replica, presences, "a node is not heard of: its presences are hidden");
            }
            Self::Shown { replica, presences } => {
                tracing::info!(%replica, presences, "a node is heard of again: its presences are shown");
            }
        }
    }
}

async fn publish_differences(shared: Arc<Shared>) {
    loop {
        shared.differs.notified().await;
        sleep(shared.options.batch).await;
        let diff = std::mem::take(&mut shared.lock().diff);
        for (topic, diff) in diff {
            let mut keys: Vec<_> = diff.joins.keys().chain(diff.leaves.keys()).map(ToString::to_string).collect();
            keys.sort_unstable();
            keys.dedup();
            // Whatever happens in there, others are told of this change and of later ones.
            let fetched = watch_future(pin!(shared.fetch(&topic, keys))).await.unwrap_or_else(|panic| {
                tracing::error!(topic = &*topic, %panic, "a presence's `fetch` panicked");
                Fetched::new()
            });
            (shared.publish)(&topic, diff, &fetched);
        }
    }
}

fn meta(fields: Map<String, Value>, phx_ref_prev: Option<Arc<str>>) -> Meta {
    let phx_ref = crate::base64_url(&crate::session::random_bytes::<9>()).into();
    Meta { phx_ref, phx_ref_prev, fields: Arc::new(fields) }
}
