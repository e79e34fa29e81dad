//! The way of every request: through the table to its route, through the route's plugs to the answer, and back.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_LENGTH};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use tower_service::Service;

use super::headers;
use super::http::plain;
use super::shared::Shared;
use crate::router::{Miss, host_of};
use crate::telemetry::{self, RouterDispatch};
use crate::{Conn, Params};

/// The service behind a listener.
#[derive(Clone)]
pub(super) struct Dispatch(pub(super) Arc<Shared>);

impl Service<Request> for Dispatch {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let shared = self.0.clone();
        Box::pin(async move { Ok(answer(shared, request).await) })
    }
}

async fn answer(shared: Arc<Shared>, request: Request) -> Response {
    let is_head = request.method() == Method::HEAD;
    let mut response = route(shared, request).await;
    headers::add_missing(&mut response);
    if is_head {
        take_body(&mut response);
    }
    response
}

async fn route(shared: Arc<Shared>, mut request: Request) -> Response {
    let host = host_of(request.headers(), request.uri());
    let found = match shared.routes.table.find(request.method(), request.uri().path(), host) {
        Ok(found) => found,
        Err(miss) => return refuse(miss),
    };
    let entry = shared.routes.entry(found.index);
    let query = match request.uri().query().filter(|query| !query.is_empty() && entry.reads_query()) {
        Some(query) => match Params::decode(query) {
            Ok(params) => params,
            Err(error) => {
                tracing::debug!(%error, "a query is not well formed");
                return plain(StatusCode::BAD_REQUEST);
            }
        },
        None => Params::new(),
    };
    let span = telemetry::span(|| {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        RouterDispatch { method, uri, route: shared.routes.info(found.index).clone() }
    });
    let (chain, has_session) = (entry.chain.clone(), entry.has_session());
    let conn = Conn::new(shared, &request, found, query, has_session);
    request.extensions_mut().insert(conn.clone());
    let held = Held(conn.clone());
    let mut response = chain.run(conn, request).await;
    held.0.finish(&mut response);
    span.stop();
    response
}

/// A request on its way. Before-send functions are kept by the request and often keep it in turn, so that one which is given up would be kept for ever.
struct Held(Conn);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

fn refuse(miss: Miss) -> Response {
    match miss {
        Miss::NotFound => plain(StatusCode::NOT_FOUND),
        Miss::Malformed => plain(StatusCode::BAD_REQUEST),
        Miss::Method { allowed } => {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
            // Methods are made of the characters of tokens, which are those of headers.
            if let Ok(allow) = HeaderValue::try_from(allowed.join(", ")) {
                response.headers_mut().insert(ALLOW, allow);
            }
            response
        }
    }
}

/// The answer to `HEAD`: as to `GET`, with the length of the body that is left out (RFC 9110, 9.3.2).
fn take_body(response: &mut Response) {
    if let Some(length) = response.body().size_hint().exact().filter(|length| *length > 0) {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert_with(|| length.into());
    }
    *response.body_mut() = Body::empty();
}
