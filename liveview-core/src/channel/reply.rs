//! What a handler comes to: nothing, an answer, the channel's end.

use super::message::Status;
use super::payload::{IntoPayload, Payload};
use super::refused::Refused;

/// What a handler returns when it decides as it goes: an answer or none, and whether the channel ends.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "it is what the handler returns"]
pub struct ChannelReply {
    pub(crate) answer: Option<(Status, Payload)>,
    pub(crate) stop: bool,
}

impl ChannelReply {
    /// No answer, or one later by a [`SocketRef`](super::SocketRef) (`:noreply`).
    pub fn none() -> Self {
        Self::default()
    }

    /// An answer with the status `ok`.
    pub fn ok(payload: impl IntoPayload) -> Self {
        match payload.into_payload() {
            Ok(payload) => Self { answer: Some((Status::Ok, payload)), stop: false },
            Err(error) => Self::refused(&error.into()),
        }
    }

    /// An answer with the status `error`.
    pub fn refused(refused: &Refused) -> Self {
        Self { answer: Some((Status::Error, refused.payload().clone())), stop: false }
    }

    /// The same, and then the channel ends in order: the client is sent `phx_close` and does not join again.
    pub fn and_stop(self) -> Self {
        Self { stop: true, ..self }
    }
}

/// Ends the channel in order, without an answer: the client is sent `phx_close` and does not join again. With one:
/// [`ChannelReply::and_stop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// What handlers return.
///
/// | returned | the client is answered |
/// |---|---|
/// | `()` | nothing |
/// | `Result<T, Refused>` | `ok` with the payload `T`, or `error` |
/// | [`Stop`], `Option<Stop>`, `Result<T, Stop>` | nothing (or `ok`), and `phx_close` |
/// | [`ChannelReply`], `Result<ChannelReply, Refused>` | what it says |
#[diagnostic::on_unimplemented(
    message = "a handler of a channel cannot return `{Self}`",
    note = "it returns `()`, `Result<T, Refused>`, `Stop` or `ChannelReply`"
)]
pub trait IntoChannelReply {
    /// What it comes to.
    fn into_channel_reply(self) -> ChannelReply;
}

impl IntoChannelReply for () {
    fn into_channel_reply(self) -> ChannelReply {
        ChannelReply::none()
    }
}

impl IntoChannelReply for ChannelReply {
    fn into_channel_reply(self) -> ChannelReply {
        self
    }
}

impl IntoChannelReply for Stop {
    fn into_channel_reply(self) -> ChannelReply {
        ChannelReply::none().and_stop()
    }
}

impl IntoChannelReply for Option<Stop> {
    fn into_channel_reply(self) -> ChannelReply {
        self.map_or_else(ChannelReply::none, Stop::into_channel_reply)
    }
}

impl<T: IntoPayload> IntoChannelReply for Result<T, Refused> {
    fn into_channel_reply(self) -> ChannelReply {
        match self {
            Ok(payload) => ChannelReply::ok(payload),
            Err(refused) => ChannelReply::refused(&refused),
        }
    }
}

impl<T: IntoPayload> IntoChannelReply for Result<T, Stop> {
    fn into_channel_reply(self) -> ChannelReply {
        match self {
            Ok(payload) => ChannelReply::ok(payload),
            Err(stop) => stop.into_channel_reply(),
        }
    }
}

impl IntoChannelReply for Result<ChannelReply, Refused> {
    fn into_channel_reply(self) -> ChannelReply {
        self.unwrap_or_else(|refused| ChannelReply::refused(&refused))
    }
}

/// What functions under `#[handle_out]` return: the payload that goes to this client, or none.
#[diagnostic::on_unimplemented(
    message = "a `handle_out` function cannot return `{Self}`",
    note = "it returns `Option<Payload>`, or an `Option` of what serde can write"
)]
pub trait IntoHandledOut {
    /// The payload.
    fn into_handled_out(self) -> Option<Payload>;
}

impl<T: IntoPayload> IntoHandledOut for Option<T> {
    fn into_handled_out(self) -> Option<Payload> {
        let payload = self?.into_payload();
        payload.map_err(|error| tracing::error!(%error, "a broadcast could not be rewritten, and is not sent")).ok()
    }
}
