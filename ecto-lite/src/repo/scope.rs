//! A connection that several handles share: a checkout, a transaction, a savepoint in it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, MutexGuard};

use crate::RepoError;
use crate::adapter::{Connection, Dialect, EachRow, Statement};

/// What a handle is bound to. Scopes nest: a savepoint is inside a transaction, or inside another savepoint.
pub(super) struct Scope {
    held: Arc<Held>,
    kind: Kind,
    /// Locked while a savepoint in this scope is open: they end in the reverse order of their beginning.
    pub(super) nesting: Arc<Mutex<()>>,
    /// An inner transaction failed: this one can only be rolled back.
    doomed: AtomicBool,
    over: AtomicBool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One connection for several statements.
    Checkout,
    /// From `begin` to `commit`.
    Transaction,
    /// Inside a transaction.
    Savepoint,
}

/// The connection itself, and what its transaction has been through.
pub(super) struct Held {
    dialect: Dialect,
    connection: Mutex<Option<Box<dyn Connection>>>,
    /// PostgreSQL refuses everything in a transaction after an error, until it is rolled back.
    failed: AtomicBool,
    names: AtomicU64,
    /// Savepoints whose futures were dropped: to be rolled back before anything else runs.
    abandoned: std::sync::Mutex<Vec<String>>,
}

impl Held {
    pub(super) fn new(dialect: Dialect, connection: Box<dyn Connection>) -> Arc<Self> {
        Arc::new(Self {
            dialect,
            connection: Mutex::new(Some(connection)),
            failed: AtomicBool::new(false),
            names: AtomicU64::new(0),
            abandoned: std::sync::Mutex::default(),
        })
    }

    /// The connection, after whoever else uses it.
    pub(super) async fn lock(&self) -> Result<Locked<'_>, RepoError> {
        let guard = self.connection.lock().await;
        if guard.is_none() {
            return Err(over());
        }
        let mut locked = Locked { guard, held: self };
        locked.roll_back_abandoned().await?;
        Ok(locked)
    }

    /// Takes the connection away from every handle that still has it.
    pub(super) async fn take(&self) -> Option<Box<dyn Connection>> {
        self.connection.lock().await.take()
    }

    /// The same for where nothing can be waited for. False if somebody uses it at the moment.
    pub(super) fn try_drop(&self) -> bool {
        self.connection.try_lock().map(|mut connection| connection.take()).is_ok()
    }

    /// Whether PostgreSQL refuses everything until a rollback.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// A name for a savepoint, unlike the others of this connection.
    pub(super) fn name(&self) -> String {
        format!("s{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn abandon(&self, savepoint: String) {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).push(savepoint);
    }
}

/// The connection while one statement, or a few that belong together, have it.
pub(super) struct Locked<'a> {
    guard: MutexGuard<'a, Option<Box<dyn Connection>>>,
    held: &'a Held,
}

impl Locked<'_> {
    pub(super) fn connection(&mut self) -> Result<&mut dyn Connection, RepoError> {
        match &mut *self.guard {
            Some(connection) => Ok(&mut **connection),
            None => Err(over()),
        }
    }

    pub(super) async fn execute(&mut self, statement: &Statement) -> Result<u64, RepoError> {
        let result = self.connection()?.execute(statement).await.map_err(RepoError::from);
        self.note(result)
    }

    pub(super) async fn fetch(&mut self, statement: &Statement, each: &mut EachRow<'_>) -> Result<(), RepoError> {
        let result = self.connection()?.fetch(statement, each).await;
        self.note(result)
    }

    pub(super) async fn script(&mut self, sql: &str) -> Result<(), RepoError> {
        let result = self.connection()?.execute_script(sql).await.map_err(RepoError::from);
        self.note(result)
    }

    /// Undoes what was done since, and forgets the savepoint.
    pub(super) async fn roll_back_to(&mut self, savepoint: &str) -> Result<(), RepoError> {
        self.script(&format!("ROLLBACK TO {savepoint}; RELEASE {savepoint}")).await?;
        self.held.failed.store(false, Ordering::Release);
        Ok(())
    }

    async fn roll_back_abandoned(&mut self) -> Result<(), RepoError> {
        loop {
            let savepoint = self.held.abandoned.lock().unwrap_or_else(PoisonError::into_inner).first().cloned();
            let Some(savepoint) = savepoint else { return Ok(()) };
            let undone = self.roll_back_to(&savepoint).await;
            // Only now: this future too may be dropped.
            self.held.abandoned.lock().unwrap_or_else(PoisonError::into_inner).retain(|it| *it != savepoint);
            // It may have been dropped before the savepoint was even set, which SQLite does not mind.
            if self.held.dialect == Dialect::Postgres {
                undone?;
            }
        }
    }

    fn note<T>(&self, result: Result<T, RepoError>) -> Result<T, RepoError> {
        if matches!(result, Err(RepoError::Adapter(_))) && self.held.dialect == Dialect::Postgres {
            self.held.failed.store(true, Ordering::Release);
        }
        result
    }
}

fn over() -> RepoError {
    RepoError::Query(
        "this repo belongs to a transaction or checkout that is over: use the one outside of it".to_owned(),
    )
}

impl Scope {
    pub(super) fn new(held: Arc<Held>, kind: Kind) -> Arc<Self> {
        Arc::new(Self {
            held,
            kind,
            nesting: Arc::default(),
            doomed: AtomicBool::new(false),
            over: AtomicBool::new(false),
        })
    }

    pub(super) fn held(&self) -> &Arc<Held> {
        &self.held
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// From now on what was done in this scope can only be rolled back.
    pub(super) fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }

    pub(super) fn is_doomed(&self) -> bool {
        self.doomed.load(Ordering::Acquire)
    }

    /// Handles that are bound to it answer with an error from now on.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// The connection, after whoever else uses it.
    pub(super) async fn lock(&self) -> Result<Locked<'_>, RepoError> {
        if self.over.load(Ordering::Acquire) {
            return Err(over());
        }
        self.held.lock().await
    }
}
