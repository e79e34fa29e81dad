//! The database: an SQLite file, or PostgreSQL. Opened and migrated here, and handed around as a [`Repo`].
//!
//! `DATABASE_URL` names it; without it, it is `robot-control.db` in the working directory. Migrations are compiled in
//! and run at every start, so that a new version of the program finds the tables that it needs. One program at a time:
//! the next one that starts takes the missions that it finds running for interrupted ones.

mod error;
pub mod migrations;
mod robot_id;

use bennu::ecto::prelude::*;
use bennu::ecto::repo::RepoBuilder;

pub use error::OpenError;

/// The database where none is named: a file that is made if it is missing.
pub const DEFAULT_URL: &str = "sqlite://robot-control.db?mode=rwc";

/// The URL that `DATABASE_URL` holds, or [`DEFAULT_URL`].
pub fn url_from_env() -> String {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()).unwrap_or_else(|| DEFAULT_URL.to_owned())
}

/// Connects and runs the migrations that have not run yet.
///
/// # Errors
/// When the database cannot be opened or changed; the error says what to do.
pub async fn open(url: &str) -> Result<Repo, OpenError> {
    open_with(url, Repo::builder(url)).await
}

/// [`open`], with the builder's options. `url` is for messages.
///
/// # Errors
/// As [`open`].
pub async fn open_with(url: &str, builder: RepoBuilder) -> Result<Repo, OpenError> {
    let repo = builder.connect().await.map_err(|source| OpenError::connect(url, source))?;
    // Migrations would wait for as long as somebody else writes. A transaction of our own tells at once whether we can.
    let writes = repo.transaction(async |_| Ok::<_, RepoError>(())).await;
    writes.map_err(|source| OpenError::connect(url, source))?;
    let ran = migrate(&repo).await.map_err(|source| OpenError::migrate(url, source))?;
    let place = error::place(url);
    tracing::info!(database = place, migrations = ran.len(), "the database is open");
    Ok(repo)
}

/// The time as exactly as a database keeps it: what is written is what is read.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap_or_default()
}

/// Runs the migrations that have not run yet, and answers with their versions.
///
/// # Errors
/// By the first that fails; those before it stay.
pub async fn migrate(repo: &Repo) -> Result<Vec<i64>, bennu::ecto::migration::MigrationError> {
    Migrator::new(repo, migrations::all()).up().await
}

#[cfg(test)]
mod tests;
