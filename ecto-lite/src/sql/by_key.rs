//! `update` and `delete` of the rows whose columns have given values: of one row by its primary key, or of an owner's
//! rows by their foreign key.

use std::sync::Arc;

use sea_query::{Condition, Expr, ExprTrait, Query};

use super::text::{Kind, Shape, cached};
use crate::adapter::{Dialect, Statement};
use crate::types::Value;

/// `update prefix.table set … where … returning …`.
pub(crate) fn update(
    dialect: Dialect,
    prefix: Option<Arc<str>>,
    table: &'static str,
    set: Vec<(&'static str, Value)>,
    compared: Vec<(&'static str, Value)>,
    returning: &[&'static str],
) -> Statement {
    let (columns, mut values): (Vec<_>, Vec<_>) = set.into_iter().unzip();
    let shape = Shape {
        kind: Kind::Update,
        dialect,
        prefix,
        table,
        columns: columns.into(),
        compared: compare(compared, &mut values),
        returning: returning.into(),
    };
    Statement { sql: cached(shape, update_text), values }
}

/// `delete from prefix.table where … returning …`.
pub(crate) fn delete(
    dialect: Dialect,
    prefix: Option<Arc<str>>,
    table: &'static str,
    compared: Vec<(&'static str, Value)>,
    returning: &[&'static str],
) -> Statement {
    let mut values = Vec::with_capacity(compared.len());
    let shape = Shape {
        kind: Kind::Delete,
        dialect,
        prefix,
        table,
        columns: Box::default(),
        compared: compare(compared, &mut values),
        returning: returning.into(),
    };
    Statement { sql: cached(shape, delete_text), values }
}

/// The shape of a comparison; what it binds goes to the end of `values`.
fn compare(compared: Vec<(&'static str, Value)>, values: &mut Vec<Value>) -> Box<[(&'static str, bool)]> {
    compared
        .into_iter()
        .map(|(column, value)| {
            let null = value.is_null();
            if !null {
                values.push(value);
            }
            (column, null)
        })
        .collect()
}

fn update_text(shape: &Shape) -> String {
    let mut update = Query::update();
    update.table(super::table(shape.prefix.as_deref(), shape.table)).cond_where(condition(shape));
    for &column in &shape.columns {
        update.value(column, super::stand_in());
    }
    if !shape.returning.is_empty() {
        update.returning(super::returning(&shape.returning));
    }
    super::text_of(shape.dialect, &update)
}

fn delete_text(shape: &Shape) -> String {
    let mut delete = Query::delete();
    delete.from_table(super::table(shape.prefix.as_deref(), shape.table)).cond_where(condition(shape));
    if !shape.returning.is_empty() {
        delete.returning(super::returning(&shape.returning));
    }
    super::text_of(shape.dialect, &delete)
}

fn condition(shape: &Shape) -> Condition {
    shape.compared.iter().fold(Condition::all(), |all, &(column, null)| {
        let column = Expr::col(column);
        all.add(if null { column.is_null() } else { column.eq(super::stand_in()) })
    })
}

#[cfg(test)]
mod tests {
    use super::{delete, update};
    use crate::adapter::Dialect;
    use crate::types::{DbType, Value};

    #[test]
    fn an_update_binds_what_it_sets_and_then_what_it_compares() {
        let statement = update(
            Dialect::Postgres,
            Some("tenant".into()),
            "robots",
            vec![("name", Value::Text("Ada".into())), ("battery", Value::Null(DbType::Float))],
            vec![("id", Value::Int(7)), ("site_id", Value::Null(DbType::Int)), ("lock_version", Value::Int(3))],
            &["updated_at"],
        );
        assert_eq!(
            &*statement.sql,
            r#"UPDATE "tenant"."robots" SET "name" = $1, "battery" = $2 WHERE "id" = $3 AND "site_id" IS NULL AND "lock_version" = $4 RETURNING "updated_at""#
        );
        assert_eq!(
            statement.values,
            [Value::Text("Ada".into()), Value::Null(DbType::Float), Value::Int(7), Value::Int(3)]
        );
    }

    #[test]
    fn a_delete_compares_every_column() {
        let statement =
            delete(Dialect::Sqlite, None, "ro\"bots", vec![("a", Value::Int(1)), ("b", Value::Int(2))], &[]);
        assert_eq!(&*statement.sql, r#"DELETE FROM "ro""bots" WHERE "a" = ? AND "b" = ?"#);
        assert_eq!(statement.values, [Value::Int(1), Value::Int(2)]);
    }
}
