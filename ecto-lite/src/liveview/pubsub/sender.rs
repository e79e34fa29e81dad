//! The task that sends what waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::{sleep, timeout};

use super::queue::{Queue, Queued};
use super::{CONNECT_LIMIT, frame};

/// How long a statement may take. Commits with notifications wait for each other on the server.
const SEND_LIMIT: Duration = Duration::from_secs(5);

/// After how long without use a connection is asked whether it still lives.
const IDLE: Duration = Duration::from_secs(5);

/// What could not be sent for so long is no news any more.
const STALE: Duration = Duration::from_secs(5);

/// How much goes by one statement, in bytes.
const BATCH: usize = 1024 * 1024;

/// The first and the longest pause before the connection is tried again.
pub(super) const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

pub(super) struct Sender {
    options: PgConnectOptions,
    channel: Arc<str>,
    node: Arc<str>,
    queue: Arc<Queue>,
    connection: Option<PgConnection>,
    used: Instant,
    /// It is told that messages do not go.
    is_lost: bool,
    /// The number of the last message.
    number: u64,
}

impl Sender {
    /// Connects, and checks that the database is one that can be used.
    pub(super) async fn open(
        options: PgConnectOptions,
        channel: Arc<str>,
        node: Arc<str>,
        queue: Arc<Queue>,
    ) -> Result<Self, sqlx::Error> {
        let mut connection = connect(&options).await?;
        let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut connection).await?;
        if encoding != "UTF8" {
            let why = format!("PostgresPubSub needs a database with the encoding UTF8; this one has {encoding}");
            return Err(sqlx::Error::Configuration(why.into()));
        }
        Ok(Self {
            options,
            channel,
            node,
            queue,
            connection: Some(connection),
            used: Instant::now(),
            is_lost: false,
            number: 0,
        })
    }

    /// Sends until the queue is closed and empty.
    pub(super) async fn run(mut self) {
        while self.queue.filled().await {
            let Some(mut connection) = self.connection().await else {
                // The last words are for nobody when the server cannot be reached.
                break;
            };
            let batch = self.queue.take(BATCH);
            if batch.is_empty() {
                // All of it was too old.
                self.connection = Some(connection);
                continue;
            }
            let sent = timeout(SEND_LIMIT, self.send(&mut connection, &batch)).await;
            self.queue.done(batch.len());
            self.used = Instant::now();
            match sent {
                Ok(Ok(())) => self.connection = Some(connection),
                // The connection is as good as before.
                Ok(Err(error @ sqlx::Error::Database(_))) if !is_goodbye(&error) => {
                    tracing::warn!(%error, messages = batch.len(), "PostgreSQL refused messages for the other nodes");
                    self.connection = Some(connection);
                }
                // It may have been carried out or not: whoever sends it again may send it twice.
                Ok(Err(error)) => self.lost(&error, batch.len()),
                Err(late) => self.lost(&late, batch.len()),
            }
        }
        if let Some(connection) = self.connection {
            drop(timeout(CONNECT_LIMIT, connection.close()).await);
        }
    }

    async fn send(&mut self, connection: &mut PgConnection, batch: &[Queued]) -> Result<(), sqlx::Error> {
        let mut payloads = Vec::with_capacity(batch.len());
        for Queued { topic, message, .. } in batch {
            self.number += 1;
            frame::write(&self.node, self.number, topic, message, &mut payloads);
        }
        let notify = sqlx::query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload");
        notify.bind(&*self.channel).bind(payloads).execute(connection).await.map(drop)
    }

    /// The connection, alive as far as one can know; `None` if there is none and nobody waits for it any more.
    async fn connection(&mut self) -> Option<PgConnection> {
        if let Some(mut connection) = self.connection.take() {
            if self.used.elapsed() < IDLE {
                return Some(connection);
            }
            match timeout(CONNECT_LIMIT, connection.ping()).await {
                Ok(Ok(())) => return Some(connection),
                // Nothing is lost yet: servers and what stands before them end idle connections.
                Ok(Err(error)) => tracing::debug!(%error, "the connection of the pubsub was closed; opening another"),
                Err(_) => tracing::debug!("the connection of the pubsub does not answer; opening another"),
            }
        }
        self.reconnect().await
    }

    async fn reconnect(&mut self) -> Option<PgConnection> {
        let mut pause = PAUSES.0;
        loop {
            match connect(&self.options).await {
                Ok(connection) => {
                    if std::mem::take(&mut self.is_lost) {
                        tracing::info!("messages go to the other nodes again");
                    }
                    return Some(connection);
                }
                Err(error) if !self.is_lost => {
                    tracing::warn!(%error, "messages do not go to the other nodes: PostgreSQL cannot be reached");
                    self.is_lost = true;
                }
                Err(error) => tracing::debug!(%error, "PostgreSQL still cannot be reached"),
            }
            if self.queue.is_closed() {
                return None;
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
            self.forget_old();
        }
    }

    fn lost(&mut self, error: &dyn std::error::Error, messages: usize) {
        tracing::warn!(error = %error, messages, "messages do not go to the other nodes: the connection to PostgreSQL was lost, and these with it");
        self.is_lost = true;
    }

    fn forget_old(&self) {
        let Some(then) = Instant::now().checked_sub(STALE) else { return };
        let old = self.queue.take_older(then);
        self.queue.done(old);
        if old > 0 {
            tracing::debug!(messages = old, "messages for the other nodes are too old to be sent");
        }
    }
}

/// The server ends the connection.
fn is_goodbye(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code.starts_with("57P"))
}

pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    match timeout(CONNECT_LIMIT, options.connect()).await {
        Ok(connected) => connected,
        Err(_) => Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "the server does not answer").into()),
    }
}
