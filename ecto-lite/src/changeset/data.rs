//! What a changeset can be of.

use std::borrow::Cow;

use crate::Schema;
use crate::schema::State;
use crate::types::{CastError, DbType, DumpError, LoadError, Param, Value};

/// A struct or map with named, typed fields: every [`Schema`], and [`super::Schemaless`] data. Fields go by index.
pub trait Data: Clone + Send + Sync + 'static {
    /// What messages call it.
    fn schema_name(&self) -> &'static str;
    /// The table, if there is one.
    fn source(&self) -> Option<&'static str>;
    /// A field's name.
    fn key(&self, index: usize) -> Cow<'static, str>;
    /// The column of a field.
    fn column(&self, index: usize) -> Cow<'static, str> {
        self.key(index)
    }
    /// The field of a name.
    fn index_of(&self, name: &str) -> Option<usize>;
    /// How many fields there are.
    fn field_count(&self) -> usize;
    /// What messages call a field's type.
    fn type_name(&self, index: usize) -> &'static str;
    /// How a database holds a field.
    fn db_type(&self, index: usize) -> DbType;
    /// Whether a field may be null.
    fn is_nullable(&self, index: usize) -> bool;
    /// Whether a field is masked in logs.
    fn is_redacted(&self, index: usize) -> bool;
    /// Whether a field is a document, for which [`super::Changeset::cast`] is not.
    fn is_embed(&self, index: usize) -> bool;
    /// Casts input for a field.
    fn cast_field(&self, index: usize, input: &Param) -> Result<Value, CastError>;
    /// A field's default.
    fn default_value(&self, index: usize) -> Result<Value, DumpError>;
    /// Whether the schema names a default for a field.
    fn has_default(&self, index: usize) -> bool;
    /// A field as it is.
    fn value(&self, index: usize) -> Result<Value, DumpError>;
    /// Replaces a field.
    fn set(&mut self, index: usize, value: Value) -> Result<(), LoadError>;
    /// Whether no row stands behind it, as far as one can tell.
    fn is_new(&self) -> bool;

    /// The struct's name, if it is one to name a form by.
    #[cfg(feature = "liveview")]
    #[doc(hidden)]
    fn form_name(&self) -> Option<&'static str> {
        None
    }

    /// The primary key of a row that is stored, for its form.
    #[cfg(feature = "liveview")]
    #[doc(hidden)]
    fn form_key(&self) -> Vec<(Cow<'static, str>, Value)> {
        Vec::new()
    }

    /// The rows or documents of the relation called `name`, for its forms; none if there is no such relation.
    #[cfg(feature = "liveview")]
    #[doc(hidden)]
    fn form_rows(&self, _name: &str) -> Option<liveview_core::form::NestedParts> {
        None
    }

    /// Whether a field holds only what it was made with: nobody chose its value. Ecto has null there; a field that
    /// cannot be null has its type's default instead.
    fn is_unset(&self, index: usize) -> bool {
        // In the order of what each asks costs.
        !self.is_nullable(index)
            && !self.has_default(index)
            && self.cast_field(index, &Param::Null).is_err()
            && self.is_new()
            && matches!((self.value(index), self.default_value(index)), (Ok(value), Ok(default)) if value == default)
    }
}

impl<S: Schema> Data for S {
    fn schema_name(&self) -> &'static str {
        S::meta().name
    }

    fn source(&self) -> Option<&'static str> {
        S::meta().source
    }

    fn key(&self, index: usize) -> Cow<'static, str> {
        Cow::Borrowed(S::meta().fields[index].name)
    }

    fn column(&self, index: usize) -> Cow<'static, str> {
        Cow::Borrowed(S::meta().fields[index].column)
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        S::meta().field_index(name)
    }

    fn field_count(&self) -> usize {
        S::meta().fields.len()
    }

    fn type_name(&self, index: usize) -> &'static str {
        S::meta().fields[index].type_name
    }

    fn db_type(&self, index: usize) -> DbType {
        S::meta().fields[index].db
    }

    fn is_nullable(&self, index: usize) -> bool {
        S::meta().fields[index].nullable
    }

    fn is_redacted(&self, index: usize) -> bool {
        S::meta().fields[index].redact
    }

    fn is_embed(&self, index: usize) -> bool {
        use crate::schema::FieldKind::{EmbedsMany, EmbedsOne};
        matches!(S::meta().fields[index].kind, EmbedsOne(_) | EmbedsMany(_))
    }

    fn cast_field(&self, index: usize, input: &Param) -> Result<Value, CastError> {
        (S::meta().fields[index].cast)(input)
    }

    fn default_value(&self, index: usize) -> Result<Value, DumpError> {
        (S::meta().fields[index].default)()
    }

    fn has_default(&self, index: usize) -> bool {
        S::meta().fields[index].has_default
    }

    fn value(&self, index: usize) -> Result<Value, DumpError> {
        self.get(index)
    }

    fn set(&mut self, index: usize, value: Value) -> Result<(), LoadError> {
        self.put(index, value)
    }

    fn is_new(&self) -> bool {
        match self.state() {
            Some(meta) => meta.state == State::Built,
            // A key that a database or a type makes is unset until a row is written.
            None => S::meta().primary_key.iter().all(|index| self.get(*index) == self.default_value(*index)),
        }
    }

    #[cfg(feature = "liveview")]
    fn form_name(&self) -> Option<&'static str> {
        Some(S::meta().name)
    }

    #[cfg(feature = "liveview")]
    fn form_key(&self) -> Vec<(Cow<'static, str>, Value)> {
        crate::liveview::rows::key(self)
    }

    #[cfg(feature = "liveview")]
    fn form_rows(&self, name: &str) -> Option<liveview_core::form::NestedParts> {
        crate::liveview::rows::of_data(self, name)
    }
}
