//! Fields by name, for code that knows no schema: tables, exports, admin pages.

use std::fmt;
use std::marker::PhantomData;

use super::{FieldMeta, Schema, State};
use crate::RepoError;
use crate::types::{CastError, DbType, DumpError, LoadError, Param, Value, from_json};

/// A field of schema `S` whose type is not known: [`Schema::field`].
pub struct AnyField<S> {
    index: usize,
    of: PhantomData<fn() -> S>,
}

impl<S: Schema> AnyField<S> {
    /// The fields of `S`, in the order of the struct, virtual ones and embeds too.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0..S::FIELDS.len()).map(|index| Self { index, of: PhantomData })
    }

    /// Its index in [`super::SchemaMeta::fields`].
    pub fn index(self) -> usize {
        self.index
    }

    /// What is known of it.
    pub fn meta(self) -> &'static FieldMeta {
        &S::FIELDS[self.index]
    }

    /// Its name in the struct.
    pub fn name(self) -> &'static str {
        self.meta().name
    }

    /// What `row` holds in it.
    pub fn get(self, row: &S) -> Result<Value, DumpError> {
        row.get(self.index)
    }

    /// Replaces what `row` holds in it.
    pub fn put(self, row: &mut S, value: Value) -> Result<(), LoadError> {
        row.put(self.index, value)
    }

    /// Input as one of its values.
    pub fn cast(self, input: &Param) -> Result<Value, CastError> {
        (self.meta().cast)(input)
    }
}

impl<S> Clone for AnyField<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for AnyField<S> {}

impl<S: Schema> fmt::Debug for AnyField<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<S: Schema, T> From<super::Field<S, T>> for AnyField<S> {
    fn from(field: super::Field<S, T>) -> Self {
        Self { index: field.index(), of: PhantomData }
    }
}

impl<S: Schema> super::FieldSet<S> for AnyField<S> {
    fn each(&self, visit: &mut dyn FnMut(usize)) {
        visit(self.index);
    }
}

/// The field of `S` called `name`.
pub(super) fn field<S: Schema>(name: &str) -> Option<AnyField<S>> {
    S::meta().field_index(name).map(|index| AnyField { index, of: PhantomData })
}

/// The primary key of `row`: its fields and their values; none if the schema has no key (`Ecto.primary_key/1`).
pub fn primary_key<S: Schema>(row: &S) -> Result<Vec<(&'static FieldMeta, Value)>, DumpError> {
    let meta = S::meta();
    meta.primary_key.iter().map(|&index| Ok((&meta.fields[index], row.get(index)?))).collect()
}

/// A struct from columns and their values, as a raw query gives them (`Ecto.Repo.load/2`). Values that stand for the
/// field's type as text or JSON, as SQLite holds them, are read; columns that are no fields are left out, and fields
/// without a column have their default.
///
/// # Errors
///
/// [`RepoError::Load`] for the first value that does not fit.
pub fn load_map<S: Schema, N: AsRef<str>>(columns: impl IntoIterator<Item = (N, Value)>) -> Result<S, RepoError> {
    let meta = S::meta();
    let mut row = S::blank();
    for (name, value) in columns {
        let stored = |field: &FieldMeta| field.is_stored() && field.column == name.as_ref();
        let Some(index) = meta.fields.iter().position(stored) else { continue };
        let field = &meta.fields[index];
        let put = fitting(field, value).and_then(|value| row.put(index, value));
        put.map_err(|source| field.unfit(meta.name, source))?;
    }
    if let Some(state) = row.state_mut() {
        state.state = State::Loaded;
    }
    Ok(row)
}

/// `value` as the field's type stores it. SQLite holds booleans as numbers, and most else as text.
fn fitting(field: &FieldMeta, value: Value) -> Result<Value, LoadError> {
    match (field.db, value) {
        (of, value) if value.db_type() == of => Ok(value),
        (of, Value::Null(_)) => Ok(Value::Null(of)),
        (DbType::Bool, Value::Int(number @ (0 | 1))) => Ok(Value::Bool(number == 1)),
        (DbType::Json | DbType::Array(_), Value::Text(text)) => {
            let json = serde_json::from_str(&text)
                .map_err(|_| LoadError { expected: field.type_name, found: text.chars().take(80).collect() })?;
            from_json(&json, field.db)
        }
        (of, value) => from_json(&value.to_json(), of),
    }
}
