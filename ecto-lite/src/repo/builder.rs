//! How a repo is set up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use super::hooks::{Prepare, QueryContext, Settings};
use super::telemetry::{QueryEvent, Telemetry};
use super::{Repo, Shared};
use crate::RepoError;
use crate::adapter::TransactionOptions;
use crate::adapters::{self, PoolOptions};

/// Changes the options of every transaction.
pub(super) type PrepareTransaction = Arc<dyn Fn(&mut TransactionOptions) + Send + Sync>;

/// Options of a repo. Made by [`Repo::builder`].
#[must_use]
pub struct RepoBuilder {
    url: String,
    pool: PoolOptions,
    telemetry: Telemetry,
    settings: Settings,
    prepare: Vec<Prepare>,
    prepare_transaction: Vec<PrepareTransaction>,
    replicas: Vec<String>,
}

impl fmt::Debug for RepoBuilder {
    /// Without the URLs, which may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepoBuilder")
            .field("pool", &self.pool)
            .field("telemetry", &self.telemetry)
            .field("settings", &self.settings)
            .field("replicas", &self.replicas.len())
            .finish_non_exhaustive()
    }
}

impl RepoBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            pool: PoolOptions::default(),
            telemetry: Telemetry {
                name: "repo".to_owned(),
                slow: Some(Duration::from_millis(500)),
                ..Telemetry::default()
            },
            settings: Settings::default(),
            prepare: Vec::new(),
            prepare_transaction: Vec::new(),
            replicas: Vec::new(),
        }
    }

    /// What telemetry calls it; `repo` unless told.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.telemetry.name = name.into();
        self
    }

    /// How many connections there may be at a time; 10 unless told. An SQLite database in memory has one.
    pub fn max_connections(mut self, max: u32) -> Self {
        self.pool.max_connections = max.max(1);
        self
    }

    /// How long to wait for a free connection before [`RepoError::PoolTimeout`]; 5 seconds unless told.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.pool.acquire_timeout = timeout;
        self
    }

    /// After how long without use a connection is closed; 10 minutes unless told, never if none.
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.pool.idle_timeout = timeout.into();
        self
    }

    /// After how long a connection is replaced; 30 minutes unless told, never if none.
    pub fn max_lifetime(mut self, lifetime: impl Into<Option<Duration>>) -> Self {
        self.pool.max_lifetime = lifetime.into();
        self
    }

    /// How long a statement may take before [`RepoError::Timeout`]; for ever unless told. PostgreSQL then gives it up, and so
    /// does SQLite.
    pub fn query_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.pool.query_timeout = timeout.into();
        self
    }

    /// SQLite: how long to wait for others that write, before [`crate::adapter::AdapterError::Busy`]; 5 seconds unless told.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.pool.busy_timeout = timeout;
        self
    }

    /// The database refuses every write that comes through this repo.
    pub fn read_only(mut self) -> Self {
        self.pool.read_only = true;
        self
    }

    /// A replica, for [`Repo::replica`]. It has a pool of its own, with the same options, and refuses writes.
    pub fn replica(mut self, url: impl Into<String>) -> Self {
        self.replicas.push(url.into());
        self
    }

    /// The prefix of all tables that have none of their own: [`Repo::with_prefix`].
    pub fn prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        self.settings.prefix = Some(prefix.into());
        self
    }

    /// An option for hooks that every handle brings along: [`Repo::with_option`].
    pub fn option<T: Send + Sync + 'static>(mut self, option: T) -> Self {
        self.settings.put(option);
        self
    }

    /// Calls `prepare` with every query before it is run: to add a condition, a comment, or to refuse it by an error. It sees
    /// what is read, streamed and preloaded, `update_all`, `delete_all` and `insert_all_from`, and every query inside of
    /// these; not what is written row by row (`prepare_query`, Ecto 3.13).
    ///
    /// ```
    /// use ecto_lite::{Repo, RepoError};
    ///
    /// struct Tenant(i64);
    /// struct EveryTenant;
    ///
    /// Repo::builder("sqlite::memory:").prepare_query(|query| {
    ///     if query.option::<EveryTenant>().is_some() || !query.has_field("tenant_id") {
    ///         return Ok(());
    ///     }
    ///     match query.option::<Tenant>() {
    ///         Some(&Tenant(id)) => Ok(query.filter_equal("tenant_id", id)),
    ///         None => Err(RepoError::Query("say whose: `repo.with_option(Tenant(…))`".to_owned())),
    ///     }
    /// });
    /// ```
    pub fn prepare_query(
        mut self,
        prepare: impl Fn(&mut QueryContext<'_>) -> Result<(), RepoError> + Send + Sync + 'static,
    ) -> Self {
        self.prepare.push(Arc::new(prepare));
        self
    }

    /// Calls `prepare` with the options of every transaction before it begins.
    pub fn prepare_transaction(mut self, prepare: impl Fn(&mut TransactionOptions) + Send + Sync + 'static) -> Self {
        self.prepare_transaction.push(Arc::new(prepare));
        self
    }

    /// Calls `handler` after every query, on the task that made it.
    pub fn on_query(mut self, handler: impl Fn(&QueryEvent<'_>) + Send + Sync + 'static) -> Self {
        self.telemetry.handlers.push(Arc::new(handler));
        self
    }

    /// Warns about queries that take as long as this, by `tracing`; half a second unless told, never if none.
    pub fn slow_query(mut self, threshold: impl Into<Option<Duration>>) -> Self {
        self.telemetry.slow = threshold.into();
        self
    }

    /// Whether logs and [`QueryEvent`]s hold the values that were bound. Not unless told, for they may be personal.
    pub fn log_params(mut self, log: bool) -> Self {
        self.telemetry.log_params = log;
        self
    }

    /// Whether [`QueryEvent`]s say where the query was made. That takes longer than many a query.
    pub fn backtraces(mut self, backtraces: bool) -> Self {
        self.telemetry.backtraces = backtraces;
        self
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// When a URL is wrong, or its database cannot be reached now.
    pub async fn connect(self) -> Result<Repo, RepoError> {
        let mut replicas = Vec::with_capacity(self.replicas.len());
        for url in &self.replicas {
            let pool = PoolOptions { read_only: true, ..self.pool.clone() };
            replicas.push(Arc::new(self.shared(url, pool, Vec::new()).await?));
        }
        let shared = self.shared(&self.url, self.pool.clone(), replicas).await?;
        Ok(Repo { shared: Arc::new(shared), scope: None, settings: Arc::new(self.settings) })
    }

    async fn shared(&self, url: &str, pool: PoolOptions, replicas: Vec<Arc<Shared>>) -> Result<Shared, RepoError> {
        Ok(Shared {
            adapter: adapters::connect(url, pool).await?,
            url: url.to_owned(),
            telemetry: self.telemetry.clone(),
            prepare: self.prepare.clone(),
            prepare_transaction: self.prepare_transaction.clone(),
            replicas,
            next_replica: AtomicUsize::new(0),
        })
    }
}
