//! Messages, as values: what serializers make of frames, and frames of.

use std::sync::Arc;

use super::payload::Payload;

/// The socket's own topic.
pub(crate) const PHOENIX: &str = "phoenix";
pub(crate) const HEARTBEAT: &str = "heartbeat";
pub(crate) const JOIN: &str = "phx_join";
pub(crate) const LEAVE: &str = "phx_leave";
pub(crate) const REPLY: &str = "phx_reply";
pub(crate) const CLOSE: &str = "phx_close";
pub(crate) const ERROR: &str = "phx_error";

/// What a client says.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Which join of the topic it belongs to; clients of [`V1`](super::V1) do not say.
    pub join_ref: Option<Arc<str>>,
    /// What the answer is to carry; none: no answer is wanted.
    pub reference: Option<Arc<str>>,
    /// The topic.
    pub topic: Arc<str>,
    /// The event.
    pub event: Box<str>,
    /// The payload.
    pub payload: Payload,
}

/// How a push was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was done.
    Ok,
    /// It was not.
    Error,
}

impl Status {
    /// As it is on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }
}

/// What a client hears.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outgoing<'a> {
    /// A push of a channel, or the end of one.
    Push {
        /// The join that it belongs to.
        join_ref: Option<&'a str>,
        /// That of the join, where a channel ends; none for pushes.
        reference: Option<&'a str>,
        /// The topic.
        topic: &'a str,
        /// The event.
        event: &'a str,
        /// The payload.
        payload: &'a Payload,
    },
    /// The answer to a push.
    Reply {
        /// The join that it belongs to.
        join_ref: Option<&'a str>,
        /// That of the push.
        reference: &'a str,
        /// The topic.
        topic: &'a str,
        /// How it was answered.
        status: Status,
        /// With what.
        response: &'a Payload,
    },
    /// What goes to all who have joined a topic; the same for each of them.
    Broadcast {
        /// The topic.
        topic: &'a str,
        /// The event.
        event: &'a str,
        /// The payload.
        payload: &'a Payload,
    },
}
