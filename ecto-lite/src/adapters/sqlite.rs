//! SQLite, in WAL mode.
//!
//! SQLite lets one connection write at a time and tells the others to try again. Those of this process stand in a queue
//! instead ([`Writers`]), so that many of them are served in order and none starves; against other processes
//! `busy_timeout` decides.

mod codec;
mod error;
mod time;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, Either, Executor};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::pool::{Driver, Fault, PoolOptions, Wire, emptied, shown};
use crate::RepoError;
use crate::adapter::{AdapterError, Dialect, RowSink, Statement, TransactionOptions};

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
        if pool.read_only {
            options = options.pragma("query_only", "on");
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
    const GRACE: Duration = Duration::ZERO;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn connect(&self) -> Result<SqliteWire, AdapterError> {
        let mut connection = self.options.connect().await.map_err(error::adapter_error)?;
        let interrupted = Arc::<AtomicBool>::default();
        let flag = Arc::clone(&interrupted);
        let mut handle = connection.lock_handle().await.map_err(error::adapter_error)?;
        // Every so many instructions of its virtual machine: some microseconds of work.
        handle.set_progress_handler(10_000, move || !flag.load(Ordering::Relaxed));
        drop(handle);
        let writers = self.writers.clone();
        Ok(SqliteWire { connection, writers, turn: None, interrupted, transaction: Transaction::None })
    }
}

pub(super) struct SqliteWire {
    connection: SqliteConnection,
    writers: Writers,
    /// Held from the beginning of a transaction that writes to its end.
    turn: Option<OwnedMutexGuard<()>>,
    /// Looked at by SQLite while a statement runs.
    interrupted: Arc<AtomicBool>,
    transaction: Transaction,
}

/// What is known of the connection's transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
    /// SQLite may have rolled it back by itself. Whatever came now would be outside of it.
    Lost,
}

impl SqliteWire {
    fn check(&self) -> Result<(), Fault> {
        if self.transaction != Transaction::Lost {
            return Ok(());
        }
        let error = RepoError::Rollback("an earlier statement failed, and the transaction with it".to_owned());
        Err(Fault { error, ran: false })
    }

    /// For a single statement: a turn if it writes, unless the transaction has it already.
    async fn turn_for(&self, sql: &str) -> Result<Option<OwnedMutexGuard<()>>, Fault> {
        self.check()?;
        if self.turn.is_some() || reads(sql) { Ok(None) } else { self.writers.wait().await.map(Some) }
    }

    async fn simple(&mut self, sql: &str) -> Result<(), Fault> {
        let result = sqlx::raw_sql(super::safe(&sql.into())).execute(&mut self.connection).await;
        result.map(drop).map_err(|e| self.fault(e))
    }

    fn fault(&mut self, source: sqlx::Error) -> Fault {
        if self.transaction == Transaction::Open && error::ends_transaction(&source) {
            self.transaction = Transaction::Lost;
        }
        Fault { error: RepoError::Adapter(error::adapter_error(source)), ran: true }
    }
}

/// The statement for sqlx, which prepares it once and for all, unless it asks for `*`: SQLite then prepares it anew after
/// a table has got another column, and sqlx, which does not expect more columns than before, panics.
fn query(statement: &Statement, arguments: SqliteArguments) -> Prepared {
    let sql = statement.sql.as_bytes();
    let stars = sql.iter().enumerate().filter(|(_, byte)| **byte == b'*');
    let all_are_counts = stars.map(|(at, _)| sql[..at].last()).all(|before| before == Some(&b'('));
    sqlx::query_with(super::safe(&statement.sql), arguments).persistent(all_are_counts)
}

type Prepared = sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>;

/// How many rows are kept after they were looked at. SQLite's allocator has one lock: whoever frees a row while the next
/// ones are made waits for it, and lets the other side wait, at every value.
const SEEN: usize = 1_000;

/// Whether a statement certainly does not write. One that may stands in the queue, which is never wrong.
fn reads(sql: &str) -> bool {
    let mut sql = sql.trim_start();
    while let Some((_, rest)) = sql.strip_prefix("/*").and_then(|comment| comment.split_once("*/")) {
        sql = rest.trim_start();
    }
    let mut words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let is = |word: &str, of: &[&str]| of.iter().any(|it| word.eq_ignore_ascii_case(it));
    match words.next() {
        Some(word) if word.eq_ignore_ascii_case("with") => {
            !words.any(|word| is(word, &["insert", "update", "delete", "replace"]))
        }
        Some(word) => is(word, &["select", "values", "explain", "savepoint", "release", "rollback"]),
        None => true,
    }
}

impl Wire for SqliteWire {
    async fn run(&mut self, statement: &Statement, sink: &mut dyn RowSink) -> Result<u64, Fault> {
        let arguments = codec::arguments(&statement.values).map_err(|e| unbound(&e))?;
        let _turn = self.turn_for(&statement.sql).await?;
        let (mut changed, mut seen) = (0, Vec::new());
        let mut results = self.connection.fetch_many(query(statement, arguments));
        let ended = loop {
            match results.try_next().await {
                Ok(Some(Either::Left(done))) => changed += done.rows_affected(),
                Ok(Some(Either::Right(row))) => {
                    let full = shown(sink, &codec::SqliteRowRef(&row))?;
                    seen.push(row);
                    if full || seen.len() == SEEN {
                        seen.clear();
                    }
                    if full {
                        emptied(sink).await?;
                    }
                }
                Ok(None) => break Ok(changed),
                Err(error) => break Err(error),
            }
        };
        drop(results);
        ended.map_err(|e| self.fault(e))
    }

    async fn script(&mut self, sql: &str) -> Result<(), Fault> {
        let _turn = self.turn_for(sql).await?;
        self.simple(sql).await
    }

    async fn begin(&mut self, options: &TransactionOptions) -> Result<(), Fault> {
        let turn = if options.read_only { None } else { Some(self.writers.wait().await?) };
        self.simple(&options.begin(Dialect::Sqlite)).await?;
        self.turn = turn;
        self.transaction = Transaction::Open;
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.check()?;
        self.simple("COMMIT").await?;
        self.turn = None;
        self.transaction = Transaction::None;
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), Fault> {
        let result = self.simple("ROLLBACK").await;
        self.turn = None;
        self.transaction = Transaction::None;
        match result {
            // SQLite has done it by itself, or it never began.
            Err(Fault { error: RepoError::Adapter(AdapterError::Database { message, .. }), .. })
                if message.contains("no transaction is active") =>
            {
                Ok(())
            }
            other => other,
        }
    }

    async fn interrupt(&mut self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    async fn ping(&mut self) -> Result<(), Fault> {
        // It is answered after whatever runs before it.
        let result = self.connection.ping().await;
        self.interrupted.store(false, Ordering::Relaxed);
        result.map_err(|e| self.fault(e))
    }

    async fn close(self) {
        let _ = self.connection.close().await;
    }
}

fn unbound(source: &sqlx::error::BoxDynError) -> Fault {
    let error = AdapterError::Database { code: "25".to_owned(), message: source.to_string() };
    Fault { error: error.into(), ran: false }
}

#[cfg(test)]
mod tests {
    use super::reads;

    #[test]
    fn only_what_certainly_reads_does_not_queue() {
        assert!(reads("  SELECT 1"));
        assert!(reads("select(1)"));
        assert!(reads("/* from a test */ SELECT 1"));
        assert!(reads("WITH x AS (SELECT updated_at FROM robots) SELECT * FROM x"));
        assert!(!reads("WITH x AS (SELECT 1) DELETE FROM robots"));
        assert!(!reads("/* select */ DELETE FROM robots"));
        assert!(!reads("INSERT INTO robots DEFAULT VALUES"));
        assert!(!reads("pragma user_version = 1"));
    }
}
