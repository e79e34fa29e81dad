//! SQLite, in WAL mode.
//!
//! SQLite lets one connection write at a time and tells the others to try again. Those of this process stand in a queue
//! instead ([`Writers`]), so that many of them are served in order and none starves; against other processes
//! `busy_timeout` decides.

mod codec;
mod error;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, Either, Executor};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::pool::{Driver, Fault, PoolOptions, Wire};
use crate::RepoError;
use crate::adapter::{AdapterError, Dialect, EachRow, RowSink, Statement, TransactionOptions};

#[derive(Debug)]
pub(super) struct Sqlite {
    options: SqliteConnectOptions,
    writers: Writers,
}

/// Whose turn it is to write.
#[derive(Clone, Debug)]
struct Writers {
    turn: Arc<Mutex<()>>,
    limit: Duration,
}

impl Writers {
    async fn wait(&self) -> Result<OwnedMutexGuard<()>, Fault> {
        tokio::time::timeout(self.limit, Arc::clone(&self.turn).lock_owned()).await.map_err(|_| Fault {
            error: AdapterError::Busy(format!("others were writing for {:?}", self.limit)).into(),
            ran: false,
        })
    }
}

impl Sqlite {
    pub(super) fn from_url(url: &str, pool: &mut PoolOptions) -> Result<Self, AdapterError> {
        let mut options = SqliteConnectOptions::from_str(url)
            .map_err(error::adapter_error)?
            .busy_timeout(pool.busy_timeout)
            .foreign_keys(true)
            .statement_cache_capacity(256)
            .disable_statement_logging();
        if is_memory(url) {
            // A database in memory is its connection: there is one, and it is never closed.
            options = options.shared_cache(false);
            pool.max_connections = 1;
            pool.idle_timeout = None;
            pool.max_lifetime = None;
        } else if !url.contains("mode=ro") && !url.contains("immutable=") {
            // In WAL mode `NORMAL` loses no transaction when the program dies, and the last ones at most when the power does.
            options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
        }
        let writers = Writers { turn: Arc::default(), limit: pool.busy_timeout };
        Ok(Self { options, writers })
    }
}

fn is_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

impl Driver for Sqlite {
    type Wire = SqliteWire;
    const PING_AFTER: Option<Duration> = None;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn connect(&self) -> Result<SqliteWire, AdapterError> {
        let connection = self.options.connect().await.map_err(error::adapter_error)?;
        Ok(SqliteWire { connection, writers: self.writers.clone(), turn: None })
    }
}

pub(super) struct SqliteWire {
    connection: SqliteConnection,
    writers: Writers,
    /// Held from the beginning of a transaction that writes to its end.
    turn: Option<OwnedMutexGuard<()>>,
}

impl SqliteWire {
    /// For a single statement: a turn if it writes, unless the transaction has it already.
    async fn turn_for(&self, sql: &str) -> Result<Option<OwnedMutexGuard<()>>, Fault> {
        if self.turn.is_some() || reads(sql) { Ok(None) } else { self.writers.wait().await.map(Some) }
    }

    async fn simple(&mut self, sql: &str) -> Result<(), Fault> {
        sqlx::raw_sql(super::safe(&sql.into())).execute(&mut self.connection).await.map(drop).map_err(fault)
    }
}

/// Whether a statement certainly does not write. One that may stands in the queue, which is never wrong.
fn reads(sql: &str) -> bool {
    let word = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    ["select", "values", "explain", "savepoint", "release", "rollback"].iter().any(|it| word.eq_ignore_ascii_case(it))
}

impl Wire for SqliteWire {
    async fn execute(&mut self, statement: &Statement) -> Result<u64, Fault> {
        let arguments = codec::arguments(&statement.values).map_err(unbound)?;
        let _turn = self.turn_for(&statement.sql).await?;
        let query = sqlx::query_with(super::safe(&statement.sql), arguments);
        Ok(query.execute(&mut self.connection).await.map_err(fault)?.rows_affected())
    }

    async fn fetch(&mut self, statement: &Statement, each: &mut EachRow<'_>) -> Result<(), Fault> {
        let arguments = codec::arguments(&statement.values).map_err(unbound)?;
        let _turn = self.turn_for(&statement.sql).await?;
        let mut results = self.connection.fetch_many(sqlx::query_with(super::safe(&statement.sql), arguments));
        while let Some(result) = results.try_next().await.map_err(fault)? {
            if let Either::Right(row) = result {
                each(&codec::SqliteRowRef(&row)).map_err(|error| Fault { error, ran: true })?;
            }
        }
        Ok(())
    }

    async fn stream(&mut self, statement: &Statement, sink: &mut dyn RowSink) -> Result<(), Fault> {
        let arguments = codec::arguments(&statement.values).map_err(unbound)?;
        let _turn = self.turn_for(&statement.sql).await?;
        let mut results = self.connection.fetch_many(sqlx::query_with(super::safe(&statement.sql), arguments));
        while let Some(result) = results.try_next().await.map_err(fault)? {
            if let Either::Right(row) = result {
                super::pool::sunk(sink, &codec::SqliteRowRef(&row)).await?;
            }
        }
        Ok(())
    }

    async fn script(&mut self, sql: &str) -> Result<(), Fault> {
        let _turn = self.turn_for(sql).await?;
        self.simple(sql).await
    }

    async fn begin(&mut self, options: &TransactionOptions) -> Result<(), Fault> {
        if options.read_only {
            return self.simple("BEGIN DEFERRED").await;
        }
        self.turn = Some(self.writers.wait().await?);
        let begun = self.simple("BEGIN IMMEDIATE").await;
        if begun.is_err() {
            self.turn = None;
        }
        begun
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.simple("COMMIT").await?;
        self.turn = None;
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), Fault> {
        let result = self.simple("ROLLBACK").await;
        self.turn = None;
        match result {
            // A full disk and the like roll back by themselves.
            Err(Fault { error: RepoError::Adapter(AdapterError::Database { message, .. }), .. })
                if message.contains("no transaction is active") =>
            {
                Ok(())
            }
            other => other,
        }
    }

    async fn ping(&mut self) -> Result<(), Fault> {
        self.connection.ping().await.map_err(fault)
    }

    async fn close(self) {
        let _ = self.connection.close().await;
    }
}

fn unbound(source: sqlx::error::BoxDynError) -> Fault {
    let error = AdapterError::Database { code: "25".to_owned(), message: source.to_string() };
    Fault { error: error.into(), ran: false }
}

fn fault(source: sqlx::Error) -> Fault {
    Fault { error: RepoError::Adapter(error::adapter_error(source)), ran: true }
}

#[cfg(test)]
mod tests {
    use super::reads;

    #[test]
    fn only_what_certainly_reads_does_not_queue() {
        assert!(reads("  SELECT 1"));
        assert!(reads("select(1)"));
        assert!(!reads("WITH x AS (SELECT 1) DELETE FROM robots"));
        assert!(!reads("INSERT INTO robots DEFAULT VALUES"));
        assert!(!reads("pragma user_version = 1"));
    }
}
