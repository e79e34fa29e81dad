//! What a supervisor is to be, from which each of its lives begins.

use std::sync::Arc;

use super::intensity::Bound;
use super::running::Running;
use super::slots::Shared;
use super::{AutoShutdown, StartError, Strategy};
use crate::supervision::child::{Child, Restart, Starter, started};
use crate::supervision::exit::ExitReason;
use crate::supervision::process::Process;

/// A declaration that is complete.
#[derive(Clone)]
pub(in crate::supervision) struct Plan {
    pub(super) shared: Arc<Shared>,
    pub(super) children: Arc<[Child]>,
    pub(super) bound: Bound,
    pub(super) auto_shutdown: AutoShutdown,
    pub(super) max_children: Option<usize>,
}

impl Plan {
    /// Whether it can be started.
    ///
    /// # Errors
    /// [`StartError::Invalid`] and its kin.
    pub(super) fn check(&self) -> Result<(), StartError> {
        let name = || self.shared.name.clone();
        for (index, child) in self.children.iter().enumerate() {
            self.check_child(child)?;
            let is_twice = self.children[..index].iter().any(|other| other.name == child.name);
            if is_twice && self.shared.strategy != Strategy::Dynamic {
                return Err(StartError::AlreadyPresent { name: name(), child: child.name.clone() });
            }
        }
        match self.max_children {
            Some(limit) if self.children.len() > limit => Err(StartError::MaxChildren { name: name(), limit }),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`StartError::Invalid`].
    pub(super) fn check_child(&self, child: &Child) -> Result<(), StartError> {
        let problem = if child.is_significant && child.restart == Restart::Permanent {
            "a permanent child cannot be significant, for it is always started again: make it transient or temporary"
        } else if child.is_significant && self.auto_shutdown == AutoShutdown::Never {
            "a significant child needs a supervisor with `auto_shutdown`"
        } else {
            return Ok(());
        };
        Err(StartError::Invalid { name: child.name.clone(), problem })
    }

    /// Runs as the given process. Its children are up when this returns.
    ///
    /// # Errors
    /// Why they are not; the process has ended then.
    pub(in crate::supervision) async fn run_as(self, process: &Process) -> Result<(), ExitReason> {
        let (starter, outcome) = Starter::new();
        let myself = process.clone();
        process.run(async move {
            if let Err(error) = self.check() {
                let reason = ExitReason::failed(error);
                starter.failed(reason.clone());
                return reason;
            }
            Running::new(self, myself).run(starter).await
        });
        started(process, outcome).await
    }
}
