//! Scopes: what routes share.

use super::host::HostPattern;
use super::{RouteDef, Router};
use crate::plug::Pipeline;

/// A path, hosts and pipelines for the routes of [`Router::scope`] (`Phoenix.Router.scope/2`). Scopes nest: paths and pipelines are put together.
#[derive(Debug, Clone)]
pub struct Scope {
    path: &'static str,
    hosts: Vec<HostPattern>,
    pipelines: Vec<Pipeline>,
}

impl Scope {
    /// A scope below a path; `/` adds nothing to the paths within.
    pub fn new(path: &'static str) -> Self {
        Self { path, hosts: Vec::new(), pipelines: Vec::new() }
    }

    /// Only requests for this host; called again, for either. With a dot at its end it is all hosts that begin so: `api.`.
    /// The hosts of a scope within take the place of these.
    #[must_use]
    pub fn host(mut self, host: &str) -> Self {
        self.hosts.push(HostPattern::new(host));
        self
    }

    /// Its requests go through this pipeline (`pipe_through`), after those of scopes around it and of earlier calls.
    #[must_use]
    pub fn through(mut self, pipeline: Pipeline) -> Self {
        self.pipelines.push(pipeline);
        self
    }

    /// The routes of `inner` as they are within this scope.
    pub(super) fn wrap(self, mut inner: Router) -> Router {
        let Self { path, hosts, pipelines } = self;
        let wrap = |mut route: RouteDef| {
            // A path without its slash stays as it is, and is reported by itself.
            if route.path.starts_with('/') {
                route.path = join(path, &route.path);
            }
            if route.hosts.is_empty() {
                route.hosts.clone_from(&hosts);
            }
            route.through(&pipelines)
        };
        inner.routes = inner.routes.into_iter().map(wrap).collect();
        if !path.starts_with('/') {
            inner.mistakes.push(format!("the path `{path}` of a scope does not begin with `/`"));
        }
        inner
    }
}

fn join(outer: &str, inner: &str) -> String {
    match (outer.trim_end_matches('/'), inner) {
        ("", inner) => inner.to_owned(),
        (outer, "/") => outer.to_owned(),
        (outer, inner) => format!("{outer}{inner}"),
    }
}
