//! The rows of join tables.

use chrono::Utc;

use crate::RepoError;
use crate::changeset::relation::Owned;
use crate::repo::Repo;
use crate::schema::{AssocKind, AssocMeta, Autogenerate};
use crate::sql::by_key::{self, Cell};
use crate::sql::insert::{Insert, Source};
use crate::types::Value;

/// Binds `related` to the owner. The join table's schema, if it has one, makes its keys and timestamps.
pub(crate) async fn insert(
    repo: &Repo,
    owner: &Owned,
    meta: &'static AssocMeta,
    related: Value,
) -> Result<(), RepoError> {
    let AssocKind::ManyToMany { join_through, join_schema, join_owner_column, join_related_column, .. } = meta.kind
    else {
        return Ok(());
    };
    let mut row: Vec<Cell> = vec![(join_owner_column, owner.key.clone()), (join_related_column, related)];
    let now = Utc::now();
    let schema = join_schema.map(|schema| schema());
    for field in schema.into_iter().flat_map(|schema| schema.fields).filter(|field| field.is_stored()) {
        if row.iter().any(|(column, _)| *column == field.column) || matches!(field.autogenerate, Autogenerate::Database)
        {
            continue;
        }
        let value = match field.generate(now, true) {
            Some(value) => value,
            None => (field.default)()?,
        };
        if !value.is_null() && !field.read_after_writes {
            row.push((field.column, value));
        }
    }
    let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    let insert = Insert {
        prefix: prefix(repo, owner, meta),
        table: join_through,
        columns: &columns,
        source: Source::Row(values),
        conflict: None,
        returning: &[],
    };
    repo.execute(join_through, &insert.into_statement(repo.dialect())?).await?;
    Ok(())
}

/// Unbinds `related` from the owner, or all rows if there is none. It is no mistake if they are not bound.
pub(crate) async fn delete(
    repo: &Repo,
    owner: &Owned,
    meta: &'static AssocMeta,
    related: Option<Value>,
) -> Result<(), RepoError> {
    let AssocKind::ManyToMany { join_through, join_owner_column, join_related_column, .. } = meta.kind else {
        return Ok(());
    };
    let mut compared = vec![(join_owner_column, owner.key.clone())];
    compared.extend(related.map(|related| (join_related_column, related)));
    let statement = by_key::delete(repo.dialect(), (prefix(repo, owner, meta), join_through), compared, &[])?;
    repo.execute(join_through, &statement).await?;
    Ok(())
}

fn prefix<'a>(repo: &'a Repo, owner: &'a Owned, meta: &'static AssocMeta) -> Option<&'a str> {
    let AssocKind::ManyToMany { join_schema, .. } = meta.kind else { return None };
    super::relations::table_prefix(repo, owner.prefix.as_deref(), join_schema.and_then(|schema| schema().prefix))
}
