//! Documents inside a row.

use chrono::{DateTime, Utc};

use super::link::{Link, Place};
use crate::changeset::{Action, Changeset};
use crate::schema::derived::{dump_document, dump_documents, load_document, load_documents};
use crate::schema::{Documents, Field, FieldKind, OnReplace, Schema};
use crate::types::{DbType, DumpError, Value};

/// The type of a field that embeds documents: `T` or `Option<T>` for `embeds_one`, `Vec<T>` for `embeds_many`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` embeds no documents",
    note = "`cast_embed` and `put_embed` are for fields with `#[schema(embeds_one)]` or `#[schema(embeds_many)]`"
)]
pub trait EmbedField {
    /// The embedded schema.
    type Document: Schema;
    /// Whether there can be more than one.
    const MANY: bool;
}

impl<T: Schema> EmbedField for T {
    type Document = T;
    const MANY: bool = false;
}

impl<T: Schema> EmbedField for Option<T> {
    type Document = T;
    const MANY: bool = false;
}

impl<T: Schema> EmbedField for Vec<T> {
    type Document = T;
    const MANY: bool = true;
}

impl<T: Schema> EmbedField for Documents<T> {
    type Document = T;
    const MANY: bool = true;
}

/// The link of an embed.
pub(super) fn link<S: Schema, E: EmbedField>(field: Field<S, E>) -> Link<E::Document> {
    let on_replace = match S::meta().fields[field.index()].kind {
        FieldKind::EmbedsOne(meta) | FieldKind::EmbedsMany(meta) => meta.on_replace,
        FieldKind::Column | FieldKind::Virtual => OnReplace::Raise,
    };
    let dump = if E::MANY { dump_documents::<E::Document> } else { dump_one };
    let place = Place::Field { index: field.index(), dump };
    Link { owner: S::meta().name, name: field.name(), many: E::MANY, on_replace, place }
}

fn dump_one<T: Schema>(documents: &[T]) -> Result<Value, DumpError> {
    documents.first().map_or(Ok(Value::Null(DbType::Json)), dump_document)
}

/// The documents as they are. What does not load is not there: the field's own type has loaded it before.
pub(super) fn current<S: Schema, E: EmbedField>(owner: &S, field: Field<S, E>) -> Vec<E::Document> {
    match owner.get(field.index()) {
        Ok(Value::Null(_)) | Err(_) => Vec::new(),
        Ok(documents) if E::MANY => load_documents(documents).unwrap_or_default(),
        Ok(document) => load_document(document).into_iter().collect(),
    }
}

/// A document with its changes; for a write at `now` with what its schema makes: keys, timestamps.
pub(super) fn document<T: Schema>(changeset: &Changeset<T>, now: Option<DateTime<Utc>>) -> Result<T, DumpError> {
    let mut document = changeset.apply_changes();
    let Some(now) = now else { return Ok(document) };
    for relation in &changeset.relations {
        if let super::Where::Field(index) = relation.children().place() {
            fit(document.put(index, relation.children().document(Some(now))?))?;
        }
    }
    let inserting = changeset.action == Some(Action::Insert);
    let changed = inserting || !changeset.changes.is_empty() || !changeset.relations.is_empty();
    for (index, field) in T::meta().fields.iter().enumerate() {
        let untouched = changeset.change_at(index).is_none();
        let wanted =
            if inserting { super::child::is_unset::<T>(index, &document.get(index)?) } else { untouched && changed };
        if let Some(value) = wanted.then(|| field.generate(now, inserting)).flatten() {
            fit(document.put(index, value))?;
        }
    }
    Ok(document)
}

fn fit(put: Result<(), crate::types::LoadError>) -> Result<(), DumpError> {
    put.map_err(|error| DumpError {
        expected: error.expected,
        value: error.found,
        reason: "the document's field does not take it",
    })
}
