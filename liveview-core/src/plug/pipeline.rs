//! Pipelines: named stacks of plugs and Tower layers.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

use super::Plug;

/// Plugs and layers in order, under a name (`pipeline` in `Phoenix.Router`). Scopes and live sessions send their routes through it.
#[derive(Clone)]
pub struct Pipeline {
    name: &'static str,
    steps: Vec<Step>,
}

/// One step of a pipeline.
#[derive(Clone)]
pub(crate) enum Step {
    Plug(Arc<dyn Plug>),
    /// Wraps what comes after it.
    Layer(Arc<dyn Fn(axum::Router) -> axum::Router + Send + Sync>),
}

impl Pipeline {
    /// An empty pipeline.
    pub fn new(name: &'static str) -> Self {
        Self { name, steps: Vec::new() }
    }

    /// A plug at the end.
    #[must_use]
    pub fn plug(mut self, plug: impl Plug) -> Self {
        self.steps.push(Step::Plug(Arc::new(plug)));
        self
    }

    /// A Tower layer at the end: it wraps the plugs behind it, the handler, and what they answer.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.steps.push(Step::Layer(Arc::new(move |rest| rest.layer(layer.clone()))));
        self
    }

    /// All that another pipeline has, at the end.
    #[must_use]
    pub fn through(mut self, pipeline: &Pipeline) -> Self {
        self.steps.extend_from_slice(&pipeline.steps);
        self
    }

    /// Its name, as route lists show it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("name", &self.name).field("steps", &self.steps.len()).finish()
    }
}
