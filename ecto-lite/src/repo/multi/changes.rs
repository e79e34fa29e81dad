//! The results of steps.

use std::any::{Any, type_name};
use std::fmt;
use std::sync::Arc;

use super::StepName;
use crate::RepoError;

/// The results of a multi's steps, by name. Cheap to clone.
#[derive(Clone, Default)]
pub struct Changes(Arc<Vec<(StepName, Arc<dyn Any + Send + Sync>)>>);

impl Changes {
    /// The result of the step called `name`; none if there is no such step so far, or its result is of another type.
    pub fn get<T: 'static>(&self, name: &str) -> Option<&T> {
        self.find(name)?.downcast_ref()
    }

    /// The same; what is wrong, if anything, as an error that names the step and the type.
    pub fn fetch<T: 'static>(&self, name: &str) -> Result<&T, RepoError> {
        let Some(result) = self.find(name) else {
            let known: Vec<_> = self.names().collect();
            return Err(RepoError::Query(format!("no step {name:?} so far; there are {known:?}")));
        };
        result.downcast_ref().ok_or_else(|| {
            RepoError::Query(format!("the result of step {name:?} is no `{}`: ask for its own type", type_name::<T>()))
        })
    }

    /// The names of the steps that were carried out, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// Whether there is a result of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&(dyn Any + Send + Sync)> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, result)| &**result)
    }

    pub(super) fn put(&mut self, name: StepName, result: Arc<dyn Any + Send + Sync>) {
        Arc::make_mut(&mut self.0).push((name, result));
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
