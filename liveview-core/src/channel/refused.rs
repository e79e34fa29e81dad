//! No: the answer with the status `error`.

use std::fmt;

use serde_json::json;

use super::payload::{IntoPayload, Payload};
use crate::Error;

/// Why a client may not connect, join or do what it asked for: what it is answered. Made by `?` from any error, whose text is logged and not
/// sent: clients are told `{"reason": "failed"}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    payload: Payload,
    reason: String,
}

impl Refused {
    /// Answers `{"reason": reason}`.
    pub fn new(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let payload = Payload::json(&json!({ "reason": reason })).unwrap_or_else(|_| Payload::empty());
        Self { payload, reason }
    }

    /// Answers with this payload.
    pub fn with(payload: impl IntoPayload) -> Self {
        match payload.into_payload() {
            Ok(payload) => Self { payload, reason: "refused".to_owned() },
            Err(error) => Self::failed(error),
        }
    }

    /// Who may not; what Phoenix's generators say.
    pub fn unauthorized() -> Self {
        Self::new("unauthorized")
    }

    /// What the client is sent.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The reason, for logs.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    fn failed(error: impl fmt::Display) -> Self {
        tracing::warn!(%error, "a channel's callback failed");
        Self::new("failed")
    }
}

// `Refused` is no `std::error::Error`, so that this can be.
impl<E: std::error::Error + Send + Sync + 'static> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::from(Error::from(error))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::failed(format_args!("{error:?}"))
    }
}
