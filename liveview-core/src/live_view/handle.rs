//! The handle of a view: how any task reaches it (`send`, `GenServer.call` in Phoenix).

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::message::{Call, Message};
use crate::mailbox::{Address, TrySendError};

/// How long [`LiveHandle::call`] waits, as `GenServer.call` does.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// Reaches one view from anywhere. Cheap to clone; does not keep the view alive.
#[derive(Clone)]
pub struct LiveHandle {
    id: Arc<str>,
    mailbox: Address<Message>,
}

/// The message could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The view has ended.
    #[error("the view has ended")]
    Closed,
    /// The view's mailbox is full; [`LiveHandle::send`] would have waited.
    #[error("the view's mailbox is full")]
    Full,
}

/// The question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The view ended before it answered.
    #[error("the view has ended")]
    Closed,
    /// The view has no `#[call]` for this question, or answers with another type.
    #[error("the view does not answer this question")]
    Unanswered,
    /// No answer within 5 seconds; a later one is dropped.
    #[error("the view did not answer within 5 seconds")]
    Timeout,
}

impl LiveHandle {
    pub(crate) fn new(id: Arc<str>, mailbox: Address<Message>) -> Self {
        Self { id, mailbox }
    }

    pub(super) fn shared_id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// The view's id, as [`crate::Cx::id`] gives it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Puts a message into the view's mailbox; waits while that is full. It reaches the `#[info]` function that takes a `T`.
    ///
    /// # Errors
    /// [`SendError::Closed`] when the view has ended.
    ///
    /// # Cancel safety
    /// Cancelled before it returns, the message is not delivered.
    pub async fn send<T: Any + Send>(&self, message: T) -> Result<(), SendError> {
        self.mailbox.send(Message::Info(Box::new(message))).await.map_err(|_| SendError::Closed)
    }

    /// Like [`send`](Self::send), but refuses instead of waiting.
    ///
    /// # Errors
    /// [`SendError::Full`] or [`SendError::Closed`].
    pub fn try_send<T: Any + Send>(&self, message: T) -> Result<(), SendError> {
        self.mailbox.try_send(Message::Info(Box::new(message))).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Full,
            TrySendError::Closed(_) => SendError::Closed,
        })
    }

    /// Asks the view and waits for the answer of its `#[call]` function, 5 seconds at most.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call<Q: Any + Send, A: Any + Send>(&self, question: Q) -> Result<A, CallError> {
        let (call, answer) = Call::new(Box::new(question));
        let exchange = async {
            self.mailbox.send(Message::Call(call)).await.map_err(|_| CallError::Closed)?;
            answer.await.map_err(|_| if self.mailbox.is_closed() { CallError::Closed } else { CallError::Unanswered })
        };
        let answer = timeout(CALL_TIMEOUT, exchange).await.map_err(|_| CallError::Timeout)??;
        answer.downcast().map(|answer| *answer).map_err(|_| CallError::Unanswered)
    }
}

impl fmt::Debug for LiveHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveHandle").field(&self.id).finish()
    }
}
