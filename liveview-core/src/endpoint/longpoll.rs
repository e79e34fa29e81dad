//! Sockets over plain HTTP (`Phoenix.Transports.LongPoll`), of channels and of live views: `GET` polls, `POST` pushes, and `DELETE`, which Phoenix has not,
//! says that nobody will poll again.
//!
//! Answers are JSON with a `status` of their own, as `phoenix.js` reads them; that of HTTP is 200. A client without a token connects and is answered
//! 410 with one. Then 200 with `messages`, 204 without, 403 when it may not connect, and 410 without a token when its connection is gone: it
//! connects and joins anew.
//!
//! A push is a line of the body (`application/x-ndjson`), or the body. A line that begins with `[` or `{` is a text frame, any other one a binary one in base64.
//! Binary frames to the client are base64, too, which our client reads and `phoenix.js` does not: a channel that sends it bytes needs a WebSocket.

mod cors;
mod polls;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use self::polls::{Found, Poll};
pub(crate) use self::polls::{Inlet, POLL_TOKEN_SALT, Polled, Polls};
use super::body::RequestBody;
use super::shared::Shared;
use crate::Conn;
use crate::channel::Frame;
use crate::session::OriginCheck;

/// Messages in one body: what `phoenix.js` sends at most.
const MAX_BATCH: usize = 100;
const NDJSON: &str = "application/x-ndjson";

/// A socket that can be polled.
pub(super) trait Pollable: Send + Sync {
    /// Where; a token is good there only.
    fn path(&self) -> &str;

    /// From which sites.
    fn origins<'a>(&'a self, shared: &'a Shared) -> &'a OriginCheck;

    /// Lets somebody in, or answers why not.
    fn open(&self, conn: &Conn, headers: &HeaderMap) -> impl Future<Output = Result<Polled, Response>> + Send;
}

/// Every method of `<path>/longpoll`.
pub(super) async fn answer(socket: &impl Pollable, conn: Conn, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Err(error) = socket.origins(conn.shared()).check(&parts.headers) {
        tracing::warn!(%error, "a poll from another origin was refused");
        return (StatusCode::FORBIDDEN, "origin not allowed").into_response();
    }
    let response = match parts.method {
        Method::GET => poll(socket, &conn, &parts.headers).await,
        Method::POST => push(socket, &conn, &parts).await,
        Method::DELETE => end(socket, &conn),
        Method::OPTIONS => cors::preflight(),
        _ => (StatusCode::METHOD_NOT_ALLOWED, [("allow", cors::METHODS)]).into_response(),
    };
    cors::allow(&parts.headers, response)
}

async fn poll(socket: &impl Pollable, conn: &Conn, headers: &HeaderMap) -> Response {
    let shared = conn.shared();
    let token = token(conn);
    let poll = match shared.polls.find(token.as_deref(), socket.path()) {
        Found::Poll(poll) => poll,
        Found::Gone => return status(410),
        Found::None => return open(socket, conn, headers).await,
    };
    // Both arms may be dropped: no message is taken out before `wait` returns. What is there goes out before the end.
    let waited = tokio::select! {
        biased;
        waited = poll.wait(shared.host.limits.longpoll_window) => waited,
        () = shared.host.shutdown.cancelled() => return status(410),
    };
    match waited {
        Ok(frames) => {
            let messages: Vec<Value> = frames.iter().map(message).collect();
            let status = if messages.is_empty() { 204 } else { 200 };
            json(&json!({ "status": status, "token": token, "messages": messages }))
        }
        Err(hang_up) => {
            tracing::debug!(code = hang_up.code, reason = hang_up.reason, "a polling client is let go");
            shared.polls.close(&poll);
            status(410)
        }
    }
}

/// Somebody new.
async fn open(socket: &impl Pollable, conn: &Conn, headers: &HeaderMap) -> Response {
    let shared = conn.shared();
    if !shared.polls.has_room(&shared.host) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let polled = match socket.open(conn, headers).await {
        Ok(polled) => polled,
        Err(refusal) if refusal.status() == StatusCode::FORBIDDEN => return status(403),
        Err(refusal) => return refusal,
    };
    match shared.polls.open(socket.path(), polled, &shared.host) {
        Ok(token) => json(&json!({ "status": 410, "token": token })),
        Err(error) => {
            tracing::error!(%error, "a poll's token cannot be signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn push(socket: &impl Pollable, conn: &Conn, parts: &Parts) -> Response {
    let shared = conn.shared();
    let Found::Poll(poll) = shared.polls.find(token(conn).as_deref(), socket.path()) else { return status(410) };
    let body = RequestBody::of(parts);
    body.set_limit(shared.host.limits.max_message_size);
    let bytes = match body.bytes().await {
        Ok(bytes) => bytes,
        Err(error) => return error.into_response(),
    };
    let is_batch = parts.headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(NDJSON.as_bytes()));
    let outcome = if is_batch { lines(&bytes) } else { Some(vec![bytes.clone()]) };
    let Some(lines) = outcome else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 100 messages").into_response();
    };
    if receive(&poll, &lines).await {
        status(200)
    } else {
        shared.polls.close(&poll);
        status(410)
    }
}

fn end(socket: &impl Pollable, conn: &Conn) -> Response {
    let polls = &conn.shared().polls;
    if let Found::Poll(poll) = polls.find(token(conn).as_deref(), socket.path()) {
        polls.close(&poll);
    }
    status(410)
}

/// The lines that are not empty; `None` when there are too many. Looks no further than that, and copies nothing.
fn lines(body: &Bytes) -> Option<Vec<Bytes>> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let (begin, end) = (at, at + line.len());
        at = end + 1;
        if line.is_empty() || line == b"\r" {
            continue;
        }
        if lines.len() == MAX_BATCH {
            return None;
        }
        lines.push(body.slice(begin..end));
    }
    Some(lines)
}

/// What comes before a malformed line is taken.
async fn receive(poll: &Poll, lines: &[Bytes]) -> bool {
    let frames: Vec<_> = lines.iter().map_while(|line| frame(line)).collect();
    let is_whole = frames.len() == lines.len();
    poll.receive(frames).await && is_whole
}

fn frame(line: &[u8]) -> Option<Frame> {
    let text = std::str::from_utf8(line).ok()?.trim();
    if text.starts_with(['[', '{']) { Some(Frame::text(text)) } else { crate::from_base64(text).map(Frame::binary) }
}

fn message(frame: &Frame) -> Value {
    match (frame.as_text(), frame.as_binary()) {
        (Some(text), _) => text.into(),
        (None, bytes) => crate::base64(bytes.map(|bytes| &**bytes).unwrap_or_default()).into(),
    }
}

/// The last one: a parameter of the client's own may have the same name, and stands before it.
fn token(conn: &Conn) -> Option<String> {
    let query = conn.uri().query().unwrap_or_default();
    let tokens = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "token");
    tokens.last().map(|(_, token)| token.into_owned())
}

fn status(status: u16) -> Response {
    json(&json!({ "status": status }))
}

fn json(value: &Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/json; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (headers, Body::from(value.to_string())).into_response()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{MAX_BATCH, frame, lines};
    use crate::channel::Frame;

    #[test]
    fn a_body_is_cut_into_lines_and_no_more_than_a_batch_of_them() {
        let body = Bytes::from_static(b"[1]\n\n[2]\r\n{}\n");
        let texts: Vec<_> = lines(&body).expect("few").iter().filter_map(|line| frame(line)).collect();
        assert_eq!(texts, ["[1]", "[2]", "{}"].map(Frame::text));
        assert_eq!(lines(&Bytes::from("[]\n".repeat(MAX_BATCH))).map(|lines| lines.len()), Some(MAX_BATCH));
        assert_eq!(lines(&Bytes::from("[]\n".repeat(MAX_BATCH + 1))), None);
        assert_eq!(lines(&Bytes::from("\n".repeat(1_000_000))).map(|lines| lines.len()), Some(0));
    }

    #[test]
    fn a_line_is_text_or_base64() {
        assert_eq!(frame(b"AP8="), Some(Frame::binary(vec![0, 255])));
        assert_eq!(frame(b"%%"), None);
        assert_eq!(frame(b"\xff"), None);
    }
}
