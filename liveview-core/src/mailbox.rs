//! The mailbox of one actor: everything that reaches it, in one order.
//!
//! Three kinds of mail share the order in which they arrived, and each has its own rule for when there is too much:
//!
//! - **Client messages** ([`Address::send`]) come from a socket. At most [`Limits::clients`] of them wait; then `send` waits
//!   in turn, the socket is not read meanwhile, and TCP holds the browser back.
//! - **Control messages** ([`Address::push`]) always go in. They are bounded by construction: joins, leaves, timers, the
//!   end of an async task. Whoever pushes one per outside event would break that.
//! - **Deliveries** of the [`pubsub`](crate::pubsub) come from publishers, which must never wait. At most
//!   [`Limits::deliveries`] of them wait; then the rule of the subscription decides, [`OnFull`](crate::pubsub::OnFull).
//!   The limit is exceeded by at most one delivery per `Latest` topic and one more, so that the newest always gets in.
//!
//! An idle mailbox holds no buffer, and one that was full gives its memory back. It does not end by itself when
//! the addresses are gone: the actor owns one, for others to ask for. It never runs user code under its lock.

mod queue;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use self::queue::{Item, Queue};
pub use crate::pubsub::{Closed, Lagged};
use crate::pubsub::{Delivery, Sink, SubscriberId};

/// How much may wait in a mailbox. Zero counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Client messages, after which their senders wait. Default 64.
    pub clients: usize,
    /// Deliveries of the pubsub, after which the topic's rule decides. Default 256.
    pub deliveries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { clients: 64, deliveries: 256 }
    }
}

/// What an actor receives.
#[derive(Debug)]
pub enum Mail<M> {
    /// A client or control message.
    Message(M),
    /// A message of a topic.
    Delivery(Delivery),
    /// Messages of a topic with the rule `Lag` that were dropped here.
    Lagged(Lagged),
}

/// Why [`Address::try_send`] did not take a message, which it gives back.
#[derive(Debug, thiserror::Error)]
pub enum TrySendError<M> {
    /// As many client messages as the limit allows are waiting.
    #[error("the mailbox is full")]
    Full(M),
    /// The actor has ended.
    #[error("the mailbox is closed")]
    Closed(M),
}

/// The actor's end of its mailbox. When it is dropped, senders get [`Closed`] and what was queued is dropped.
#[derive(Debug)]
pub struct Mailbox<M> {
    shared: Arc<Shared<M>>,
}

impl<M> Mailbox<M> {
    /// Makes an empty mailbox and the first address of it.
    pub fn new(limits: Limits) -> (Address<M>, Self) {
        let shared = Arc::new(Shared {
            id: SubscriberId::unique(),
            state: Mutex::new(State { queue: Queue::new(limits), open: true }),
            arrived: Notify::new(),
            room: Notify::new(),
        });
        (Address { shared: Arc::clone(&shared) }, Self { shared })
    }

    /// Another address of this mailbox.
    pub fn address(&self) -> Address<M> {
        Address { shared: Arc::clone(&self.shared) }
    }

    /// The next mail, in order of arrival; `None` when the mailbox was closed and is empty.
    ///
    /// # Cancel safety
    ///
    /// No mail is lost when the future is dropped. It takes part in tokio's cooperative budget, so that a flooded
    /// actor does not starve the others of its thread.
    pub async fn recv(&mut self) -> Option<Mail<M>> {
        tokio::task::coop::consume_budget().await;
        loop {
            // Between this look and the wait nothing is missed: `notify_one` leaves a permit when nobody waits.
            let (mail, open) = self.shared.pop();
            if mail.is_some() || !open {
                return mail;
            }
            self.shared.arrived.notified().await;
        }
    }

    /// The next mail, if there is one.
    pub fn try_recv(&mut self) -> Option<Mail<M>> {
        self.shared.pop().0
    }

    /// Lets nothing more in; what is queued can still be received.
    pub fn close(&mut self) {
        self.shared.close();
    }

    /// How many mails wait.
    pub fn len(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Whether no mail waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many deliveries gave way so far, by whichever rule.
    pub fn dropped(&self) -> u64 {
        self.shared.lock().queue.dropped()
    }
}

impl<M> Drop for Mailbox<M> {
    fn drop(&mut self) {
        self.shared.close();
        let queued = self.shared.lock().queue.drain();
        // The lock is free again: the destructors are user code.
        drop(queued);
    }
}

/// Where mail for one actor is sent: cheap to clone, and useful from any thread.
#[derive(Debug)]
pub struct Address<M> {
    shared: Arc<Shared<M>>,
}

impl<M> Clone for Address<M> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<M> Address<M> {
    /// Sends a client message, and waits while too many of them are queued.
    ///
    /// # Errors
    ///
    /// [`Closed`] when the actor has ended, also while waiting; the message is dropped.
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped, the message was not sent and is dropped too.
    pub async fn send(&self, message: M) -> Result<(), Closed> {
        let mut message = match self.try_send(message) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(_)) => return Err(Closed),
            Err(TrySendError::Full(message)) => message,
        };
        loop {
            let room = self.shared.room.notified();
            tokio::pin!(room);
            // Registered before the second look, so that room made in between wakes us.
            room.as_mut().enable();
            message = match self.try_send(message) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(Closed),
                Err(TrySendError::Full(message)) => message,
            };
            room.await;
        }
    }

    /// Sends a client message if there is room.
    ///
    /// # Errors
    ///
    /// [`TrySendError`], with the message.
    pub fn try_send(&self, message: M) -> Result<(), TrySendError<M>> {
        let mut state = self.shared.lock();
        if !state.open {
            return Err(TrySendError::Closed(message));
        }
        let was_empty = state.queue.len() == 0;
        state.queue.push_client(message).map_err(TrySendError::Full)?;
        drop(state);
        self.shared.wake(was_empty);
        Ok(())
    }

    /// Sends a control message, however much is queued.
    ///
    /// # Errors
    ///
    /// [`Closed`] when the actor has ended; the message is dropped.
    pub fn push(&self, message: M) -> Result<(), Closed> {
        self.control(message, Queue::push_control)
    }

    /// Sends a control message that is received before all that is queued.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push).
    pub fn push_first(&self, message: M) -> Result<(), Closed> {
        self.control(message, Queue::push_first)
    }

    fn control(&self, message: M, put: impl FnOnce(&mut Queue<M>, M)) -> Result<(), Closed> {
        let mut state = self.shared.lock();
        if !state.open {
            // Freed first, for the message's destructor is user code.
            drop(state);
            return Err(Closed);
        }
        let was_empty = state.queue.len() == 0;
        put(&mut state.queue, message);
        drop(state);
        self.shared.wake(was_empty);
        Ok(())
    }

    /// Whether the actor has ended or ends.
    pub fn is_closed(&self) -> bool {
        !self.shared.lock().open
    }

    /// The actor's identity as a subscriber: what `broadcast_from` leaves out.
    pub fn id(&self) -> SubscriberId {
        self.shared.id
    }

    /// This mailbox as the target of subscriptions.
    pub fn sink(&self) -> Arc<dyn Sink>
    where
        M: Send + 'static,
    {
        Arc::clone(&self.shared) as Arc<dyn Sink>
    }
}

#[derive(Debug)]
struct Shared<M> {
    id: SubscriberId,
    state: Mutex<State<M>>,
    /// One permit when the queue stopped being empty, or closed.
    arrived: Notify,
    /// One permit per client message taken out.
    room: Notify,
}

#[derive(Debug)]
struct State<M> {
    queue: Queue<M>,
    open: bool,
}

impl<M> Shared<M> {
    fn lock(&self) -> MutexGuard<'_, State<M>> {
        // No code that can panic runs under the lock, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The receiver sleeps only after it saw an empty queue, so only the first mail has to wake it.
    fn wake(&self, was_empty: bool) {
        if was_empty {
            self.arrived.notify_one();
        }
    }

    fn pop(&self) -> (Option<Mail<M>>, bool) {
        let mut state = self.lock();
        let (item, open) = (state.queue.pop(), state.open);
        drop(state);
        let mail = item.map(|item| match item {
            Item::Client(message) => {
                self.room.notify_one();
                Mail::Message(message)
            }
            Item::Control(message) => Mail::Message(message),
            Item::Delivery(delivery) => Mail::Delivery(delivery),
            Item::Lagged(lagged) => Mail::Lagged(lagged),
        });
        (mail, open)
    }

    fn close(&self) {
        self.lock().open = false;
        self.arrived.notify_one();
        self.room.notify_waiters();
    }
}

impl<M: Send> Sink for Shared<M> {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, delivery: Delivery) -> Result<(), Closed> {
        let mut state = self.lock();
        if !state.open {
            drop(state);
            return Err(Closed);
        }
        let was_empty = state.queue.len() == 0;
        let gone = state.queue.deliver(delivery);
        drop(state);
        self.wake(was_empty);
        drop(gone);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
