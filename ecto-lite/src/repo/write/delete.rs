//! One row less.

use std::sync::Arc;

use super::options::WriteOptions;
use super::{WriteError, join_rows, relations, returned, row};
use crate::RepoError;
use crate::changeset::relation::Owned;
use crate::changeset::{Action, Changeset};
use crate::repo::Repo;
use crate::schema::{AssocKind, AssocMeta, OnDelete, Schema, State};
use crate::sql;
use crate::types::Value;

pub(super) async fn delete<S: Schema>(
    repo: &Repo,
    mut changeset: Changeset<S>,
    options: WriteOptions<S>,
) -> Result<S, WriteError<S>> {
    changeset.action = Some(Action::Delete);
    // A delete writes no relations: they go with the row, or `on_delete` says what becomes of them.
    changeset.relations.clear();
    let changeset = relations::check(changeset)?;
    let several = changeset.is_prepared() || S::meta().associations.iter().any(|it| it.on_delete != OnDelete::Nothing);
    let savepoint = options.savepoint;
    relations::together(repo, several, savepoint, |repo| Box::pin(async move { now(&repo, changeset, options).await }))
        .await
}

async fn now<S: Schema>(repo: &Repo, changeset: Changeset<S>, options: WriteOptions<S>) -> Result<S, WriteError<S>> {
    let table = row::table::<S>("delete")?;
    let changeset = super::prepare::run(repo, changeset).await?;
    let prefix = relations::own_prefix(&changeset.data, options.prefix.as_ref());
    let place = (relations::table_prefix(repo, prefix.as_deref(), S::meta().prefix), table);
    let identity = row::identity(&changeset, "delete")?;
    for association in S::meta().associations {
        on_delete(repo, &changeset.data, association, prefix.as_ref()).await?;
    }
    let mut returning = Vec::new();
    returning.extend(row::stored::<S>().map(|(index, _)| index).filter(|&index| options.returning.includes(index)));
    let columns: Vec<_> = returning.iter().map(|&index| S::meta().fields[index].column).collect();
    let statement = sql::by_key::delete(repo.dialect(), place, identity, &columns)?;
    let returned = match returned::run::<S>(repo, &statement, &returning).await {
        Ok(returned) => returned,
        Err(error) => return Err(returned::failed(changeset, error)),
    };
    if returned.rows == 0 {
        return options.on_stale(changeset, "delete");
    }
    // What is deleted is the row as it was, without the changes.
    let deleted = Changeset { changes: Vec::new(), ..changeset };
    Ok(returned::stored(deleted, returned.values, State::Deleted, options.prefix)?)
}

/// What deleting `owner` does to the rows of one association.
async fn on_delete<S: Schema>(
    repo: &Repo,
    owner: &S,
    meta: &'static AssocMeta,
    prefix: Option<&Arc<str>>,
) -> Result<(), RepoError> {
    if meta.on_delete == OnDelete::Nothing {
        return Ok(());
    }
    match meta.kind {
        AssocKind::HasMany { owner_key, related_key } | AssocKind::HasOne { owner_key, related_key } => {
            let related = (meta.related)();
            let Some(table) = related.source else { return Ok(()) };
            let place = (relations::table_prefix(repo, prefix.map(|prefix| &**prefix), related.prefix), table);
            let field = &related.fields[related_key];
            let theirs = vec![(field.column, owner.get(owner_key)?)];
            let statement = if meta.on_delete == OnDelete::DeleteAll {
                sql::by_key::delete(repo.dialect(), place, theirs, &[])?
            } else {
                let null = vec![(field.column, Value::Null(field.db))];
                sql::by_key::update(repo.dialect(), place, null, theirs, &[])?
            };
            repo.execute(related.name, &statement).await?;
        }
        AssocKind::ManyToMany { owner_key, .. } if meta.on_delete == OnDelete::DeleteAll => {
            let owner = Owned { key: owner.get(owner_key)?, inserted: false, prefix: prefix.cloned() };
            join_rows::delete_all(repo, &owner, meta).await?;
        }
        AssocKind::ManyToMany { .. } | AssocKind::BelongsTo { .. } | AssocKind::Through { .. } => {}
    }
    Ok(())
}
