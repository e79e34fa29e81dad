//! One step, and how steps are carried out.

use std::any::Any;
use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::sync::Arc;

use super::{Changes, Failure, Multi, MultiError, StepName};
use crate::RepoError;
use crate::adapter::BoxFuture;
use crate::changeset::Changeset;
use crate::repo::{Repo, WriteError};
use crate::schema::Schema;

type Done = Arc<dyn Any + Send + Sync>;
type Function = dyn FnOnce(Repo, Changes) -> BoxFuture<'static, Result<Done, Failure>> + Send;

/// What a multi consists of.
pub(super) enum Step {
    /// Does something, and has a result.
    Run {
        name: StepName,
        /// It will not work, and that is known now.
        refused: Option<Failure>,
        run: Run,
    },
    /// Other steps take its place.
    Merge(Box<dyn FnOnce(&Changes) -> Multi + Send>),
    /// Looks on.
    Inspect(Box<dyn FnOnce(&Changes) + Send>),
}

impl Step {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Run { name, .. } => Some(name),
            Self::Merge(_) | Self::Inspect(_) => None,
        }
    }
}

/// What a step does.
pub(super) struct Run(Box<Function>);

impl Run {
    pub(super) fn new<T, F, Fut>(run: F) -> Self
    where
        T: Send + Sync + 'static,
        F: FnOnce(Repo, Changes) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        Self(Box::new(|repo, changes| {
            let running = run(repo, changes);
            Box::pin(async move { running.await.map(|result| Arc::new(result) as Done) })
        }))
    }
}

/// Which write.
#[derive(Clone, Copy)]
pub(super) enum Write {
    Insert,
    Update,
    Delete,
    InsertOrUpdate,
}

impl Write {
    pub(super) async fn carry_out<S: Schema>(self, repo: &Repo, changeset: Changeset<S>) -> Result<S, Failure> {
        let written = match self {
            Self::Insert => repo.insert(changeset).await,
            Self::Update => repo.update(changeset).await,
            Self::Delete => repo.delete(changeset).await,
            Self::InsertOrUpdate => repo.insert_or_update(changeset).await,
        };
        written.map_err(|error| match error {
            WriteError::Invalid(changeset) => invalid(*changeset),
            WriteError::Repo(error) => Failure::Repo(error),
        })
    }

    /// The failure of a changeset that is invalid; none if it is the program's mistake, which the repo reports.
    pub(super) fn refuse<S: Schema>(self, changeset: Changeset<S>) -> Option<Failure> {
        let faulty = changeset.relations.iter().any(|relation| relation.children().fault().is_some());
        (!faulty).then(|| invalid(changeset))
    }
}

fn invalid<S: Schema>(changeset: Changeset<S>) -> Failure {
    let errors = changeset.errors_json().to_string();
    Failure::Invalid { changeset: Box::new(changeset), errors }
}

/// What a function gives a step to write: a struct or changeset, or a `Result` of one.
pub trait IntoWrite<S: Schema> {
    /// The changeset.
    fn into_write(self) -> Result<Changeset<S>, RepoError>;
}

impl<S: Schema> IntoWrite<S> for S {
    fn into_write(self) -> Result<Changeset<S>, RepoError> {
        Ok(self.into())
    }
}

impl<S: Schema> IntoWrite<S> for Changeset<S> {
    fn into_write(self) -> Result<Changeset<S>, RepoError> {
        Ok(self)
    }
}

impl<S: Schema, W: IntoWrite<S>> IntoWrite<S> for Result<W, RepoError> {
    fn into_write(self) -> Result<Changeset<S>, RepoError> {
        self.and_then(W::into_write)
    }
}

/// Refuses what is known to fail before anything is begun.
pub(super) fn check(steps: &mut VecDeque<Step>) -> Result<(), MultiError> {
    let mut names = HashSet::new();
    if let Some(name) = steps.iter().filter_map(Step::name).find(|name| !names.insert(*name)) {
        return Err(twice(name.to_owned().into(), Changes::default()));
    }
    let refused = steps.iter_mut().find_map(|step| match step {
        Step::Run { name, refused, .. } => refused.take().map(|value| (name.clone(), value)),
        Step::Merge(_) | Step::Inspect(_) => None,
    });
    match refused {
        Some((step, value)) => Err(MultiError { step, value, changes_so_far: Changes::default() }),
        None => Ok(()),
    }
}

fn twice(step: StepName, changes_so_far: Changes) -> MultiError {
    let value = RepoError::Query(format!("two steps of the multi are called {step:?}: give one of them another name"));
    MultiError { step, value: Failure::Repo(value), changes_so_far }
}

/// Carries the steps out, one after the other.
pub(super) async fn carry_out(repo: Repo, mut steps: VecDeque<Step>) -> Result<Changes, MultiError> {
    let mut changes = Changes::default();
    while let Some(step) = steps.pop_front() {
        match step {
            Step::Run { name, .. } if changes.contains(&name) => return Err(twice(name, changes)),
            Step::Run { name, run, .. } => match (run.0)(repo.clone(), changes.clone()).await {
                Ok(result) => changes.put(name, result),
                Err(value) => return Err(MultiError { step: name, value, changes_so_far: changes }),
            },
            Step::Merge(merge) => {
                for merged in merge(&changes).steps.into_iter().rev() {
                    steps.push_front(merged);
                }
            }
            Step::Inspect(inspect) => inspect(&changes),
        }
    }
    Ok(changes)
}
