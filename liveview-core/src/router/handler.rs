//! A request handler without its type.

use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{self, MethodRouter};
use futures_util::future::BoxFuture;

/// One of axum's handlers, for all methods: the table has looked at the request's already.
#[derive(Clone)]
pub(crate) struct BoxHandler {
    call: Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>,
    /// The same, as a router of axum's wants it.
    method_router: MethodRouter,
}

impl BoxHandler {
    pub(crate) fn new<H: Handler<T, ()>, T: 'static>(handler: H) -> Self {
        let method_router = routing::any(handler.clone());
        Self { call: Arc::new(move |request| Box::pin(handler.clone().call(request, ()))), method_router }
    }

    /// The answer, without axum's router in between: what only that leaves for extractors, which is `Path`, is not there.
    pub(crate) fn call(&self, request: Request) -> BoxFuture<'static, Response> {
        (self.call)(request)
    }

    pub(crate) fn into_method_router(self) -> MethodRouter {
        self.method_router
    }
}
