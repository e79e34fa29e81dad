//! What every WebSocket of ours may hold and take, whether a page or a channel is behind it.

use axum::extract::ws::WebSocketUpgrade;

use crate::host::Limits;

/// Read buffer of a connection, all of which it holds for as long as it lives: the default is 128 KiB. Events are far smaller, and
/// larger messages only take more reads.
const READ_BUFFER: usize = 1024;
/// Bytes that may gather before they are written. Holds no memory while there are none.
const WRITE_BUFFER: usize = 4 * 1024;

/// The upgrade to a WebSocket with small buffers, and with messages as large as the limits allow.
pub(super) fn bounded(upgrade: WebSocketUpgrade, limits: &Limits) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(limits.max_message_size)
        .max_frame_size(limits.max_message_size)
}
