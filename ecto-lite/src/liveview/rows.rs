//! The rows of associations and the documents of embeds, as forms show them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use liveview_core::form::{FormData as _, FormParts, Nested, NestedParts};
use liveview_core::params::Param as Shown;

use super::values;
use crate::changeset::{Changeset, Data};
use crate::schema::{AssocState, Association, FieldKind, Schema, SchemaMeta, primary_key};
use crate::types::{Param, Value};

/// The forms' parts of changesets: all, or of a relation to one the first.
pub(crate) fn nested<'a, R: Schema>(many: bool, children: impl Iterator<Item = &'a Changeset<R>>) -> NestedParts {
    let mut parts = children.map(|changeset| FormParts { name: None, ..changeset.form_parts() });
    if many { NestedParts::Many(parts.collect()) } else { NestedParts::One(parts.next().map(Box::new)) }
}

/// The rows that an association holds.
pub(crate) fn of_association<A: Association>(association: &A) -> NestedParts {
    let rows: Vec<_> = association.rows().iter().cloned().map(Changeset::new).collect();
    nested(A::MANY, rows.iter())
}

/// The primary key of a row that is stored.
pub(crate) fn key<S: Schema>(row: &S) -> Vec<(Cow<'static, str>, Value)> {
    if row.is_new() {
        return Vec::new();
    }
    let key = primary_key(row).unwrap_or_default();
    key.into_iter().map(|(field, value)| (Cow::Borrowed(field.name), value)).collect()
}

/// The rows or documents of `owner` under a name; none if it has no association or embed of that name, or nobody knows the rows.
pub(crate) fn of_data<S: Schema>(owner: &S, name: &str) -> Option<NestedParts> {
    let meta = S::meta();
    if let Some(index) = meta.association_index(name) {
        let association = owner.association(index);
        if association.any_state() == AssocState::NotLoaded && !owner.is_new() {
            tracing::warn!(
                schema = meta.name,
                association = name,
                "a form shows no rows of an association that is not loaded: preload it, or set it first"
            );
            return None;
        }
        return Some(association.form_rows());
    }
    let index = meta.field_index(name)?;
    let held = owner.get(index).ok()?;
    documents(meta.fields[index].kind, &held.to_json())
}

/// The documents that an embed holds, given as JSON. None if the field is no embed.
fn documents(kind: FieldKind, held: &Param) -> Option<NestedParts> {
    match kind {
        FieldKind::EmbedsOne(embed) => {
            let document = held.as_object().map(|document| Box::new(self::document((embed.related)(), document)));
            Some(NestedParts::One(document))
        }
        FieldKind::EmbedsMany(embed) => {
            let documents = held.as_array().map(Vec::as_slice).unwrap_or_default();
            let documents = documents.iter().filter_map(Param::as_object);
            Some(NestedParts::Many(documents.map(|document| self::document((embed.related)(), document)).collect()))
        }
        FieldKind::Column | FieldKind::Virtual => None,
    }
}

type Object = serde_json::Map<String, Param>;

/// A document whose type is not known here: its members are named by column.
fn document(meta: &'static SchemaMeta, document: &Object) -> FormParts {
    let member = |index: usize| {
        let field = &meta.fields[index];
        Some((Cow::Borrowed(field.name), values::from_json(document.get(field.column)?)?))
    };
    let is_embed =
        |index: &usize| matches!(meta.fields[*index].kind, FieldKind::EmbedsOne(_) | FieldKind::EmbedsMany(_));
    let values: BTreeMap<Cow<'static, str>, Shown> = (0..meta.fields.len())
        .filter(|index| !is_embed(index) && !meta.fields[*index].redact)
        .filter_map(member)
        .collect();
    let key = meta.primary_key.iter().filter_map(|index| member(*index));
    let hidden = key.filter_map(|(name, value)| Some((name, value.as_text()?.to_owned()))).collect();
    let below = document.clone();
    let nested = Nested::new(move |name| {
        let field = &meta.fields[meta.field_index(name)?];
        documents(field.kind, below.get(field.column).unwrap_or(&Param::Null))
    });
    FormParts { values, hidden, nested, ..FormParts::default() }
}
