//! The nodes of Bennu's pubsub connected by [Zenoh](https://zenoh.io): broadcasts of distributed topics, presence, and `disconnect` by a socket's id go to all of them.
//!
//! ```no_run
//! use liveview_core::PubSub;
//! use pubsub_zenoh::{ZenohOptions, ZenohPubSub};
//!
//! # async fn node() -> Result<(), pubsub_zenoh::ZenohError> {
//! let zenoh = ZenohPubSub::open(ZenohOptions {
//!     listen: vec!["tcp/0.0.0.0:7447".into()],
//!     connect: vec!["tcp/node-a.internal:7447".into()],
//!     ..ZenohOptions::default()
//! })
//! .await?;
//! let pubsub = PubSub::with_adapter(zenoh.clone()); // for `Endpoint::pubsub`, or wherever a pubsub goes
//! println!("{} nodes beside this one", zenoh.nodes().len());
//! # drop(pubsub);
//! # Ok(())
//! # }
//! ```
//!
//! **Who is a node.** Whoever connects to one of the endpoints or is connected to, and whoever those know of: nodes that are connected tell each other where the others listen, and connect to
//! them, so that a new one needs the endpoint of one that is there. A node that cannot be reached yet is tried again and again, in the background. Nothing is sent into
//! the network without an endpoint: multicast scouting is off unless [`ZenohOptions::scouting`] asks for it. A node that listens nowhere hears those to which it has connected itself.
//!
//! **What a message is promised.** At most once to each node, and those of one node to one topic in order. [`publish`](liveview_core::pubsub::Adapter::publish) never waits: it puts the message into a
//! queue with a bound in bytes ([`ZenohOptions::queue`]) and says so when that is full. A thread takes the messages from there in order and hands them to Zenoh, which drops what a node does
//! not take: the thread waits a second for a node that is congested, once, and until that node has recovered its messages are dropped without waiting. (Zenoh's other rule,
//! `Block`, would hold all nodes up for the slowest, until its connection is given up.) What was said while a node was not connected is lost to it; presence makes good for that by its heartbeat.
//!
//! **Beside PostgreSQL.** Nodes that have a PostgreSQL database need nothing else: `bennu::ecto::PostgresPubSub` connects them by it. Zenoh connects nodes that have none, or none in common, such as on robots and
//! at the edges of networks; it goes directly from node to node, takes large messages, and knows at once of a node that dies. One pubsub has one adapter.
//!
//! **Keys.** A topic is free text and a key expression is not: the messages of the topic `robot:7` travel under `bennu/pubsub/robot%3A7`, with every byte but ASCII letters,
//! digits, `-`, `_`, `.` and `~` percent-encoded; the empty topic is a lone `%`. The payload is the message as JSON. Two applications in one mesh set Zenoh's `namespace`
//! (by [`ZenohOptions::config`]).
//!
//! **Who is there.** Each node has one liveliness token, `bennu/nodes/<id>`; [`ZenohPubSub::nodes`] lists them and the log tells of each that comes and goes. A connection that ends is noticed at
//! once, one that only falls silent after [`ZenohOptions::lease`].
//!
//! **The mesh is trusted.** Whoever is in it can say anything to any topic. Keep it in a private network, or give it TLS with certificates of both sides (feature `tls`) or users
//! (feature `users`) by [`ZenohOptions::config`].
//!
//! Zenoh's crates take minutes to build, so nothing depends on this crate unless it asks for it. Its licences are MIT and Apache-2.0, and those of its dependencies add MPL-2.0
//! (`option-ext`); with the feature `tls` also CDLA-Permissive-2.0 (`webpki-roots`).

mod error;
mod key;
mod nodes;
mod options;
mod worker;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use liveview_core::pubsub::{Adapter, AdapterError, Inbox};
use tokio::sync::watch;
use tokio::time::sleep;
/// Zenoh itself, for [`ZenohOptions::config`] and [`ZenohPubSub::with_session`].
pub use zenoh;

pub use error::ZenohError;
pub use options::ZenohOptions;
use worker::Worker;

/// Longer than Zenoh gathers messages before it sends them.
const GATHERING: Duration = Duration::from_millis(20);

/// One node of the mesh. Clones are the same one; it leaves when the last of them is dropped, or by [`close`](Self::close).
#[derive(Clone)]
pub struct ZenohPubSub {
    node: Arc<Node>,
}

struct Node {
    id: String,
    nodes: watch::Receiver<BTreeSet<String>>,
    inbox: Arc<OnceLock<Inbox>>,
    worker: Worker,
}

impl ZenohPubSub {
    /// Joins the mesh: listens, and begins to connect. Waits half a second for nodes that answer, and goes on trying in the background; that nobody answers is no error.
    /// Runs on any runtime.
    ///
    /// # Errors
    /// An endpoint that cannot be read, one to listen on that cannot be had, and none at all; [`ZenohOptions::config`] that Zenoh refuses.
    pub async fn open(options: ZenohOptions) -> Result<Self, ZenohError> {
        let queue = options.queue;
        let config = options.into_config()?;
        let inbox = Arc::<OnceLock<Inbox>>::default();
        let (worker, (id, nodes)) = Worker::start(queue, config, {
            let inbox = inbox.clone();
            // First the messages and then the token: whoever sees the token is heard.
            move |session| {
                subscribe(session, inbox)?;
                nodes::join(session)
            }
        })
        .await?;
        Ok(Self { node: Arc::new(Node { id, nodes, inbox, worker }) })
    }

    /// This node's name in the mesh: the id of its Zenoh session, in hexadecimal.
    pub fn id(&self) -> &str {
        &self.node.id
    }

    /// The ids of the other nodes, as far as this one sees them now.
    pub fn nodes(&self) -> Vec<String> {
        self.node.nodes.borrow().iter().cloned().collect()
    }

    /// The ids of the other nodes, and a notice whenever they change.
    pub fn watch_nodes(&self) -> watch::Receiver<BTreeSet<String>> {
        self.node.nodes.clone()
    }

    /// Sends bytes under a key of the caller's own, by the queue and the rules of the broadcasts: never waits, in order, at most once. Whoever subscribes to the key on another node gets them.
    ///
    /// # Errors
    /// [`ZenohError::Full`] and [`ZenohError::Closed`]. A key that is no key expression is logged when its turn comes.
    pub fn put(&self, key: impl Into<String>, payload: impl Into<Bytes>) -> Result<(), ZenohError> {
        self.node.worker.put(key.into(), payload.into())
    }

    /// Does something with the Zenoh session of this node, such as to declare a subscriber or a liveliness token: after what was published before, and in the node's own thread, for Zenoh's own
    /// functions block, and panic within a current-thread runtime. Not to keep the session: dropping the last handle of it blocks, too.
    ///
    /// # Errors
    /// [`ZenohError::Closed`].
    pub async fn with_session<R: Send + 'static>(
        &self,
        run: impl FnOnce(&zenoh::Session) -> R + Send + 'static,
    ) -> Result<R, ZenohError> {
        self.node.worker.run(run).await
    }

    /// Leaves the mesh when what was published has been handed to Zenoh. A process that is about to end waits for this, lest its last words be lost.
    pub async fn close(&self) {
        self.node.worker.close().await;
    }
}

/// One subscription for all topics. Zenoh calls it in a thread that belongs to the connection, so the messages of one node stay in order.
fn subscribe(session: &zenoh::Session, inbox: Arc<OnceLock<Inbox>>) -> zenoh::Result<()> {
    use zenoh::Wait;
    let receive = move |sample: zenoh::sample::Sample| {
        let Some(inbox) = inbox.get() else { return };
        if let Some(topic) = key::topic(sample.key_expr()) {
            inbox.receive(&topic, &sample.payload().to_bytes());
        } else {
            tracing::warn!(key = %sample.key_expr(), "a message under a key that is no topic's");
        }
    };
    let subscriber = session.declare_subscriber(key::ALL_TOPICS).callback(receive);
    // No loop back: this node's own subscribers have got its messages already.
    subscriber.allowed_origin(zenoh::sample::Locality::Remote).background().wait()
}

impl Adapter for ZenohPubSub {
    fn start(&self, inbox: Inbox) {
        if self.node.inbox.set(inbox).is_err() {
            tracing::error!("this node of the mesh has a pubsub already; the second one will hear nothing");
        }
    }

    fn publish(&self, topic: &str, message: Bytes) -> Result<(), AdapterError> {
        self.put(key::of_topic(topic), message).map_err(AdapterError::new)
    }

    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            // After what was published before. Zenoh gathers for a millisecond before it sends, and does not say when it has.
            if self.with_session(|_| ()).await.is_ok() {
                sleep(GATHERING).await;
            }
        })
    }
}

impl fmt::Debug for ZenohPubSub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZenohPubSub").field("id", &self.node.id).finish_non_exhaustive()
    }
}
