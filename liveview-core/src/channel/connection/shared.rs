//! What all channels of one client share: who it is, what it is sent, and which topics it has.

use std::any::Any;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::channel::message::{Incoming, Outgoing, Status};
use crate::channel::outbox::Outbox;
use crate::channel::payload::Payload;
use crate::channel::refused::Refused;
use crate::channel::registry::Transport;
use crate::channel::routes::SocketDef;
use crate::channel::serializer::Serializer;
use crate::channel::task::ChannelMessage;
use crate::host::Host;
use crate::mailbox::Address;

/// Who is on the other end, and what all channels of it share.
pub(crate) struct Shared {
    pub(crate) number: u64,
    pub(crate) host: Arc<Host>,
    pub(crate) def: Arc<SocketDef>,
    pub(crate) serializer: Arc<dyn Serializer>,
    /// The value of the socket's type.
    pub(crate) socket: Arc<dyn Any + Send + Sync>,
    pub(crate) id: Option<Box<str>>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) transport: Transport,
    pub(crate) peer_addr: Option<SocketAddr>,
    pub(crate) connected_at: SystemTime,
    pub(super) channels: Mutex<HashMap<Arc<str>, Joined>>,
}

/// A channel on its way in, in, or on its way out.
pub(super) struct Joined {
    pub(super) n: u64,
    pub(super) join_ref: Option<Arc<str>>,
    pub(super) address: Address<ChannelMessage>,
    pub(super) task: JoinHandle<()>,
    pub(super) channel: &'static str,
    /// Its client was let in.
    pub(super) is_in: bool,
    pub(super) is_leaving: bool,
}

/// A topic of a connection, for lists.
pub(crate) struct Open {
    pub(crate) topic: Arc<str>,
    pub(crate) channel: &'static str,
    pub(crate) is_joined: bool,
}

impl Joined {
    /// Whether a message is of another join.
    pub(super) fn is_stale(&self, message: &Incoming) -> bool {
        self.join_ref.as_ref().zip(message.join_ref.as_ref()).is_some_and(|(own, other)| own != other)
    }
}

impl Shared {
    /// Answers a push, if it wants to be answered.
    pub(crate) fn answer(&self, message: &Incoming, status: Status, response: &Payload) {
        if let Some(reference) = &message.reference {
            self.reply(message.join_ref.as_deref(), reference, &message.topic, status, response);
        }
    }

    /// Queues an answer. One that has no form is said to have failed.
    pub(crate) fn reply(
        &self,
        join_ref: Option<&str>,
        reference: &str,
        topic: &str,
        status: Status,
        response: &Payload,
    ) {
        let failed = Refused::new("failed");
        let encode = |status, response| {
            self.serializer.encode(&Outgoing::Reply { join_ref, reference, topic, status, response })
        };
        let frame = encode(status, response).or_else(|error| {
            tracing::error!(topic, %error, "an answer cannot be sent");
            encode(Status::Error, failed.payload())
        });
        if let Ok(frame) = frame {
            // A client that is gone hears nothing.
            self.outbox.push(frame).ok();
        }
    }

    /// The topics, for lists.
    pub(crate) fn open(&self) -> Vec<Open> {
        let channels = self.lock();
        let describe = |(topic, joined): (&Arc<str>, &Joined)| Open {
            topic: topic.clone(),
            channel: joined.channel,
            is_joined: joined.is_in,
        };
        channels.iter().map(describe).collect()
    }

    /// Comes when the channel has handled all that waits in its mailbox, or has ended. `None`: there is no channel.
    pub(crate) fn ping(&self, topic: &str) -> Option<oneshot::Receiver<()>> {
        let (handled, waits) = oneshot::channel();
        self.lock().get(topic)?.address.push(ChannelMessage::Ping(handled)).ok()?;
        Some(waits)
    }

    /// The channel was let in.
    pub(in crate::channel) fn joined(&self, topic: &str, n: u64) {
        if let Some(joined) = self.lock().get_mut(topic).filter(|joined| joined.n == n) {
            joined.is_in = true;
        }
    }

    /// The channel has ended.
    pub(in crate::channel) fn ended(&self, topic: &str, n: u64) {
        let mut channels = self.lock();
        if channels.get(topic).is_some_and(|joined| joined.n == n) {
            channels.remove(topic);
        }
        if channels.is_empty() {
            *channels = HashMap::new();
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Joined>> {
        // Every section leaves the map whole.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
