//! How the database would run a query.

use super::{Operation, Repo};
use crate::RepoError;
use crate::adapter::{Dialect, Statement};
use crate::query::IntoQuery;
use crate::types::Value;

/// What [`Repo::explain`] is to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
// One for each word of `EXPLAIN`'s own list.
#[allow(clippy::struct_excessive_bools)]
pub struct Explain {
    analyze: bool,
    verbose: bool,
    buffers: bool,
    settings: bool,
    json: bool,
}

impl Explain {
    /// The plan alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the query, and says what it really took. What it changes is rolled back. PostgreSQL.
    pub fn analyze(self) -> Self {
        Self { analyze: true, ..self }
    }

    /// Says which columns each step gives, and the like. PostgreSQL.
    pub fn verbose(self) -> Self {
        Self { verbose: true, ..self }
    }

    /// Says which pages were read, with [`Self::analyze`]. PostgreSQL.
    pub fn buffers(self) -> Self {
        Self { buffers: true, ..self }
    }

    /// Says which settings of the server matter. PostgreSQL.
    pub fn settings(self) -> Self {
        Self { settings: true, ..self }
    }

    /// As JSON, for programs. PostgreSQL.
    pub fn json(self) -> Self {
        Self { json: true, ..self }
    }

    fn prefix(self, dialect: Dialect) -> Result<String, RepoError> {
        let options = [
            (self.analyze, "ANALYZE"),
            (self.verbose, "VERBOSE"),
            (self.buffers, "BUFFERS"),
            (self.settings, "SETTINGS"),
            (self.json, "FORMAT JSON"),
        ];
        let options: Vec<_> = options.into_iter().filter(|(wanted, _)| *wanted).map(|(_, option)| option).collect();
        match dialect {
            Dialect::Postgres if options.is_empty() => Ok("EXPLAIN".to_owned()),
            Dialect::Postgres => Ok(format!("EXPLAIN ({})", options.join(", "))),
            Dialect::Sqlite if options.is_empty() => Ok("EXPLAIN QUERY PLAN".to_owned()),
            Dialect::Sqlite => Err(RepoError::Query(
                "SQLite explains a query's plan and nothing more: use `Explain::new()`".to_owned(),
            )),
        }
    }
}

impl Repo {
    /// The database's plan for a query, as it prints it: a line for each step.
    pub async fn explain<Q: IntoQuery>(&self, query: Q, options: Explain) -> Result<String, RepoError> {
        let statement = self.prepared(Operation::All, query.into_query())?.to_statement(self.dialect())?;
        let sql = format!("{} {}", options.prefix(self.dialect())?, statement.sql).into();
        let statement = Statement { sql, values: statement.values };
        if !options.analyze {
            return self.plan_of(&statement).await;
        }
        let mut plan = String::new();
        let undone = self
            .savepoint(async |tx| {
                plan = tx.plan_of(&statement).await?;
                Err::<(), _>(RepoError::Rollback(String::new()))
            })
            .await;
        match undone {
            Err(RepoError::Rollback(why)) if why.is_empty() => Ok(plan),
            Err(error) => Err(error),
            Ok(()) => Ok(plan),
        }
    }

    async fn plan_of(&self, statement: &Statement) -> Result<String, RepoError> {
        let mut lines = Vec::new();
        // SQLite: the steps that are above the one that comes.
        let mut above: Vec<Value> = Vec::new();
        self.fetch_rows("explain", statement, &mut |row| {
            let value = |index| {
                row.dynamic(index).map_err(|source| RepoError::Load {
                    schema: "explain",
                    field: "the plan".to_owned(),
                    source,
                })
            };
            if row.len() == 1 {
                lines.push(text(value(0)?));
            } else {
                let (step, parent) = (value(0)?, value(1)?);
                above.truncate(above.iter().position(|it| *it == parent).map_or(0, |at| at + 1));
                lines.push(format!("{}{}", "  ".repeat(above.len()), text(value(3)?)));
                above.push(step);
            }
            Ok(())
        })
        .await?;
        Ok(lines.join("\n"))
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Json(json) => json.to_string(),
        other => format!("{other:?}"),
    }
}
