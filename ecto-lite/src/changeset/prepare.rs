//! What the repo does with a changeset while it writes it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::{Changeset, Data, FieldRef, IntoField};
use crate::adapter::BoxFuture;
use crate::types::{Type, Value};
use crate::{Repo, RepoError};

/// A function of `prepare_changes`.
pub(crate) type Prepare<D> =
    Arc<dyn Fn(Changeset<D>, Repo) -> BoxFuture<'static, Result<Changeset<D>, RepoError>> + Send + Sync>;

/// The functions of `prepare_changes`, in the order in which they were given.
#[derive(Clone)]
pub(crate) struct Prepares<D>(pub(crate) Vec<Prepare<D>>);

impl<D> Default for Prepares<D> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<D> fmt::Debug for Prepares<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} functions", self.0.len())
    }
}

/// A column that tells whether somebody else has written the row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lock {
    /// The column's field.
    pub(crate) field: usize,
    /// What the row must hold still.
    pub(crate) current: Value,
    /// What it holds after the write.
    pub(crate) next: Value,
}

/// What counts the versions of a row: an integer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count versions",
    note = "`optimistic_lock` counts integers; for other types say how by `optimistic_lock_with`"
)]
pub trait CountsVersions: Type {
    /// The version after this one; after the last one it begins again with 1.
    #[must_use]
    fn next_version(&self) -> Self;
}

macro_rules! versions {
    ($($int:ty),+) => {$(
        impl CountsVersions for $int {
            fn next_version(&self) -> Self {
                self.checked_add(1).unwrap_or(1)
            }
        }
    )+};
}

versions!(i16, i32, i64, u16, u32);

impl<D: Data> Changeset<D> {
    /// A function for the repo to call in the write's own transaction, just before the row is written: it is given the
    /// changeset and the transaction's repo and gives the changeset to be written. Called only if the changeset is valid and
    /// there is something to write. An error rolls back.
    pub fn prepare_changes<F, Fut>(mut self, prepare: F) -> Self
    where
        F: Fn(Self, Repo) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Self, RepoError>> + Send + 'static,
    {
        self.prepare.0.push(Arc::new(move |changeset, repo| Box::pin(prepare(changeset, repo))));
        self
    }

    /// Lets an update or delete go through only if the row still has `value` in a field; otherwise the repo answers that the
    /// entry is stale. What cannot be stored is nowhere: then the error `is invalid` stands on the field.
    pub fn filter<F: FieldRef<D, Of: Type>>(mut self, field: F, value: impl IntoField<F::Of>) -> Self {
        let index = field.index_in(&self.data);
        match value.into_field().into_value() {
            Ok(value) => self.filters.push((index, value)),
            Err(_) => self.push_error(index, super::FieldError::new("is invalid").with("validation", "cast")),
        }
        self
    }

    /// Lets an update or delete go through only if the row's version is still the struct's, and counts it up; otherwise the
    /// repo answers that the entry is stale. An insert is not concerned.
    pub fn optimistic_lock<F: FieldRef<D, Of: CountsVersions>>(self, field: F) -> Self {
        self.optimistic_lock_with(field, F::Of::next_version)
    }

    /// [`Self::optimistic_lock`], where `next` makes the next version: a new uuid, the time.
    pub fn optimistic_lock_with<F: FieldRef<D, Of: Type>>(
        mut self,
        field: F,
        next: impl FnOnce(&F::Of) -> F::Of,
    ) -> Self {
        let index = field.index_in(&self.data);
        let current = self.data.value(index);
        let next = current.clone().ok().and_then(|current| next(&F::Of::load(current).ok()?).into_value().ok());
        if let (Ok(current), Some(next)) = (current, next) {
            self.lock = Some(Lock { field: index, current, next });
        }
        self
    }
}
