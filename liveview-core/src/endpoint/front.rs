//! What every request passes before the routes and every response after them.
//!
//! ```text
//! x-forwarded-* -> request id, log span -> https -> _method -> body -> routes, plugs, handler
//!     -> error page, if it failed or panicked -> line in the log -> HEAD without a body -> secure headers, request id, HSTS
//! ```

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_LENGTH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;
use tracing::level_filters::LevelFilter;

use super::body::RequestBody;
use super::error_page::{Asked, ErrorPages, Failed, Failure};
use super::force_ssl::{ForceSsl, put_hsts};
use super::forwarded::{self, TrustedProxies};
use super::request_id::{REQUEST_ID, RequestId};
use super::shared::Shared;
use super::{dispatch, headers, method_override, request_log};
use crate::Conn;
use crate::controller::Format;
use crate::panics::watch_future;
use crate::router::LogLevel;

/// How the endpoint treats requests before it looks for their routes, and failures after.
#[derive(Default)]
pub(crate) struct Front {
    pub(crate) proxies: TrustedProxies,
    pub(crate) force_ssl: Option<ForceSsl>,
    pub(crate) errors: ErrorPages,
}

/// The answer to a request as it came from the connection.
pub(super) async fn answer(shared: Arc<Shared>, request: Request) -> Response {
    // Asked for only where somebody may read it.
    let began = (LevelFilter::current() >= LevelFilter::ERROR).then(Instant::now);
    let (mut parts, body) = request.into_parts();
    forwarded::rewrite(&mut parts, &shared.front.proxies);
    let id = RequestId::of(&parts.headers);
    let memory = Memory::new(&shared.front, &parts);
    let hsts = shared.front.force_ssl.as_ref().and_then(|ssl| ssl.hsts(&parts));
    let span = tracing::info_span!("request", request_id = id.as_str());
    let (response, log) = {
        let shared = shared.clone();
        handle(shared, parts, body, id.clone()).instrument(span.clone()).await
    };
    let mut response = span.in_scope(|| memory.error_page(&shared.front.errors, &id, response));
    span.in_scope(|| {
        request_log::log(log, &memory.method, memory.uri.path(), response.status(), began.map(|began| began.elapsed()));
    });
    if memory.method == Method::HEAD {
        take_body(&mut response);
    }
    headers::add_missing(&mut response);
    response.headers_mut().insert(REQUEST_ID, id.header());
    put_hsts(&mut response, hsts);
    response
}

async fn handle(shared: Arc<Shared>, mut parts: Parts, body: Body, id: RequestId) -> (Response, LogLevel) {
    if let Some(redirect) = shared.front.force_ssl.as_ref().and_then(|ssl| ssl.redirect(&parts)) {
        return (redirect, LogLevel::Info);
    }
    let request = if body.is_end_stream() {
        Request::from_parts(parts, body)
    } else {
        let body = RequestBody::new(&parts.headers, body, &shared.host.limits);
        // Boxed: most requests have no body.
        match Box::pin(method_override::method(&parts.method, &body)).await {
            Ok(method) => parts.method = method.unwrap_or(parts.method),
            Err(error) => return (error.into_response(), LogLevel::Info),
        }
        let unread = body.lazy();
        parts.extensions.insert(body);
        Request::from_parts(parts, unread)
    };
    match watch_future(pin!(dispatch::route(shared, request, id))).await {
        Ok(answered) => answered,
        Err(panic) => (Failed::from(panic).into_response(), LogLevel::Info),
    }
}

/// What is known of a request when the request itself is gone.
struct Memory {
    method: Method,
    uri: Uri,
    headers: Headers,
}

/// Of a request whose answer nearly always is no error page: no more than such a page needs.
enum Headers {
    Accept(Option<HeaderValue>),
    All(HeaderMap),
}

impl Headers {
    fn map(&self) -> Cow<'_, HeaderMap> {
        match self {
            Self::All(headers) => Cow::Borrowed(headers),
            Self::Accept(accept) => Cow::Owned(accept.clone().map(|accept| (ACCEPT, accept)).into_iter().collect()),
        }
    }
}

impl Memory {
    fn new(front: &Front, parts: &Parts) -> Self {
        let headers = if front.errors.is_debug {
            Headers::All(parts.headers.clone())
        } else {
            Headers::Accept(parts.headers.get(ACCEPT).cloned())
        };
        Self { method: parts.method.clone(), uri: parts.uri.clone(), headers }
    }

    fn error_page(&self, errors: &ErrorPages, id: &RequestId, mut response: Response) -> Response {
        if response.extensions().get::<Failure>().is_none() {
            return response;
        }
        // What the routes left in a failed response: see `dispatch::route`.
        let conn = response.extensions_mut().remove::<Conn>();
        let format = conn.as_ref().and_then(Conn::assigned::<Format>);
        let params = conn.as_ref().map(Conn::params);
        let asked = Asked {
            method: &self.method,
            uri: &self.uri,
            headers: &self.headers.map(),
            format: format.as_deref().cloned(),
            params: params.as_deref(),
            request_id: Some(id.as_str()),
        };
        errors.finish(&asked, response)
    }
}

/// The answer to `HEAD`: as to `GET`, with the length of the body that is left out (RFC 9110, 9.3.2).
fn take_body(response: &mut Response) {
    if let Some(length) = response.body().size_hint().exact().filter(|length| *length > 0) {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
}
