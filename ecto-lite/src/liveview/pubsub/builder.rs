//! How the adapter is set up.

use std::fmt;
use std::str::FromStr as _;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use super::{PostgresPubSub, Settings};
use crate::RepoError;
use crate::adapter::AdapterError;
use crate::adapters::postgres_error;

/// PostgreSQL cuts longer identifiers off.
const LONGEST_CHANNEL: usize = 63;

/// Options of a [`PostgresPubSub`]. Made by [`PostgresPubSub::of`] and [`PostgresPubSub::builder`].
#[must_use = "it works when it is connected"]
pub struct PostgresPubSubBuilder {
    url: String,
    settings: Settings,
}

impl PostgresPubSubBuilder {
    pub(super) fn new(url: String) -> Self {
        let settings = Settings { channel: "bennu".into(), max_message: 4 * 1024 * 1024, max_queue: 16 * 1024 * 1024 };
        Self { url, settings }
    }

    /// The channel of PostgreSQL, `bennu` unless told. Applications that share a database have one each, or they hear each other. At most 63 bytes.
    pub fn channel(mut self, name: impl Into<String>) -> Self {
        self.settings.channel = name.into().into();
        self
    }

    /// The longest message, in bytes with its topic: 4 MiB unless told. Longer ones are refused here, and those of other nodes are not read. PostgreSQL takes 8,000 bytes
    /// at a time, so longer messages go in parts.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.settings.max_message = bytes;
        self
    }

    /// How many bytes may wait to be sent: 16 MiB unless told. More are refused.
    pub fn max_queue(mut self, bytes: usize) -> Self {
        self.settings.max_queue = bytes;
        self
    }

    /// Connects, so that mistakes show at once.
    ///
    /// # Errors
    /// When the URL is wrong or of another database than PostgreSQL, its encoding is another one than UTF-8, the channel's name cannot be one, or the database cannot be reached now.
    pub async fn connect(self) -> Result<PostgresPubSub, RepoError> {
        let options = self.options()?;
        Ok(PostgresPubSub::open(options, self.settings).await.map_err(postgres_error)?)
    }

    fn options(&self) -> Result<PgConnectOptions, AdapterError> {
        let scheme = self.url.split_once(':').map_or("", |(scheme, _)| scheme);
        // The URL itself stays out of the messages: it may hold a password.
        if !matches!(scheme, "postgres" | "postgresql") {
            let found = if scheme == "sqlite" { "SQLite" } else { "another one" };
            return Err(AdapterError::Configuration(format!(
                "PostgresPubSub needs PostgreSQL; this database is {found}. A single node works with `PubSub::local()`"
            )));
        }
        let channel = &self.settings.channel;
        if channel.is_empty() || channel.len() > LONGEST_CHANNEL || channel.contains('\0') {
            return Err(AdapterError::Configuration(format!(
                "the channel of a PostgresPubSub is a name of 1 to {LONGEST_CHANNEL} bytes, not {channel:?}"
            )));
        }
        let options = PgConnectOptions::from_str(&self.url).map_err(postgres_error)?;
        Ok(options.application_name(&format!("bennu pubsub {channel}")).disable_statement_logging())
    }
}

impl fmt::Debug for PostgresPubSubBuilder {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresPubSubBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
