//! Reading the database's own tables.

use crate::adapter::{Row, Statement};
use crate::error::RepoError;
use crate::migration::MigrationError;
use crate::repo::Repo;
use crate::types::{DbType, LoadError, Value};

/// What a failed query of this module is called.
const SOURCE: &str = "migration";

/// A row, read column by column.
pub(crate) trait Reading {
    fn text(&self, index: usize) -> Result<String, LoadError>;
    fn optional_text(&self, index: usize) -> Result<Option<String>, LoadError>;
    fn int(&self, index: usize) -> Result<i64, LoadError>;
    fn bool(&self, index: usize) -> Result<bool, LoadError>;
}

impl Reading for dyn Row + '_ {
    fn text(&self, index: usize) -> Result<String, LoadError> {
        self.optional_text(index)?.ok_or_else(|| unexpected("text", "null"))
    }

    fn optional_text(&self, index: usize) -> Result<Option<String>, LoadError> {
        match self.value(index, DbType::Text)? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null(_) => Ok(None),
            other => Err(unexpected("text", other)),
        }
    }

    fn int(&self, index: usize) -> Result<i64, LoadError> {
        match self.value(index, DbType::Int)? {
            Value::Int(number) => Ok(number),
            other => Err(unexpected("a number", other)),
        }
    }

    fn bool(&self, index: usize) -> Result<bool, LoadError> {
        match self.value(index, DbType::Bool)? {
            Value::Bool(is) => Ok(is),
            other => Err(unexpected("a bool", other)),
        }
    }
}

fn unexpected(expected: &'static str, found: impl std::fmt::Debug) -> LoadError {
    LoadError { expected, found: format!("{found:?}") }
}

/// The rows that `sql` gives.
pub(crate) async fn rows<T: Send>(
    repo: &Repo,
    sql: &str,
    values: Vec<Value>,
    read: impl Fn(&dyn Row) -> Result<T, LoadError> + Send + Sync,
) -> Result<Vec<T>, MigrationError> {
    let statement = Statement { sql: sql.into(), values };
    let mut rows = Vec::new();
    let mut each = |row: &dyn Row| {
        let read = read(row).map_err(|source| RepoError::Load { schema: SOURCE, field: sql.into(), source })?;
        rows.push(read);
        Ok(())
    };
    repo.fetch_rows(SOURCE, &statement, &mut each).await?;
    Ok(rows)
}

/// Runs statements that take no values, in order.
pub(crate) async fn run(repo: &Repo, statements: Vec<String>) -> Result<(), MigrationError> {
    for sql in statements {
        repo.execute_script(&sql).await?;
    }
    Ok(())
}

/// Runs one statement that takes values.
pub(crate) async fn execute(repo: &Repo, sql: String, values: Vec<Value>) -> Result<u64, MigrationError> {
    Ok(repo.execute(SOURCE, &Statement { sql: sql.into(), values }).await?)
}
