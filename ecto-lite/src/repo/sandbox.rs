//! A test's own view of a database that all tests share.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::Repo;
use super::scope::{Held, Kind, Scope};
use crate::RepoError;
use crate::adapter::{AdapterError, TransactionOptions};

/// How long a test may keep its connection unless told.
const OWNERSHIP: Duration = Duration::from_secs(120);

/// Begins and ends the token in a user agent.
const AGENT: (&str, &str) = ("EctoSandbox (", ")");

/// A transaction around a test, rolled back at its end, in which everything behaves as if it were none
/// (`Ecto.Adapters.SQL.Sandbox`, Ecto SQL 3.13).
///
/// Every use of [`Sandbox::repo`] and its clones goes to one connection. Hand a clone to each task that belongs to the test: what
/// Ecto calls an allowance is a value here. A transaction inside is a savepoint, and a statement that fails spoils nothing. Tests
/// run at the same time, on PostgreSQL as many as there are connections; on SQLite, where one connection writes at a
/// time, one after the other.
///
/// What a sandbox cannot show: what happens at `commit` (deferred constraints, notifications), and two connections in conflict.
///
/// ```
/// # use ecto_lite::{Repo, RepoError, repo::Sandbox};
/// # async fn test(repo: Repo) -> Result<(), RepoError> {
/// let sandbox = Sandbox::start(&repo).await?;
/// let repo = sandbox.repo();
/// // … everything with `repo`.
/// sandbox.stop().await
/// # }
/// ```
#[derive(Debug)]
pub struct Sandbox {
    repo: Repo,
    token: Uuid,
    limit: Option<tokio::task::AbortHandle>,
}

impl Sandbox {
    /// Takes a connection and begins. It is kept for two minutes at most.
    pub async fn start(repo: &Repo) -> Result<Self, RepoError> {
        Self::start_for(repo, OWNERSHIP).await
    }

    /// Takes a connection and begins. After `ownership` it is taken back, whatever the test is doing. That is also how long it
    /// waits for its turn.
    pub async fn start_for(repo: &Repo, ownership: Duration) -> Result<Self, RepoError> {
        let connection = begin(repo, ownership).await?;
        let held = Held::new(repo.dialect(), connection);
        let scope = Scope::new(held, Kind::Sandbox);
        let token = Uuid::new_v4();
        let limit = tokio::spawn(limit(Arc::downgrade(&scope), ownership)).abort_handle();
        let repo = repo.bound(Arc::clone(&scope));
        registry().insert(token, (Arc::downgrade(&scope), repo.unbound()));
        Ok(Self { repo, token, limit: Some(limit) })
    }

    /// The repo of the test.
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// What a browser's user agent is to contain so that [`Sandbox::of_user_agent`] finds this sandbox.
    pub fn metadata(&self) -> String {
        format!("{}{}{}", AGENT.0, self.token.simple(), AGENT.1)
    }

    /// The repo of the sandbox whose [`Sandbox::metadata`] is part of `user_agent`, while that one runs in this process.
    pub fn of_user_agent(user_agent: &str) -> Option<Repo> {
        let (_, token) = user_agent.split_once(AGENT.0)?;
        let token = Uuid::try_parse(token.split_once(AGENT.1)?.0).ok()?;
        let (scope, repo) = registry().get(&token).cloned()?;
        Some(repo.bound(scope.upgrade()?))
    }

    /// Rolls back, and gives the connection back.
    pub async fn stop(mut self) -> Result<(), RepoError> {
        let Some(scope) = self.end() else { return Ok(()) };
        match scope.held().take().await {
            // A task of its own, so that it is carried out even if this future is dropped now.
            Some(mut connection) => tokio::spawn(async move { connection.rollback().await })
                .await
                .map_err(|e| AdapterError::Disconnected(Box::new(e)))?,
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Option<Arc<Scope>> {
        self.limit.take()?.abort();
        registry().remove(&self.token);
        let scope = self.repo.scope.clone()?;
        scope.end();
        Some(scope)
    }
}

impl Drop for Sandbox {
    /// Gives the connection to the pool, which rolls back before anybody else has it.
    fn drop(&mut self) {
        if let Some(scope) = self.end() {
            drop_connection(scope.held());
        }
    }
}

impl Repo {
    /// See [`Sandbox::start`].
    pub async fn sandbox(&self) -> Result<Sandbox, RepoError> {
        Sandbox::start(self).await
    }

    fn unbound(&self) -> Self {
        Self { scope: None, ..self.clone() }
    }
}

/// Sandboxes wait for one another longer than others wait for a connection: a thousand may have been started at once.
async fn begin(repo: &Repo, limit: Duration) -> Result<Box<dyn crate::adapter::Connection>, RepoError> {
    let began = Instant::now();
    loop {
        let begun = async {
            let mut connection = repo.shared.adapter.acquire().await?;
            connection.begin(&TransactionOptions::new()).await?;
            Ok(connection)
        };
        match begun.await {
            Err(RepoError::PoolTimeout { .. } | RepoError::Adapter(AdapterError::Busy(_)))
                if began.elapsed() < limit => {}
            begun => return begun,
        }
    }
}

async fn limit(scope: Weak<Scope>, ownership: Duration) {
    tokio::time::sleep(ownership).await;
    if let Some(scope) = scope.upgrade() {
        tracing::error!("a sandbox was not stopped within {ownership:?}: its connection is taken back");
        scope.end();
        drop(scope.held().take().await);
    }
}

/// Takes the connection from whoever has it, now or as soon as its statement ends.
pub(super) fn drop_connection(held: &Arc<Held>) {
    if !held.try_drop()
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        let held = Arc::clone(held);
        runtime.spawn(async move { drop(held.take().await) });
    }
}

type Registry = HashMap<Uuid, (Weak<Scope>, Repo)>;

fn registry() -> std::sync::MutexGuard<'static, Registry> {
    static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}
