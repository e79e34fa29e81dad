//! Live sessions: live routes between which a socket may navigate, with their hooks and layout.

use std::fmt;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::{Layout, Router, Target};
use crate::endpoint::LayoutProps;
use crate::plug::Pipeline;
use crate::{Element, Mount, Result};

/// The live session of routes that are in none.
const DEFAULT: &str = "default";

/// What runs before each `mount` of a live session's views (`Phoenix.LiveView.on_mount/1`). Implemented for `async fn(cx: &mut Mount) -> Result<()>`.
///
/// An error ends it there: `mount` and later hooks do not run. [`crate::Error::redirect`] sends the browser elsewhere; any other error
/// is that of the page load or of the join.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `on_mount` hook",
    note = "a hook is `async fn(cx: &mut Mount) -> Result<()>`"
)]
pub trait OnMount: Send + Sync + 'static {
    /// Goes on with `Ok`.
    fn run<'a>(&'a self, cx: &'a mut Mount) -> LocalBoxFuture<'a, Result<()>>;
}

impl<F: AsyncFn(&mut Mount) -> Result<()> + Send + Sync + 'static> OnMount for F {
    fn run<'a>(&'a self, cx: &'a mut Mount) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(self(cx))
    }
}

/// A name, hooks, a layout and pipelines for the live routes of [`Router::live_session`]. Live sessions do not nest, and each has a name of its own.
pub struct LiveSession {
    hooks: Hooks,
    layout: Option<Layout>,
    pipelines: Vec<Pipeline>,
}

/// What a view's actor needs of its live session.
pub(crate) struct Hooks {
    pub(crate) name: &'static str,
    pub(crate) on_mount: Vec<Arc<dyn OnMount>>,
}

impl Hooks {
    /// The live session of routes that are in none.
    pub(crate) fn none() -> Self {
        Self { name: DEFAULT, on_mount: Vec::new() }
    }
}

impl LiveSession {
    /// A live session of this name.
    pub fn new(name: &'static str) -> Self {
        Self { hooks: Hooks { name, on_mount: Vec::new() }, layout: None, pipelines: Vec::new() }
    }

    /// A hook, after those of earlier calls.
    #[must_use]
    pub fn on_mount(mut self, hook: impl OnMount) -> Self {
        self.hooks.on_mount.push(Arc::new(hook));
        self
    }

    /// The document around its views.
    #[must_use]
    pub fn layout(mut self, layout: fn(LayoutProps) -> Element) -> Self {
        self.layout = Some(layout);
        self
    }

    /// The page loads of its routes go through this pipeline, after those of scopes around it. Navigation over a socket is no request and goes through
    /// none: what must hold then belongs into a hook.
    #[must_use]
    pub fn through(mut self, pipeline: Pipeline) -> Self {
        self.pipelines.push(pipeline);
        self
    }

    /// The routes of `inner` as they are within this session.
    pub(super) fn wrap(self, inner: Router) -> Router {
        let Self { hooks, layout, pipelines } = self;
        let Router { routes, layout: own_layout, mut mistakes, sockets } = inner;
        let hooks = Arc::new(hooks);
        if hooks.name == DEFAULT {
            mistakes
                .push(format!("`{DEFAULT}` is the live session of routes that are in none: give yours another name"));
        }
        let routes = routes.into_iter().map(|mut route| {
            if let Some(nested) = &route.live_session {
                let names = (nested.name, hooks.name);
                mistakes
                    .push(format!("the live session `{}` is within `{}`: live sessions do not nest", names.0, names.1));
            }
            if matches!(route.target, Target::Live(_)) {
                route.live_session = Some(hooks.clone());
            }
            route.with_layout(own_layout).with_layout(layout).through(&pipelines)
        });
        Router { routes: routes.collect(), layout: None, mistakes, sockets }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("name", &self.name).field("on_mount", &self.on_mount.len()).finish()
    }
}

impl fmt::Debug for LiveSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSession").field("hooks", &self.hooks).finish_non_exhaustive()
    }
}
