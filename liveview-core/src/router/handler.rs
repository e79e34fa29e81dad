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
    call: Call,
    /// The same, as a router of axum's wants it.
    method_router: MethodRouter,
    /// One of its extractors is about the path, and may need what only a router of axum's leaves for it: `Option<Path<_>>`.
    reads_path: bool,
}

/// Calls it without axum's router in between.
pub(crate) type Call = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

impl BoxHandler {
    pub(crate) fn new<H: Handler<T, ()>, T: 'static>(handler: H) -> Self {
        let method_router = routing::any(handler.clone());
        // `T` is the tuple of the extractors.
        let reads_path = std::any::type_name::<T>().contains("Path");
        Self { call: Arc::new(move |request| Box::pin(handler.clone().call(request, ()))), method_router, reads_path }
    }

    pub(crate) fn into_call(self) -> Call {
        self.call
    }

    pub(crate) fn reads_path(&self) -> bool {
        self.reads_path
    }

    pub(crate) fn into_method_router(self) -> MethodRouter {
        self.method_router
    }
}
