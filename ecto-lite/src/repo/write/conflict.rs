//! What an insert does about a row that is there already.

use std::fmt;
use std::marker::PhantomData;

use super::row;
use crate::RepoError;
use crate::query::{Binding, BindingId, Update};
use crate::schema::{FieldSet, Schema, Writable};
use crate::sql::insert::{Action, Conflict, Target, Update as UpdateThere};

/// What is done when a new row clashes with one that is there (`:on_conflict`).
pub struct OnConflict<S: Schema> {
    kind: Kind,
    of: PhantomData<fn() -> S>,
}

#[derive(Clone, Debug)]
enum Kind {
    Raise,
    Nothing,
    ReplaceAll,
    ReplaceAllExcept(Vec<usize>),
    Replace(Vec<usize>),
    Update(Box<UpdateThere>),
}

impl<S: Schema> OnConflict<S> {
    /// It is an error, or the changeset's, if it has the constraint.
    pub fn raise() -> Self {
        Self::of(Kind::Raise)
    }

    /// Neither row is touched. Of the new one, the key that a database makes stays unset.
    pub fn nothing() -> Self {
        Self::of(Kind::Nothing)
    }

    /// The row that is there gets every field of the new one, but not a key that the database has just made for it.
    pub fn replace_all() -> Self {
        Self::of(Kind::ReplaceAll)
    }

    /// The row that is there gets every field of the new one but these, and but a key that the database has just made.
    pub fn replace_all_except(fields: impl FieldSet<S>) -> Self {
        Self::of(Kind::ReplaceAllExcept(indexes(&fields)))
    }

    /// The row that is there gets these fields of the new one.
    pub fn replace(fields: impl FieldSet<S>) -> Self {
        Self::of(Kind::Replace(indexes(&fields)))
    }

    /// The row that is there is updated: `OnConflict::update(Robot::query().inc(Robot::visits, 1))`. With a `filter`, only
    /// if it holds of that row; otherwise it stays as it is, and nothing is read back.
    pub fn update(update: Update<S>) -> Self {
        Self::of(Kind::Update(Box::new(UpdateThere {
            core: *update.query.core,
            assignments: update.assignments,
            excluded: None,
        })))
    }

    /// The same; `update` is given the row that could not be inserted:
    /// `OnConflict::update_with(|new| Robot::query().set_with(Robot::battery, |r| r.battery + new.battery))`.
    pub fn update_with(update: impl FnOnce(Binding<S>) -> Update<S>) -> Self {
        let excluded = BindingId::next();
        let Update { query, assignments } = update(Binding::new(excluded));
        Self::of(Kind::Update(Box::new(UpdateThere { core: *query.core, assignments, excluded: Some(excluded) })))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, of: PhantomData }
    }

    /// The clause; none where a conflict is an error. `made` are the fields whose values the database makes.
    pub(super) fn to_clause<T: Schema>(&self, target: Target, made: &[usize]) -> Result<Option<Conflict>, RepoError> {
        let replaced = |except: &[usize]| {
            let fields = row::stored::<T>().filter(|(index, field)| {
                let kept = field.primary_key && made.contains(index);
                field.writable == Writable::Always && !kept && !except.contains(index)
            });
            Action::Replace(fields.map(|(_, field)| field.column).collect())
        };
        let action = match &self.kind {
            Kind::Raise => return Ok(None),
            Kind::Nothing => Action::Nothing,
            Kind::ReplaceAll => replaced(&[]),
            Kind::ReplaceAllExcept(fields) => replaced(fields),
            Kind::Replace(fields) => {
                Action::Replace(fields.iter().map(|&index| T::meta().fields[index].column).collect())
            }
            Kind::Update(update) => Action::Update(update.clone()),
        };
        match &action {
            Action::Replace(columns) if columns.is_empty() => Err(RepoError::Query(
                "`on_conflict` replaces no field: name some, or use `OnConflict::nothing()`".to_owned(),
            )),
            Action::Replace(_) | Action::Update(_) if target == Target::Any => Err(RepoError::Query(
                "an `on_conflict` that changes the row needs a `conflict_target`: which unique index is it about?"
                    .to_owned(),
            )),
            _ => Ok(Some(Conflict { target, action })),
        }
    }
}

impl<S: Schema> Clone for OnConflict<S> {
    fn clone(&self) -> Self {
        Self::of(self.kind.clone())
    }
}

impl<S: Schema> fmt::Debug for OnConflict<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// Which unique index or constraint a conflict is about (`:conflict_target`).
pub struct ConflictTarget<S: Schema> {
    pub(super) target: Target,
    of: PhantomData<fn() -> S>,
}

impl<S: Schema> ConflictTarget<S> {
    /// Any of them. Only for conflicts about which nothing is done.
    pub fn any() -> Self {
        Self::of(Target::Any)
    }

    /// The unique index over these fields.
    pub fn fields(fields: impl FieldSet<S>) -> Self {
        let columns = indexes(&fields).into_iter().map(|index| S::meta().fields[index].column).collect();
        Self::of(Target::Columns(columns, None))
    }

    /// The constraint of this name. PostgreSQL.
    pub fn constraint(name: &'static str) -> Self {
        Self::of(Target::Constraint(name))
    }

    /// The unique index over an expression: SQL that the developer writes, such as `lower(name)`.
    pub fn expression(sql: &'static str) -> Self {
        Self::of(Target::Expression(sql, None))
    }

    /// The index is partial, over the rows for which this SQL holds, written as the index has it.
    #[must_use]
    pub fn only_where(mut self, sql: &'static str) -> Self {
        if let Target::Columns(_, only_where) | Target::Expression(_, only_where) = &mut self.target {
            *only_where = Some(sql);
        }
        self
    }

    fn of(target: Target) -> Self {
        Self { target, of: PhantomData }
    }
}

impl<S: Schema> Clone for ConflictTarget<S> {
    fn clone(&self) -> Self {
        Self::of(self.target.clone())
    }
}

impl<S: Schema> fmt::Debug for ConflictTarget<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
}

fn indexes<S: Schema>(fields: &impl FieldSet<S>) -> Vec<usize> {
    let mut indexes = Vec::new();
    fields.each(&mut |index| indexes.push(index));
    indexes
}
