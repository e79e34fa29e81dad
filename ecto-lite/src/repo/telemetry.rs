//! What a repo tells about its queries: to a handler, to `tracing`, and a warning about slow ones.

use std::backtrace::Backtrace;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Instrument;

use crate::RepoError;
use crate::adapter::{EachRow, Row, Statement};
use crate::types::Value;

/// One statement that was run (`[:my_app, :repo, :query]`, Ecto 3.13).
#[derive(Debug)]
#[non_exhaustive]
pub struct QueryEvent<'a> {
    /// The name that the repo was given by [`super::RepoBuilder::name`].
    pub repo: &'a str,
    /// The schema or table that it was about; `raw` for SQL by hand, `transaction` for what begins and ends transactions
    /// and savepoints. The rollback of a transaction that was dropped is not told.
    pub source: &'static str,
    /// The text. Holds no value of a user.
    pub sql: &'a str,
    /// What it bound; none unless [`super::RepoBuilder::log_params`] asks for it, for it may be personal.
    pub params: Option<&'a [Value]>,
    /// How long the connection had been idle; none if it was opened for this, or is bound to a transaction.
    pub idle: Option<Duration>,
    /// How long it was waited for a connection.
    pub queue: Duration,
    /// How long the database took, with the way there and back.
    pub query: Duration,
    /// How long it took to make values of the rows.
    pub decode: Duration,
    /// All of it.
    pub total: Duration,
    /// How many rows were read or changed, or what went wrong.
    pub result: Result<u64, &'a RepoError>,
    /// Where the query was made, if [`super::RepoBuilder::backtraces`] asks for it.
    pub backtrace: Option<&'a Backtrace>,
}

/// Sees every query. Runs on the task that made it, so it should hand on what takes long.
pub(super) type Handler = Arc<dyn Fn(&QueryEvent<'_>) + Send + Sync>;

/// What is told to whom.
#[derive(Clone, Default)]
pub(super) struct Telemetry {
    pub(super) name: String,
    pub(super) handlers: Vec<Handler>,
    pub(super) slow: Option<Duration>,
    pub(super) log_params: bool,
    pub(super) backtraces: bool,
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry")
            .field("name", &self.name)
            .field("handlers", &self.handlers.len())
            .field("slow", &self.slow)
            .field("log_params", &self.log_params)
            .field("backtraces", &self.backtraces)
            .finish()
    }
}

/// The times of one statement while it runs.
pub(super) struct Watch<'a> {
    telemetry: &'a Telemetry,
    source: &'static str,
    sql: &'a str,
    params: &'a [Value],
    began: Instant,
    queue: Duration,
    idle: Option<Duration>,
    decode: Duration,
    /// Whether anybody wants to know what decoding took: asking the clock twice for each row is not free.
    decodes: bool,
    pub(super) rows: u64,
    backtrace: Option<Backtrace>,
}

impl<'a> Watch<'a> {
    pub(super) fn start(telemetry: &'a Telemetry, source: &'static str, statement: &'a Statement) -> Self {
        Self::of(telemetry, source, &statement.sql, &statement.values)
    }

    /// For what begins or ends a transaction.
    pub(super) fn transaction(telemetry: &'a Telemetry, sql: &'a str) -> Self {
        Self::of(telemetry, "transaction", sql, &[])
    }

    fn of(telemetry: &'a Telemetry, source: &'static str, sql: &'a str, params: &'a [Value]) -> Self {
        Self {
            telemetry,
            source,
            sql,
            params,
            began: Instant::now(),
            queue: Duration::ZERO,
            idle: None,
            decode: Duration::ZERO,
            decodes: !telemetry.handlers.is_empty(),
            rows: 0,
            backtrace: telemetry.backtraces.then(Backtrace::force_capture),
        }
    }

    /// The span around all that is logged while it runs.
    pub(super) fn span(&self) -> tracing::Span {
        tracing::debug_span!("query", repo = self.telemetry.name, source = self.source)
    }

    /// There is a connection.
    pub(super) fn connected(&mut self, idle: Option<Duration>) {
        self.queue = self.began.elapsed();
        self.idle = idle;
    }

    /// For so long nothing was asked of the database: it counts nowhere.
    pub(super) fn paused(&mut self, pause: Duration) {
        self.began += pause;
    }

    /// Counts the rows that `each` is shown, and what it takes for them.
    pub(super) fn each<'w>(
        &'w mut self,
        each: &'w mut EachRow<'_>,
    ) -> impl FnMut(&dyn Row) -> Result<(), RepoError> + Send + 'w {
        let (rows, decode) = (&mut self.rows, self.decodes.then_some(&mut self.decode));
        let mut decode = decode;
        move |row| {
            *rows += 1;
            let Some(decode) = &mut decode else { return each(row) };
            let began = Instant::now();
            let result = each(row);
            **decode += began.elapsed();
            result
        }
    }

    /// Watches `work`, which has its connection.
    pub(super) async fn over<T>(self, work: impl Future<Output = Result<T, RepoError>>) -> Result<T, RepoError> {
        let span = self.span();
        let result = work.instrument(span).await;
        self.finish(&result);
        result
    }

    /// Tells everybody.
    pub(super) fn finish<T>(self, result: &Result<T, RepoError>) {
        let total = self.began.elapsed();
        let is_slow = self.telemetry.slow.is_some_and(|limit| total >= limit);
        let event = QueryEvent {
            repo: &self.telemetry.name,
            source: self.source,
            sql: self.sql,
            params: self.telemetry.log_params.then_some(self.params),
            idle: self.idle,
            queue: self.queue,
            query: total.saturating_sub(self.queue).saturating_sub(self.decode),
            decode: self.decode,
            total,
            result: result.as_ref().map(|_| self.rows),
            backtrace: self.backtrace.as_ref(),
        };
        for handler in &self.telemetry.handlers {
            handler(&event);
        }
        if is_slow {
            event.warn();
        } else {
            event.debug();
        }
    }
}

impl QueryEvent<'_> {
    fn warn(&self) {
        tracing::warn!(
            repo = self.repo,
            source = self.source,
            total = ?self.total,
            queue = ?self.queue,
            query = ?self.query,
            rows = self.result.ok(),
            params = self.params.map(tracing::field::debug),
            backtrace = self.backtrace.map(tracing::field::display),
            "slow query: {}",
            self.sql
        );
    }

    fn debug(&self) {
        tracing::debug!(
            repo = self.repo,
            source = self.source,
            total = ?self.total,
            queue = ?self.queue,
            query = ?self.query,
            rows = self.result.ok(),
            error = self.result.err().map(tracing::field::display),
            params = self.params.map(tracing::field::debug),
            backtrace = self.backtrace.map(tracing::field::display),
            "{}",
            self.sql
        );
    }
}
