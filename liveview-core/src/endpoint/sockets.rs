//! The transports of channels: what drives a [`Connection`](crate::channel::connection::Connection) over HTTP.
//!
//! ```text
//! <path>/websocket    GET, upgraded: a frame is a message of the WebSocket
//! <path>/longpoll     GET polls, POST pushes: a frame is a line of the body, a text in the answer
//! ```

mod connect;
mod cors;
mod longpoll;
mod polls;
mod websocket;

use std::sync::Arc;

use axum::extract::Request;

pub(crate) use self::polls::{POLL_TOKEN_SALT, Polls};
use crate::Conn;
use crate::channel::SocketDef;
use crate::router::BoxHandler;

/// What answers at `<path>/websocket`.
pub(crate) fn websocket(def: Arc<SocketDef>) -> BoxHandler {
    BoxHandler::new(move |conn: Conn, request: Request| websocket::upgrade(def, conn, request))
}

/// What answers at `<path>/longpoll`.
pub(crate) fn longpoll(def: Arc<SocketDef>) -> BoxHandler {
    BoxHandler::new(move |conn: Conn, request: Request| longpoll::answer(def, conn, request))
}
