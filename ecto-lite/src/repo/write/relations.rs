//! What a write does about relations.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::WriteError;
use crate::RepoError;
use crate::adapter::BoxFuture;
use crate::changeset::Changeset;
use crate::changeset::relation::{Children, Failed, Owned, Step, Where};
use crate::repo::Repo;
use crate::schema::{AssocKind, FieldKind, FieldMeta, Schema, SchemaMeta};
use crate::types::{Param, Value, from_json};

/// Why the changeset cannot be written, if it cannot.
pub(super) fn check<S: Schema>(changeset: Changeset<S>) -> Result<Changeset<S>, WriteError<S>> {
    if let Some(fault) = changeset.relations.iter().find_map(|relation| relation.children().fault()) {
        return Err(fault.into());
    }
    if changeset.is_valid() { Ok(changeset) } else { Err(WriteError::Invalid(Box::new(changeset))) }
}

/// Whether other rows are written with it.
pub(super) fn has_associations<S: Schema>(changeset: &Changeset<S>) -> bool {
    changeset.relations.iter().any(|relation| !matches!(relation.children().place(), Where::Field(_)))
}

/// Whether a change in a relation is a change of the owner.
pub(super) fn force_update<S: Schema>(changeset: &Changeset<S>) -> bool {
    changeset.relations.iter().any(|relation| relation.children().forces_update())
}

/// Documents, and the keys of the rows that the owner refers to, which are written now.
pub(super) async fn before<S: Schema>(
    repo: &Repo,
    changeset: &mut Changeset<S>,
    prefix: Option<&Arc<str>>,
    now: DateTime<Utc>,
) -> Result<Vec<(usize, Value)>, Failed> {
    let mut made = Vec::new();
    for relation in &mut changeset.relations {
        let children = relation.children_mut();
        match children.place() {
            Where::Field(index) => made.push((index, children.document(Some(now))?)),
            Where::Parent(index) => {
                let AssocKind::BelongsTo { owner_key, .. } = S::meta().associations[index].kind else { continue };
                // It refers to nothing of the owner's.
                let none = Value::Null(S::meta().fields[owner_key].db);
                let owner = Owned { key: none, inserted: false, prefix: prefix.cloned() };
                if let Some(key) = children.write(repo, Step::Before, owner).await? {
                    made.push((owner_key, key));
                }
            }
            Where::Children(_) => {}
        }
    }
    Ok(made)
}

/// The rows that refer to the owner, and those that it referred to before. `key` gives a field of the owner as it is stored.
pub(super) async fn after<S: Schema>(
    repo: &Repo,
    changeset: &mut Changeset<S>,
    prefix: Option<&Arc<str>>,
    inserted: bool,
    written: &[(usize, Value)],
) -> Result<(), Failed> {
    let Changeset { data, changes, relations, .. } = changeset;
    for relation in relations {
        let children = relation.children_mut();
        let (Where::Parent(index) | Where::Children(index)) = children.place() else { continue };
        let owner_key = match S::meta().associations[index].kind {
            AssocKind::HasMany { owner_key, .. }
            | AssocKind::HasOne { owner_key, .. }
            | AssocKind::BelongsTo { owner_key, .. }
            | AssocKind::ManyToMany { owner_key, .. } => owner_key,
            AssocKind::Through { .. } => continue,
        };
        let known = written.iter().rev().chain(changes.iter()).find(|(index, _)| *index == owner_key);
        let key = match known {
            Some((_, value)) => value.clone(),
            None => data.get(owner_key)?,
        };
        let owner = Owned { key, inserted, prefix: prefix.cloned() };
        children.write(repo, Step::After, owner).await?;
    }
    Ok(())
}

/// Puts what was stored into the owner.
pub(super) fn settle<S: Schema>(children: &mut dyn Children, owner: &mut S) {
    if let Where::Parent(index) | Where::Children(index) = children.place() {
        children.settle(owner.association_mut(index));
    }
}

/// What becomes of a write whose relation could not be written.
pub(super) fn failed<S: Schema>(changeset: Changeset<S>, failed: Failed) -> WriteError<S> {
    match failed {
        Failed::Invalid => WriteError::Invalid(Box::new(changeset)),
        Failed::Repo(error) => error.into(),
    }
}

/// Documents of a struct that is inserted, with the keys and timestamps that their schema makes.
pub(super) fn generate_in_documents(field: &FieldMeta, documents: &Value, now: DateTime<Utc>) -> Value {
    let Value::Json(json) = documents else { return documents.clone() };
    let mut json = json.clone();
    generate_in(field, &mut json, now);
    Value::Json(json)
}

fn generate_in(field: &FieldMeta, json: &mut Param, now: DateTime<Utc>) {
    match (field.kind, json) {
        (FieldKind::EmbedsOne(embed), Param::Object(object)) => generate((embed.related)(), object, now),
        (FieldKind::EmbedsMany(embed), Param::Array(documents)) => {
            for document in documents.iter_mut().filter_map(Param::as_object_mut) {
                generate((embed.related)(), document, now);
            }
        }
        _ => {}
    }
}

fn generate(meta: &'static SchemaMeta, object: &mut serde_json::Map<String, Param>, now: DateTime<Utc>) {
    for field in meta.fields.iter().filter(|field| field.is_stored()) {
        if field.is_embed() {
            if let Some(json) = object.get_mut(field.column) {
                generate_in(field, json, now);
            }
            continue;
        }
        let held = object.get(field.column).and_then(|json| from_json(json, field.db).ok());
        let unset = held.is_none_or(|held| held.is_null() || (field.default)().is_ok_and(|default| default == held));
        if let Some(value) = unset.then(|| field.generate(now, true)).flatten() {
            object.insert(field.column.to_owned(), value.to_json());
        }
    }
}

/// Runs `work` in a transaction where it takes one, or in a savepoint where one is asked for.
///
/// The work is boxed, so that a write is not as large as the three ways in which it may be run.
pub(super) async fn together<'w, T, E: From<RepoError>>(
    repo: &Repo,
    several: bool,
    savepoint: bool,
    work: impl FnOnce(Repo) -> BoxFuture<'w, Result<T, E>>,
) -> Result<T, E> {
    if savepoint && repo.in_transaction() {
        repo.savepoint(work).await
    } else if several {
        repo.transaction(work).await
    } else {
        work(repo.clone()).await
    }
}

/// The prefix that a write was given, or that its struct was read from: it is that of its relations too.
pub(super) fn own_prefix<S: Schema>(data: &S, option: Option<&Arc<str>>) -> Option<Arc<str>> {
    option.cloned().or_else(|| data.state()?.prefix.clone())
}

/// The prefix of a table, where nothing closer has one.
pub(super) fn table_prefix<'a>(repo: &'a Repo, own: Option<&'a str>, schema: Option<&'static str>) -> Option<&'a str> {
    own.or(schema).or(repo.prefix())
}
