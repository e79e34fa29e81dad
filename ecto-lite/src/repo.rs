//! The repo: where queries and changesets meet a database.
//!
//! A [`Repo`] is a handle to a pool of connections, cheap to clone. Inside a transaction there is another `Repo` of the same
//! type, bound to the transaction's connection; whatever works with one works with the other.

mod builder;
pub mod preload;
mod raw;
mod read;
mod scope;
mod stream;
mod transaction;
mod write;

use std::fmt;
use std::sync::Arc;

pub use builder::RepoBuilder;
pub use raw::Rows;
pub use read::{IntoQuery, Key};
pub use stream::RowStream;
pub(crate) use write::join_rows;
pub use write::{ConflictTarget, InsertOptions, OnConflict, WriteError, WriteOptions};

use crate::RepoError;
use crate::adapter::{Adapter, Dialect, EachRow, Statement};
use scope::Scope;

/// A handle to a database, or to one transaction of it (`Ecto.Repo`, Ecto 3.13).
#[derive(Clone)]
pub struct Repo {
    shared: Arc<Shared>,
    /// The connection that this handle is bound to; none: any of the pool.
    scope: Option<Arc<Scope>>,
}

/// What all handles to one database have in common.
struct Shared {
    adapter: Arc<dyn Adapter>,
}

impl fmt::Debug for Repo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (connections, idle) = self.shared.adapter.size();
        f.debug_struct("Repo")
            .field("dialect", &self.dialect())
            .field("connections", &connections)
            .field("idle", &idle)
            .field("in_transaction", &self.in_transaction())
            .finish_non_exhaustive()
    }
}

impl Repo {
    /// Connects with the defaults of [`RepoBuilder`].
    ///
    /// The URL decides which database: `sqlite://robots.db?mode=rwc` (a file, made if there is none), `sqlite::memory:`,
    /// `postgres://user:password@host/database`.
    ///
    /// # Errors
    ///
    /// When the URL is wrong, or the database cannot be reached now.
    pub async fn connect(url: &str) -> Result<Self, RepoError> {
        Self::builder(url).connect().await
    }

    /// Options before connecting.
    pub fn builder(url: impl Into<String>) -> RepoBuilder {
        RepoBuilder::new(url.into())
    }

    /// Whose SQL the database speaks.
    pub fn dialect(&self) -> Dialect {
        self.shared.adapter.dialect()
    }

    /// Closes the pool: waits for the connections in use, refuses what comes later.
    pub async fn close(&self) {
        self.shared.adapter.close().await;
    }

    /// Closes every idle connection now and those in use when they come back, so that later queries run on new ones.
    pub fn disconnect_all(&self) {
        self.shared.adapter.disconnect_all();
    }

    /// How many connections are open and, of these, idle.
    pub fn pool_status(&self) -> PoolStatus {
        let (connections, idle) = self.shared.adapter.size();
        PoolStatus { connections, idle }
    }

    /// Runs a statement and says how many rows it changed. `source` is for errors and telemetry.
    #[allow(dead_code)]
    pub(crate) async fn execute(&self, source: &'static str, statement: &Statement) -> Result<u64, RepoError> {
        let _ = source;
        match &self.scope {
            Some(scope) => scope.lock().await?.execute(statement).await,
            None => Ok(self.shared.adapter.acquire().await?.execute(statement).await?),
        }
    }

    /// Runs a statement and shows each row as it arrives.
    #[allow(dead_code)]
    pub(crate) async fn fetch_rows(
        &self,
        source: &'static str,
        statement: &Statement,
        each: &mut EachRow<'_>,
    ) -> Result<(), RepoError> {
        let _ = source;
        match &self.scope {
            Some(scope) => scope.lock().await?.fetch(statement, each).await,
            None => self.shared.adapter.acquire().await?.fetch(statement, each).await,
        }
    }

    /// Runs SQL of any number of statements that the developer wrote: structure files, migrations, set-up of tests.
    pub async fn execute_script(&self, sql: &str) -> Result<(), RepoError> {
        match &self.scope {
            Some(scope) => scope.lock().await?.script(sql).await,
            None => Ok(self.shared.adapter.acquire().await?.execute_script(sql).await?),
        }
    }

    fn bound(&self, scope: Arc<Scope>) -> Self {
        Self { shared: Arc::clone(&self.shared), scope: Some(scope) }
    }
}

/// How many connections a pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Open ones.
    pub connections: u32,
    /// Of these, how many nobody uses.
    pub idle: usize,
}
