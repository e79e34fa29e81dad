//! Page loads: from a request that has come through its plugs to a mounted view and its document.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::error_page::{Failed, refuse};
use super::page::{self, Frame, View};
use crate::Conn;
use crate::error::as_browsers_ask;
use crate::host::{Bearer, new_view_id};
use crate::live_view::actor::{First, FirstPage, Start, StartError};
use crate::live_view::context::PageRequest;
use crate::protocol::message::LIVE_TOPIC;
use crate::render::static_page::StaticPageError;
use crate::router::{LiveMatchError, LiveRoute};
use crate::session::TokenError;

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
    Layout(#[from] StaticPageError),
}

/// `GET` of a live route, behind its plugs.
pub(super) async fn live_page(conn: Conn, route: Arc<LiveRoute>) -> Response {
    conn.allow_session();
    match load(&conn, &route).await {
        Ok(document) => {
            let headers =
                [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (CACHE_CONTROL, page::PRIVATE)];
            (headers, document).into_response()
        }
        Err(PageError::Start(StartError::Left { leave, flash })) => {
            for (kind, text) in flash.iter() {
                conn.put_flash(kind, text);
            }
            see_other(leave.to())
        }
        Err(error) => refused(error),
    }
}

/// Sends the browser elsewhere. Whoever did took local paths and web addresses only; one that is no header value is answered as an error.
fn see_other(to: &str) -> Response {
    match HeaderValue::try_from(&*as_browsers_ask(to)) {
        Ok(to) => (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response(),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, format!("a redirect to {to:?} is no header: {error}")),
    }
}

async fn load(conn: &Conn, route: &LiveRoute) -> Result<String, PageError> {
    // Before the view is given the session, for it makes the secret that binds the page's token to it.
    let csrf_token = conn.csrf_token();
    let (session, flash) = (conn.session_for_view(), conn.flash());
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
            flash: flash.clone(),
            handed_over: None,
            parent: None,
        },
        first: First::Page(answer),
    };
    route.spawn(&shared.host.pool, start);
    let limit = shared.host.limits.mount_patience();
    let FirstPage { html, title, layout } =
        timeout(limit, first).await.map_err(|_| PageError::NoAnswer)?.map_err(|_| PageError::NoAnswer)??;
    let bearer = Bearer {
        id: &id,
        topic: &format!("{LIVE_TOPIC}{id}"),
        view: route.view.name,
        live_session: route.live_session.name,
        parent: None,
        session: &session,
    };
    let view = View {
        session: shared.host.live_token(bearer, None)?,
        static_token: shared.static_token(&id)?,
        id: (*id).into(),
        html,
    };
    let frame = Frame { title, csrf_token, flash, static_paths: shared.host.static_paths.clone() };
    Ok(page::view_document(layout.or(route.layout), frame, view)?)
}

fn refused(error: PageError) -> Response {
    let status = match error {
        PageError::Start(StartError::Failed(cause)) => return cause.into_response(),
        PageError::Route(LiveMatchError::NotFound) => StatusCode::NOT_FOUND,
        PageError::Route(LiveMatchError::Invalid(_)) => StatusCode::BAD_REQUEST,
        PageError::Start(StartError::Full | StartError::TimedOut(_)) | PageError::NoAnswer => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        PageError::Layout(error) => return Failed::from(error).into_response(),
        PageError::Start(StartError::Crashed(_) | StartError::Left { .. }) | PageError::Token(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    refuse(status, format!("a page could not be loaded: {error}"))
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
