//! PostgreSQL 13 and newer.

mod codec;
mod error;

use std::collections::HashMap;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection as _, Either, Executor};

#[cfg(feature = "liveview")]
pub(crate) use error::adapter_error;

use super::pool::{Driver, Fault, PoolOptions, Wire, emptied, shown};
use crate::RepoError;
use crate::adapter::{AdapterError, Dialect, RowSink, Statement, TransactionOptions};

#[derive(Debug)]
pub(super) struct Postgres {
    options: Arc<PgConnectOptions>,
    query_timeout: Option<Duration>,
}

impl Postgres {
    pub(super) fn from_url(url: &str, pool: &PoolOptions) -> Result<Self, AdapterError> {
        let mut options = PgConnectOptions::from_str(url)
            .map_err(error::adapter_error)?
            .statement_cache_capacity(STATEMENTS)
            .disable_statement_logging();
        if let Some(limit) = pool.query_timeout {
            options = options.options([("statement_timeout", limit.as_millis().max(1).to_string())]);
        }
        if pool.read_only {
            options = options.options([("default_transaction_read_only", "on")]);
        }
        Ok(Self { options: Arc::new(options), query_timeout: pool.query_timeout })
    }
}

impl Driver for Postgres {
    type Wire = PgWire;
    const PING_AFTER: Option<Duration> = Some(Duration::from_millis(100));
    const GRACE: Duration = Duration::from_secs(2);

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn connect(&self) -> Result<PgWire, AdapterError> {
        let mut connection = self.options.connect().await.map_err(error::adapter_error)?;
        let backend = sqlx::query_scalar("SELECT pg_backend_pid()").persistent(false).fetch_one(&mut connection);
        let backend = backend.await.map_err(error::adapter_error)?;
        Ok(PgWire {
            connection,
            options: Arc::clone(&self.options),
            query_timeout: self.query_timeout,
            backend,
            types: HashMap::new(),
            in_transaction: false,
        })
    }
}

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;

pub(super) struct PgWire {
    connection: PgConnection,
    /// For the connection that interrupts this one.
    options: Arc<PgConnectOptions>,
    query_timeout: Option<Duration>,
    /// The server's process.
    backend: i32,
    /// With which parameter types each text was prepared. sqlx finds prepared statements by text alone.
    types: HashMap<u64, u64>,
    in_transaction: bool,
}

impl PgWire {
    /// The statement for sqlx. Text that was prepared with other parameter types gets a comment, and so is another text.
    fn query(&mut self, statement: &Statement) -> Result<Prepared, Fault> {
        let arguments = codec::arguments(&statement.values).map_err(|e| unbound(&e))?;
        if self.types.len() >= 4 * STATEMENTS {
            self.types.clear();
        }
        let of = hash(|hasher| statement.values.iter().for_each(|value| value.db_type().hash(hasher)));
        let prepared = *self.types.entry(hash(|hasher| statement.sql.hash(hasher))).or_insert(of);
        let sql = if prepared == of {
            super::safe(&statement.sql)
        } else {
            super::safe(&format!("{} /* {of:x} */", statement.sql).into())
        };
        Ok(sqlx::query_with(sql, arguments))
    }

    /// Whether to send the statement again: what had been prepared for it does not fit the tables any more. This is said
    /// before anything runs, but in a transaction it ends that.
    async fn is_outdated(&mut self, fault: &Fault) -> bool {
        let RepoError::Adapter(AdapterError::Database { code, message }) = &fault.error else { return false };
        let outdated = code == "26000" || code == "0A000" && message.contains("cached plan");
        outdated && self.connection.clear_cached_statements().await.is_ok() && !self.in_transaction
    }

    fn fault(&self, source: sqlx::Error, answered: bool) -> Fault {
        let mut fault = fault(source, answered);
        if let (RepoError::Adapter(AdapterError::Database { code, .. }), Some(limit)) =
            (&fault.error, self.query_timeout)
            && code == "57014"
        {
            // The server kept the time; the connection is as good as before.
            fault = Fault { error: RepoError::Timeout { limit }, ran: false };
        }
        fault
    }

    async fn run_once(&mut self, statement: &Statement, sink: &mut dyn RowSink) -> Result<u64, Fault> {
        let query = self.query(statement)?;
        let (mut changed, mut answered) = (0, false);
        let mut results = self.connection.fetch_many(query);
        let ended = loop {
            match results.try_next().await {
                Ok(Some(Either::Left(done))) => changed += done.rows_affected(),
                Ok(Some(Either::Right(row))) => {
                    if shown(sink, &codec::PgRowRef(&row))? {
                        emptied(sink).await?;
                    }
                }
                Ok(None) => break Ok(changed),
                Err(error) => break Err(error),
            }
            answered = true;
        };
        drop(results);
        ended.map_err(|e| self.fault(e, answered))
    }

    /// Without parameters, in one round trip.
    async fn simple(&mut self, sql: &str) -> Result<(), Fault> {
        let mut answered = false;
        let mut results = sqlx::raw_sql(super::safe(&sql.into())).fetch_many(&mut self.connection);
        let ended = loop {
            match results.try_next().await {
                Ok(Some(_)) => answered = true,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        drop(results);
        ended.map_err(|e| self.fault(e, answered))
    }
}

type Prepared = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

fn hash(what: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what(&mut hasher);
    hasher.finish()
}

impl Wire for PgWire {
    async fn run(&mut self, statement: &Statement, sink: &mut dyn RowSink) -> Result<u64, Fault> {
        match self.run_once(statement, sink).await {
            // It was outdated before there was a row.
            Err(fault) if self.is_outdated(&fault).await => self.run_once(statement, sink).await,
            result => result,
        }
    }

    async fn script(&mut self, sql: &str) -> Result<(), Fault> {
        self.simple(sql).await
    }

    fn begin(&mut self, options: &TransactionOptions) -> impl Future<Output = Result<(), Fault>> + Send {
        let sql = options.begin(Dialect::Postgres);
        async move {
            self.in_transaction = true;
            // Lost or not, it has done nothing.
            self.simple(&sql).await.map_err(|fault| Fault { ran: false, ..fault })
        }
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.in_transaction = false;
        self.simple("COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), Fault> {
        self.in_transaction = false;
        self.simple("ROLLBACK").await
    }

    async fn interrupt(&mut self) {
        // sqlx has no cancel request; another connection of the same user may ask for it.
        let Ok(mut other) = self.options.connect().await else { return };
        let cancel = sqlx::query("SELECT pg_cancel_backend($1)").bind(self.backend).execute(&mut other).await;
        if let Err(error) = cancel {
            tracing::warn!(%error, "a statement that nobody waits for could not be cancelled");
        }
        let _ = other.close().await;
    }

    async fn ping(&mut self) -> Result<(), Fault> {
        // The first answer may be that of a statement that was interrupted.
        match self.connection.ping().await {
            Err(sqlx::Error::Database(_)) => self.connection.ping().await.map_err(|e| fault(e, false)),
            result => result.map_err(|e| fault(e, false)),
        }
    }

    async fn close(self) {
        let _ = self.connection.close().await;
    }
}

fn unbound(source: &sqlx::error::BoxDynError) -> Fault {
    let error = AdapterError::Database { code: "22023".to_owned(), message: source.to_string() };
    Fault { error: error.into(), ran: false }
}

fn fault(source: sqlx::Error, answered: bool) -> Fault {
    // Whose last bytes could not even be written lacks the `Sync` without which nothing is committed. A goodbye of the
    // server proves less: it also comes in the middle of a statement, and not all that one does is rolled back.
    let unread = matches!(&source, sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::BrokenPipe);
    Fault { error: RepoError::Adapter(error::adapter_error(source)), ran: answered || !unread }
}
