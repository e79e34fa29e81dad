//! The application's supervision tree, as the endpoint is given it.

use super::config::EndpointError;
use crate::supervision::{Supervisor, SupervisorRef};

/// A supervision tree: one that is to be started with the endpoint, or one that runs already.
#[derive(Debug)]
pub enum Tree {
    /// To be started.
    Declared(Supervisor),
    /// Running.
    Running(SupervisorRef),
}

impl From<Supervisor> for Tree {
    fn from(supervisor: Supervisor) -> Self {
        Self::Declared(supervisor)
    }
}

impl From<SupervisorRef> for Tree {
    fn from(supervisor: SupervisorRef) -> Self {
        Self::Running(supervisor)
    }
}

impl Tree {
    /// # Errors
    /// When it does not start.
    pub(super) async fn start(self) -> Result<SupervisorRef, EndpointError> {
        match self {
            Self::Declared(supervisor) => Ok(supervisor.start().await?),
            Self::Running(supervisor) => Ok(supervisor),
        }
    }
}
