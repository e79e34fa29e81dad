//! Page loads: from a request that has come through its plugs to a mounted view and its document.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::assets::{CLIENT, CLIENT_PATH};
use super::page::{self, Frame};
use crate::host::new_view_id;
use crate::live_view::actor::{First, FirstPage, Start, StartError};
use crate::live_view::context::PageRequest;
use crate::protocol::message::LIVE_TOPIC;
use crate::router::{LiveMatchError, LiveRoute};
use crate::session::TokenError;
use crate::{Conn, Error};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error(transparent)]
    Route(#[from] LiveMatchError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the view's thread does not answer")]
    NoAnswer,
    #[error("the page's token cannot be signed")]
    Token(#[from] TokenError),
    #[error("the layout failed: {0}")]
    Layout(#[from] crate::render::RenderError),
}

/// `GET` of a live route, behind its plugs.
pub(super) async fn live_page(conn: Conn, route: Arc<LiveRoute>) -> Response {
    conn.allow_session();
    match load(&conn, &route).await {
        Ok(document) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                (CACHE_CONTROL, HeaderValue::from_static("max-age=0, private, must-revalidate")),
            ];
            (headers, document).into_response()
        }
        Err(PageError::Start(StartError::Left { leave, flash })) => {
            for (kind, text) in flash.iter() {
                conn.put_flash(kind, text);
            }
            see_other(leave.to())
        }
        Err(error) => refuse(&error),
    }
}

/// Sends the browser elsewhere. Whoever did took local paths and web addresses only; one that is no header value is answered as an error.
fn see_other(to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response(),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn load(conn: &Conn, route: &LiveRoute) -> Result<String, PageError> {
    // Before the view is given the session, for it makes the secret that binds the page's token to it.
    let csrf_token = conn.csrf_token();
    let session = conn.session_for_view();
    let shared = conn.shared();
    // A copy: the request's own is a slice of the connection's read buffer, which a view would keep alive.
    let uri: Uri = conn.uri().to_string().parse().map_err(|_| LiveMatchError::NotFound)?;
    let id = new_view_id();
    let (answer, first) = oneshot::channel();
    let start = Start {
        id: id.clone(),
        host: shared.host.clone(),
        request: PageRequest {
            uri,
            params: Arc::unwrap_or_clone(conn.params()),
            live_action: route.action,
            live_session: route.live_session.clone(),
            session: session.clone(),
            assigns: conn.assigns().clone(),
            flash: conn.flash(),
        },
        first: First::Page(answer),
    };
    route.spawn(&shared.host.pool, start);
    let limit = shared.host.limits.mount_patience();
    let FirstPage { html, title } =
        timeout(limit, first).await.map_err(|_| PageError::NoAnswer)?.map_err(|_| PageError::NoAnswer)??;
    let (topic, live_session) = (format!("{LIVE_TOPIC}{id}"), route.live_session.name);
    let frame = Frame {
        session: shared.host.live_token(&id, &topic, route.view.name, live_session, &session)?,
        static_token: shared.static_token(&id)?,
        csrf_token,
        client: format!("{CLIENT_PATH}?v={}", CLIENT.version()).into(),
        id: (*id).into(),
        title,
        html,
    };
    Ok(page::document(route.layout.unwrap_or(page::plain_layout), frame)?)
}

fn refuse(error: &PageError) -> Response {
    let status = match error {
        PageError::Route(LiveMatchError::NotFound) => StatusCode::NOT_FOUND,
        PageError::Route(LiveMatchError::Invalid(_)) => StatusCode::BAD_REQUEST,
        PageError::Start(StartError::Failed(cause)) => return refuse_failed(cause),
        PageError::Start(StartError::Full | StartError::TimedOut(_)) | PageError::NoAnswer => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        PageError::Start(StartError::Crashed(_) | StartError::Left { .. })
        | PageError::Token(_)
        | PageError::Layout(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status.is_server_error() {
        tracing::error!(%error, "a page could not be loaded");
    }
    plain(status)
}

/// Sends the browser where the error says, or shows a page that says no more than its status.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        refuse_failed(&self)
    }
}

fn refuse_failed(cause: &Error) -> Response {
    if let Some(to) = cause.redirect_to() {
        return see_other(to);
    }
    let status = StatusCode::from_u16(cause.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_server_error() {
        tracing::error!(error = ?cause, "a request failed");
    } else {
        tracing::debug!(error = ?cause, status = status.as_u16(), "a request was refused");
    }
    plain(status)
}

/// A page that says no more than its status.
pub(super) fn plain(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("Error");
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{reason}</title></head><body><h1>{} {reason}</h1></body></html>",
        status.as_u16()
    );
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

/// The headers of a socket's request that views may read.
pub(super) fn x_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let readable = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-"));
    readable.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}

/// The query of a URL as single values.
pub(super) fn query(uri: &Uri) -> HashMap<String, String> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}
