//! The transports of channels: what drives a [`Connection`](crate::channel::connection::Connection) over HTTP.
//!
//! ```text
//! <path>/websocket    GET, upgraded: a frame is a message of the WebSocket
//! <path>/longpoll     as in `endpoint/longpoll`
//! ```

mod connect;
mod polled;
mod websocket;

use std::sync::Arc;

use axum::extract::Request;

use super::longpoll;
use crate::Conn;
use crate::channel::SocketDef;
use crate::router::BoxHandler;

/// What answers at `<path>/websocket`.
pub(crate) fn websocket(def: Arc<SocketDef>) -> BoxHandler {
    BoxHandler::new(move |conn: Conn, request: Request| websocket::upgrade(def, conn, request))
}

/// What answers at `<path>/longpoll`.
pub(crate) fn longpoll(def: Arc<SocketDef>) -> BoxHandler {
    BoxHandler::new(async move |conn: Conn, request: Request| longpoll::answer(&def, conn, request).await)
}
