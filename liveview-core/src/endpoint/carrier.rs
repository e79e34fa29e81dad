//! Carries a request to an axum handler in such a way that axum's own extractors work there.
//!
//! axum's `Path` reads what only an axum router can leave for it, so a handler of a path with parameters stands in a router of its own. Where that would not
//! match what our table matches (text before a name, an empty rest, empty segments, encoded literals), the handler is reached by a path of
//! the parameters alone, and sees the request's own URI again.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::map_request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower_service::Service as _;

use crate::Conn;
use crate::router::{BoxHandler, Call, Captures, Pattern, axum_path};

/// Before the parameters, in paths that are of nothing else.
const PARAMS_ALONE: &str = "/~params";

/// A handler and the way to it.
#[derive(Clone)]
pub(super) enum Carrier {
    /// Of a path without parameters, about which nobody asks.
    Direct(Call),
    /// In a router with the paths by which it is reached.
    ByPath { router: Router, pattern: Option<Arc<Pattern>> },
}

impl Carrier {
    pub(super) fn new(pattern: &Pattern, handler: BoxHandler) -> Self {
        if pattern.names().is_empty() {
            if !handler.reads_path() {
                return Self::Direct(handler.into_call());
            }
            let router = Router::new().fallback_service(handler.into_method_router()).with_state(());
            return Self::ByPath { router, pattern: None };
        }
        let handler = handler.into_method_router();
        let mut router = Router::new();
        if !pattern.has_prefixes() {
            router = router.route(&axum_path(pattern.text()), handler.clone());
        }
        let restored = handler.layer(map_request(restore_uri));
        for path in alone(pattern) {
            router = router.route(&path, restored.clone());
        }
        Self::ByPath { router: router.with_state(()), pattern: Some(Arc::new(pattern.clone())) }
    }

    pub(super) fn call(self, conn: &Conn, mut request: Request) -> BoxFuture<'static, Response> {
        match self {
            Self::Direct(call) => call(request),
            Self::ByPath { mut router, pattern } => {
                if let Some(pattern) = pattern.filter(|pattern| !pattern.is_plain(request.uri().path()))
                    && let Some(uri) = uri_of(&pattern, conn.captures())
                {
                    *request.uri_mut() = uri;
                }
                let answer = router.call(request);
                Box::pin(async move {
                    let Ok(response) = answer.await;
                    response
                })
            }
        }
    }
}

/// The paths of the parameters alone: with a rest, and with an empty one.
fn alone(pattern: &Pattern) -> Vec<String> {
    let (rest, names) = match pattern.names().split_last() {
        Some((rest, names)) if pattern.has_rest() => (Some(rest), names),
        _ => (None, pattern.names()),
    };
    let base = names.iter().fold(PARAMS_ALONE.to_owned(), |path, name| format!("{path}/{{{name}}}"));
    let with_rest = rest.map(|rest| format!("{base}/{{*{rest}}}"));
    with_rest.into_iter().chain([base]).collect()
}

/// `None` for what is too long for a URI.
fn uri_of(pattern: &Pattern, captures: &Captures) -> Option<Uri> {
    let mut path = PARAMS_ALONE.to_owned();
    // The last value is the rest in one piece.
    let segments = pattern.names().len() - usize::from(pattern.has_rest());
    for value in captures.values.iter().take(segments).chain(&captures.rest) {
        // Writing to a string cannot fail.
        let _ = write!(path, "/{}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    }
    path.try_into().ok()
}

async fn restore_uri(mut request: Request) -> Request {
    if let Some(conn) = request.extensions().get::<Conn>() {
        *request.uri_mut() = conn.uri().clone();
    }
    request
}
