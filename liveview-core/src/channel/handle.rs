//! Messages to a channel from other tasks.

use std::any::Any;
use std::fmt;

use super::task::ChannelMessage;
use crate::live_view::SendError;
use crate::mailbox::{Address, TrySendError};
use crate::pubsub::SubscriberId;

/// Sends to one channel's `#[handle_info]` functions. Clones are for the same channel, and do not keep it alive.
#[derive(Clone)]
pub struct ChannelHandle(pub(super) Address<ChannelMessage>);

impl ChannelHandle {
    /// Puts a message into the channel's mailbox; waits while that is full.
    ///
    /// # Errors
    /// [`SendError::Closed`] when the channel has ended.
    ///
    /// # Cancel safety
    /// Cancelled before it returns, the message is not delivered.
    pub async fn send<T: Any + Send>(&self, message: T) -> Result<(), SendError> {
        self.0.send(ChannelMessage::Info(Box::new(message))).await.map_err(|_| SendError::Closed)
    }

    /// The same without waiting.
    ///
    /// # Errors
    /// [`SendError`]; the message is dropped.
    pub fn try_send<T: Any + Send>(&self, message: T) -> Result<(), SendError> {
        self.0.try_send(ChannelMessage::Info(Box::new(message))).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Full,
            TrySendError::Closed(_) => SendError::Closed,
        })
    }

    /// The channel as a subscriber, for [`broadcast_from`](super::broadcast_from).
    pub fn id(&self) -> SubscriberId {
        self.0.id()
    }
}

impl fmt::Debug for ChannelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ChannelHandle").field(&self.0.id()).finish()
    }
}
