//! Writing: changesets and structs to rows.
//!
//! A write answers with the struct as it is stored now, or with [`WriteError`]: the changeset with what is wrong with it, or
//! what the repo could not do. Nothing is sent for a changeset that is invalid, nor for an update without changes. What
//! takes more than one statement (associations, `prepare_changes`, `on_delete`) is done in one transaction.
//!
//! After `Ecto.Repo` and `Ecto.Repo.Schema`, Ecto 3.13.

mod all;
mod conflict;
mod delete;
mod insert;
pub(crate) mod join_rows;
mod options;
mod prepare;
mod relations;
mod returned;
mod row;
mod unique;
mod update;

use std::fmt;

pub use all::{InsertAllOptions, Inserted, IntoEntry};
pub use conflict::{ConflictTarget, OnConflict};
pub use options::{InsertOptions, WriteOptions};
pub use unique::UniqueOptions;

use super::Repo;
use crate::RepoError;
use crate::changeset::{Changeset, Data};
use crate::schema::Schema;

/// Why nothing was written.
pub enum WriteError<S> {
    /// The changeset is invalid, or a constraint of it failed: it has its action set, and its errors say what is wrong.
    Invalid(Box<Changeset<S>>),
    /// The repo could not.
    Repo(RepoError),
}

impl<S> WriteError<S> {
    /// The changeset, to be shown in its form, if it is what is wrong; otherwise the repo's error.
    pub fn into_changeset(self) -> Result<Changeset<S>, RepoError> {
        match self {
            Self::Invalid(changeset) => Ok(*changeset),
            Self::Repo(error) => Err(error),
        }
    }
}

impl<S> From<RepoError> for WriteError<S> {
    fn from(error: RepoError) -> Self {
        Self::Repo(error)
    }
}

impl<S> From<crate::types::DumpError> for WriteError<S> {
    fn from(error: crate::types::DumpError) -> Self {
        Self::Repo(error.into())
    }
}

impl<S: Data> fmt::Debug for WriteError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(changeset) => f.debug_tuple("Invalid").field(changeset).finish(),
            Self::Repo(error) => f.debug_tuple("Repo").field(error).finish(),
        }
    }
}

impl<S: Data> fmt::Display for WriteError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(changeset) => {
                write!(f, "{} is invalid: {}", changeset.data.schema_name(), changeset.errors_json())
            }
            Self::Repo(error) => error.fmt(f),
        }
    }
}

impl<S: Data> std::error::Error for WriteError<S> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Invalid(_) => None,
            Self::Repo(error) => error.source(),
        }
    }
}

impl Repo {
    /// Inserts a struct, or what a changeset makes of one, and gives it back as it is stored: with the keys and timestamps
    /// that were made.
    ///
    /// Fields that nobody set and that are null are left to the database's defaults. Associations that the struct holds as
    /// [`AssocState::Changed`](crate::schema::AssocState::Changed), or that the changeset casts or puts, are stored with it:
    /// those that it belongs to before it, the others after it.
    ///
    /// # Errors
    ///
    /// [`WriteError::Invalid`] if the changeset is invalid, or one of its constraints fails.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the row inserted or not; what takes a transaction is rolled back.
    pub async fn insert<S: Schema>(&self, row: impl Into<Changeset<S>>) -> Result<S, WriteError<S>> {
        insert::insert(self, row.into(), InsertOptions::new()).await
    }

    /// [`Self::insert`], with options: what happens on a conflict, what is read back, where to.
    pub async fn insert_with<S: Schema>(
        &self,
        row: impl Into<Changeset<S>>,
        options: InsertOptions<S>,
    ) -> Result<S, WriteError<S>> {
        insert::insert(self, row.into(), options).await
    }

    /// Updates a row by its primary key, and gives the struct back with the changes. Without a change nothing is sent, and
    /// `updated_at` stays.
    ///
    /// # Errors
    ///
    /// [`WriteError::Invalid`] if the changeset is invalid, or one of its constraints fails;
    /// [`RepoError::StaleEntry`] if there is no such row any more.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the row updated or not; what takes a transaction is rolled back.
    pub async fn update<S: Schema>(&self, changeset: Changeset<S>) -> Result<S, WriteError<S>> {
        update::update(self, changeset, WriteOptions::new()).await
    }

    /// [`Self::update`], with options.
    pub async fn update_with<S: Schema>(
        &self,
        changeset: Changeset<S>,
        options: WriteOptions<S>,
    ) -> Result<S, WriteError<S>> {
        update::update(self, changeset, options).await
    }

    /// Deletes a row by its primary key, and does to what is associated with it what `on_delete` says.
    ///
    /// # Errors
    ///
    /// [`WriteError::Invalid`] if the changeset is invalid, or one of its constraints fails;
    /// [`RepoError::StaleEntry`] if there is no such row any more.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the row deleted or not; what takes a transaction is rolled back.
    pub async fn delete<S: Schema>(&self, row: impl Into<Changeset<S>>) -> Result<S, WriteError<S>> {
        delete::delete(self, row.into(), WriteOptions::new()).await
    }

    /// [`Self::delete`], with options.
    pub async fn delete_with<S: Schema>(
        &self,
        row: impl Into<Changeset<S>>,
        options: WriteOptions<S>,
    ) -> Result<S, WriteError<S>> {
        delete::delete(self, row.into(), options).await
    }

    /// Inserts what is new and updates what is not: the struct's [`Meta`](crate::schema::Meta) says which, or, where it
    /// has none, whether its primary key is set.
    pub async fn insert_or_update<S: Schema>(&self, changeset: Changeset<S>) -> Result<S, WriteError<S>> {
        if changeset.data.is_new() { self.insert(changeset).await } else { self.update(changeset).await }
    }
}
