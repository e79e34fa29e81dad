//! How a repo is set up.

use std::sync::Arc;
use std::time::Duration;

use super::{Repo, Shared};
use crate::RepoError;
use crate::adapters::{self, PoolOptions};

/// Options of a repo. Made by [`Repo::builder`].
#[derive(Debug)]
#[must_use]
pub struct RepoBuilder {
    url: String,
    pool: PoolOptions,
}

impl RepoBuilder {
    pub(super) fn new(url: String) -> Self {
        Self { url, pool: PoolOptions::default() }
    }

    /// How many connections there may be at a time; 10 unless told. An SQLite database in memory has one.
    pub fn max_connections(mut self, max: u32) -> Self {
        self.pool.max_connections = max.max(1);
        self
    }

    /// How long to wait for a free connection before [`RepoError::PoolTimeout`]; 5 seconds unless told.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.pool.acquire_timeout = timeout;
        self
    }

    /// After how long without use a connection is closed; 10 minutes unless told, never if none.
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.pool.idle_timeout = timeout.into();
        self
    }

    /// After how long a connection is replaced; 30 minutes unless told, never if none.
    pub fn max_lifetime(mut self, lifetime: impl Into<Option<Duration>>) -> Self {
        self.pool.max_lifetime = lifetime.into();
        self
    }

    /// SQLite: how long to wait for others that write, before [`crate::adapter::AdapterError::Busy`]; 5 seconds unless told.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.pool.busy_timeout = timeout;
        self
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// When the URL is wrong, or the database cannot be reached now.
    pub async fn connect(self) -> Result<Repo, RepoError> {
        let adapter = adapters::connect(&self.url, self.pool).await?;
        Ok(Repo { shared: Arc::new(Shared { adapter, url: self.url }), scope: None })
    }
}
