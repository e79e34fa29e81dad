//! The way of a broadcast past the channel: written once, put straight into the socket's outbox (`Phoenix.Socket`'s fastlane).

use std::sync::Arc;

use super::broadcast::Broadcast;
use super::outbox::Outbox;
use super::serializer::Serializer;
use crate::pubsub::{Closed, Delivery, Sink, SubscriberId};

/// A channel's subscription to its own topic.
pub(super) struct FastLane {
    pub(super) id: SubscriberId,
    pub(super) outbox: Arc<Outbox>,
    pub(super) serializer: Arc<dyn Serializer>,
    /// The events that the channel wants to see itself.
    pub(super) intercepts: &'static [&'static str],
    pub(super) mailbox: Arc<dyn Sink>,
}

impl Sink for FastLane {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, delivery: Delivery) -> Result<(), Closed> {
        let Some(broadcast) = delivery.message::<Broadcast>() else { return Ok(()) };
        if self.intercepts.contains(&broadcast.event()) {
            return self.mailbox.deliver(delivery);
        }
        match broadcast.frame(&self.serializer) {
            Some(frame) => self.outbox.push(frame),
            None => Ok(()),
        }
    }
}
