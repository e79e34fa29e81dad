//! SQL that the developer wrote by hand.

use super::Repo;
use crate::RepoError;
use crate::adapter::Statement;
use crate::types::Value;

/// What a raw query found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows, each as long as there are columns.
    pub rows: Vec<Vec<Value>>,
}

impl Repo {
    /// Runs SQL that returns rows. Placeholders are the database's own: `?` or `$1`.
    ///
    /// The text is a literal, so that nothing from outside can be part of it: what varies belongs into `values`. Columns are
    /// read as the database declares them; SQLite knows only integers, reals, text and bytes.
    pub async fn query(&self, sql: &'static str, values: Vec<Value>) -> Result<Rows, RepoError> {
        let mut found = Rows::default();
        self.fetch_rows("raw", &Statement { sql: sql.into(), values }, &mut |row| {
            if found.columns.is_empty() {
                found.columns = row.names();
            }
            let values = (0..row.len()).map(|index| {
                row.dynamic(index).map_err(|source| RepoError::Load {
                    schema: "raw",
                    field: found.columns[index].clone(),
                    source,
                })
            });
            found.rows.push(values.collect::<Result<_, _>>()?);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Runs SQL that returns no rows, and says how many it changed.
    pub async fn command(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, RepoError> {
        self.execute("raw", &Statement { sql: sql.into(), values }).await
    }
}
