//! What every WebSocket of ours may hold and take, whether a page or a channel is behind it.

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::http::header::{SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::response::{IntoResponse as _, Response};
use tokio_tungstenite::tungstenite::Error;

use crate::host::Limits;

/// Read buffer of a connection, all of which it holds for as long as it lives: the default is 128 KiB. Events are far smaller, and
/// larger messages only take more reads.
const READ_BUFFER: usize = 1024;
/// Bytes that may gather before they are written. Holds no memory while there are none.
const WRITE_BUFFER: usize = 4 * 1024;

/// The answer to a handshake that is none, and to one of another version: with ours (RFC 6455, 4.4).
pub(super) fn refusal(rejection: WebSocketUpgradeRejection) -> Response {
    match rejection {
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(rejection) => {
            let ours = [(UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, "13")];
            (StatusCode::UPGRADE_REQUIRED, ours, rejection.body_text()).into_response()
        }
        other => other.into_response(),
    }
}

/// What a peer is told, as far as it listens, whose frames cannot be read any further (RFC 6455, 7.4.1).
pub(super) fn farewell(error: axum::Error) -> (u16, &'static str) {
    // By the library that axum reads with.
    match error.into_inner().downcast_ref::<Error>() {
        Some(Error::Capacity(_)) => (close_code::SIZE, "message too large"),
        Some(Error::Utf8(_)) => (close_code::INVALID, "text that is not UTF-8"),
        _ => (close_code::PROTOCOL, "malformed frame"),
    }
}

/// The upgrade to a WebSocket with small buffers, and with messages as large as the limits allow.
pub(super) fn bounded(upgrade: WebSocketUpgrade, limits: &Limits) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(limits.max_message_size)
        .max_frame_size(limits.max_message_size)
}
