//! How a page's socket begins: by a WebSocket or by polls, once its origin and its language are ours.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::Socket;
use super::wire::Wire;
use crate::endpoint::http::{query, x_headers};
use crate::endpoint::longpoll::{self, Pollable, Polled};
use crate::endpoint::shared::Shared;
use crate::endpoint::websocket;
use crate::live_view::Connect;
use crate::protocol::serializer::Format;
use crate::session::OriginCheck;
use crate::telemetry::{self, SocketConnected};
use crate::{Conn, Params};

/// Where clients connect.
pub(crate) const PATH: &str = "/live/websocket";
/// Where those connect that cannot have a WebSocket.
pub(crate) const POLL_PATH: &str = "/live/longpoll";

/// `GET` of [`PATH`].
pub(crate) async fn upgrade(
    conn: Conn,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return websocket::refusal(rejection),
    };
    let mut socket = match socket(&conn, Some(peer), &headers, &uri, PATH) {
        Ok(socket) => socket,
        Err(refusal) => return refusal.into_response(),
    };
    websocket::bounded(upgrade, &conn.shared().host.limits).on_upgrade(move |ws| {
        let mut wire = Wire::WebSocket(ws);
        // By reference: a future that owns its arguments has room for them twice.
        async move { socket.run(&mut wire).await }
    })
}

/// Every method of [`POLL_PATH`].
pub(crate) async fn poll(conn: Conn, request: Request) -> Response {
    longpoll::answer(&LiveViews, conn, request).await
}

/// The live views of a page.
struct LiveViews;

impl Pollable for LiveViews {
    fn path(&self) -> &'static str {
        POLL_PATH
    }

    fn origins<'a>(&'a self, shared: &'a Shared) -> &'a OriginCheck {
        &shared.origins
    }

    async fn open(&self, conn: &Conn, headers: &HeaderMap) -> Result<Polled, Response> {
        let mut socket =
            socket(conn, conn.peer_addr(), headers, conn.uri(), POLL_PATH).map_err(IntoResponse::into_response)?;
        let host = &conn.shared().host;
        let (mut wire, polled) = Wire::polls(host.limits.max_outbox);
        host.runtime.spawn(async move { socket.run(&mut wire).await });
        Ok(polled)
    }
}

/// The answer to a page that gets no socket.
type Refusal = (StatusCode, &'static str);

/// A socket for the page, or the answer to a page that gets none.
fn socket(
    conn: &Conn,
    peer_addr: Option<SocketAddr>,
    headers: &HeaderMap,
    uri: &Uri,
    path: &str,
) -> Result<Box<Socket>, Refusal> {
    let began = std::time::Instant::now();
    let shared = conn.shared().clone();
    let checked = check(&shared, headers, uri);
    if telemetry::is_watched::<SocketConnected>() {
        telemetry::emit(&SocketConnected {
            duration: began.elapsed(),
            refused: checked.as_ref().err().map(|refusal| refusal.1.to_owned()),
            path: path.to_owned(),
            peer_addr,
            params: Params::decode(uri.query().unwrap_or_default()).unwrap_or_default(),
        });
    }
    let format = checked?;
    let session = Arc::new(shared.sessions.read(headers));
    let connect = Connect {
        params: serde_json::Map::new(),
        uri: None,
        peer_addr,
        user_agent: headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        x_headers: x_headers(headers),
    };
    Ok(Box::new(Socket::new(shared, session, connect, format)))
}

/// Whether the page may open this socket, and what it wants to speak.
fn check(shared: &Shared, headers: &HeaderMap, uri: &Uri) -> Result<Format, Refusal> {
    if let Err(error) = shared.origins.check(headers) {
        tracing::warn!(%error, "a socket from another origin was refused");
        return Err((StatusCode::FORBIDDEN, "origin not allowed"));
    }
    let query = query(uri);
    if query.get("vsn").is_some_and(|version| version != "2.0.0") {
        return Err((StatusCode::BAD_REQUEST, "this server speaks vsn=2.0.0"));
    }
    match query.get("serializer").map(String::as_str) {
        None | Some("binary") => Ok(Format::Binary),
        Some("json") => Ok(Format::Json),
        Some(_) => Err((StatusCode::BAD_REQUEST, "the serializer is `binary` or `json`")),
    }
}
