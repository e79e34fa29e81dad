//! A subscription for plain tasks: a mailbox of its own, with the topic's type.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::delivery::{Delivery, SubscriberId};
use super::{PubSub, Subscription, Topic};
use crate::mailbox::{Limits, Mail, Mailbox};

/// Receives the messages of one topic, from when it was made until it is dropped. At most 256 of them wait, and then
/// the topic's [`OnFull`](super::OnFull) decides.
#[derive(Debug)]
pub struct Receiver<T> {
    mailbox: Mailbox<Infallible>,
    subscription: Subscription,
    message: PhantomData<fn() -> T>,
}

/// What a [`Receiver`] gets.
#[derive(Debug)]
pub enum Received<T: 'static> {
    /// A message.
    Message(Message<T>),
    /// So many messages were dropped here; only with the rule `Lag`.
    Lagged {
        /// How many.
        missed: u64,
    },
}

impl<T: 'static> Received<T> {
    /// The message, unless it is a notice.
    pub fn message(self) -> Option<Message<T>> {
        match self {
            Self::Message(message) => Some(message),
            Self::Lagged { .. } => None,
        }
    }
}

impl<T: Send + Sync + 'static> Receiver<T> {
    pub(super) fn new(pubsub: &PubSub, topic: &Topic<T>) -> Self {
        let (address, mailbox) = Mailbox::new(Limits::default());
        Self { subscription: pubsub.subscribe(topic, address.sink()), mailbox, message: PhantomData }
    }

    /// The next message. There is always a next one: a topic does not end.
    ///
    /// # Cancel safety
    ///
    /// No message is lost when the future is dropped.
    pub async fn recv(&mut self) -> Received<T> {
        loop {
            match self.mailbox.recv().await {
                Some(mail) => {
                    if let Some(received) = received(mail) {
                        return received;
                    }
                }
                // Only its owner can close a mailbox, and we do not.
                None => std::future::pending().await,
            }
        }
    }

    /// The next message, if one is there.
    pub fn try_recv(&mut self) -> Option<Received<T>> {
        self.mailbox.try_recv().and_then(received)
    }

    /// This subscriber, for [`PubSub::broadcast_from`].
    pub fn id(&self) -> SubscriberId {
        self.mailbox.address().id()
    }

    /// The topic's name.
    pub fn topic(&self) -> &str {
        self.subscription.topic()
    }
}

fn received<T: 'static>(mail: Mail<Infallible>) -> Option<Received<T>> {
    match mail {
        Mail::Message(never) => match never {},
        Mail::Delivery(delivery) => Message::new(delivery).map(Received::Message),
        Mail::Lagged(lagged) => Some(Received::Lagged { missed: lagged.missed }),
    }
}

/// A message of type `T`, shared with the other subscribers. Derefs to it.
pub struct Message<T> {
    delivery: Delivery,
    message: PhantomData<fn() -> T>,
}

impl<T: 'static> Message<T> {
    /// `None` when it is of another type.
    fn new(delivery: Delivery) -> Option<Self> {
        delivery.message::<T>()?;
        Some(Self { delivery, message: PhantomData })
    }
}

impl<T: 'static> Deref for Message<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.delivery.message().expect("the type was checked when this was made")
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for Message<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
