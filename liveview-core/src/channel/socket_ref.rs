//! Answers that come later, from whichever task.

use std::sync::Arc;

use super::connection::Shared;
use super::message::Status;
use super::payload::IntoPayload;
use super::refused::Refused;

/// The way back to one push (`socket_ref/1`), from [`ChannelCx::socket_ref`](super::ChannelCx::socket_ref). The first answer counts for the client;
/// where the client is gone, nothing happens.
#[derive(Clone)]
pub struct SocketRef {
    pub(super) shared: Arc<Shared>,
    pub(super) topic: Arc<str>,
    pub(super) join_ref: Option<Arc<str>>,
    pub(super) reference: Arc<str>,
}

impl SocketRef {
    /// Answers `ok` with this.
    pub fn ok(&self, payload: impl IntoPayload) {
        match payload.into_payload() {
            Ok(payload) => self.send(Status::Ok, &payload),
            Err(error) => self.refuse(&error.into()),
        }
    }

    /// Answers `error` with this.
    pub fn refuse(&self, refused: &Refused) {
        self.send(Status::Error, refused.payload());
    }

    /// Answers as the result says.
    pub fn reply(&self, result: Result<impl IntoPayload, Refused>) {
        match result {
            Ok(payload) => self.ok(payload),
            Err(refused) => self.refuse(&refused),
        }
    }

    fn send(&self, status: Status, payload: &super::Payload) {
        self.shared.reply(self.join_ref.as_deref(), &self.reference, &self.topic, status, payload);
    }
}

impl std::fmt::Debug for SocketRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SocketRef").field("topic", &self.topic).field("ref", &self.reference).finish_non_exhaustive()
    }
}
