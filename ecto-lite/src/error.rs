//! What a caller of a repo can act on.

use crate::types::{DumpError, LoadError};

/// Why the repo could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepoError {
    /// `fetch`, `one` or `reload` found no row. A web layer answers 404.
    #[error("no {schema} found")]
    NotFound {
        /// The schema or source asked for.
        schema: &'static str,
    },
    /// `one` found more than one row.
    #[error("expected at most one {schema}, found {count}")]
    MultipleResults {
        /// The schema or source asked for.
        schema: &'static str,
        /// How many rows came, at least.
        count: usize,
    },
    /// The row was changed or deleted by somebody else since it was read.
    #[error(
        "attempted to {action} a stale {schema}: it was changed or deleted in the meantime; reload it and try again"
    )]
    StaleEntry {
        /// The schema.
        schema: &'static str,
        /// `update` or `delete`.
        action: &'static str,
    },
    /// The database refused the row, and the changeset names no constraint that matches.
    #[error(
        "{kind} constraint {name:?} of {schema} failed and the changeset has none of that name{}",
        known(.defined)
    )]
    Constraint {
        /// What kind of constraint.
        kind: crate::adapter::ConstraintKind,
        /// Its name, as far as the database tells.
        name: String,
        /// The schema or table.
        schema: String,
        /// `kind name` of each constraint that the changeset does define.
        defined: Vec<String>,
    },
    /// The query makes no sense for this schema or database; says what to change.
    #[error("{0}")]
    Query(String),
    /// An association was read, or needed, that was not loaded.
    #[error(transparent)]
    NotLoaded(#[from] crate::schema::NotLoaded),
    /// A row does not fit the schema.
    #[error("{schema}.{field} does not fit its schema")]
    Load {
        /// The schema.
        schema: &'static str,
        /// The field or column.
        field: String,
        /// What does not fit.
        #[source]
        source: LoadError,
    },
    /// A value cannot be stored.
    #[error("a value cannot be stored")]
    Dump(#[from] DumpError),
    /// The transaction was rolled back by `rollback`, or by an inner one.
    #[error("the transaction was rolled back: {0}")]
    Rollback(String),
    /// No connection became free in time.
    #[error(
        "no connection became free within {queued:?}: raise the pool's `max_connections`, or hold connections for less time"
    )]
    PoolTimeout {
        /// How long it was waited.
        queued: std::time::Duration,
    },
    /// The query took longer than [`crate::repo::RepoBuilder::query_timeout`] or the transaction's own time-out. A
    /// transaction that it was part of can only be rolled back.
    #[error("the query took longer than {limit:?}")]
    Timeout {
        /// The limit.
        limit: std::time::Duration,
    },
    /// What the database or its driver said.
    #[error("the database failed")]
    Adapter(#[from] crate::adapter::AdapterError),
}

fn known(defined: &[String]) -> String {
    if defined.is_empty() { String::new() } else { format!("; it has: {}", defined.join(", ")) }
}
