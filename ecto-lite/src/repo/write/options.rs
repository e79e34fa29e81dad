//! What a write may be told.

use std::sync::Arc;

use super::{ConflictTarget, OnConflict};
use crate::changeset::Changeset;
use crate::schema::{Field, FieldSet, Schema};

/// Which fields are read back after a write, beside those that the schema names (`read_after_writes`, generated keys).
#[derive(Clone, Debug, Default)]
pub(crate) enum Returning {
    #[default]
    Needed,
    Also(Vec<usize>),
    All,
}

impl Returning {
    pub(crate) fn of<S: Schema>(fields: impl FieldSet<S>) -> Self {
        Self::Also(super::indexes(fields))
    }

    pub(crate) fn includes(&self, index: usize) -> bool {
        match self {
            Self::Needed => false,
            Self::Also(indexes) => indexes.contains(&index),
            Self::All => true,
        }
    }
}

/// Options of [`Repo::insert_with`](crate::Repo::insert_with).
#[derive(Debug)]
#[must_use]
pub struct InsertOptions<S: Schema> {
    pub(crate) on_conflict: OnConflict<S>,
    pub(crate) conflict_target: ConflictTarget<S>,
    pub(crate) returning: Returning,
    pub(crate) returning_existing: bool,
    pub(crate) prefix: Option<Arc<str>>,
    pub(crate) savepoint: bool,
}

impl<S: Schema> InsertOptions<S> {
    /// A plain insert.
    pub fn new() -> Self {
        Self {
            on_conflict: OnConflict::raise(),
            conflict_target: ConflictTarget::any(),
            returning: Returning::Needed,
            returning_existing: false,
            prefix: None,
            savepoint: false,
        }
    }

    /// What is done when a row is there already that clashes with the new one; an error unless told.
    ///
    /// With [`OnConflict::nothing`] the key that a database makes stays unset if there was one.
    pub fn on_conflict(mut self, on_conflict: OnConflict<S>) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// The fields of the unique index that the conflict is about.
    pub fn conflict_target(self, fields: impl FieldSet<S>) -> Self {
        self.conflict_target_with(ConflictTarget::fields(fields))
    }

    /// The unique index or constraint that the conflict is about.
    pub fn conflict_target_with(mut self, target: ConflictTarget<S>) -> Self {
        self.conflict_target = target;
        self
    }

    /// Reads these fields back too, as the database has them.
    pub fn returning(mut self, fields: impl FieldSet<S>) -> Self {
        self.returning = Returning::of(fields);
        self
    }

    /// Reads all fields back.
    pub fn returning_all(mut self) -> Self {
        self.returning = Returning::All;
        self
    }

    /// Inserts, or gives the row that is there already: with `on_conflict` nothing, and a conflict target of fields.
    ///
    /// The existing row is read by a second statement in the same transaction, by the fields of the target, so that nothing
    /// is written and no trigger runs where there is one. Should it be deleted between the two, the insert is tried again.
    pub fn returning_existing(mut self) -> Self {
        self.returning_existing = true;
        self.on_conflict = OnConflict::nothing();
        self
    }

    /// Writes to the table of this prefix.
    pub fn prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// In a transaction, writes inside a savepoint: after a constraint that failed the transaction goes on (`PostgreSQL` would
    /// refuse everything else in it).
    pub fn savepoint(mut self) -> Self {
        self.savepoint = true;
        self
    }
}

impl<S: Schema> Default for InsertOptions<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// Options of [`Repo::update_with`](crate::Repo::update_with) and [`Repo::delete_with`](crate::Repo::delete_with).
#[derive(Debug)]
#[must_use]
pub struct WriteOptions<S: Schema> {
    pub(crate) force: bool,
    pub(crate) returning: Returning,
    pub(crate) stale: Stale,
    pub(crate) prefix: Option<Arc<str>>,
    pub(crate) savepoint: bool,
    of: std::marker::PhantomData<fn() -> S>,
}

/// What is done if the row is not there any more.
#[derive(Clone, Debug, Default)]
pub(crate) enum Stale {
    /// [`crate::RepoError::StaleEntry`].
    #[default]
    Raise,
    /// Nothing.
    Allow,
    /// An error of a field.
    Error(&'static str, std::borrow::Cow<'static, str>),
}

impl<S: Schema> WriteOptions<S> {
    /// A plain update or delete.
    pub fn new() -> Self {
        Self {
            force: false,
            returning: Returning::Needed,
            stale: Stale::Raise,
            prefix: None,
            savepoint: false,
            of: std::marker::PhantomData,
        }
    }

    /// Updates a row without changes too: `updated_at` moves, triggers run.
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// Reads these fields back too, as the database has them.
    pub fn returning(mut self, fields: impl FieldSet<S>) -> Self {
        self.returning = Returning::of(fields);
        self
    }

    /// Reads all fields back.
    pub fn returning_all(mut self) -> Self {
        self.returning = Returning::All;
        self
    }

    /// It is no error if the row is gone, or was changed by somebody else.
    pub fn allow_stale(mut self) -> Self {
        self.stale = Stale::Allow;
        self
    }

    /// If the row is gone, or was changed by somebody else, the changeset gets the error `is stale` on this field.
    pub fn stale_error_field<T>(self, field: Field<S, T>) -> Self {
        self.stale_error(field, "is stale")
    }

    /// The same, with a message of your own.
    pub fn stale_error<T>(mut self, field: Field<S, T>, message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        self.stale = Stale::Error(field.name(), message.into());
        self
    }

    /// Writes to the table of this prefix.
    pub fn prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// In a transaction, writes inside a savepoint: after a constraint that failed the transaction goes on (`PostgreSQL` would
    /// refuse everything else in it).
    pub fn savepoint(mut self) -> Self {
        self.savepoint = true;
        self
    }

    /// What becomes of a write that found no row.
    pub(crate) fn on_stale(
        &self,
        mut changeset: Changeset<S>,
        action: &'static str,
    ) -> Result<S, super::WriteError<S>> {
        match &self.stale {
            Stale::Raise => Err(crate::RepoError::StaleEntry { schema: S::meta().name, action }.into()),
            Stale::Allow => Ok(changeset.data),
            Stale::Error(field, message) => {
                let error = crate::changeset::FieldError::new(message.clone()).with("stale", true);
                changeset.errors.push(((*field).into(), error));
                Err(super::WriteError::Invalid(Box::new(changeset)))
            }
        }
    }
}

impl<S: Schema> Default for WriteOptions<S> {
    fn default() -> Self {
        Self::new()
    }
}
