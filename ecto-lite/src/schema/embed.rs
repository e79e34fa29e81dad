//! Embedded documents: JSON objects in a column, by the fields of their schema.

use std::ops::{Deref, DerefMut};

use super::{Schema, SchemaMeta};
use crate::Type;
use crate::types::{CastError, DbType, DumpError, LoadError, Param, Value, from_json, sql};

/// What a field that `embeds_one` may be: an embedded schema, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be embedded",
    label = "not an embedded schema",
    note = "embed a struct with `#[derive(Schema)] #[schema(embedded)]`: `T` or `Option<T>` in `embeds_one`, `Vec<T>` in `embeds_many`"
)]
pub trait Embedded {
    /// The embedded schema.
    type Schema: Schema;
}

impl<S: Schema> Embedded for S {
    type Schema = S;
}

impl<S: Schema> Embedded for Option<S> {
    type Schema = S;
}

/// The column of an `embeds_many` field: one JSON array.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents<T>(pub Vec<T>);

impl<T> Deref for Documents<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for Documents<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T: Schema> Type for Documents<T> {
    type Sql = sql::Json;
    type Inner = Self;
    const DB: DbType = DbType::Json;
    const NAME: &'static str = "list of documents";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::Array(documents) => documents.iter().map(cast_document).collect::<Result<_, _>>().map(Self),
            Param::Null => Ok(Self(Vec::new())),
            _ => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        load_documents(value).map(Self)
    }

    fn dump(&self) -> Result<Value, DumpError> {
        dump_documents(&self.0)
    }
}

/// A document from input, as one field: each of its fields is cast, and the first mistake is the field's.
/// `cast_embed` says more.
pub fn cast_document<S: Schema>(input: &Param) -> Result<S, CastError> {
    let object = match input {
        Param::Object(object) => object,
        Param::Null => return Err(CastError::blank()),
        _ => return Err(CastError::default()),
    };
    let mut document = S::blank();
    for (index, field) in S::meta().fields.iter().enumerate() {
        if let Some(input) = object.get(field.name) {
            document.put(index, (field.cast)(input)?).map_err(|_| CastError::default())?;
        }
    }
    Ok(document)
}

/// A document as one JSON value.
pub fn dump_document<S: Schema>(document: &S) -> Result<Value, DumpError> {
    dump(document).map(Value::Json)
}

/// Documents as one JSON array.
pub fn dump_documents<S: Schema>(documents: &[S]) -> Result<Value, DumpError> {
    documents.iter().map(dump).collect::<Result<Vec<_>, _>>().map(|documents| Value::Json(documents.into()))
}

/// The document that `value` holds.
pub fn load_document<S: Schema>(value: Value) -> Result<S, LoadError> {
    match value {
        Value::Json(json) => load(json),
        other => Err(unfit(S::meta(), &format!("{other:?}"))),
    }
}

/// The documents that `value` holds; null holds none.
pub fn load_documents<S: Schema>(value: Value) -> Result<Vec<S>, LoadError> {
    match value {
        Value::Json(Param::Array(documents)) => documents.into_iter().map(load).collect(),
        Value::Null(_) | Value::Json(Param::Null) => Ok(Vec::new()),
        other => Err(unfit(S::meta(), &format!("{other:?}"))),
    }
}

/// A struct as a JSON object with a member for each field that is stored, named as its column
/// (`Ecto.embedded_dump/2`).
pub fn dump<S: Schema>(document: &S) -> Result<Param, DumpError> {
    let stored = S::meta().fields.iter().enumerate().filter(|(_, field)| field.is_stored());
    let members = stored.map(|(index, field)| Ok((field.column.to_owned(), document.get(index)?.to_json())));
    members.collect::<Result<serde_json::Map<_, _>, _>>().map(Param::Object)
}

/// A struct from a JSON object as [`dump`] writes it (`Ecto.embedded_load/3`). Members that are no fields are left out,
/// fields without a member have their default.
pub fn load<S: Schema>(json: Param) -> Result<S, LoadError> {
    let Param::Object(mut object) = json else { return Err(unfit(S::meta(), &json.to_string())) };
    let mut document = S::blank();
    for (index, field) in S::meta().fields.iter().enumerate().filter(|(_, field)| field.is_stored()) {
        if let Some(json) = object.remove(field.column) {
            let value = from_json(&json, field.db).map_err(|e| if field.redact { e.redacted() } else { e })?;
            document.put(index, value)?;
        }
    }
    Ok(document)
}

fn unfit(schema: &'static SchemaMeta, found: &str) -> LoadError {
    let unfit = LoadError { expected: schema.name, found: found.chars().take(80).collect() };
    // Any of it may be what such a field should have held.
    if schema.fields.iter().any(|field| field.redact) { unfit.redacted() } else { unfit }
}
