//! What a write sends, and what it makes.

use chrono::{DateTime, Utc};

use super::options::Returning;
use crate::RepoError;
use crate::changeset::Changeset;
use crate::schema::{Autogenerate, FieldMeta, OnWritableViolation, Schema, Writable};
use crate::sql::by_key::Cell;
use crate::types::Value;

/// One write of one row, by field index.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Columns and their values.
    pub(super) cells: Vec<Cell>,
    /// What the write itself decided: keys of parents, documents, generated values.
    pub(super) made: Vec<(usize, Value)>,
    /// Fields to be read back.
    pub(super) returning: Vec<usize>,
}

impl Sent {
    /// The columns to be read back.
    pub(super) fn returning_columns<S: Schema>(&self) -> Vec<&'static str> {
        self.returning.iter().map(|&index| S::meta().fields[index].column).collect()
    }

    fn made(&self, index: usize) -> Option<&Value> {
        self.made.iter().find(|(made, _)| *made == index).map(|(_, value)| value)
    }

    /// A new row. `made` is what the relations decided.
    pub(super) fn insert<S: Schema>(
        changeset: &Changeset<S>,
        made: Vec<(usize, Value)>,
        returning: &Returning,
        now: DateTime<Utc>,
    ) -> Result<Self, RepoError> {
        let mut sent = Self { made, ..Self::default() };
        let blank = S::blank();
        for (index, field) in stored::<S>() {
            let chosen = sent.made(index).or_else(|| changeset.change_at(index)).cloned();
            let unchosen = chosen.is_none();
            let mut value = match chosen {
                Some(value) => value,
                None => changeset.data.get(index)?,
            };
            let unset = unchosen && (value.is_null() || blank.get(index).is_ok_and(|default| default == value));
            let by_database =
                unset && (field.read_after_writes || matches!(field.autogenerate, Autogenerate::Database));
            if by_database || field.read_after_writes || returning.includes(index) {
                sent.returning.push(index);
            }
            if by_database {
                continue;
            }
            if let Writable::Never(violation) = field.writable {
                if !unset {
                    violated::<S>(field, violation, "insert")?;
                }
                continue;
            }
            if let Some(generated) = unset.then(|| field.generate(now, true)).flatten() {
                sent.made.push((index, generated.clone()));
                value = generated;
            } else if unchosen && field.is_embed() && !value.is_null() {
                let documents = super::relations::generate_in_documents(field, &value, now);
                if documents != value {
                    sent.made.push((index, documents.clone()));
                    value = documents;
                }
            } else if unset && value.is_null() {
                continue;
            }
            sent.cells.push((field.column, field.storable(value)?));
        }
        Ok(sent)
    }

    /// The changes of a row. Without changes there are no cells, unless it is `forced`.
    pub(super) fn update<S: Schema>(
        changeset: &Changeset<S>,
        made: Vec<(usize, Value)>,
        returning: &Returning,
        forced: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, RepoError> {
        let mut sent = Self { made, ..Self::default() };
        let changed = |sent: &Self, index| sent.made(index).or_else(|| changeset.change_at(index)).cloned();
        for (index, field) in stored::<S>() {
            let Some(value) = changed(&sent, index) else { continue };
            match field.writable {
                Writable::Always => sent.cells.push((field.column, field.storable(value)?)),
                Writable::Insert(violation) | Writable::Never(violation) => {
                    violated::<S>(field, violation, "update")?;
                }
            }
        }
        if sent.cells.is_empty() && !forced {
            return Ok(sent);
        }
        if let Some(lock) = &changeset.lock {
            let column = S::meta().fields[lock.field].column;
            sent.cells.retain(|(known, _)| *known != column);
            sent.cells.push((column, lock.next.clone()));
            sent.made.push((lock.field, lock.next.clone()));
        }
        for (index, field) in stored::<S>() {
            if changed(&sent, index).is_none()
                && let Some(value) = field.generate(now, false)
            {
                sent.made.push((index, value.clone()));
                sent.cells.push((field.column, value));
            }
            if field.read_after_writes || returning.includes(index) {
                sent.returning.push(index);
            }
        }
        Ok(sent)
    }
}

/// The fields that have a column.
pub(super) fn stored<S: Schema>() -> impl Iterator<Item = (usize, &'static FieldMeta)> {
    S::meta().fields.iter().enumerate().filter(|(_, field)| field.is_stored())
}

/// The columns that say which row it is, with what must hold of it besides.
pub(super) fn identity<S: Schema>(changeset: &Changeset<S>, action: &str) -> Result<Vec<Cell>, RepoError> {
    let meta = S::meta();
    if meta.primary_key.is_empty() {
        return Err(RepoError::Query(format!(
            "cannot {action} one {}, for the schema has no primary key: use `{action}_all` with a query",
            meta.name
        )));
    }
    let mut cells = Vec::with_capacity(meta.primary_key.len() + 1);
    for &index in meta.primary_key {
        let (field, value) = (&meta.fields[index], changeset.data.get(index)?);
        let is_generated = !matches!(field.autogenerate, Autogenerate::No);
        if value.is_null() || (is_generated && (field.default)().is_ok_and(|default| default == value)) {
            return Err(RepoError::Query(format!(
                "cannot {action} a {} whose primary key `{}` is unset: it has not been inserted",
                meta.name, field.name
            )));
        }
        cells.push((field.column, value));
    }
    cells.extend(changeset.lock.iter().map(|lock| (meta.fields[lock.field].column, lock.current.clone())));
    for (index, value) in &changeset.filters {
        let field = &meta.fields[*index];
        if !field.is_stored() {
            return Err(RepoError::Query(format!(
                "`{}` of {} is in no column: a write cannot be filtered by it",
                field.name, meta.name
            )));
        }
        cells.push((field.column, value.clone()));
    }
    Ok(cells)
}

/// The table.
pub(super) fn table<S: Schema>(action: &str) -> Result<&'static str, RepoError> {
    S::meta().source.ok_or_else(|| {
        RepoError::Query(format!("cannot {action} a {}: it is an embedded schema and has no table", S::meta().name))
    })
}

pub(super) fn violated<S: Schema>(
    field: &FieldMeta,
    violation: OnWritableViolation,
    action: &str,
) -> Result<(), RepoError> {
    let schema = S::meta().name;
    match violation {
        OnWritableViolation::Nothing => Ok(()),
        OnWritableViolation::Warn => {
            tracing::warn!(schema, field = field.name, action, "field is not writable here, its change is not stored");
            Ok(())
        }
        OnWritableViolation::Raise => Err(RepoError::Query(format!(
            "field `{}` of `{schema}` may not be written by an {action}: leave its change out",
            field.name
        ))),
    }
}

impl FieldMeta {
    pub(crate) fn is_embed(&self) -> bool {
        matches!(self.kind, crate::schema::FieldKind::EmbedsOne(_) | crate::schema::FieldKind::EmbedsMany(_))
    }
}
