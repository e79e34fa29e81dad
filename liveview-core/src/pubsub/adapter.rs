//! The way to other nodes: what an adapter must do, and what it is given.
//!
//! An adapter moves bytes. It sees only messages of distributed topics, already encoded, and hands what other nodes sent to
//! its [`Inbox`], which finds the local subscribers and decodes once per message. Local delivery is none of its business: it
//! happened before `publish` returned, or will whatever `publish` returns.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::direct;
use super::local::Registry;

/// Connects the pubsubs of several nodes. An implementation runs [`conformance!`](super::conformance) in its tests.
pub trait Adapter: Send + Sync + 'static {
    /// Called once, before any `publish`: the adapter keeps the inbox and gives it every message of the other nodes.
    fn start(&self, inbox: Inbox);

    /// Sends a message to all *other* nodes: at most once to each, and in order per topic. Must not block: what cannot
    /// be sent at once is queued within a bound or refused. This node must not get its own message back.
    ///
    /// # Errors
    ///
    /// [`AdapterError`] when the message was not accepted; it is logged.
    fn publish(&self, topic: &str, message: Bytes) -> Result<(), AdapterError>;

    /// Waits until what was published by now has left this process, or was given up. [`PubSub::shut_down`](super::PubSub::shut_down) asks for it, and waits for no longer than two
    /// seconds. An adapter that queues nothing has nothing to do.
    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Where an adapter puts what other nodes sent.
#[derive(Clone)]
pub struct Inbox {
    /// This node's name.
    node: Arc<str>,
    registry: Arc<Registry>,
}

impl Inbox {
    pub(super) fn new(node: Arc<str>, registry: Arc<Registry>) -> Self {
        Self { node, registry }
    }

    /// Delivers a message to this node's subscribers of a distributed topic. Without any it is ignored, and one that does not
    /// decode is logged and ignored: another node may be older or newer than this one.
    pub fn receive(&self, topic: &str, message: &[u8]) {
        let Some(node) = direct::node_of(topic) else { return self.registry.receive(topic, message) };
        if node != &*self.node {
            return;
        }
        match direct::unwrap(message) {
            Ok((topic, message)) => self.registry.receive(topic, message),
            Err(error) => tracing::warn!(%error, "cannot read what another node said to this one"),
        }
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

/// Why a message did not go to the other nodes, or could not be read here.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct AdapterError(Box<dyn std::error::Error + Send + Sync>);

impl AdapterError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
