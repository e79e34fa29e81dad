//! Why a migration did not happen.

use crate::adapter::Dialect;
use crate::error::RepoError;

/// Why a migration, or a run of them, did not happen. `Display` says what to do; the cause is the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// A command of `change` has no reversal.
    #[error(
        "cannot reverse `{command}`: give the migration `up` and `down` in place of `change`, or say how to undo it"
    )]
    Irreversible {
        /// The command.
        command: String,
    },
    /// The migration has neither `change` nor the direction that is asked for.
    #[error("the migration does nothing: give it `change`, or `up` and `down`")]
    Empty,
    /// Two migrations have one version.
    #[error("version {version} is that of both {first} and {second}: give one of them another")]
    DuplicateVersion {
        /// The version.
        version: i64,
        /// One migration's name.
        first: String,
        /// The other one's.
        second: String,
    },
    /// `strict_version_order`: a migration is older than one that has run.
    #[error("{name} ({version}) is older than {latest}, which has run: give it a newer version")]
    OutOfOrder {
        /// The migration's version.
        version: i64,
        /// Its name.
        name: String,
        /// The newest version that has run.
        latest: i64,
    },
    /// A version is asked for, or to be rolled back, that the application has no migration for.
    #[error("there is no migration {version} in this application")]
    Unknown {
        /// The version.
        version: i64,
    },
    /// The database cannot do what is asked.
    #[error("{dialect:?} cannot {what}: {instead}")]
    Unsupported {
        /// Whose SQL.
        dialect: Dialect,
        /// What.
        what: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// A name that the database would not take, or would cut.
    #[error("`{name}` cannot be a name: {reason}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// One migration failed; those before it have run and stay.
    #[error("{name} ({version}) failed at `{command}`")]
    Failed {
        /// Its version.
        version: i64,
        /// Its name.
        name: String,
        /// What it was doing.
        command: String,
        /// Why.
        #[source]
        source: Box<MigrationError>,
    },
    /// A table's description in SQLite is not what its `alter` was written for.
    #[error("table {table} cannot be changed: {reason}")]
    Table {
        /// The table.
        table: String,
        /// What is wrong.
        reason: String,
    },
    /// A program such as `pg_dump` is missing or failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// Its name.
        program: &'static str,
        /// What it said.
        reason: String,
    },
    /// What a step of the migration's own code says.
    #[error("{0}")]
    Step(String),
    /// The repo failed.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

impl MigrationError {
    /// An error of a migration's own code: `.map_err(MigrationError::step)`.
    #[allow(clippy::needless_pass_by_value, reason = "to be named in `map_err`")]
    pub fn step(error: impl std::fmt::Display) -> Self {
        Self::Step(error.to_string())
    }
}
