//! Scopes: what routes share.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::host::HostPattern;
use super::log::LogLevel;
use super::{RouteDef, Router};
use crate::Assigns;
use crate::plug::Pipeline;

/// A path, hosts, pipelines, assigns and a log level for the routes of [`Router::scope`] (`Phoenix.Router.scope/2`). Scopes nest: paths, pipelines and
/// assigns are put together.
#[derive(Debug, Clone)]
pub struct Scope {
    path: &'static str,
    hosts: Vec<HostPattern>,
    pipelines: Vec<Pipeline>,
    assigns: Vec<Assign>,
    log: Option<LogLevel>,
}

/// A value that a scope assigns to the requests of its routes.
#[derive(Clone)]
pub(crate) struct Assign(Arc<dyn Fn(&Assigns) + Send + Sync>);

impl Assign {
    pub(crate) fn to(&self, assigns: &Assigns) {
        (self.0)(assigns);
    }
}

impl fmt::Debug for Assign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assign").finish_non_exhaustive()
    }
}

impl Scope {
    /// A scope below a path; `/` adds nothing to the paths within.
    pub fn new(path: &'static str) -> Self {
        Self { path, hosts: Vec::new(), pipelines: Vec::new(), assigns: Vec::new(), log: None }
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

    /// Its requests have this value among their [assigns](Assigns) before the first plug runs. A value of the same type of a scope within takes its place.
    /// Requests only: a live view that is joined without one is told by its live session's hooks.
    #[must_use]
    pub fn assign<T: Any + Send + Sync>(mut self, value: T) -> Self {
        let value = Arc::new(value);
        self.assigns.push(Assign(Arc::new(move |assigns| assigns.share(value.clone()))));
        self
    }

    /// The level of the line that the log has for each of its requests; `None` for no line. A scope within may say otherwise. Else it is
    /// [`LogLevel::Info`], and [`LogLevel::Debug`] for files.
    #[must_use]
    pub fn log(mut self, level: impl Into<Option<LogLevel>>) -> Self {
        self.log = Some(level.into().unwrap_or(LogLevel::Off));
        self
    }

    /// The routes of `inner` as they are within this scope.
    pub(super) fn wrap(self, mut inner: Router) -> Router {
        let Self { path, hosts, pipelines, assigns, log } = self;
        let wrap = |mut route: RouteDef| {
            // A path without its slash stays as it is, and is reported by itself.
            if route.path.starts_with('/') {
                route.path = join(path, &route.path);
            }
            if route.hosts.is_empty() {
                route.hosts.clone_from(&hosts);
            }
            route.log = route.log.or(log);
            // Those of scopes within come later, and stay.
            route.assigns.splice(0..0, assigns.iter().cloned());
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
