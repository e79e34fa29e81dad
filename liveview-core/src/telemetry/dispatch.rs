//! The event of a request that has found its route.

use axum::http::{Method, Uri};

use super::event::SpanKind;
use crate::RouteInfo;

/// Span `router.dispatch`: from the finding of a request's route to its response, plugs included.
#[derive(Clone, Debug)]
pub struct RouterDispatch {
    /// The request's method.
    pub method: Method,
    /// The request's URI. Its parameters are as the client sent them.
    pub uri: Uri,
    /// The route: its path, pipelines and handler, and what its live session is.
    pub route: RouteInfo,
}

impl SpanKind for RouterDispatch {
    const GROUP: &'static str = "router";
    const NAME: &'static str = "dispatch";
}
