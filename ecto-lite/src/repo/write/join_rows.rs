//! The rows of join tables.

use std::sync::Arc;

use chrono::Utc;

use crate::RepoError;
use crate::changeset::relation::Owned;
use crate::query::{Core, Node, Operator, Source};
use crate::repo::Repo;
use crate::schema::{AssocKind, AssocMeta, Autogenerate};
use crate::sql;
use crate::sql::by_key::{self, Cell};
use crate::sql::insert::{Insert, Source as Rows};
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
    let fields = join_schema.map_or(&[][..], |schema| schema().fields);
    row.extend((meta.join_defaults)()?.into_iter().map(|(index, value)| (fields[index].column, value)));
    for field in fields.iter().filter(|field| field.is_stored()) {
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
        source: Rows::Values(values),
        conflict: None,
        returning: &[],
    };
    repo.execute(join_through, &insert.into_statement(repo.dialect())?).await?;
    Ok(())
}

/// Unbinds `related` from the owner; rows of the join table that the association does not see stay. It is no mistake if
/// they are not bound.
pub(crate) async fn delete(
    repo: &Repo,
    owner: &Owned,
    meta: &'static AssocMeta,
    related: Value,
) -> Result<(), RepoError> {
    let AssocKind::ManyToMany { join_through, join_schema, join_owner_column, join_related_column, .. } = meta.kind
    else {
        return Ok(());
    };
    let (prefix, both) =
        (prefix(repo, owner, meta), [(join_owner_column, owner.key.clone()), (join_related_column, related)]);
    let statement = match (meta.join_filter, join_schema) {
        (Some(filter), Some(schema)) => {
            let mut source = Source::schema(schema(), None);
            source.prefix = prefix.map(Arc::from);
            let mut condition = filter(source.id).node;
            for (column, value) in both {
                let column = Node::Column(source.id, column);
                condition = Node::binary(Operator::Eq, column, Node::Value(value)).and(condition);
            }
            let rows = Core { sources: vec![source], filter: Some(condition), ..Core::default() };
            sql::delete(&rows, repo.dialect())?
        }
        _ => by_key::delete(repo.dialect(), (prefix, join_through), both.into(), &[])?,
    };
    repo.execute(join_through, &statement).await?;
    Ok(())
}

/// Deletes every row of the join table that refers to the owner, which is to be deleted.
pub(crate) async fn delete_all(repo: &Repo, owner: &Owned, meta: &'static AssocMeta) -> Result<(), RepoError> {
    let AssocKind::ManyToMany { join_through, join_owner_column, .. } = meta.kind else { return Ok(()) };
    let place = (prefix(repo, owner, meta), join_through);
    let theirs = vec![(join_owner_column, owner.key.clone())];
    repo.execute(join_through, &by_key::delete(repo.dialect(), place, theirs, &[])?).await?;
    Ok(())
}

fn prefix<'a>(repo: &'a Repo, owner: &'a Owned, meta: &'static AssocMeta) -> Option<&'a str> {
    let AssocKind::ManyToMany { join_schema, .. } = meta.kind else { return None };
    super::relations::table_prefix(repo, owner.prefix.as_deref(), join_schema.and_then(|schema| schema().prefix))
}
