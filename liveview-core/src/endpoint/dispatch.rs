//! The way of every request: through the table to its route, through the route's plugs to the answer, and back.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::error_page::{Failure, refuse};
use super::page;
use super::request_id::RequestId;
use super::shared::Shared;
use crate::router::{LogLevel, Miss, host_of};
use crate::telemetry::{self, RouterDispatch};
use crate::{Conn, Error, Params};

/// Through the table, the plugs and the handler.
pub(super) async fn route(shared: Arc<Shared>, mut request: Request, id: RequestId) -> (Response, LogLevel) {
    let host = host_of(request.headers(), request.uri());
    let found = match shared.routes.table.find(request.method(), request.uri().path(), host) {
        Ok(found) => found,
        // What no route answers is as loud as most routes are.
        Err(miss) => return (missed(miss, &request), LogLevel::Info),
    };
    let entry = shared.routes.entry(found.index);
    let query = match request.uri().query().filter(|query| !query.is_empty() && entry.reads_query()) {
        Some(query) => match Params::decode(query) {
            Ok(params) => params,
            Err(error) => {
                return (Error::from(error).into_response(), entry.log());
            }
        },
        None => Params::new(),
    };
    let span = telemetry::span(|| {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        RouterDispatch { method, uri, route: shared.routes.info(found.index).clone() }
    });
    let (chain, has_session, log) = (entry.chain.clone(), entry.has_session(), entry.log());
    let conn = Conn::new(shared.clone(), &request, id, found, query, has_session);
    entry.assign(&conn);
    request.extensions_mut().insert(conn.clone());
    let held = Held(conn.clone());
    let response = chain.run(conn.clone(), request).await;
    let mut response = page::finish(&conn, response);
    conn.finish(&mut response);
    drop(held);
    span.stop();
    if response.extensions().get::<Failure>().is_some() {
        // The error page may show more of the request, and in the route's format.
        response.extensions_mut().insert(conn);
    }
    (response, log)
}

/// A request on its way. Before-send functions are kept by the request and often keep it in turn, so that one which is given up would be kept for ever.
struct Held(Conn);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

fn missed(miss: Miss, request: &Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    match miss {
        Miss::NotFound => refuse(StatusCode::NOT_FOUND, format!("no route for {method} {path}")),
        Miss::Malformed => refuse(StatusCode::BAD_REQUEST, format!("the path {path} is not well encoded")),
        Miss::Method { allowed } => {
            let why = format!("the route {path} answers to {}, not to {method}", allowed.join(", "));
            let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, why);
            // Methods are made of the characters of tokens, which are those of headers.
            if let Ok(allow) = HeaderValue::try_from(allowed.join(", ")) {
                response.headers_mut().insert(ALLOW, allow);
            }
            response
        }
    }
}
