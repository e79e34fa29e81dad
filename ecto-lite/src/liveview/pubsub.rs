//! The pubsub of several nodes over the database that they share: `LISTEN` and `NOTIFY` of PostgreSQL.
//!
//! ```text
//! publish -> Queue (bounded in bytes) -> Sender, a connection: all that waits, by one statement -> PostgreSQL
//! PostgreSQL -> Listener, a connection -> Parts: messages put together, own ones skipped        -> Inbox
//! ```
//!
//! All topics go by one channel of PostgreSQL. Both connections are this adapter's own, so that a repo whose pool is busy holds nobody up. Each connects again by itself, with
//! one line in the log when it is lost and one when it is back. What was said meanwhile is lost: delivery is at most once.

mod builder;
mod frame;
mod listener;
mod parts;
mod queue;
mod sender;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use liveview_core::pubsub::{Adapter, AdapterError, Inbox};
use sqlx::postgres::PgConnectOptions;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

pub use builder::PostgresPubSubBuilder;
use listener::Listener;
use parts::Parts;
use queue::Queue;
use sender::Sender;

use crate::{Repo, RepoError};

/// How long opening a connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// Connects the pubsubs of all nodes that use one PostgreSQL database, by `NOTIFY`.
///
/// ```no_run
/// use ecto_lite::{PostgresPubSub, Repo};
/// use liveview_core::PubSub;
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let repo = Repo::connect("postgres://app:secret@db/app").await?;
/// let pubsub = PubSub::with_adapter(PostgresPubSub::of(&repo).connect().await?);
/// // Endpoint::new().with_pubsub(pubsub)
/// # Ok(())
/// # }
/// ```
///
/// It wants PostgreSQL 13 or newer with the encoding UTF-8, and a server that it talks to itself: a pooler that gives out connections by transaction (pgbouncer's `transaction`) cannot
/// `LISTEN`. Every message is a commit on the server, and all nodes hear all messages: thousands a second are fine, and a stream of positions from each of a thousand robots wants a mesh instead.
///
/// It lives as long as the [`PubSub`](liveview_core::PubSub) that was made with it.
pub struct PostgresPubSub {
    queue: Arc<Queue>,
    max_message: usize,
    /// What begins when there is an inbox.
    prepared: Mutex<Option<Prepared>>,
    runtime: Handle,
    /// Dropped, it ends the listener.
    stop: Mutex<Option<oneshot::Sender<()>>>,
}

struct Prepared {
    sender: Sender,
    listener: Listener,
    parts: Parts,
}

impl PostgresPubSub {
    /// Connects to the database with this URL, `postgres://user:password@host/database`, with the defaults of [`PostgresPubSubBuilder`].
    ///
    /// # Errors
    /// When the URL is wrong or of another database, or it cannot be reached now.
    pub async fn connect(url: &str) -> Result<Self, RepoError> {
        Self::builder(url).connect().await
    }

    /// Options before connecting to the database with this URL.
    pub fn builder(url: impl Into<String>) -> PostgresPubSubBuilder {
        PostgresPubSubBuilder::new(url.into())
    }

    /// Options before connecting to the database of this repo, by connections beside its pool.
    pub fn of(repo: &Repo) -> PostgresPubSubBuilder {
        PostgresPubSubBuilder::new(repo.url().to_owned())
    }

    async fn open(options: PgConnectOptions, settings: Settings) -> Result<Self, sqlx::Error> {
        let queue = Arc::new(Queue::new(settings.max_queue));
        let node: Arc<str> = uuid::Uuid::new_v4().simple().to_string().into();
        let sender = Sender::open(options.clone(), settings.channel.clone(), node.clone(), queue.clone()).await?;
        let listener = Listener::open(options, settings.channel).await?;
        let parts = Parts::new(node, settings.max_message);
        Ok(Self {
            queue,
            max_message: settings.max_message,
            prepared: Mutex::new(Some(Prepared { sender, listener, parts })),
            runtime: Handle::current(),
            stop: Mutex::new(None),
        })
    }
}

/// What the builder was told.
#[derive(Clone, Debug)]
struct Settings {
    channel: Arc<str>,
    max_message: usize,
    max_queue: usize,
}

impl Adapter for PostgresPubSub {
    fn start(&self, inbox: Inbox) {
        let Some(prepared) = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let Prepared { sender, listener, parts } = prepared;
        let (stop, stopped) = oneshot::channel();
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
        self.runtime.spawn(sender.run());
        self.runtime.spawn(async move {
            // Either arm may be dropped: whoever listened is not asked any more.
            tokio::select! {
                _ = stopped => {}
                () = listener.run(parts, inbox) => {}
            }
        });
    }

    fn publish(&self, topic: &str, message: Bytes) -> Result<(), AdapterError> {
        let size = topic.len() + message.len();
        if size > self.max_message {
            return Err(AdapterError::new(TooLong { size, limit: self.max_message }));
        }
        self.queue.push(topic, message).map_err(AdapterError::new)
    }

    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.queue.flushed())
    }
}

/// A message that no node would take.
#[derive(Debug, thiserror::Error)]
#[error(
    "a message of {size} bytes with its topic is longer than the {limit} that PostgresPubSub sends; send a reference to what is \
     stored, or raise `max_message`"
)]
struct TooLong {
    size: usize,
    limit: usize,
}

impl Drop for PostgresPubSub {
    fn drop(&mut self) {
        // What waits is sent, and then the sender ends; the listener ends as its `stop` is dropped.
        self.queue.close();
    }
}

impl fmt::Debug for PostgresPubSub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresPubSub").field("queued_bytes", &self.queue.bytes()).finish_non_exhaustive()
    }
}
