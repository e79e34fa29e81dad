//! Transactions: what is done in one is done as a whole or not at all.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::Repo;
use super::sandbox::drop_connection;
use super::scope::{Held, Kind, Mark, Scope};
use super::telemetry::Watch;
use crate::RepoError;
use crate::adapter::{AdapterError, Connection, TransactionOptions};

impl Repo {
    /// Runs `work` in a transaction. `Ok` commits, `Err` rolls back, and so does a panic.
    ///
    /// `work` is given the repo of the transaction; what it does with another one is not part of it. Inside a transaction,
    /// `transaction` joins the one that is open: if the inner one fails, the whole can only be rolled back, whatever the
    /// outer one answers (`Ecto.Repo.transact`, Ecto 3.13). [`Repo::savepoint`] is for what may fail by itself.
    ///
    /// # Errors
    ///
    /// What `work` answers; [`RepoError::Rollback`] if it answers `Ok` although something in it failed for good; what the
    /// database says to `begin` and `commit`. After an error of `commit` that says [`AdapterError::Disconnected`] nobody
    /// knows whether it took place.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future rolls back, unless the commit has begun: that one is carried out.
    pub async fn transaction<T, E, F, Fut>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Repo) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<RepoError>,
    {
        self.transaction_with(TransactionOptions::new(), work).await
    }

    /// [`Repo::transaction`] with an isolation level, a promise not to write, or a time-out. A transaction that joins
    /// another one has that one's options; only its time-out counts.
    pub async fn transaction_with<T, E, F, Fut>(&self, options: TransactionOptions, work: F) -> Result<T, E>
    where
        F: FnOnce(Repo) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<RepoError>,
    {
        // On the heap, for it is part of each of the ways below, and a future is as large as all of them.
        let work = |repo| Box::pin(work(repo));
        let mut options = options;
        self.shared.prepare_transaction.iter().for_each(|prepare| prepare(&mut options));
        match &self.innermost() {
            Some(scope) if scope.is_transaction() => {
                let joined = Joined(Some(scope));
                let value = limited(options.timeout, Box::pin(work(self.bound(Arc::clone(scope))))).await?;
                joined.succeeded();
                Ok(value)
            }
            Some(scope) if scope.kind() == Kind::Sandbox => {
                self.run_savepoint(scope, |tx| limited(options.timeout, Box::pin(work(tx)))).await
            }
            Some(scope) => {
                let sql = options.begin(self.dialect());
                let mut locked = scope.lock().await?;
                let connection = locked.connection()?;
                Watch::transaction(&self.shared.telemetry, &sql).over(connection.begin(&options)).await?;
                drop(locked);
                let inner = Scope::new(Arc::clone(scope.held()), Kind::Transaction);
                let open = Open { scope: Some(inner), returns_to: Some(Arc::clone(scope)) };
                self.run(open, options.timeout, work).await
            }
            None => {
                let held = Held::new(self.dialect(), self.begin(&options).await?);
                let open = Open { scope: Some(Scope::new(held, Kind::Transaction)), returns_to: None };
                self.run(open, options.timeout, work).await
            }
        }
    }

    /// A connection in a new transaction.
    async fn begin(&self, options: &TransactionOptions) -> Result<Box<dyn Connection>, RepoError> {
        let sql = options.begin(self.dialect());
        let mut watch = Watch::transaction(&self.shared.telemetry, &sql);
        let span = watch.span();
        let begun = async {
            let mut connection = self.shared.adapter.acquire().await?;
            watch.connected(connection.idle());
            connection.begin(options).await.map(|()| connection)
        };
        let begun = begun.instrument(span).await;
        watch.finish(&begun);
        begun
    }

    /// Runs `work` in a part of the transaction that may fail by itself: `Err` undoes what `work` did, and the
    /// transaction goes on. Outside of a transaction it is one.
    ///
    /// Savepoints of one transaction that are opened side by side wait for one another.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future undoes what was done in it, before the transaction does anything else.
    pub async fn savepoint<T, E, F, Fut>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Repo) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<RepoError>,
    {
        match &self.innermost() {
            Some(scope) if scope.is_transaction() => self.run_savepoint(scope, work).await,
            _ => self.transaction(work).await,
        }
    }

    async fn run_savepoint<T, E, F, Fut>(&self, outer: &Arc<Scope>, work: F) -> Result<T, E>
    where
        F: FnOnce(Repo) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<RepoError>,
    {
        let _alone = outer.alone().await?;
        let scope = Ending(Scope::new(Arc::clone(outer.held()), Kind::Savepoint));
        let mark = Mark::new(outer.held());
        let mark = {
            let sql = mark.set_sql();
            let mut locked = outer.lock().await?;
            Watch::transaction(&self.shared.telemetry, &sql).over(mark.set(&mut locked)).await?
        };
        let result = scope.0.inside(Box::pin(work(self.bound(Arc::clone(&scope.0))))).await;
        scope.0.end();
        let lost = scope.0.is_doomed() || outer.held().has_failed();
        let keep = result.is_ok() && !lost;
        let sql = mark.end_sql(keep);
        let mut locked = outer.lock().await?;
        Watch::transaction(&self.shared.telemetry, &sql).over(mark.end(&mut locked, keep)).await?;
        drop(locked);
        match result {
            Ok(_) if lost => Err(rolled_back().into()),
            result => result,
        }
    }

    /// An error to return from a transaction: it rolls back, and so does the transaction that this one is part of.
    pub fn rollback(&self, why: impl std::fmt::Display) -> RepoError {
        if let Some(scope) = &self.scope {
            scope.doom();
        }
        RepoError::Rollback(why.to_string())
    }

    /// Whether this handle is bound to a transaction.
    pub fn in_transaction(&self) -> bool {
        self.scope.as_ref().is_some_and(|scope| scope.is_transaction())
    }

    /// Whether its connection is inside a transaction, if only that of a sandbox.
    pub(crate) fn holds_transaction(&self) -> bool {
        self.scope.as_ref().is_some_and(|scope| scope.kind() != Kind::Checkout)
    }

    /// Whether this handle is bound to one connection: in a checkout or a transaction.
    pub fn is_checked_out(&self) -> bool {
        self.scope.is_some()
    }

    /// Runs `work` on one connection: one trip to the pool for several statements, which are no transaction.
    pub async fn checkout<T, E, F, Fut>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Repo) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<RepoError>,
    {
        if self.scope.is_some() {
            return Box::pin(work(self.clone())).await;
        }
        let held = Held::new(self.dialect(), self.shared.adapter.acquire().await?);
        let open = Open { scope: Some(Scope::new(held, Kind::Checkout)), returns_to: None };
        let result = Box::pin(work(self.bound(open.scope()))).await;
        drop(open);
        result
    }

    /// The scope in which a transaction is opened.
    fn innermost(&self) -> Option<Arc<Scope>> {
        let scope = self.scope.as_ref()?;
        Some(scope.innermost().unwrap_or_else(|| Arc::clone(scope)))
    }

    async fn run<T, E, F, Fut>(&self, mut open: Open, timeout: Option<Duration>, work: F) -> Result<T, E>
    where
        F: FnOnce(Repo) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<RepoError>,
    {
        let scope = open.scope();
        let result = limited(timeout, Box::pin(work(self.bound(Arc::clone(&scope))))).await;
        scope.end();
        let lost = scope.is_doomed() || scope.held().has_failed();
        let commit = result.is_ok() && !lost;
        // In a task of its own, so that it is carried out even if this future is dropped now.
        let shared = Arc::clone(&self.shared);
        let ended = tokio::spawn(async move {
            let watch = Watch::transaction(&shared.telemetry, if commit { "COMMIT" } else { "ROLLBACK" });
            watch.over(open.finish(commit)).await
        });
        let ended = ended.await;
        let ended = ended.map_err(|e| AdapterError::Disconnected(Box::new(e)).into()).and_then(|ended| ended);
        match result {
            Ok(value) => match ended {
                Ok(()) if lost => Err(rolled_back().into()),
                Ok(()) => Ok(value),
                Err(error) => Err(error.into()),
            },
            Err(error) => Err(error),
        }
    }
}

fn rolled_back() -> RepoError {
    RepoError::Rollback("something in it had failed, so it could not be committed".to_owned())
}

/// `work` comes boxed, here as everywhere: it is part of every way that a transaction can go, and so of the future of each,
/// and transactions nest.
async fn limited<T, E: From<RepoError>>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    match limit {
        None => work.await,
        Some(limit) => match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(RepoError::Timeout { limit }.into()),
        },
    }
}

/// A transaction inside another one: dropped without success, it dooms that one.
struct Joined<'a>(Option<&'a Arc<Scope>>);

impl Joined<'_> {
    fn succeeded(mut self) {
        self.0 = None;
    }
}

impl Drop for Joined<'_> {
    fn drop(&mut self) {
        if let Some(scope) = self.0 {
            scope.doom();
        }
    }
}

/// A scope that ends here. Dropped early, it takes the connection from whoever has a handle still; the pool rolls back.
struct Open {
    scope: Option<Arc<Scope>>,
    /// The checkout that the connection goes back to.
    returns_to: Option<Arc<Scope>>,
}

impl Open {
    fn scope(&self) -> Arc<Scope> {
        Arc::clone(self.scope.as_ref().expect("it is open until it is finished"))
    }

    async fn finish(&mut self, commit: bool) -> Result<(), RepoError> {
        let scope = self.scope();
        let ended = if self.returns_to.is_some() {
            end(scope.held().lock().await?.connection()?, commit).await
        } else {
            let Some(mut connection) = scope.held().take().await else { return Ok(()) };
            end(&mut *connection, commit).await
        };
        self.scope = None;
        ended
    }
}

async fn end(connection: &mut dyn Connection, commit: bool) -> Result<(), RepoError> {
    if commit { connection.commit().await } else { connection.rollback().await }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(scope) = self.scope.take() else { return };
        scope.end();
        // A checkout's connection in the middle of a transaction is given up with the checkout.
        if let Some(checkout) = &self.returns_to {
            checkout.end();
        }
        drop_connection(scope.held());
    }
}

/// Ends a scope when dropped.
struct Ending(Arc<Scope>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}
