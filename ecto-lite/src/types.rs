//! Field types: how a value is cast from input, loaded from a row and dumped into one.
//!
//! A field's Rust type implements [`Type`]. Between it and a database stands [`Value`], which names its own database
//! type even when it is null ([`DbType`]), because PostgreSQL binds typed nulls and SQLite has no type for most of what
//! it stores: the codec is chosen by the schema, never by what happens to be in the row.

pub(crate) mod db_enum;
pub(crate) mod hex;
mod json;
mod list;
mod number;
mod option;
mod primitive;
pub mod sql;
mod time;
mod value;

use std::fmt;

pub use db_enum::DbEnum;
pub use json::{Json, from_json};
pub use list::ArrayElement;
pub use value::{DbType, Value};

/// Input as it arrives: form fields as strings, JSON as JSON.
pub type Param = serde_json::Value;

/// A type that a schema's field may have (`Ecto.Type`, Ecto 3.13).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a schema's field",
    label = "no `Type` for this",
    note = "implement `ecto_lite::Type` for it (cast, load, dump), derive `DbEnum` for an enum or `Schema` for an embedded document, or wrap what serde knows in `Json<T>`"
)]
pub trait Type: Clone + Send + Sync + 'static {
    /// What expressions of this type compare with: `i32` and `Option<i64>` both with integers ([`crate::query::sql`]).
    type Sql: 'static;
    /// The type without `Option`.
    type Inner: Type<Sql = Self::Sql>;
    /// How a database holds it.
    const DB: DbType;
    /// Whether null is one of its values.
    const NULLABLE: bool = false;
    /// What messages call it.
    const NAME: &'static str;
    /// The names that input may have, for an enumeration; empty for every other type.
    const VALUES: &'static [&'static str] = &[];

    /// Reads input from outside. Null is input that was left blank: what is not null answers with what blank means for
    /// it (the empty string, the empty array) or with [`CastError::blank`].
    fn cast(input: &Param) -> Result<Self, CastError>;
    /// Reads what a database or an embedded document holds.
    fn load(value: Value) -> Result<Self, LoadError>;
    /// What a database is to hold.
    fn dump(&self) -> Result<Value, DumpError>;
    /// [`Self::dump`] of what is needed no more; text and the like need not be copied.
    fn into_value(self) -> Result<Value, DumpError> {
        self.dump()
    }
    /// A new value where the schema asks for one (`autogenerate`).
    fn autogenerate() -> Option<Self> {
        None
    }
}

/// Why input could not be cast: the message and metadata of the field's error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CastError {
    /// Replaces `is invalid`.
    pub message: Option<std::borrow::Cow<'static, str>>,
    /// Added to the error's metadata.
    pub metadata: Vec<(&'static str, Param)>,
}

impl CastError {
    /// For input that was left blank where the type has no value for that: `can't be blank`.
    pub fn blank() -> Self {
        Self { message: Some("can't be blank".into()), metadata: vec![("validation", "required".into())] }
    }

    /// With a message in place of `is invalid`.
    pub fn new(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()), metadata: Vec::new() }
    }
}

/// A database holds what the field's type cannot be.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[error("cannot load {found} as {expected}")]
pub struct LoadError {
    /// The field's type.
    pub expected: &'static str,
    /// What was there, shortened.
    pub found: String,
}

/// A value that no database may hold: a float that is not a number, microseconds where seconds are promised.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[error("cannot dump {value} as {expected}: {reason}")]
pub struct DumpError {
    /// The field's type.
    pub expected: &'static str,
    /// What it was, shortened.
    pub value: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl LoadError {
    /// That `found` is no `T`.
    pub fn new<T: Type>(found: &Value) -> Self {
        Self { expected: T::NAME, found: shortened(&found) }
    }

    /// Without what was there: for a field that is `redact`.
    #[must_use]
    pub fn redacted(self) -> Self {
        Self { found: REDACTED.to_owned(), ..self }
    }
}

impl DumpError {
    /// That `value` is a `T` for no database, and why.
    pub fn new<T: Type>(value: impl fmt::Debug, reason: &'static str) -> Self {
        Self { expected: T::NAME, value: shortened(&value), reason }
    }

    /// Without the value: for a field that is `redact`.
    #[must_use]
    pub fn redacted(self) -> Self {
        Self { value: REDACTED.to_owned(), ..self }
    }
}

/// What stands for a value of a field that is `redact`.
pub(crate) const REDACTED: &str = "**redacted**";

/// Casts input and dumps it at once: [`crate::schema::FieldMeta::cast`] for a type.
#[doc(hidden)]
pub fn cast_value<T: Type>(input: &Param) -> Result<Value, CastError> {
    T::cast(input)?.into_value().map_err(|_| CastError::default())
}

/// At most 80 characters of a value.
fn shortened(value: &dyn fmt::Debug) -> String {
    const LONGEST: usize = 80;
    let text = format!("{value:?}");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
