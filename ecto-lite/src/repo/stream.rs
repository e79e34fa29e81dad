//! Reading more rows than fit into memory.
//!
//! Outside of a transaction a stream has a connection of its own, and the database sends rows no faster than they are
//! taken. Inside of one, other statements of the transaction can run between two rows: PostgreSQL keeps the rows in a
//! cursor, SQLite (whose connections do one thing at a time) in a temporary table.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::Stream;
use tokio::sync::{Semaphore, mpsc};

use super::telemetry::Watch;
use super::{Operation, Repo};
use crate::adapter::{BoxFuture, Connection, Dialect, Row, RowSink, Statement};
use crate::error::RepoError;
use crate::query::{Decode, Plan, Query};
use crate::schema::Loader;
use crate::types::Value;

/// How many rows are read at a time, unless told otherwise (Ecto's `max_rows`).
const MAX_ROWS: usize = 500;

impl Repo {
    /// Reads the rows of `query` as they are asked for. They come 500 at a time, and no more than these
    /// are in memory; see [`stream_by`](Self::stream_by).
    ///
    /// Outside of a transaction the stream holds a connection of its own, from its first row to its end; dropping the
    /// stream early closes that connection, for it is in the middle of an answer. Inside of a transaction it is part of
    /// it, and other statements can run between two rows.
    ///
    /// The first row of the stream is an error if the query preloads anything: take rows by chunks (`ready_chunks` of
    /// `futures`, or collect a few) and [`preload`](Self::preload) each.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream ends the query.
    pub fn stream<B, O: Send + Sync + 'static>(&self, query: Query<B, O>) -> RowStream<O> {
        self.stream_by(query, MAX_ROWS)
    }

    /// As [`stream`](Self::stream), `max_rows` (at least 1) at a time.
    pub fn stream_by<B, O: Send + Sync + 'static>(&self, query: Query<B, O>, max_rows: usize) -> RowStream<O> {
        let (sender, chunks) = mpsc::channel(1);
        let demand = Arc::new(Semaphore::new(0));
        let asked = Arc::clone(&demand);
        let plan = self.plan(Operation::Stream, query);
        let repo = self.clone();
        let work: BoxFuture<'static, _> = Box::pin(async move {
            let plan = plan?;
            if !plan.attached.is_empty() {
                return Err(RepoError::Query(
                    "a stream cannot preload: preload the rows of each chunk by `repo.preload`".to_owned(),
                ));
            }
            let chunk = Chunk {
                decode: plan.decode.clone(),
                prefix: plan.prefix.clone(),
                rows: Vec::new(),
                max: max_rows.max(1),
                taken: 0,
                paused: Duration::ZERO,
                sender,
                asked,
            };
            match (repo.holds_transaction(), repo.dialect()) {
                (false, _) => repo.stream_alone(&plan, chunk).await,
                (true, Dialect::Postgres) => repo.stream_cursor(&plan, chunk).await,
                (true, Dialect::Sqlite) => repo.stream_table(&plan, chunk).await,
            }
        });
        RowStream { rows: VecDeque::new(), chunks, demand, waiting: false, work: Some(work), failed: None }
    }

    async fn stream_alone<O: Send>(&self, plan: &Plan<O>, mut chunk: Chunk<O>) -> Result<(), RepoError> {
        chunk.asked().await?;
        let mut watch = Watch::start(&self.shared.telemetry, plan.source, &plan.statement);
        let connection = self.shared.adapter.acquire().await?;
        watch.connected(connection.idle());
        let mut alone = Alone { connection: None };
        let connection = alone.connection.insert(connection);
        let result = connection.stream(&plan.statement, &mut chunk).await;
        watch.rows = chunk.taken;
        watch.paused(chunk.paused);
        watch.finish(&result);
        result?;
        // Read to its end: the connection is as good as before.
        drop(alone.connection.take());
        chunk.send().await
    }

    async fn stream_cursor<O: Send>(&self, plan: &Plan<O>, mut chunk: Chunk<O>) -> Result<(), RepoError> {
        let name = unique_name();
        let declare = Statement {
            sql: format!("DECLARE {name} NO SCROLL CURSOR FOR {}", plan.statement.sql).into(),
            values: plan.statement.values.clone(),
        };
        self.execute(plan.source, &declare).await?;
        let fetch = plain(format!("FETCH FORWARD {} FROM {name}", chunk.max));
        while self.one_chunk(plan.source, &fetch, &mut chunk).await? {}
        self.execute(plan.source, &plain(format!("CLOSE {name}"))).await.map(drop)
    }

    async fn stream_table<O: Send>(&self, plan: &Plan<O>, mut chunk: Chunk<O>) -> Result<(), RepoError> {
        let name = unique_name();
        let create = Statement {
            sql: format!("CREATE TEMPORARY TABLE {name} AS {}", plan.statement.sql).into(),
            values: plan.statement.values.clone(),
        };
        self.execute(plan.source, &create).await?;
        let mut table = Table { repo: self.clone(), source: plan.source, name, dropped: false };
        let max = i64::try_from(chunk.max).unwrap_or(i64::MAX);
        let mut fetch =
            plain(format!("SELECT * FROM temp.{} WHERE rowid > ? AND rowid <= ? ORDER BY rowid", table.name));
        let mut last = 0;
        loop {
            fetch.values = vec![Value::Int(last), Value::Int(last.saturating_add(max))];
            if !self.one_chunk(plan.source, &fetch, &mut chunk).await? {
                break;
            }
            last = last.saturating_add(max);
        }
        table.dropped = true;
        self.execute(plan.source, &plain(table.drop_sql())).await.map(drop)
    }

    /// Whether there was any row, and somebody who wants more.
    async fn one_chunk<O: Send>(
        &self,
        source: &'static str,
        fetch: &Statement,
        chunk: &mut Chunk<O>,
    ) -> Result<bool, RepoError> {
        chunk.asked().await?;
        self.fetch_rows(source, fetch, &mut |row| chunk.take(row)).await?;
        let more = !chunk.rows.is_empty();
        chunk.send().await?;
        Ok(more)
    }
}

fn unique_name() -> String {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    format!("ecto_stream_{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

fn plain(sql: String) -> Statement {
    Statement { sql: sql.into(), values: Vec::new() }
}

/// Rows that are decoded and not yet taken.
struct Chunk<O> {
    decode: Decode<O>,
    prefix: Option<Arc<str>>,
    rows: Vec<O>,
    max: usize,
    /// How many rows there were.
    taken: u64,
    /// How long nobody wanted any.
    paused: Duration,
    sender: mpsc::Sender<Vec<O>>,
    /// One permit for each chunk that somebody waits for.
    asked: Arc<Semaphore>,
}

impl<O: Send> Chunk<O> {
    /// Waits until a chunk is asked for. No statement runs meanwhile, so that a transaction is free for others.
    async fn asked(&mut self) -> Result<(), RepoError> {
        self.asked.acquire().await.map_err(|_| dropped())?.forget();
        Ok(())
    }

    async fn send(&mut self) -> Result<(), RepoError> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        // It fails only where the stream is gone, and with it whoever would see the error.
        self.sender.send(rows).await.map_err(|_| dropped())
    }
}

fn dropped() -> RepoError {
    RepoError::Query("the stream was dropped".to_owned())
}

impl<O: Send> RowSink for Chunk<O> {
    fn take(&mut self, row: &dyn Row) -> Result<(), RepoError> {
        let row = (self.decode)(&mut Loader::new(row, 0).within(self.prefix.as_ref()))?;
        self.rows.push(row);
        self.taken += 1;
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= self.max
    }

    fn empty(&mut self) -> BoxFuture<'_, Result<(), RepoError>> {
        Box::pin(async {
            let began = Instant::now();
            self.send().await?;
            self.asked().await?;
            self.paused += began.elapsed();
            Ok(())
        })
    }
}

/// A connection in the middle of an answer. Dropped there, it is closed: to read the rest only to forget it could take
/// as long as the query.
struct Alone {
    connection: Option<Box<dyn Connection>>,
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(connection.discard());
        }
    }
}

/// A temporary table. Dropped early, it is removed as soon as the transaction's connection is free.
struct Table {
    repo: Repo,
    source: &'static str,
    name: String,
    dropped: bool,
}

impl Table {
    fn drop_sql(&self) -> String {
        format!("DROP TABLE temp.{}", self.name)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if self.dropped {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (repo, source, statement) = (self.repo.clone(), self.source, plain(self.drop_sql()));
            // A transaction that is over by then, and was rolled back, has removed it itself.
            runtime.spawn(async move { repo.execute(source, &statement).await });
        }
    }
}

/// Rows as they arrive; made by [`Repo::stream`]. Nothing runs before the first one is asked for.
#[must_use = "a stream reads nothing until it is polled"]
pub struct RowStream<O> {
    rows: VecDeque<O>,
    chunks: mpsc::Receiver<Vec<O>>,
    demand: Arc<Semaphore>,
    /// Whether a chunk was asked for and did not come yet.
    waiting: bool,
    work: Option<BoxFuture<'static, Result<(), RepoError>>>,
    /// Comes after the rows that were read before it.
    failed: Option<RepoError>,
}

// Nothing in it is pinned but the boxed future.
impl<O> Unpin for RowStream<O> {}

impl<O> RowStream<O> {
    fn next_chunk(&mut self, cx: &mut Context<'_>) -> bool {
        match self.chunks.poll_recv(cx) {
            Poll::Ready(Some(rows)) => {
                self.rows = rows.into();
                self.waiting = false;
                true
            }
            _ => false,
        }
    }
}

impl<O> Stream for RowStream<O> {
    type Item = Result<O, RepoError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(row) = self.rows.pop_front() {
                return Poll::Ready(Some(Ok(row)));
            }
            if self.next_chunk(cx) {
                continue;
            }
            if !self.waiting {
                self.waiting = true;
                self.demand.add_permits(1);
            }
            let Some(work) = &mut self.work else { return Poll::Ready(self.failed.take().map(Err)) };
            match work.as_mut().poll(cx) {
                Poll::Ready(result) => {
                    self.work = None;
                    self.failed = result.err();
                }
                // The work may have sent rows in this very poll.
                Poll::Pending if self.next_chunk(cx) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<O> fmt::Debug for RowStream<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("buffered", &self.rows.len()).finish_non_exhaustive()
    }
}

impl<B, O: Send + Sync + 'static> Query<B, O> {
    /// See [`Repo::stream`].
    pub fn stream(self, repo: &Repo) -> RowStream<O> {
        repo.stream(self)
    }
}
