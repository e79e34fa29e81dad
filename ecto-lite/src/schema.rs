//! What `#[derive(Schema)]` makes of a struct: a table's fields and associations, and how rows become structs.
//!
//! [`Schema`] is implemented by the macro alone. Everything that decides is here and in the tables that it emits
//! ([`SchemaMeta`], all `static`); those tables are also the reflection that generic pages are built from.

mod association;
mod build;
mod codec;
mod embed;
mod field;
mod key;
mod param;
mod reflect;
mod timestamps;

pub use association::{
    AnyAssociation, Assoc, AssocState, Association, BelongsTo, HasMany, HasOne, ManyToMany, NotLoaded,
};
pub use embed::{Documents, Embedded};
pub use field::{Field, FieldSet};
pub use key::RefersTo;
pub use reflect::{AnyField, load_map, primary_key};
pub use timestamps::Timestamp;

/// Documents outside of a repo (`Ecto.embedded_load/3`, `Ecto.embedded_dump/2`).
pub mod embedded {
    pub use super::embed::{dump, load};
}

/// What the derive calls.
pub(crate) mod derived {
    pub use super::build::{assoc_default, filter_of, order_of};
    pub use super::codec::{Redacted, cast, cut, default_of, field, loaded, no_association, no_field, redacted_field};
    pub use super::embed::{cast_document, dump_document, dump_documents, load_document, load_documents};
    pub use super::key::{autogenerate, autogenerate_key, autogenerate_v4};
    pub use super::timestamps::timestamp;
}

use chrono::{DateTime, Utc};

use crate::query::BindingId;
use crate::types::{CastError, DbType, DumpError, LoadError, Param, Value};

/// A struct that maps to a table, or to an embedded document (`Ecto.Schema`, Ecto 3.13). Derived.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a schema", note = "add `#[derive(Schema)]` to it")]
pub trait Schema: Clone + Send + Sync + 'static {
    /// The columns and associations of one binding in a query: a struct with a field for each.
    type Columns: Copy + Send + Sync + 'static;
    /// The table; none for an embedded schema.
    const SOURCE: Option<&'static str>;
    /// Fields in the order of the struct, virtual ones and embeds too.
    const FIELDS: &'static [FieldMeta];

    /// The tables of fields and associations.
    fn meta() -> &'static SchemaMeta;
    /// The columns of `binding`.
    fn columns(binding: BindingId) -> Self::Columns;
    /// A struct with every default.
    fn blank() -> Self;
    /// Field `index` of [`SchemaMeta::fields`].
    fn get(&self, index: usize) -> Result<Value, DumpError>;
    /// Replaces field `index` of [`SchemaMeta::fields`].
    fn put(&mut self, index: usize, value: Value) -> Result<(), LoadError>;
    /// Association `index` of [`SchemaMeta::associations`].
    fn association(&self, index: usize) -> &dyn AnyAssociation;
    /// Association `index` of [`SchemaMeta::associations`].
    fn association_mut(&mut self, index: usize) -> &mut dyn AnyAssociation;
    /// Reads the stored fields that [`FieldMeta::load_in_query`] names, in their order.
    fn load(row: &mut Loader<'_>) -> Result<Self, crate::RepoError>;
    /// All rows, to be filtered, ordered, joined.
    fn query() -> crate::query::Query<Self> {
        crate::query::from()
    }
    /// The field called `name`, whatever its type.
    fn field(name: &str) -> Option<AnyField<Self>> {
        reflect::field(name)
    }
    /// The schema's state ([`Meta`]), where the struct has a field for it.
    fn state(&self) -> Option<&Meta> {
        None
    }
    /// The schema's state, to be changed by the repo.
    fn state_mut(&mut self) -> Option<&mut Meta> {
        None
    }
}

/// A schema's tables.
#[derive(Debug)]
pub struct SchemaMeta {
    /// The struct's name.
    pub name: &'static str,
    /// The table; none for an embedded schema.
    pub source: Option<&'static str>,
    /// The table's schema in PostgreSQL, the attached database in SQLite.
    pub prefix: Option<&'static str>,
    /// Fields in the order of the struct, virtual ones and embeds too.
    pub fields: &'static [FieldMeta],
    /// Associations in the order of the struct.
    pub associations: &'static [AssocMeta],
    /// Indexes of the primary key's fields.
    pub primary_key: &'static [usize],
}

impl SchemaMeta {
    /// The index of the field called `name`.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The index of the association called `name`.
    pub fn association_index(&self, name: &str) -> Option<usize> {
        self.associations.iter().position(|association| association.name == name)
    }

    /// The fields that a plain `select` reads, with their index.
    pub fn loaded(&self) -> impl Iterator<Item = (usize, &'static FieldMeta)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.is_stored() && field.load_in_query)
    }
}

/// One field.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own, and any of them go together")]
#[non_exhaustive]
pub struct FieldMeta {
    /// The struct's field.
    pub name: &'static str,
    /// The table's column (`source`).
    pub column: &'static str,
    /// The type's name in messages.
    pub type_name: &'static str,
    /// How the database holds it.
    pub db: DbType,
    /// Whether null is allowed (`Option`).
    pub nullable: bool,
    /// The names that input may have, for an enumeration; empty for every other type.
    pub values: &'static [&'static str],
    /// What kind of field.
    pub kind: FieldKind,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Who makes its value.
    pub autogenerate: Autogenerate,
    /// Read back after writes, for the database changes it.
    pub read_after_writes: bool,
    /// Part of a plain `select`.
    pub load_in_query: bool,
    /// Masked in `Debug` and in logs.
    pub redact: bool,
    /// When it may be written.
    pub writable: Writable,
    /// Times without fractions of a second (`precision = seconds`).
    pub seconds: bool,
    /// Whether the schema names the default, which then is what blank input means; otherwise it is its type's.
    pub has_default: bool,
    /// Input to a value.
    pub cast: fn(&Param) -> Result<Value, CastError>,
    /// The default, as a value.
    pub default: fn() -> Result<Value, DumpError>,
}

impl FieldMeta {
    /// Whether a column holds it.
    pub fn is_stored(&self) -> bool {
        !matches!(self.kind, FieldKind::Virtual)
    }
}

/// What kind of field it is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum FieldKind {
    /// A column.
    Column,
    /// In memory only.
    Virtual,
    /// One document of another schema, as JSON.
    EmbedsOne(EmbedMeta),
    /// A list of documents of another schema, as JSON.
    EmbedsMany(EmbedMeta),
}

/// One embedded schema.
#[derive(Clone, Copy, Debug)]
pub struct EmbedMeta {
    /// The embedded schema.
    pub related: fn() -> &'static SchemaMeta,
    /// What happens to a document that is replaced.
    pub on_replace: OnReplace,
}

/// Who makes a field's value when a row is written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Autogenerate {
    /// The user.
    No,
    /// The database, where the field is unset (an integer key of 0).
    Database,
    /// The type, on insert, where the field is unset.
    OnInsert(Generate),
    /// The type, on insert where unset and on every real update.
    OnWrite(Generate),
}

/// Makes a value, given the time of the write: all timestamps of one write are the same.
pub type Generate = fn(DateTime<Utc>) -> Value;

/// When a field may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Writable {
    /// Always.
    Always,
    /// On insert only; what an update does is [`OnWritableViolation`].
    Insert(OnWritableViolation),
    /// Never.
    Never(OnWritableViolation),
}

/// What a write to a field that may not be written does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnWritableViolation {
    /// Nothing is written and nothing said.
    Nothing,
    /// Nothing is written, and a warning logged.
    Warn,
    /// The repo answers with an error.
    Raise,
}

/// What becomes of an associated or embedded row that a changeset replaces (`:on_replace`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReplace {
    /// It is a mistake of the program: an error from the repo.
    #[default]
    Raise,
    /// The changeset gets an error.
    MarkAsInvalid,
    /// Its foreign key becomes null.
    Nilify,
    /// It is changed in place (one only).
    Update,
    /// It is deleted.
    Delete,
    /// It is deleted, and it is no mistake if it is gone already.
    DeleteIfExists,
}

/// What deleting the owner does to an association's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDelete {
    /// Nothing: the database decides.
    #[default]
    Nothing,
    /// Their foreign key becomes null.
    NilifyAll,
    /// They are deleted; for many-to-many, the join rows.
    DeleteAll,
}

/// One association.
#[derive(Debug)]
#[non_exhaustive]
pub struct AssocMeta {
    /// The struct's field.
    pub name: &'static str,
    /// The other schema.
    pub related: fn() -> &'static SchemaMeta,
    /// How they are bound.
    pub kind: AssocKind,
    /// What happens to what a changeset replaces.
    pub on_replace: OnReplace,
    /// What deleting the owner does.
    pub on_delete: OnDelete,
    /// Only rows for which this holds belong to it (`where:`); given the related binding.
    pub filter: Option<fn(BindingId) -> crate::query::Expr<bool>>,
    /// The order of preloads; given the related binding.
    pub preload_order: Option<fn(BindingId) -> Vec<crate::query::OrderBy>>,
    /// Fields set on what is built through it, by index in the related schema (`defaults:`).
    pub defaults: AssocDefaults,
    /// Only rows of the join table for which this holds bind anything (`join_where:`); given the join table's binding.
    pub join_filter: Option<fn(BindingId) -> crate::query::Expr<bool>>,
    /// Fields set on new rows of the join table, by index in its schema (`join_defaults:`).
    pub join_defaults: AssocDefaults,
}

/// Makes the fields, by index in the related schema, that are set on what is built through an association.
pub type AssocDefaults = fn() -> Result<Vec<(usize, Value)>, DumpError>;

/// How two schemas are bound. Keys are indexes into [`SchemaMeta::fields`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum AssocKind {
    /// The other schema refers to this one, any number of times.
    HasMany {
        /// Of this schema.
        owner_key: usize,
        /// Of the other one.
        related_key: usize,
    },
    /// The other schema refers to this one, once.
    HasOne {
        /// Of this schema.
        owner_key: usize,
        /// Of the other one.
        related_key: usize,
    },
    /// This schema refers to the other one.
    BelongsTo {
        /// Of this schema.
        owner_key: usize,
        /// Of the other one.
        related_key: usize,
    },
    /// Rows of a third table refer to both.
    ManyToMany {
        /// The join table.
        join_through: &'static str,
        /// The join table's schema, if it has one.
        join_schema: Option<fn() -> &'static SchemaMeta>,
        /// Of this schema.
        owner_key: usize,
        /// The join table's column that refers to it.
        join_owner_column: &'static str,
        /// Of the other schema.
        related_key: usize,
        /// The join table's column that refers to it.
        join_related_column: &'static str,
    },
    /// Along other associations, by name; read only.
    Through {
        /// An association of this schema, then one of that schema, …
        path: &'static [&'static str],
    },
}

/// A struct's place in its life (`Ecto.Schema.Metadata`). A schema that wants it has a field of this type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Whether a row stands behind the struct.
    pub state: State,
    /// The prefix it was read from or is to be written to, if not the schema's.
    pub prefix: Option<std::sync::Arc<str>>,
}

/// Whether a row stands behind a struct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Made in memory.
    #[default]
    Built,
    /// Read or written.
    Loaded,
    /// Deleted.
    Deleted,
}

/// Reads the columns of one row from left to right.
pub struct Loader<'r> {
    row: &'r dyn crate::adapter::Row,
    next: usize,
    prefix: Option<&'r std::sync::Arc<str>>,
}

impl<'r> Loader<'r> {
    /// Starts at column `first`.
    pub fn new(row: &'r dyn crate::adapter::Row, first: usize) -> Self {
        Self { row, next: first, prefix: None }
    }

    /// The row was read from tables in `prefix`, and says so ([`Meta::prefix`]).
    #[must_use]
    pub fn within(self, prefix: Option<&'r std::sync::Arc<str>>) -> Self {
        Self { prefix, ..self }
    }

    /// The next column, as the database holds it.
    pub fn value(&mut self, of: DbType) -> Result<Value, LoadError> {
        let index = self.next;
        self.next += 1;
        self.row.value(index, of)
    }

    /// The next column, as a field's type.
    #[allow(clippy::should_implement_trait, reason = "each column has a type of its own, so it is no iterator")]
    pub fn next<T: crate::Type>(&mut self) -> Result<T, LoadError> {
        T::load(self.value(T::DB)?)
    }

    /// The next column, looked at and not taken.
    pub fn peek(&self, of: DbType) -> Result<Value, LoadError> {
        self.row.value(self.next, of)
    }

    /// Whether those of the next columns that count are null.
    pub(crate) fn all_null(&self, columns: &[(DbType, bool)]) -> Result<bool, LoadError> {
        for (index, &(of, counts)) in columns.iter().enumerate() {
            if counts && !self.row.value(self.next + index, of)?.is_null() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many columns are behind it.
    pub fn position(&self) -> usize {
        self.next
    }

    /// Leaves out `count` columns.
    pub fn skip(&mut self, count: usize) {
        self.next += count;
    }
}
