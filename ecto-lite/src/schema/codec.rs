//! What the derived functions of a schema call, so that they decide nothing themselves.

use std::fmt;

use chrono::{DateTime, SubsecRound, Utc};

use super::{FieldMeta, Loader, Schema};
use crate::RepoError;
use crate::types::{CastError, DbType, DumpError, LoadError, REDACTED, Value};

/// Prints `**redacted**`.
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Input that was cast, as a database is to hold it. What cannot be stored is invalid input.
pub fn cast<T>(cast: Result<T, CastError>, dump: fn(&T) -> Result<Value, DumpError>) -> Result<Value, CastError> {
    dump(&cast?).map_err(|_| CastError::default())
}

/// The default of field `INDEX`.
pub fn default_of<S: Schema, const INDEX: usize>() -> Result<Value, DumpError> {
    S::blank().get(INDEX)
}

/// The row's next column, as the type of the field called `name`.
pub fn field<T>(
    row: &mut Loader<'_>,
    schema: &'static str,
    name: &'static str,
    of: DbType,
    load: fn(Value) -> Result<T, LoadError>,
) -> Result<T, RepoError> {
    row.value(of).and_then(load).map_err(|source| RepoError::Load { schema, field: name.to_owned(), source })
}

/// The same for a field that is `redact`: an error does not say what was there.
pub fn redacted_field<T>(
    row: &mut Loader<'_>,
    schema: &'static str,
    name: &'static str,
    of: DbType,
    load: fn(Value) -> Result<T, LoadError>,
) -> Result<T, RepoError> {
    let loaded = row.value(of).and_then(load).map_err(LoadError::redacted);
    loaded.map_err(|source| RepoError::Load { schema, field: name.to_owned(), source })
}

/// The state of what was just read.
pub fn loaded(row: &super::Loader<'_>) -> super::Meta {
    super::Meta { state: super::State::Loaded, prefix: row.prefix.cloned() }
}

/// There is no field `index`.
///
/// # Panics
///
/// Always: indexes come from [`super::SchemaMeta::fields`] of the same schema.
#[track_caller]
pub fn no_field(schema: &'static str, index: usize) -> ! {
    panic!("{schema} has no field {index}")
}

/// There is no association `index`.
///
/// # Panics
///
/// Always: indexes come from [`super::SchemaMeta::associations`] of the same schema.
#[track_caller]
pub fn no_association(schema: &'static str, index: usize) -> ! {
    panic!("{schema} has no association {index}")
}

/// A time without its fraction of a second; anything else as it is.
pub fn cut(value: Value) -> Value {
    match value {
        Value::Time(time) => Value::Time(time.trunc_subsecs(0)),
        Value::NaiveDateTime(time) => Value::NaiveDateTime(time.trunc_subsecs(0)),
        Value::DateTime(time) => Value::DateTime(time.trunc_subsecs(0)),
        other => other,
    }
}

impl FieldMeta {
    /// The value if the field may hold it: a field with `precision = seconds` holds no fractions of one.
    pub fn storable(&self, value: Value) -> Result<Value, DumpError> {
        if !self.seconds || cut(value.clone()) == value {
            return Ok(value);
        }
        Err(DumpError {
            expected: self.type_name,
            value: if self.redact { REDACTED.to_owned() } else { format!("{value:?}") },
            reason: "the field has a precision of seconds",
        })
    }

    /// That what a row of `schema` has for it does not fit.
    pub(crate) fn unfit(&self, schema: &'static str, source: LoadError) -> RepoError {
        let source = if self.redact { source.redacted() } else { source };
        RepoError::Load { schema, field: self.name.to_owned(), source }
    }

    /// The value that is made for it at `now`, the time of the write; none if its writer makes it.
    pub fn generate(&self, now: DateTime<Utc>, inserting: bool) -> Option<Value> {
        let value = match self.autogenerate {
            super::Autogenerate::OnInsert(generate) if inserting => generate(now),
            super::Autogenerate::OnWrite(generate) => generate(now),
            _ => return None,
        };
        Some(if self.seconds { cut(value) } else { value })
    }
}
