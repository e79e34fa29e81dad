//! Page loads: from a request to a mounted view and its document.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::assets::{CLIENT, CLIENT_PATH};
use super::page::{self, Frame, LayoutProps};
use super::shared::Shared;
use crate::flash::{FLASH_COOKIE, FLASH_MAX_AGE};
use crate::host::new_view_id;
use crate::live_view::actor::{First, FirstPage, Start, StartError};
use crate::live_view::context::PageRequest;
use crate::protocol::message::LIVE_TOPIC;
use crate::router::{LiveMatchError, LivePage};
use crate::session::{Session, TokenError, cookie_value, csrf};
use crate::{Element, Error, Flash};

/// The layout of live pages, as an extension of their requests.
#[derive(Clone, Copy)]
pub(super) struct Layout(pub(super) fn(LayoutProps) -> Element);

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

/// `GET` of a live route.
pub(super) async fn live_page(
    Extension(shared): Extension<Arc<Shared>>,
    Extension(layout): Extension<Layout>,
    request: Request,
) -> Response {
    let mut session = shared.sessions.read(request.headers());
    let csrf_token = csrf::token(&mut session);
    let session = Arc::new(session);
    let has_flash = cookie_value(request.headers(), FLASH_COOKIE).is_some();
    let mut response = match load(&shared, layout, request, session.clone(), csrf_token).await {
        Ok(document) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                (CACHE_CONTROL, HeaderValue::from_static("max-age=0, private, must-revalidate")),
            ];
            with_session(&shared, &session, (headers, document).into_response())
        }
        Err(error) => with_session(&shared, &session, refuse(&error)),
    };
    if has_flash && !response.headers().contains_key(LOCATION) {
        // Read once.
        set_flash_cookie(&mut response, "", 0);
    }
    response
}

async fn load(
    shared: &Arc<Shared>,
    layout: Layout,
    request: Request,
    session: Arc<Session>,
    csrf_token: String,
) -> Result<String, PageError> {
    // A copy: the request's own is a slice of the connection's read buffer, which a view would keep alive.
    let uri: Uri = request.uri().to_string().parse().map_err(|_| LiveMatchError::NotFound)?;
    let flash = Flash::from_cookie(request.headers(), &shared.host.flash_tokens);
    let LivePage { route, uri, params } = shared.host.live_page(uri)?;
    let id = new_view_id();
    let (answer, first) = oneshot::channel();
    let start = Start {
        id: id.clone(),
        host: shared.host.clone(),
        request: PageRequest {
            uri,
            params,
            live_action: route.action,
            live_session: route.live_session,
            session: session.clone(),
            flash,
        },
        first: First::Page(answer),
    };
    route.spawn(&shared.host.pool, start);
    let limit = shared.host.limits.mount_patience();
    let FirstPage { html, title } =
        timeout(limit, first).await.map_err(|_| PageError::NoAnswer)?.map_err(|_| PageError::NoAnswer)??;
    let frame = Frame {
        session: shared.host.live_token(&id, &format!("{LIVE_TOPIC}{id}"), route.view.name, &session)?,
        static_token: shared.static_token(&id)?,
        csrf_token,
        client: format!("{CLIENT_PATH}?v={}", CLIENT.version()).into(),
        id: (*id).into(),
        title,
        html,
    };
    Ok(page::document(layout.0, frame)?)
}

fn refuse(error: &PageError) -> Response {
    let status = match error {
        PageError::Route(LiveMatchError::NotFound) => StatusCode::NOT_FOUND,
        PageError::Route(LiveMatchError::Invalid(_)) => StatusCode::BAD_REQUEST,
        PageError::Start(StartError::Failed(cause)) => return refuse_failed(cause),
        PageError::Start(StartError::Left { leave, flash }) => return see_other(leave.to(), flash),
        PageError::Start(StartError::Full | StartError::TimedOut(_)) | PageError::NoAnswer => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        PageError::Start(StartError::Crashed(_)) | PageError::Token(_) | PageError::Layout(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    if status.is_server_error() {
        tracing::error!(%error, "a page could not be loaded");
    }
    plain(status)
}

/// Sends the browser elsewhere. The view took local paths and web addresses only; one that is no header value is answered as an error.
fn see_other(to: &str, flash: &str) -> Response {
    let Ok(to) = HeaderValue::try_from(to) else { return plain(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
    if !flash.is_empty() {
        set_flash_cookie(&mut response, flash, FLASH_MAX_AGE.as_secs());
    }
    response
}

/// Leaves messages for the next request, or with no age takes them away.
fn set_flash_cookie(response: &mut Response, flash: &str, max_age: u64) {
    let cookie = format!("{FLASH_COOKIE}={flash}; path=/; max-age={max_age}; samesite=lax");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn refuse_failed(cause: &Error) -> Response {
    let status = StatusCode::from_u16(cause.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_server_error() {
        tracing::error!(error = ?cause, "mount failed");
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

/// The response, with the session's cookie if the session has changed.
pub(super) fn with_session(shared: &Shared, session: &Session, mut response: Response) -> Response {
    if session.is_changed() {
        match shared.sessions.write(session).map(HeaderValue::try_from) {
            Ok(Ok(cookie)) => drop(response.headers_mut().append(SET_COOKIE, cookie)),
            Ok(Err(_)) => tracing::error!("the session's cookie is no header value"),
            Err(error) => tracing::error!(%error, "the session cannot be stored"),
        }
    }
    response
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
