//! `update` and `delete` of the rows whose columns have given values: of one row by its primary key, or of an owner's
//! rows by their foreign key.

use super::writer::Writer;
use crate::RepoError;
use crate::adapter::{Dialect, Statement};
use crate::types::Value;

/// A column and its value.
pub(crate) type Cell = (&'static str, Value);

/// `update prefix.table set … where … returning …`.
pub(crate) fn update(
    dialect: Dialect,
    (prefix, table): (Option<&str>, &str),
    set: Vec<Cell>,
    compared: Vec<Cell>,
    returning: &[&'static str],
) -> Result<Statement, RepoError> {
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE ");
    writer.table(prefix, table);
    writer.push(" SET ");
    writer.comma(set, |this, (column, value)| {
        this.ident(column);
        this.push(" = ");
        this.bind(value);
        Ok(())
    })?;
    writer.compared(compared);
    writer.returning_columns(returning)?;
    writer.finish()
}

/// `delete from prefix.table where … returning …`.
pub(crate) fn delete(
    dialect: Dialect,
    (prefix, table): (Option<&str>, &str),
    compared: Vec<Cell>,
    returning: &[&'static str],
) -> Result<Statement, RepoError> {
    let mut writer = Writer::new(dialect);
    writer.push("DELETE FROM ");
    writer.table(prefix, table);
    writer.compared(compared);
    writer.returning_columns(returning)?;
    writer.finish()
}

/// `select … from prefix.table where … limit …`.
pub(crate) fn select(
    dialect: Dialect,
    (prefix, table): (Option<&str>, &str),
    columns: &[&'static str],
    compared: Vec<Cell>,
    limit: Option<i64>,
) -> Result<Statement, RepoError> {
    let mut writer = Writer::new(dialect);
    writer.push("SELECT ");
    writer.names(columns)?;
    writer.push(" FROM ");
    writer.table(prefix, table);
    writer.compared(compared);
    if let Some(limit) = limit {
        writer.push(" LIMIT ");
        writer.bind(Value::Int(limit));
    }
    writer.finish()
}

impl Writer {
    /// Nulls are equal to nulls here.
    fn compared(&mut self, compared: Vec<Cell>) {
        for (index, (column, value)) in compared.into_iter().enumerate() {
            self.push(if index == 0 { " WHERE " } else { " AND " });
            self.ident(column);
            if value.is_null() {
                self.push(" IS NULL");
            } else {
                self.push(" = ");
                self.bind(value);
            }
        }
    }

    pub(super) fn names(&mut self, columns: &[&'static str]) -> super::Written {
        self.comma(columns, |this, column| {
            this.ident(column);
            Ok(())
        })
    }

    pub(super) fn returning_columns(&mut self, columns: &[&'static str]) -> super::Written {
        if columns.is_empty() {
            return Ok(());
        }
        self.push(" RETURNING ");
        self.names(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::{delete, select, update};
    use crate::adapter::Dialect;
    use crate::types::{DbType, Value};

    #[test]
    fn an_update_binds_what_it_sets_and_then_what_it_compares() {
        let statement = update(
            Dialect::Postgres,
            (Some("tenant"), "robots"),
            vec![("name", Value::Text("Ada".into())), ("battery", Value::Null(DbType::Float))],
            vec![("id", Value::Int(7)), ("site_id", Value::Null(DbType::Int)), ("lock_version", Value::Int(3))],
            &["updated_at"],
        )
        .unwrap();
        assert_eq!(
            &*statement.sql,
            r#"UPDATE "tenant"."robots" SET "name" = $1, "battery" = $2 WHERE "id" = $3 AND "site_id" IS NULL AND "lock_version" = $4 RETURNING "updated_at""#
        );
        let bound = [Value::Text("Ada".into()), Value::Null(DbType::Float), Value::Int(7), Value::Int(3)];
        assert_eq!(statement.values, bound);
    }

    #[test]
    fn a_delete_compares_every_column() {
        let compared = vec![("a", Value::Int(1)), ("b", Value::Int(2))];
        let statement = delete(Dialect::Sqlite, (None, "ro\"bots"), compared, &[]).unwrap();
        assert_eq!(&*statement.sql, r#"DELETE FROM "ro""bots" WHERE "a" = ? AND "b" = ?"#);
        assert_eq!(statement.values, [Value::Int(1), Value::Int(2)]);
    }

    #[test]
    fn a_select_may_have_a_limit() {
        let compared = vec![("name", Value::Text("Ada".into()))];
        let statement = select(Dialect::Postgres, (None, "robots"), &["id", "name"], compared, Some(1)).unwrap();
        assert_eq!(&*statement.sql, r#"SELECT "id", "name" FROM "robots" WHERE "name" = $1 LIMIT $2"#);
    }
}
