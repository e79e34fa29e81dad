//! A connection that several handles share: a checkout, a transaction, a savepoint in it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, OwnedMutexGuard};

use crate::RepoError;
use crate::adapter::{Connection, Dialect, EachRow, Statement};

/// How long something waits for a savepoint that is open beside it.
const SIBLING: Duration = Duration::from_secs(15);

tokio::task_local! {
    /// The innermost scope of a sandbox in which the current task is.
    static INNERMOST: Arc<Scope>;
}

/// What a handle is bound to. Scopes nest: a savepoint is inside a transaction, or inside another savepoint.
pub(super) struct Scope {
    held: Arc<Held>,
    kind: Kind,
    /// Locked while a savepoint in this scope is open: they end in the reverse order of their beginning.
    nesting: Arc<Mutex<()>>,
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
    /// A transaction that nobody notices: what runs in it behaves as if there were none.
    Sandbox,
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
    fn name(&self) -> String {
        format!("s{}", self.names.fetch_add(1, Ordering::Relaxed))
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
        let result = self.connection()?.execute(statement).await;
        self.note(result)
    }

    pub(super) async fn fetch(&mut self, statement: &Statement, each: &mut EachRow<'_>) -> Result<(), RepoError> {
        let result = self.connection()?.fetch(statement, each).await;
        self.note(result)
    }

    pub(super) async fn script(&mut self, sql: &str) -> Result<(), RepoError> {
        let result = self.connection()?.execute_script(sql).await;
        self.note(result)
    }

    /// Undoes what was done since, and forgets the savepoint.
    async fn roll_back_to(&mut self, savepoint: &str) -> Result<(), RepoError> {
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
        if matches!(result, Err(RepoError::Adapter(_) | RepoError::Timeout { .. }))
            && self.held.dialect == Dialect::Postgres
        {
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

    /// Whether what runs in it is part of a transaction, as far as its user knows.
    pub(super) fn is_transaction(&self) -> bool {
        matches!(self.kind, Kind::Transaction | Kind::Savepoint)
    }

    /// The connection, after whoever else uses it.
    pub(super) async fn lock(&self) -> Result<Locked<'_>, RepoError> {
        if self.over.load(Ordering::Acquire) {
            return Err(over());
        }
        self.held.lock().await
    }

    /// The connection for one statement.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<Turn<'_>, RepoError> {
        if self.kind != Kind::Sandbox || self.innermost().is_some() {
            return Ok(Turn { locked: self.lock().await?, mark: None, _alone: None });
        }
        // Not in the middle of a transaction that another task has opened in the sandbox: that one may be rolled back.
        let alone = self.alone().await?;
        let mut locked = self.lock().await?;
        if self.held.dialect != Dialect::Postgres {
            return Ok(Turn { locked, mark: None, _alone: Some(alone) });
        }
        // PostgreSQL would refuse everything after an error; without a sandbox, the next statement would not notice.
        let mark = Mark::new(&self.held).set(&mut locked).await?;
        Ok(Turn { locked, mark: Some(mark), _alone: Some(alone) })
    }

    /// Waits until no savepoint is open in this scope, and lets none be opened.
    pub(super) async fn alone(&self) -> Result<OwnedMutexGuard<()>, RepoError> {
        tokio::time::timeout(SIBLING, Arc::clone(&self.nesting).lock_owned()).await.map_err(|_| {
            RepoError::Query(
                "another transaction or savepoint stayed open on this connection: inside of it, use the repo that it gives"
                    .to_owned(),
            )
        })
    }

    /// For a sandbox: the transaction in it in which the current task is. Without a sandbox, what it does by the outer repo
    /// would happen on another connection; here there is only one.
    pub(super) fn innermost(&self) -> Option<Arc<Self>> {
        let innermost = INNERMOST.try_with(Arc::clone).ok()?;
        let open = !innermost.over.load(Ordering::Acquire);
        (self.kind == Kind::Sandbox && open && Arc::ptr_eq(&innermost.held, &self.held)).then_some(innermost)
    }

    /// Runs `work` so that [`Self::innermost`] finds this scope.
    pub(super) async fn inside<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        INNERMOST.scope(Arc::clone(self), work).await
    }
}

/// The connection while one statement has it.
pub(super) struct Turn<'a> {
    locked: Locked<'a>,
    mark: Option<Mark>,
    _alone: Option<OwnedMutexGuard<()>>,
}

impl<'a> Turn<'a> {
    pub(super) fn locked(&mut self) -> &mut Locked<'a> {
        &mut self.locked
    }

    pub(super) async fn finish<T>(mut self, result: Result<T, RepoError>) -> Result<T, RepoError> {
        if let Some(mark) = self.mark.take() {
            mark.end(&mut self.locked, result.is_ok()).await?;
        }
        result
    }
}

/// A savepoint. Set and dropped without [`Mark::end`], it is rolled back before anything else runs.
pub(super) struct Mark {
    name: String,
    held: Arc<Held>,
    is_set: bool,
}

impl Mark {
    /// One that is not set yet.
    pub(super) fn new(held: &Arc<Held>) -> Self {
        Self { name: held.name(), held: Arc::clone(held), is_set: false }
    }

    /// What sets it.
    pub(super) fn set_sql(&self) -> String {
        format!("SAVEPOINT {}", self.name)
    }

    pub(super) async fn set(mut self, locked: &mut Locked<'_>) -> Result<Self, RepoError> {
        // Before it is sent: if this future is dropped, it may be set.
        self.is_set = true;
        locked.script(&self.set_sql()).await.inspect_err(|_| self.is_set = false)?;
        Ok(self)
    }

    /// What ends it, and keeps what was done since or not.
    pub(super) fn end_sql(&self, keep: bool) -> String {
        let Self { name, .. } = self;
        if keep { format!("RELEASE {name}") } else { format!("ROLLBACK TO {name}; RELEASE {name}") }
    }

    pub(super) async fn end(mut self, locked: &mut Locked<'_>, keep: bool) -> Result<(), RepoError> {
        if keep {
            locked.script(&self.end_sql(true)).await?;
        } else {
            locked.roll_back_to(&self.name).await?;
        }
        self.is_set = false;
        Ok(())
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        if self.is_set {
            self.held.abandoned.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.name));
        }
    }
}
