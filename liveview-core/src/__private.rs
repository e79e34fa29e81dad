//! What macro output calls. Not for anybody else: it changes without notice.

pub use crate::channel;
pub use crate::live_view::push::Push;
pub use crate::live_view::{
    AsyncDone, AsyncResult, Call, CallReply, ClientEvent, Connect, Cx, EventError, FromEvent, Handled, Info,
    IntoOutcome, IntoReply, LiveView, LiveViewState, Mount, Reply, Terminate,
};
pub use crate::plug::{self, Pipeline};
pub use crate::router::{LiveSession, LogLevel, Router, RouterDefinition, Scope, path};
pub use crate::{Element, Error, Params, Result, StaticFiles, Uri};

pub use serde_json::Value;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Argument `index` of an event, called `name` in the function.
///
/// # Errors
/// When it is missing or of another type.
pub fn event_arg<T: DeserializeOwned>(event: &ClientEvent, index: usize, name: &'static str) -> Result<T, EventError> {
    event.arg(index, name)
}

/// There are no more arguments than the function has.
///
/// # Errors
/// When there are.
pub fn event_args_end(event: &ClientEvent, expected: usize) -> Result<(), EventError> {
    event.args_end(expected)
}

/// What the browser supplies.
///
/// # Errors
/// When the event does not carry it.
pub fn extract<T: FromEvent>(event: &ClientEvent) -> Result<T, EventError> {
    T::from_event(event)
}

/// No function takes this event.
pub fn unknown_event(event: &ClientEvent, known: &'static [&'static str]) -> EventError {
    EventError::Unknown { name: event.name().to_owned(), known }
}

/// No function of a channel takes this event.
pub fn unknown_channel_event(event: &str) -> channel::ChannelReply {
    channel::ChannelReply::refused(&channel::Refused::new(format!("there is no event `{event:.100}` here")))
}

/// What a view hands over, as JSON; nothing for what is `null`.
///
/// # Errors
/// When it has no form in JSON.
pub fn hand_over<T: Serialize>(state: T) -> Result<Option<Value>> {
    let state = serde_json::to_value(state)?;
    Ok(Some(state).filter(|state| !state.is_null()))
}

/// What an event function returned.
///
/// # Errors
/// What it failed with.
pub fn into_reply(outcome: impl IntoReply) -> Result<Reply, EventError> {
    outcome.into_reply()
}

/// What an info or async function returned.
///
/// # Errors
/// What it failed with.
pub fn into_result(outcome: impl IntoOutcome) -> Result<()> {
    outcome.into_outcome()
}

/// What an arm of `respond!` gives.
pub fn into_response(response: impl axum::response::IntoResponse) -> axum::response::Response {
    response.into_response()
}

/// `respond!` has no arm for a format that the route accepts.
#[track_caller]
pub fn no_arm(format: &crate::Format, arms: &[&str]) -> Error {
    Error::msg(format!("this action answers in {}, not in {format}", arms.join(", "))).with_status(406)
}
