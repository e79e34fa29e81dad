//! What a database must do: one trait, kept by SQLite and PostgreSQL alike.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::types::{DbType, LoadError, Value};

/// A boxed future, as object-safe traits return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.45 and newer.
    Sqlite,
    /// PostgreSQL 13 and newer.
    Postgres,
}

impl Dialect {
    /// How many values one statement may bind: 32,766 (SQLite) or 65,535 (PostgreSQL).
    pub fn max_parameters(self) -> usize {
        match self {
            Self::Sqlite => 32_766,
            Self::Postgres => 65_535,
        }
    }
}

/// SQL and the values that it binds, in the order of its placeholders (`?` or `$1`).
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The text. Holds no value of a user.
    pub sql: std::sync::Arc<str>,
    /// What it binds.
    pub values: Vec<Value>,
}

/// A row while it is being read.
pub trait Row {
    /// The value of column `index`, read as `of`.
    fn value(&self, index: usize, of: DbType) -> Result<Value, LoadError>;
    /// The value of column `index`, read as the database declares it; for raw queries.
    fn dynamic(&self, index: usize) -> Result<Value, LoadError>;
    /// The columns' names.
    fn names(&self) -> Vec<String>;
    /// How many columns there are.
    fn len(&self) -> usize;
    /// Whether there is no column.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Sees each row once, in order; an error ends the query.
pub type EachRow<'a> = dyn FnMut(&dyn Row) -> Result<(), crate::RepoError> + Send + 'a;

/// Takes rows at its own pace.
pub trait RowSink: Send {
    /// Sees one row; an error ends the query.
    fn take(&mut self, row: &dyn Row) -> Result<(), crate::RepoError>;
    /// Whether it wants to be [emptied](Self::empty) before the next row.
    fn is_full(&self) -> bool;
    /// Waits until what it holds is out of the way; an error ends the query.
    fn empty(&mut self) -> BoxFuture<'_, Result<(), crate::RepoError>>;
}

/// A pool of connections to one database.
pub trait Adapter: fmt::Debug + Send + Sync + 'static {
    /// Whose SQL to write.
    fn dialect(&self) -> Dialect;
    /// Waits for a free connection. Cancel safe.
    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>, crate::RepoError>>;
    /// Closes every connection, waiting for those in use.
    fn close(&self) -> BoxFuture<'_, ()>;
    /// Closes every idle connection now, and those in use when they come back.
    fn disconnect_all(&self);
    /// Connections open, and of these idle.
    fn size(&self) -> (u32, usize);
}

/// How a transaction is begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// What it may see of others; the database's default if none. SQLite is always serializable.
    pub isolation: Option<Isolation>,
    /// It promises not to write. In SQLite it then does not wait for those that do.
    pub read_only: bool,
    /// How long it may take, from `begin` to `commit`; then it is rolled back.
    pub timeout: Option<std::time::Duration>,
}

impl TransactionOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What it may see of others.
    #[must_use]
    pub fn isolation(self, isolation: Isolation) -> Self {
        Self { isolation: Some(isolation), ..self }
    }

    /// It promises not to write.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    /// How long it may take.
    #[must_use]
    pub fn timeout(self, timeout: std::time::Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// What begins it. SQLite's takes the right to write at once, so that nobody loses a transaction that began by reading.
    pub(crate) fn begin(&self, dialect: Dialect) -> String {
        if dialect == Dialect::Sqlite {
            return format!("BEGIN {}", if self.read_only { "DEFERRED" } else { "IMMEDIATE" });
        }
        let isolation = match self.isolation {
            None => "",
            Some(Isolation::ReadCommitted) => " ISOLATION LEVEL READ COMMITTED",
            Some(Isolation::RepeatableRead) => " ISOLATION LEVEL REPEATABLE READ",
            Some(Isolation::Serializable) => " ISOLATION LEVEL SERIALIZABLE",
        };
        format!("BEGIN{isolation}{}", if self.read_only { " READ ONLY" } else { "" })
    }
}

/// What a transaction may see of others (SQL's isolation levels, as PostgreSQL keeps them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// What others had committed when each statement began.
    ReadCommitted,
    /// What others had committed when the transaction began; fails as busy if it would overwrite a later change.
    RepeatableRead,
    /// As if transactions ran one after the other; fails as busy where they could not have.
    Serializable,
}

/// One connection; goes back to the pool when dropped. Dropped in the middle of a statement or a transaction, it is
/// rolled back first.
pub trait Connection: Send {
    /// Runs a statement and says how many rows it changed.
    fn execute<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<u64, crate::RepoError>>;
    /// Runs a statement and shows each row as it arrives.
    fn fetch<'a>(
        &'a mut self,
        statement: &'a Statement,
        each: &'a mut EachRow<'_>,
    ) -> BoxFuture<'a, Result<(), crate::RepoError>>;
    /// Runs a statement and shows `sink` each row as it arrives, at the pace of `sink`: what it does not ask for stays
    /// with the database.
    fn stream<'a>(
        &'a mut self,
        statement: &'a Statement,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<(), crate::RepoError>>;
    /// Runs text of several statements without values: migrations, structure files.
    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<(), crate::RepoError>>;
    /// Begins a transaction.
    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<(), crate::RepoError>>;
    /// Commits it.
    fn commit(&mut self) -> BoxFuture<'_, Result<(), crate::RepoError>>;
    /// Rolls it back.
    fn rollback(&mut self) -> BoxFuture<'_, Result<(), crate::RepoError>>;
    /// How long it had been idle before this use; none if it was opened for it.
    fn idle(&self) -> Option<std::time::Duration>;
    /// Takes the connection out of the pool and closes it, whatever state it is in.
    fn discard(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// What a constraint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// A unique index or primary key.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
    /// PostgreSQL's `exclude`.
    Exclusion,
    /// A column that may not be null.
    NotNull,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unique => "unique",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::Exclusion => "exclusion",
            Self::NotNull => "not null",
        })
    }
}

/// What a database said no with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdapterError {
    /// A constraint. SQLite names unique constraints by `table.column, …`, checks by name, foreign keys not at all.
    #[error("{kind} constraint {name:?} failed")]
    Constraint {
        /// What kind.
        kind: ConstraintKind,
        /// Its name; empty where the database tells none.
        name: String,
        /// The table, where the database tells it.
        table: Option<String>,
        /// The columns, where the database tells them instead of a name.
        columns: Vec<String>,
    },
    /// The connection broke; a new one is opened for the next query.
    #[error("the connection to the database was lost")]
    Disconnected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another process holds the file, or the transaction lost against another one: try again.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// No space, or a limit of the storage.
    #[error("the database's disk is full: {0}")]
    DiskFull(String),
    /// The repo, the transaction or the file only reads.
    #[error("nothing can be written here: {0}")]
    ReadOnly(String),
    /// Anything else, with the database's own code.
    #[error("{message} (code {code})")]
    Database {
        /// SQLSTATE or SQLite's extended result code.
        code: String,
        /// What the database said.
        message: String,
    },
    /// The URL or the options are wrong.
    #[error("{0}")]
    Configuration(String),
}
