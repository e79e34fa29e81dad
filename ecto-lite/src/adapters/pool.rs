//! A pool of connections to one database.
//!
//! A connection that comes back in the middle of a statement or of a transaction, because the future that used it was
//! dropped, is taken aside: a task ends what was begun and only then gives it back, or closes it. So nobody is ever
//! given a connection that is inside a transaction of somebody else.
//!
//! A connection that was idle for a while is asked whether it still lives before it is given out; one that was used just
//! now is not. If it turns out dead before the first statement could have run, another one is opened and the statement
//! sent there. A statement that may have run is never sent twice.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::RepoError;
use crate::adapter::{
    Adapter, AdapterError, BoxFuture, Connection, Dialect, EachRow, Row, RowSink, Statement, TransactionOptions,
};

/// How long a connection that was given up in the middle of something may take to be usable again.
const RECOVERY: Duration = Duration::from_secs(5);

/// How long the statement of a future that was dropped may run on before it is interrupted. Most end by themselves.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a pool can be told.
#[derive(Clone, Debug)]
pub(crate) struct PoolOptions {
    pub(crate) max_connections: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) busy_timeout: Duration,
    pub(crate) query_timeout: Option<Duration>,
    pub(crate) read_only: bool,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            idle_timeout: Some(Duration::from_mins(10)),
            max_lifetime: Some(Duration::from_mins(30)),
            busy_timeout: Duration::from_secs(5),
            query_timeout: None,
            read_only: false,
        }
    }
}

/// What went wrong with a statement.
pub(super) struct Fault {
    pub(super) error: RepoError,
    /// Whether the database can have run it. False only if it certainly has not.
    pub(super) ran: bool,
}

/// A database's driver.
pub(super) trait Driver: fmt::Debug + Send + Sync + 'static {
    /// A connection. Closed when dropped, whatever it is doing.
    type Wire: Wire;
    /// After how long without use a connection is asked whether it still lives; never, if none.
    const PING_AFTER: Option<Duration>;
    /// How much longer than `query_timeout` to wait for a database that knows of it and ends the statement itself.
    const GRACE: Duration;

    fn dialect(&self) -> Dialect;
    fn connect(&self) -> impl Future<Output = Result<Self::Wire, AdapterError>> + Send;
}

/// A driver's connection.
pub(super) trait Wire: Send + 'static {
    /// Runs a statement, gives `sink` its rows, and says how many it changed.
    fn run(&mut self, statement: &Statement, sink: &mut dyn RowSink)
    -> impl Future<Output = Result<u64, Fault>> + Send;
    fn script(&mut self, sql: &str) -> impl Future<Output = Result<(), Fault>> + Send;
    fn begin(&mut self, options: &TransactionOptions) -> impl Future<Output = Result<(), Fault>> + Send;
    fn commit(&mut self) -> impl Future<Output = Result<(), Fault>> + Send;
    fn rollback(&mut self) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Ends the statement that is running, of which nobody waits for the answer; [`Self::ping`] then finds out.
    fn interrupt(&mut self) -> impl Future<Output = ()> + Send;
    /// Waits until whatever was begun is over, and for an answer.
    fn ping(&mut self) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Says goodbye.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// Shows a row to `sink`, and says whether it is to be [emptied] before the next one.
pub(super) fn shown(sink: &mut dyn RowSink, row: &dyn Row) -> Result<bool, Fault> {
    sink.take(row).map_err(|error| Fault { error, ran: true })?;
    Ok(sink.is_full())
}

/// Waits until `sink` is empty.
pub(super) async fn emptied(sink: &mut dyn RowSink) -> Result<(), Fault> {
    sink.empty().await.map_err(|error| Fault { error, ran: true })
}

/// A sink that is never full.
struct Unbounded<F>(F);

impl<F: FnMut(&dyn Row) -> Result<(), RepoError> + Send> RowSink for Unbounded<F> {
    fn take(&mut self, row: &dyn Row) -> Result<(), RepoError> {
        (self.0)(row)
    }

    fn is_full(&self) -> bool {
        false
    }

    fn empty(&mut self) -> BoxFuture<'_, Result<(), RepoError>> {
        Box::pin(async { Ok(()) })
    }
}

pub(super) struct Pool<D: Driver> {
    driver: D,
    options: PoolOptions,
    permits: Arc<Semaphore>,
    /// The last used one last.
    idle: Mutex<Vec<Idle<D::Wire>>>,
    open: Arc<AtomicU32>,
    /// Connections of an earlier generation are closed when they come back.
    generation: AtomicU64,
    /// Connections opened before this moment in generations of trouble are asked before use.
    suspect: Mutex<Option<Instant>>,
    closed: AtomicBool,
}

/// A connection with what the pool knows of it.
struct Slot<W> {
    wire: W,
    opened: Instant,
    generation: u64,
    _counted: Counted,
}

struct Idle<W> {
    slot: Slot<W>,
    since: Instant,
}

/// Counts one open connection while it lives.
struct Counted(Arc<AtomicU32>);

impl Counted {
    fn new(open: &Arc<AtomicU32>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<D: Driver> fmt::Debug for Pool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("driver", &self.driver).field("options", &self.options).finish_non_exhaustive()
    }
}

impl<D: Driver> Pool<D> {
    /// Opens the first connection, so that mistakes show at once.
    pub(super) async fn open(driver: D, options: PoolOptions) -> Result<Arc<dyn Adapter>, RepoError> {
        let pool = Arc::new(Self {
            driver,
            permits: Arc::new(Semaphore::new(options.max_connections.max(1) as usize)),
            options,
            idle: Mutex::default(),
            open: Arc::default(),
            generation: AtomicU64::new(0),
            suspect: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        drop(pool.lease().await?);
        Ok(Arc::new(Handle(pool)))
    }

    async fn lease(self: &Arc<Self>) -> Result<Lease<D>, RepoError> {
        let began = Instant::now();
        let timeout = || RepoError::PoolTimeout { queued: began.elapsed() };
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.options.acquire_timeout, Arc::clone(&self.permits).acquire_owned())
                .await
                .map_err(|_| timeout())?
                .map_err(|_| closed())?,
        };
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        while let Some(Idle { mut slot, since }) = self.pop() {
            if !self.is_fresh(&slot) {
                Self::close_aside(slot, None);
            } else if !self.is_in_doubt(&slot, since)
                || matches!(within(RECOVERY, slot.wire.ping()).await, Some(Ok(())))
            {
                return Ok(Lease::new(self, slot, permit, Some(since.elapsed())));
            }
        }
        let left = self.options.acquire_timeout.saturating_sub(began.elapsed());
        let slot = within(left, self.connect()).await.ok_or_else(timeout)??;
        Ok(Lease::new(self, slot, permit, None))
    }

    async fn connect(&self) -> Result<Slot<D::Wire>, AdapterError> {
        let generation = self.generation.load(Ordering::Acquire);
        let counted = Counted::new(&self.open);
        let wire = self.driver.connect().await?;
        Ok(Slot { wire, opened: Instant::now(), generation, _counted: counted })
    }

    fn pop(&self) -> Option<Idle<D::Wire>> {
        lock(&self.idle).pop()
    }

    /// Takes a connection back from whoever has `permit`.
    fn push(&self, slot: Slot<D::Wire>, permit: Option<OwnedSemaphorePermit>) {
        if !self.is_fresh(&slot) {
            return Self::close_aside(slot, permit);
        }
        let mut idle = lock(&self.idle);
        idle.push(Idle { slot, since: Instant::now() });
        // The first is the one that was not needed for longest.
        let stale = self.options.idle_timeout.is_some_and(|limit| idle[0].since.elapsed() > limit);
        let stale = stale.then(|| idle.remove(0));
        drop(idle);
        if let Some(Idle { slot, .. }) = stale {
            Self::close_aside(slot, None);
        }
    }

    fn is_fresh(&self, slot: &Slot<D::Wire>) -> bool {
        !self.closed.load(Ordering::Acquire)
            && slot.generation == self.generation.load(Ordering::Acquire)
            && self.options.max_lifetime.is_none_or(|limit| slot.opened.elapsed() < limit)
    }

    fn is_in_doubt(&self, slot: &Slot<D::Wire>, since: Instant) -> bool {
        D::PING_AFTER.is_some_and(|limit| {
            since.elapsed() >= limit
                || lock(&self.suspect).is_some_and(|suspect| slot.opened <= suspect && since <= suspect)
        })
    }

    /// A connection was lost: those that were idle at this moment may be lost too.
    fn suspect_all(&self) {
        *lock(&self.suspect) = Some(Instant::now());
    }

    /// Says goodbye in a task of its own, or just hangs up where there is no runtime. Who closes the pool waits for `permit`.
    fn close_aside(slot: Slot<D::Wire>, permit: Option<OwnedSemaphorePermit>) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let Slot { wire, _counted: counted, .. } = slot;
                within(RECOVERY, wire.close()).await;
                drop((counted, permit));
            });
        }
    }
}

async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, future).await.ok()
}

fn closed() -> RepoError {
    AdapterError::Configuration("the repo was closed".to_owned()).into()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The pool as an [`Adapter`].
struct Handle<D: Driver>(Arc<Pool<D>>);

impl<D: Driver> fmt::Debug for Handle<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<D: Driver> Adapter for Handle<D> {
    fn dialect(&self) -> Dialect {
        self.0.driver.dialect()
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>, RepoError>> {
        Box::pin(async { Ok(Box::new(self.0.lease().await?) as Box<dyn Connection>) })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.0.closed.store(true, Ordering::Release);
            // Whoever waits for a connection gets one, and an error from it; then all are here.
            let all = self.0.options.max_connections.max(1);
            let permits = self.0.permits.acquire_many(all).await;
            self.0.permits.close();
            drop(permits);
            let idle = std::mem::take(&mut *lock(&self.0.idle));
            for Idle { slot, .. } in idle {
                let Slot { wire, _counted, .. } = slot;
                within(RECOVERY, wire.close()).await;
            }
        })
    }

    fn disconnect_all(&self) {
        self.0.generation.fetch_add(1, Ordering::AcqRel);
        for Idle { slot, .. } in std::mem::take(&mut *lock(&self.0.idle)) {
            Pool::<D>::close_aside(slot, None);
        }
    }

    fn size(&self) -> (u32, usize) {
        (self.0.open.load(Ordering::Relaxed), lock(&self.0.idle).len())
    }
}

/// A connection in use.
// Each is a question of its own; few of their combinations cannot be.
#[allow(clippy::struct_excessive_bools)]
struct Lease<D: Driver> {
    pool: Arc<Pool<D>>,
    /// None once it was thrown away.
    slot: Option<Slot<D::Wire>>,
    permit: Option<OwnedSemaphorePermit>,
    /// How long it had been idle; none if it was opened for this use.
    idle: Option<Duration>,
    /// Whether nothing was sent yet that the database may have run.
    untouched: bool,
    /// Set while a statement runs; still set on drop if its future was dropped.
    in_flight: bool,
    in_transaction: bool,
    lost: bool,
}

impl<D: Driver> Lease<D> {
    fn new(pool: &Arc<Pool<D>>, slot: Slot<D::Wire>, permit: OwnedSemaphorePermit, idle: Option<Duration>) -> Self {
        Self {
            pool: Arc::clone(pool),
            slot: Some(slot),
            permit: Some(permit),
            untouched: idle.is_some(),
            idle,
            in_flight: false,
            in_transaction: false,
            lost: false,
        }
    }

    /// What to do before a statement is sent.
    fn wire(&mut self) -> Result<&mut D::Wire, AdapterError> {
        self.in_flight = true;
        match &mut self.slot {
            Some(slot) if !self.lost => Ok(&mut slot.wire),
            _ => Err(AdapterError::Disconnected("it was lost before".into())),
        }
    }

    /// What to do after. True if the statement is to be sent again, on the connection that was opened instead.
    async fn landed(&mut self, fault: Option<&Fault>) -> bool {
        let untouched = std::mem::replace(&mut self.untouched, false);
        if matches!(fault, Some(Fault { error: RepoError::Timeout { .. }, ran: true })) {
            // Its statement may still be running: the connection is of no use, nor is what was done on it.
            self.lost = true;
            if let Some(mut slot) = self.slot.take() {
                tokio::spawn(async move {
                    within(RECOVERY, slot.wire.interrupt()).await;
                    within(RECOVERY, slot.wire.close()).await;
                });
            }
        }
        if let Some(fault) = fault
            && matches!(fault.error, RepoError::Adapter(AdapterError::Disconnected(_)))
        {
            self.lost = true;
            self.pool.suspect_all();
            if untouched && !fault.ran {
                let timeout = self.pool.options.acquire_timeout;
                if let Some(Ok(slot)) = within(timeout, Arc::clone(&self.pool).connect()).await {
                    self.slot = Some(slot);
                    self.lost = false;
                    return true;
                }
            }
        }
        self.in_flight = false;
        false
    }
}

/// Runs a statement on the lease's connection, once more if it certainly did not run.
macro_rules! send {
    ($lease:ident, $wire:ident => $run:expr) => {
        loop {
            let limit = $lease.pool.options.query_timeout;
            let result = match $lease.wire() {
                Ok($wire) => timed::<D, _>(limit, $run).await,
                Err(error) => Err(Fault { error: error.into(), ran: false }),
            };
            if !$lease.landed(result.as_ref().err()).await {
                break result.map_err(|fault| fault.error);
            }
        }
    };
}

async fn timed<D: Driver, T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let Some(limit) = limit else { return work.await };
    let given_up = |_| Fault { error: RepoError::Timeout { limit }, ran: true };
    tokio::time::timeout(limit + D::GRACE, work).await.map_err(given_up)?
}

impl<D: Driver> Connection for Lease<D> {
    fn execute<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<u64, RepoError>> {
        Box::pin(async move {
            let mut unwanted = Unbounded(|_: &dyn Row| Ok(()));
            send!(self, wire => wire.run(statement, &mut unwanted))
        })
    }

    fn fetch<'a>(
        &'a mut self,
        statement: &'a Statement,
        each: &'a mut EachRow<'_>,
    ) -> BoxFuture<'a, Result<(), RepoError>> {
        Box::pin(async move {
            let mut sink = Unbounded(each);
            send!(self, wire => wire.run(statement, &mut sink)).map(drop)
        })
    }

    fn stream<'a>(
        &'a mut self,
        statement: &'a Statement,
        sink: &'a mut dyn RowSink,
    ) -> BoxFuture<'a, Result<(), RepoError>> {
        Box::pin(async move { send!(self, wire => wire.run(statement, sink)).map(drop) })
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<(), RepoError>> {
        Box::pin(async move { send!(self, wire => wire.script(sql)) })
    }

    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<(), RepoError>> {
        Box::pin(async move {
            // Before it is sent: if this future is dropped, there may be a transaction.
            self.in_transaction = true;
            send!(self, wire => wire.begin(options))
        })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<(), RepoError>> {
        Box::pin(async move {
            send!(self, wire => wire.commit())?;
            self.in_transaction = false;
            Ok(())
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<(), RepoError>> {
        Box::pin(async move {
            send!(self, wire => wire.rollback())?;
            self.in_transaction = false;
            Ok(())
        })
    }

    fn idle(&self) -> Option<Duration> {
        self.idle
    }

    fn discard(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        let slot = self.slot.take();
        Box::pin(async move {
            if let Some(Slot { wire, _counted, .. }) = slot {
                within(RECOVERY, wire.close()).await;
            }
        })
    }
}

impl<D: Driver> Drop for Lease<D> {
    fn drop(&mut self) {
        let Some(mut slot) = self.slot.take() else { return };
        if self.lost {
            return;
        }
        let permit = self.permit.take();
        if !self.in_flight && !self.in_transaction {
            return self.pool.push(slot, permit);
        }
        // Without a runtime the connection is dropped, and with it whatever it was doing.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (pool, in_transaction) = (Arc::clone(&self.pool), self.in_transaction);
        runtime.spawn(async move {
            if within(PATIENCE, slot.wire.ping()).await.is_none() {
                within(RECOVERY, slot.wire.interrupt()).await;
            }
            let usable = within(RECOVERY, async {
                slot.wire.ping().await.is_ok() && (!in_transaction || slot.wire.rollback().await.is_ok())
            });
            if usable.await == Some(true) {
                pool.push(slot, permit);
            } else {
                // The connection first: who gets the permit may count.
                drop((slot, permit));
            }
        });
    }
}
