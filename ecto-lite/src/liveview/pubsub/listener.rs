//! The task that hears what other nodes say.

use std::sync::Arc;
use std::time::Duration;

use liveview_core::pubsub::Inbox;
use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::CONNECT_LIMIT;
use super::parts::Parts;
use super::sender::PAUSES;

/// After how long without a word the server is asked whether it is still there: a network that swallows everything closes nothing.
const SILENCE: Duration = Duration::from_secs(2);

/// How long its answer may take.
const ANSWER: Duration = Duration::from_secs(3);

/// After so many notifications in a row the subscribers have their turn, whose mailboxes take 256 messages: what was said in a second may arrive in an instant.
const IN_A_ROW: u32 = 64;

pub(super) struct Listener {
    options: PgConnectOptions,
    channel: Arc<str>,
    connection: PgListener,
}

impl Listener {
    pub(super) async fn open(options: PgConnectOptions, channel: Arc<str>) -> Result<Self, sqlx::Error> {
        let connection = listen(&options, &channel).await?;
        Ok(Self { options, channel, connection })
    }

    /// Hears and connects again, for ever.
    pub(super) async fn run(mut self, mut parts: Parts, inbox: Inbox) {
        let mut warned = false;
        loop {
            let error = hear(&mut self.connection, &mut parts, &inbox, &mut warned).await;
            tracing::warn!(%error, "what the other nodes say is not heard: the connection to PostgreSQL was lost");
            parts.interrupted();
            self.connection = self.reconnect().await;
            tracing::info!("what the other nodes say is heard again");
        }
    }

    async fn reconnect(&self) -> PgListener {
        let mut pause = PAUSES.0;
        loop {
            match listen(&self.options, &self.channel).await {
                Ok(connection) => return connection,
                Err(error) => tracing::debug!(%error, "PostgreSQL still cannot be reached"),
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

/// A new connection that listens. sqlx would use a broken one again after some errors; a pool of its own for each keeps them apart.
async fn listen(options: &PgConnectOptions, channel: &str) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(CONNECT_LIMIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options.clone());
    let listening = async {
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(channel).await?;
        Ok(listener)
    };
    timeout(CONNECT_LIMIT, listening).await.unwrap_or_else(|_| Err(silent()))
}

/// Hears until the connection is lost. That nobody of ours speaks there is told once.
async fn hear(connection: &mut PgListener, parts: &mut Parts, inbox: &Inbox, warned: &mut bool) -> sqlx::Error {
    let mut in_a_row = 0;
    loop {
        in_a_row = (in_a_row + 1) % IN_A_ROW;
        if in_a_row == 0 {
            yield_now().await;
        }
        match timeout(SILENCE, connection.try_recv()).await {
            Ok(Ok(Some(notification))) => {
                let taken = parts.take(notification.payload(), |topic, message| inbox.receive(topic, message));
                match taken {
                    Ok(()) => {}
                    Err(why) if *warned => tracing::debug!(%why, "a notification is ignored"),
                    Err(why) => {
                        tracing::warn!(channel = notification.channel(), %why, "a notification is ignored, and later ones without a word");
                        *warned = true;
                    }
                }
            }
            Ok(Ok(None)) => return std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into(),
            Ok(Err(error)) => return error,
            Err(_) => match timeout(ANSWER, connection.execute("SELECT 1")).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(_) => return silent(),
            },
        }
    }
}

fn silent() -> sqlx::Error {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "the server does not answer").into()
}
