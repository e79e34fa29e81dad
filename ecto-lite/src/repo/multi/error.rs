//! The step that failed.

use std::any::Any;
use std::fmt;

use super::{Changes, StepName};
use crate::RepoError;
use crate::changeset::Changeset;
use crate::schema::Schema;

/// A step of a multi failed; everything was rolled back.
#[derive(Debug)]
pub struct MultiError {
    /// Its name; `transaction` if all steps went well and the database could not begin or commit.
    pub step: StepName,
    /// What is wrong.
    pub value: Failure,
    /// The results of the steps before it. None of them is stored.
    pub changes_so_far: Changes,
}

/// What was wrong with a step.
#[non_exhaustive]
pub enum Failure {
    /// The changeset, with its errors: see [`MultiError::changeset`].
    Invalid {
        /// A `Changeset<S>`.
        changeset: Box<dyn Any + Send + Sync>,
        /// Its errors in words.
        errors: String,
    },
    /// The repo could not.
    Repo(RepoError),
    /// What a `run` or `error` step failed with: see [`MultiError::failed_with`].
    Failed {
        /// The value.
        value: Box<dyn Any + Send + Sync>,
        /// Its `Debug`.
        described: String,
    },
}

impl MultiError {
    /// The changeset that was invalid, if it is one of `S`.
    pub fn changeset<S: Schema>(&self) -> Option<&Changeset<S>> {
        match &self.value {
            Failure::Invalid { changeset, .. } => changeset.downcast_ref(),
            Failure::Repo(_) | Failure::Failed { .. } => None,
        }
    }

    /// What a `run` or `error` step failed with, if it is a `T`.
    pub fn failed_with<T: 'static>(&self) -> Option<&T> {
        match &self.value {
            Failure::Failed { value, .. } => value.downcast_ref(),
            Failure::Repo(error) => (error as &dyn Any).downcast_ref(),
            Failure::Invalid { .. } => None,
        }
    }
}

impl Failure {
    /// Of what a user's function failed with.
    pub(super) fn of<E: fmt::Debug + Send + Sync + 'static>(error: E) -> Self {
        let described = format!("{error:?}");
        let value: Box<dyn Any + Send + Sync> = Box::new(error);
        match value.downcast::<RepoError>() {
            Ok(error) => Self::Repo(*error),
            Err(value) => Self::Failed { value, described },
        }
    }
}

impl From<RepoError> for Failure {
    fn from(error: RepoError) -> Self {
        Self::Repo(error)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { errors, .. } => f.debug_tuple("Invalid").field(&format_args!("{errors}")).finish(),
            Self::Repo(error) => f.debug_tuple("Repo").field(error).finish(),
            Self::Failed { described, .. } => f.debug_tuple("Failed").field(&format_args!("{described}")).finish(),
        }
    }
}

impl From<RepoError> for MultiError {
    fn from(error: RepoError) -> Self {
        Self { step: "transaction".into(), value: Failure::Repo(error), changes_so_far: Changes::default() }
    }
}

impl fmt::Display for MultiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {:?} failed", self.step)?;
        match &self.value {
            Failure::Invalid { errors, .. } => write!(f, ", its changeset is invalid: {errors}"),
            Failure::Failed { described, .. } => write!(f, " with {described}"),
            // It is the source.
            Failure::Repo(_) => Ok(()),
        }
    }
}

impl std::error::Error for MultiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.value {
            Failure::Repo(error) => Some(error),
            Failure::Invalid { .. } | Failure::Failed { .. } => None,
        }
    }
}
