//! A bare WebSocket that says what it hears, for suites that test the protocol (`tests/autobahn`).

use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::response::Response;

/// The suite's largest message has 16 MiB.
const LARGEST: usize = 16 * 1024 * 1024;

pub(crate) async fn upgrade(upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(LARGEST).max_frame_size(LARGEST).on_upgrade(echo)
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        // The library answers pings and closes itself.
        if matches!(message, Message::Text(_) | Message::Binary(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}
