//! PostgreSQL 13 and newer.

mod codec;
mod error;

use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError};
use sqlx::{ConnectOptions, Connection as _, Either, Executor};

use super::pool::{Driver, Fault, Wire};
use crate::RepoError;
use crate::adapter::{AdapterError, Dialect, EachRow, Isolation, RowSink, Statement, TransactionOptions};

#[derive(Debug)]
pub(super) struct Postgres {
    options: PgConnectOptions,
}

impl Postgres {
    pub(super) fn from_url(url: &str) -> Result<Self, AdapterError> {
        let options = PgConnectOptions::from_str(url).map_err(error::adapter_error)?;
        Ok(Self { options: options.statement_cache_capacity(256).disable_statement_logging() })
    }
}

impl Driver for Postgres {
    type Wire = PgWire;
    const PING_AFTER: Option<Duration> = Some(Duration::from_secs(1));

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn connect(&self) -> Result<PgWire, AdapterError> {
        Ok(PgWire(self.options.connect().await.map_err(error::adapter_error)?))
    }
}

pub(super) struct PgWire(PgConnection);

impl Wire for PgWire {
    async fn execute(&mut self, statement: &Statement) -> Result<u64, Fault> {
        let arguments = codec::arguments(&statement.values).map_err(unbound)?;
        let mut results = self.0.fetch_many(sqlx::query_with(super::safe(&statement.sql), arguments));
        let mut changed = 0;
        let mut answered = false;
        while let Some(result) = results.try_next().await.map_err(|e| fault(e, answered))? {
            answered = true;
            if let Either::Left(done) = result {
                changed += done.rows_affected();
            }
        }
        Ok(changed)
    }

    async fn fetch(&mut self, statement: &Statement, each: &mut EachRow<'_>) -> Result<(), Fault> {
        let arguments = codec::arguments(&statement.values).map_err(unbound)?;
        let mut results = self.0.fetch_many(sqlx::query_with(super::safe(&statement.sql), arguments));
        let mut answered = false;
        while let Some(result) = results.try_next().await.map_err(|e| fault(e, answered))? {
            answered = true;
            if let Either::Right(row) = result {
                each(&codec::PgRowRef(&row)).map_err(|error| Fault { error, ran: true })?;
            }
        }
        Ok(())
    }

    async fn stream(&mut self, statement: &Statement, sink: &mut dyn RowSink) -> Result<(), Fault> {
        let arguments = codec::arguments(&statement.values).map_err(unbound)?;
        let mut results = self.0.fetch_many(sqlx::query_with(super::safe(&statement.sql), arguments));
        let mut answered = false;
        while let Some(result) = results.try_next().await.map_err(|e| fault(e, answered))? {
            answered = true;
            if let Either::Right(row) = result {
                super::pool::sunk(sink, &codec::PgRowRef(&row)).await?;
            }
        }
        Ok(())
    }

    async fn script(&mut self, sql: &str) -> Result<(), Fault> {
        simple(&mut self.0, sql).await
    }

    fn begin(&mut self, options: &TransactionOptions) -> impl Future<Output = Result<(), Fault>> + Send {
        let mut sql = String::from("BEGIN");
        match options.isolation {
            None => {}
            Some(Isolation::ReadCommitted) => sql.push_str(" ISOLATION LEVEL READ COMMITTED"),
            Some(Isolation::RepeatableRead) => sql.push_str(" ISOLATION LEVEL REPEATABLE READ"),
            Some(Isolation::Serializable) => sql.push_str(" ISOLATION LEVEL SERIALIZABLE"),
        }
        if options.read_only {
            sql.push_str(" READ ONLY");
        }
        async move { simple(&mut self.0, &sql).await }
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        simple(&mut self.0, "COMMIT").await
    }

    async fn rollback(&mut self) -> Result<(), Fault> {
        simple(&mut self.0, "ROLLBACK").await
    }

    async fn ping(&mut self) -> Result<(), Fault> {
        self.0.ping().await.map_err(|e| fault(e, false))
    }

    async fn close(self) {
        let _ = self.0.close().await;
    }
}

/// Without parameters, in one round trip.
async fn simple(connection: &mut PgConnection, sql: &str) -> Result<(), Fault> {
    let mut results = sqlx::raw_sql(super::safe(&sql.into())).fetch_many(connection);
    let mut answered = false;
    while results.try_next().await.map_err(|e| fault(e, answered))?.is_some() {
        answered = true;
    }
    Ok(())
}

fn unbound(source: sqlx::error::BoxDynError) -> Fault {
    let error = AdapterError::Database { code: "22023".to_owned(), message: source.to_string() };
    Fault { error: error.into(), ran: false }
}

fn fault(source: sqlx::Error, answered: bool) -> Fault {
    // The server's goodbye, as the first answer, was said before it looked at the statement; and a statement whose last
    // bytes could not be written lacks the `Sync` without which nothing is committed.
    let unread = match &source {
        sqlx::Error::Database(database) => {
            database.try_downcast_ref::<PgDatabaseError>().is_some_and(|e| error::is_goodbye(e.code()))
        }
        sqlx::Error::Io(io) => io.kind() == std::io::ErrorKind::BrokenPipe,
        _ => false,
    };
    Fault { error: RepoError::Adapter(error::adapter_error(source)), ran: answered || !unread }
}
