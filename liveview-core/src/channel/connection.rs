//! One client, whatever carries its frames: the topics that it has joined, and what becomes of each frame.
//!
//! Frames go in by [`Connection::receive`]; what the client is to be sent comes out of its [`Outbox`]. Knows no transport. Where a channel is slower than
//! its client, `receive` says what to [wait](Stalled::wait) for, and the transport reads no further meanwhile.
//!
//! What a frame comes to is as in `Phoenix.Socket`: a join of a joined topic ends the channel before it, a frame of an older join is dropped, one without a
//! `join_ref` is taken, and leaving what was never joined is no error.

mod shared;

use std::any::Any;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::shared::Joined;
pub(crate) use self::shared::Shared;
use super::ChannelExit;
use super::frame::Frame;
use super::message::{HEARTBEAT, Incoming, JOIN, LEAVE, PHOENIX, Status};
use super::outbox::Outbox;
use super::payload::Payload;
use super::rate::Rate;
use super::refused::Refused;
use super::registry::Transport;
use super::routes::SocketDef;
use super::serializer::Serializer;
use super::task::{ChannelMessage, Start};
use crate::host::Host;
use crate::link::HangUp;
use crate::mailbox::{Address, Limits as MailboxLimits, Mailbox, TrySendError};
use crate::telemetry::{self, ChannelJoined, JoinResult};

/// RFC 6455, 7.4.1.
const PROTOCOL: u16 = 1002;
const POLICY: u16 = 1008;

/// How long a channel that is replaced or left may take to end before the next one takes its place (`Phoenix.Socket` waits as long).
const END_WITHIN: Duration = Duration::from_secs(5);

/// What may wait for one channel: pushes of its client, then intercepted broadcasts and messages of other topics.
const MAILBOX: MailboxLimits = MailboxLimits { clients: 32, deliveries: 256 };

/// A client's end of its channels.
pub(crate) struct Connection {
    shared: Arc<Shared>,
    rate: Rate,
    last_channel: u64,
}

/// Who connects, for [`Connection::new`].
pub(crate) struct Client {
    pub(crate) host: Arc<Host>,
    pub(crate) def: Arc<SocketDef>,
    pub(crate) serializer: Arc<dyn Serializer>,
    pub(crate) socket: Arc<dyn Any + Send + Sync>,
    pub(crate) id: Option<Box<str>>,
    pub(crate) transport: Transport,
    pub(crate) peer_addr: Option<SocketAddr>,
}

/// Why the next frame has to wait.
pub(crate) enum Stalled {
    /// A channel has as much to do as it may.
    Full(Address<ChannelMessage>, ChannelMessage),
    /// The channel before on the topic of this join has not ended yet.
    Replaces(JoinHandle<()>, Box<Incoming>),
}

impl Stalled {
    /// Waits; what this returns is [handled](Connection::handle) next.
    pub(crate) async fn wait(self) -> Option<Box<Incoming>> {
        match self {
            Self::Full(address, message) => {
                // A channel that has ended meanwhile takes nothing more, and its client is told so.
                address.send(message).await.ok();
                None
            }
            Self::Replaces(mut task, join) => {
                if timeout(END_WITHIN, &mut task).await.is_err() {
                    tracing::warn!(topic = &*join.topic, "a channel does not end, and is aborted");
                    task.abort();
                }
                Some(join)
            }
        }
    }
}

impl Connection {
    pub(crate) fn new(client: Client) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let Client { host, def, serializer, socket, id, transport, peer_addr } = client;
        let (outbox, rate) = (Outbox::new(host.limits.max_outbox), Rate::new(host.limits.max_message_rate));
        let shared = Shared {
            number: LAST.fetch_add(1, Ordering::Relaxed),
            host,
            def,
            serializer,
            socket,
            id,
            outbox: Arc::new(outbox),
            transport,
            peer_addr,
            connected_at: SystemTime::now(),
            channels: Mutex::default(),
        };
        Self { shared: Arc::new(shared), rate, last_channel: 0 }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Takes a frame.
    ///
    /// # Errors
    /// [`HangUp`] for a frame that is none, and for one too many.
    pub(crate) fn receive(&mut self, frame: &Frame) -> Result<Option<Stalled>, HangUp> {
        if !self.rate.take() {
            return Err(HangUp { code: POLICY, reason: "too many messages" });
        }
        match self.shared.serializer.decode(frame) {
            Ok(message) => Ok(self.handle(Box::new(message))),
            Err(error) => {
                tracing::debug!(%error, cause = ?std::error::Error::source(&error), "a client sent no frame");
                Err(HangUp { code: PROTOCOL, reason: "malformed frame" })
            }
        }
    }

    /// Takes a message.
    pub(crate) fn handle(&mut self, message: Box<Incoming>) -> Option<Stalled> {
        match &*message.event {
            HEARTBEAT if *message.topic == *PHOENIX => {
                self.shared.answer(&message, Status::Ok, &Payload::empty());
                None
            }
            JOIN => self.join(message),
            LEAVE => {
                self.leave(&message);
                None
            }
            _ => self.push(message),
        }
    }

    fn join(&mut self, message: Box<Incoming>) -> Option<Stalled> {
        let began = std::time::Instant::now();
        let Some((def, rest_at)) = self.shared.def.find(&message.topic) else {
            self.refuse_join(&message, "unmatched topic", began);
            return None;
        };
        let mut channels = self.shared.lock();
        if let Entry::Occupied(before) = channels.entry(message.topic.clone()) {
            let Joined { address, task, .. } = before.remove();
            // One that has ended already hears nothing.
            address.push(ChannelMessage::Stop(ChannelExit::Replaced)).ok();
            return Some(Stalled::Replaces(task, message));
        }
        if channels.len() >= self.shared.host.limits.max_topics {
            drop(channels);
            self.refuse_join(&message, "too many channels", began);
            return None;
        }
        self.last_channel += 1;
        let n = self.last_channel;
        let (address, mailbox) = Mailbox::new(MAILBOX);
        let Incoming { join_ref, topic, .. } = &*message;
        let (topic, join_ref) = (topic.clone(), join_ref.clone());
        let start = Start { shared: self.shared.clone(), n, rest_at, message, mailbox, began };
        // The channel's task takes its entry out by itself, behind this lock.
        let task = def.spawn(start);
        let joined = Joined { n, join_ref, address, task, channel: def.name, is_in: false, is_leaving: false };
        channels.insert(topic, joined);
        None
    }

    fn refuse_join(&self, message: &Incoming, reason: &str, began: std::time::Instant) {
        tracing::info!(topic = &*message.topic, reason, "a join was refused");
        if telemetry::is_watched::<ChannelJoined>() {
            telemetry::emit(&ChannelJoined {
                duration: began.elapsed(),
                topic: message.topic.to_string(),
                result: JoinResult::Refused { reason: reason.to_owned() },
                params: crate::Params::from_json(message.payload.to_value()).unwrap_or_default(),
            });
        }
        self.shared.answer(message, Status::Error, Refused::new(reason).payload());
    }

    fn leave(&self, message: &Incoming) {
        let mut channels = self.shared.lock();
        match channels.get_mut(&message.topic) {
            Some(joined) if joined.is_stale(message) => {}
            Some(joined) if !joined.is_leaving => {
                joined.is_leaving = true;
                let reference = message.reference.clone();
                joined.address.push(ChannelMessage::Leave { reference }).ok();
            }
            _ => {
                drop(channels);
                self.shared.answer(message, Status::Ok, &Payload::empty());
            }
        }
    }

    fn push(&self, message: Box<Incoming>) -> Option<Stalled> {
        let channels = self.shared.lock();
        let Some(joined) = channels.get(&message.topic) else {
            drop(channels);
            self.shared.answer(&message, Status::Error, Refused::new("unmatched topic").payload());
            return None;
        };
        if joined.is_stale(&message) {
            return None;
        }
        match joined.address.try_send(ChannelMessage::Push(message)) {
            // One that has ended has told its client.
            Ok(()) | Err(TrySendError::Closed(_)) => None,
            Err(TrySendError::Full(message)) => Some(Stalled::Full(joined.address.clone(), message)),
        }
    }
}

/// The client is gone, and with it its channels.
impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.outbox.close();
        let channels = std::mem::take(&mut *self.shared.lock());
        for joined in channels.into_values() {
            joined.address.push(ChannelMessage::Stop(ChannelExit::Disconnected)).ok();
        }
    }
}
