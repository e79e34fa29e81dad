//! What callbacks of a channel are given besides messages.

use std::any::{Any, type_name};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::broadcast::{Broadcast, channel_topic};
use super::connection::Shared;
use super::handle::ChannelHandle;
use super::message::Outgoing;
use super::payload::{IntoPayload, Payload};
use super::serializer::EncodeError;
use super::socket::Socket;
use super::socket_ref::SocketRef;
use super::task::ChannelMessage;
use crate::PubSub;
use crate::mailbox::Address;
use crate::pubsub::{Subscription, Topic};

/// The context of a channel's callbacks.
pub struct ChannelCx {
    pub(super) shared: Arc<Shared>,
    pub(super) topic: Arc<str>,
    /// Where the part behind the wildcard begins.
    rest_at: usize,
    pub(super) join_ref: Option<Arc<str>>,
    /// Of the push that is being handled.
    pub(super) reference: Option<Arc<str>>,
    pub(super) address: Address<ChannelMessage>,
    /// The pubsub's topic.
    pub(super) broadcasts: Topic<Broadcast>,
    pub(super) subscriptions: Vec<Subscription>,
    timers: Vec<AbortHandle>,
}

impl ChannelCx {
    pub(super) fn new(
        shared: Arc<Shared>,
        topic: Arc<str>,
        rest_at: usize,
        join_ref: Option<Arc<str>>,
        address: Address<ChannelMessage>,
    ) -> Self {
        let broadcasts = channel_topic(&topic);
        let (subscriptions, timers) = (Vec::new(), Vec::new());
        Self { shared, topic, rest_at, join_ref, reference: None, address, broadcasts, subscriptions, timers }
    }

    /// The topic that the client has joined: `robot:7`.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The part of the topic that the channel's `*` stands for: `7` of `robot:*`. Empty where there is none.
    pub fn topic_rest(&self) -> &str {
        self.topic.get(self.rest_at..).unwrap_or_default()
    }

    /// Which join this is, as the client counts.
    pub fn join_ref(&self) -> Option<&str> {
        self.join_ref.as_deref()
    }

    /// Whose socket this is.
    ///
    /// # Panics
    /// When the channel's socket is of another type.
    #[track_caller]
    pub fn socket<S: Socket>(&self) -> &S {
        let socket = self.shared.socket.downcast_ref();
        socket.unwrap_or_else(|| panic!("the socket of this channel is no `{}`", type_name::<S>()))
    }

    /// What [`crate::Endpoint::state`] was given.
    ///
    /// # Panics
    /// When it was given no `T`.
    #[track_caller]
    pub fn state<T: Any + Send + Sync>(&self) -> &T {
        self.shared.host.states.expect()
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> &PubSub {
        &self.shared.host.pubsub
    }

    /// Sends an event to this client.
    ///
    /// # Errors
    /// When the payload has no form in the client's language.
    pub fn push(&self, event: &str, payload: impl IntoPayload) -> Result<(), EncodeError> {
        let payload = payload.into_payload()?;
        let (join_ref, topic) = (self.join_ref(), self.topic());
        let message = Outgoing::Push { join_ref, reference: None, topic, event, payload: &payload };
        let frame = self.shared.serializer.encode(&message)?;
        // A client that is gone hears nothing; the channel is told so next.
        self.shared.outbox.push(frame).ok();
        Ok(())
    }

    /// Sends an event to all who have joined this topic, this client included. Never waits.
    ///
    /// # Errors
    /// When the payload has no form in JSON.
    pub fn broadcast(&self, event: &str, payload: impl IntoPayload) -> Result<(), EncodeError> {
        let broadcast = Broadcast::new(self.topic.clone(), event, payload)?;
        self.pubsub().broadcast(&self.broadcasts, broadcast);
        Ok(())
    }

    /// [`broadcast`](Self::broadcast) to all but this client.
    ///
    /// # Errors
    /// As for `broadcast`.
    pub fn broadcast_from(&self, event: &str, payload: impl IntoPayload) -> Result<(), EncodeError> {
        let broadcast = Broadcast::new(self.topic.clone(), event, payload)?;
        self.pubsub().broadcast_from(self.address.id(), &self.broadcasts, broadcast);
        Ok(())
    }

    /// The way back to the push that is being handled, for an answer that comes later. `None` when it wants no answer, or none is being handled.
    pub fn socket_ref(&self) -> Option<SocketRef> {
        let (shared, topic, join_ref) = (self.shared.clone(), self.topic.clone(), self.join_ref.clone());
        Some(SocketRef { shared, topic, join_ref, reference: self.reference.clone()? })
    }

    /// For messages to this channel from other tasks.
    pub fn handle(&self) -> ChannelHandle {
        ChannelHandle(self.address.clone())
    }

    /// Takes messages of another topic of the pubsub, for `#[handle_info]`, until the channel ends.
    pub fn subscribe<T: Any + Send + Sync>(&mut self, topic: &Topic<T>) {
        self.subscriptions.push(self.shared.host.pubsub.subscribe(topic, self.address.sink()));
    }

    /// Takes no more of them.
    pub fn unsubscribe<T>(&mut self, topic: &Topic<T>) {
        let own = self.broadcasts.name();
        self.subscriptions.retain(|subscription| subscription.topic() != topic.name() || subscription.topic() == own);
    }

    /// Sends this channel a message, which is handled after the present one: in `join`, when the client has joined.
    pub fn send<T: Any + Send>(&self, message: T) {
        // Past the bound: there is one for each message that the channel handles. One that handles something is there.
        self.address.push(ChannelMessage::Info(Box::new(message))).ok();
    }

    /// Sends this channel a message after some time, unless it has ended by then.
    pub fn send_after<T: Any + Send>(&mut self, message: T, delay: Duration) {
        let handle = self.handle();
        let timer = tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            handle.send(message).await.ok();
        });
        self.timers.retain(|timer| !timer.is_finished());
        self.timers.push(timer.abort_handle());
    }
}

impl Drop for ChannelCx {
    fn drop(&mut self) {
        for timer in &self.timers {
            timer.abort();
        }
    }
}

impl std::fmt::Debug for ChannelCx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelCx").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// The context of `join`. Nothing can be pushed before the client has joined: [`send`](Self::send) a message to the channel for that.
pub struct ChannelJoin<'a, S> {
    pub(super) cx: &'a mut ChannelCx,
    pub(super) socket: &'a S,
    pub(super) reply: Payload,
}

impl<S: Socket> ChannelJoin<'_, S> {
    /// Who joins.
    pub fn socket(&self) -> &S {
        self.socket
    }

    /// The topic: `robot:7`.
    pub fn topic(&self) -> &str {
        self.cx.topic()
    }

    /// The part of the topic that the channel's `*` stands for.
    pub fn topic_rest(&self) -> &str {
        self.cx.topic_rest()
    }

    /// What the client is answered, besides that it has joined. Default: the empty object.
    ///
    /// # Errors
    /// When it has no form in JSON.
    pub fn reply(&mut self, payload: impl IntoPayload) -> Result<(), EncodeError> {
        self.reply = payload.into_payload()?;
        Ok(())
    }

    /// What [`crate::Endpoint::state`] was given.
    ///
    /// # Panics
    /// When it was given no `T`.
    #[track_caller]
    pub fn state<T: Any + Send + Sync>(&self) -> &T {
        self.cx.state()
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> &PubSub {
        self.cx.pubsub()
    }

    /// As [`ChannelCx::subscribe`].
    pub fn subscribe<T: Any + Send + Sync>(&mut self, topic: &Topic<T>) {
        self.cx.subscribe(topic);
    }

    /// Sends the channel a message, which is handled when the client has joined: the place for what is to be pushed then.
    pub fn send<T: Any + Send>(&self, message: T) {
        self.cx.send(message);
    }

    /// As [`ChannelCx::send_after`].
    pub fn send_after<T: Any + Send>(&mut self, message: T, delay: Duration) {
        self.cx.send_after(message, delay);
    }

    /// For messages to the channel from other tasks.
    pub fn handle(&self) -> ChannelHandle {
        self.cx.handle()
    }
}

impl<S> std::fmt::Debug for ChannelJoin<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelJoin").field("topic", &self.cx.topic).finish_non_exhaustive()
    }
}
