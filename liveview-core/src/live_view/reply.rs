//! What handlers may return.

use serde::Serialize;
use serde_json::Value;

use super::event::EventError;
use crate::{Error, Result};

/// The answer to an event, which reaches the caller in the browser (a hook's or `js().push`'s promise) with the patch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply(Option<Value>);

impl Reply {
    /// No answer beyond the acknowledgement.
    pub fn none() -> Self {
        Self(None)
    }

    /// A JSON value.
    ///
    /// # Errors
    /// When `value` cannot be written as JSON (a map whose keys are not strings).
    pub fn json(value: &impl Serialize) -> Result<Self> {
        Ok(Self(Some(serde_json::to_value(value)?)))
    }

    pub(crate) fn into_value(self) -> Option<Value> {
        self.0
    }
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self(Some(value))
    }
}

/// What an `#[event]` function may return: `()`, [`Reply`], or a `Result` of either.
#[diagnostic::on_unimplemented(
    message = "an event handler cannot return `{Self}`",
    note = "return `()`, `Reply`, `Result<()>` or `Result<Reply>`"
)]
pub trait IntoReply {
    /// The reply, or why the view ends.
    ///
    /// # Errors
    /// [`EventError::Handler`] when the handler returned an error.
    fn into_reply(self) -> Result<Reply, EventError>;
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Reply, EventError> {
        Ok(Reply::none())
    }
}

impl IntoReply for Reply {
    fn into_reply(self) -> Result<Reply, EventError> {
        Ok(self)
    }
}

impl<T: IntoReply, E: Into<Error>> IntoReply for Result<T, E> {
    fn into_reply(self) -> Result<Reply, EventError> {
        self.map_err(|error| EventError::Handler(error.into()))?.into_reply()
    }
}

/// What `#[info]` and `#[handle_async]` functions may return: `()` or `Result<()>`.
#[diagnostic::on_unimplemented(message = "this handler cannot return `{Self}`", note = "return `()` or `Result<()>`")]
pub trait IntoOutcome {
    /// Done, or why the view ends.
    ///
    /// # Errors
    /// What the handler returned.
    fn into_outcome(self) -> Result<()>;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Result<()> {
        Ok(())
    }
}

impl<E: Into<Error>> IntoOutcome for Result<(), E> {
    fn into_outcome(self) -> Result<()> {
        self.map_err(Into::into)
    }
}
