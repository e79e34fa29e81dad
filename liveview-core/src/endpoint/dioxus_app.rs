//! An unmodified Dioxus application on a route, run by `dioxus-liveview` inside our session and origin checks.
//!
//! Its page and its socket are that crate's own, and so is what it cannot do (`docs/dioxus-liveview.md`). What its browser
//! sends passes through here first: files that an event names are struck out, for the crate would read them from the
//! *server's* disk.

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use dioxus_liveview::{LiveViewError, LiveViewPool, axum_socket, interpreter_glue};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::http::query;
use super::shared::Shared;
use super::websocket;
use crate::render::strike_out_files;
use crate::router::BoxHandler;
use crate::session::csrf;
use crate::{Conn, Element};

/// The crate's client is an inline script that builds functions from text.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
);
/// Sockets of such applications, behind which the application's path follows.
const SOCKETS: &str = "/live/dioxus";

/// The page and the socket of one application.
pub(super) struct DioxusRoutes {
    pub(super) page: BoxHandler,
    pub(super) socket_path: String,
    pub(super) socket: BoxHandler,
}

impl DioxusRoutes {
    pub(super) fn new(path: &str, app: fn() -> Element, pool: LiveViewPool) -> Self {
        let socket_path = format!("{SOCKETS}{path}");
        let connect = async move |conn: Conn, headers: HeaderMap, uri: Uri, upgrade: WebSocketUpgrade| match check(
            conn.shared(),
            &headers,
            &uri,
        ) {
            Ok(()) => upgraded(app, pool, conn.shared(), upgrade),
            Err(refusal) => refusal.into_response(),
        };
        Self { page: BoxHandler::new(page), socket_path, socket: BoxHandler::new(connect) }
    }
}

/// The page of the application at the request's path, whose socket is at the same path below [`SOCKETS`].
async fn page(conn: Conn) -> Response {
    conn.allow_session();
    let path = conn.uri().path().trim_end_matches('/');
    let glue = interpreter_glue(&format!("{SOCKETS}{path}?{}={}", csrf::CSRF_PARAM, conn.csrf_token()));
    let document = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><div id=\"main\"></div>{glue}</body></html>"
    );
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, document).into_response()
}

fn check(shared: &Shared, headers: &HeaderMap, uri: &Uri) -> Result<(), StatusCode> {
    let session = shared.sessions.read(headers);
    let query = query(uri);
    let token = query.get(csrf::CSRF_PARAM).map(String::as_str);
    let checked = shared.origins.check(headers).is_ok() && csrf::verify(&session, token).is_ok();
    checked.then_some(()).ok_or(StatusCode::FORBIDDEN)
}

fn upgraded(app: fn() -> Element, pool: LiveViewPool, shared: &Shared, upgrade: WebSocketUpgrade) -> Response {
    websocket::bounded(upgrade, &shared.host.limits).on_upgrade(move |ws| run(app, pool, ws))
}

async fn run(app: fn() -> Element, pool: LiveViewPool, ws: WebSocket) {
    let socket = axum_socket(ws).map(|message| message.map(harmless));
    if let Err(LiveViewError::SendingFailed) = pool.launch(socket, app).await {
        tracing::debug!("a Dioxus application's socket broke");
    }
}

/// The message without files. What is no JSON (a ping) passes as it is: the crate ignores what it does not know.
fn harmless(message: Vec<u8>) -> Vec<u8> {
    let Ok(mut json) = serde_json::from_slice::<Value>(&message) else { return message };
    strike_out_files(&mut json);
    json.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_forged_event_names_no_file_of_the_server() {
        let forged = br#"{"method":"user_event","params":{"name":"change","data":{"files":[{"path":"/etc/passwd","contents":null}],"value":"x"}}}"#;
        let passed = String::from_utf8(harmless(forged.to_vec())).unwrap();
        assert!(!passed.contains("/etc/passwd"), "{passed}");
        assert!(passed.contains(r#""value":"x""#), "{passed}");
    }

    #[test]
    fn pings_pass() {
        assert_eq!(harmless(b"__ping__".to_vec()), b"__ping__");
    }
}
