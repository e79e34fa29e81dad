//! The repo: where queries and changesets meet a database.
//!
//! A [`Repo`] is a handle to a pool of connections, cheap to clone. Inside a transaction there is another `Repo` of the same
//! type, bound to the transaction's connection; whatever works with one works with the other.

mod builder;
mod bulk;
mod hooks;
pub mod multi;
pub mod preload;
mod raw;
mod read;
mod sandbox;
mod scope;
mod stream;
mod telemetry;
mod transaction;
mod write;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use builder::RepoBuilder;
pub use hooks::{Operation, QueryContext};
pub use multi::{Changes, Multi, MultiError};
pub use raw::Rows;
pub use read::Key;
pub use sandbox::Sandbox;
pub use stream::RowStream;
pub use telemetry::QueryEvent;
pub(crate) use write::join_rows;
pub use write::{
    ConflictTarget, InsertAllOptions, InsertOptions, Inserted, IntoEntry, OnConflict, UniqueOptions, WriteError,
    WriteOptions,
};

use crate::RepoError;
use crate::adapter::{Adapter, Dialect, EachRow, Statement};
use builder::PrepareTransaction;
use hooks::{Prepare, Settings};
use scope::Scope;
use telemetry::{Telemetry, Watch};

/// A handle to a database, or to one transaction of it (`Ecto.Repo`, Ecto 3.13).
#[derive(Clone)]
pub struct Repo {
    shared: Arc<Shared>,
    /// The connection that this handle is bound to; none: any of the pool.
    scope: Option<Arc<Scope>>,
    /// What it brings to every query.
    settings: Arc<Settings>,
}

/// What all handles to one database have in common.
struct Shared {
    adapter: Arc<dyn Adapter>,
    telemetry: Telemetry,
    prepare: Vec<Prepare>,
    prepare_transaction: Vec<PrepareTransaction>,
    replicas: Vec<Arc<Shared>>,
    /// Whose turn it is.
    next_replica: AtomicUsize,
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
        for replica in &self.shared.replicas {
            replica.adapter.close().await;
        }
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

    /// A replica to read from, in turn; this repo itself if it has none, or is bound to a connection.
    #[must_use]
    pub fn replica(&self) -> Self {
        let replicas = &self.shared.replicas;
        if replicas.is_empty() || self.scope.is_some() {
            return self.clone();
        }
        let turn = self.shared.next_replica.fetch_add(1, Ordering::Relaxed) % replicas.len();
        Self { shared: Arc::clone(&replicas[turn]), scope: None, settings: Arc::clone(&self.settings) }
    }

    /// Runs a statement and says how many rows it changed. `source` is for errors and telemetry.
    pub(crate) async fn execute(&self, source: &'static str, statement: &Statement) -> Result<u64, RepoError> {
        let mut watch = Watch::start(&self.shared.telemetry, source, statement);
        let result = self.execute_watched(statement, &mut watch).await;
        watch.rows = *result.as_ref().unwrap_or(&0);
        watch.finish(&result);
        result
    }

    async fn execute_watched(&self, statement: &Statement, watch: &mut Watch<'_>) -> Result<u64, RepoError> {
        if let Some(scope) = &self.scope {
            let mut turn = scope.turn().await?;
            watch.connected(None);
            let result = turn.locked().execute(statement).await;
            return turn.finish(result).await;
        }
        let mut connection = self.shared.adapter.acquire().await?;
        watch.connected(connection.idle());
        connection.execute(statement).await
    }

    /// Runs a statement and shows each row as it arrives.
    pub(crate) async fn fetch_rows(
        &self,
        source: &'static str,
        statement: &Statement,
        each: &mut EachRow<'_>,
    ) -> Result<(), RepoError> {
        let mut watch = Watch::start(&self.shared.telemetry, source, statement);
        let result = self.fetch_watched(statement, each, &mut watch).await;
        watch.finish(&result);
        result
    }

    async fn fetch_watched(
        &self,
        statement: &Statement,
        each: &mut EachRow<'_>,
        watch: &mut Watch<'_>,
    ) -> Result<(), RepoError> {
        if let Some(scope) = &self.scope {
            let mut turn = scope.turn().await?;
            watch.connected(None);
            let result = turn.locked().fetch(statement, &mut watch.each(each)).await;
            return turn.finish(result).await;
        }
        let mut connection = self.shared.adapter.acquire().await?;
        watch.connected(connection.idle());
        connection.fetch(statement, &mut watch.each(each)).await
    }

    /// Runs SQL of any number of statements that the developer wrote: structure files, migrations, set-up of tests.
    pub async fn execute_script(&self, sql: &str) -> Result<(), RepoError> {
        match &self.scope {
            Some(scope) => {
                let mut turn = scope.turn().await?;
                let result = turn.locked().script(sql).await;
                turn.finish(result).await
            }
            None => self.shared.adapter.acquire().await?.execute_script(sql).await,
        }
    }

    fn bound(&self, scope: Arc<Scope>) -> Self {
        Self { shared: Arc::clone(&self.shared), scope: Some(scope), settings: Arc::clone(&self.settings) }
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
