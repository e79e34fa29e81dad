//! The migrations of an application.

use std::fmt;
use std::sync::Arc;

use super::command::{Command, Commands};
use super::{Migration, MigrationError};
use crate::adapter::Dialect;
use crate::sql::ddl::Ddl;

/// Which way a migration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `up`, or `change`.
    Up,
    /// `down`, or `change` reversed.
    Down,
}

/// Migrations, to be run in the order of their versions: `migrations![CreateSites, CreateRobots]`.
#[derive(Clone, Debug, Default)]
pub struct Migrations(Vec<Entry>);

/// Lists migrations: `migrations![m20261122_create_sites::CreateSites, CreateRobots]`.
#[macro_export]
macro_rules! migrations {
    ($($migration:expr),* $(,)?) => {
        $crate::migration::Migrations::new()$(.add($migration))*
    };
}

impl Migrations {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "not an arithmetic `add`, and the word that Ecto users expect")]
    pub fn add<M: Migration>(mut self, migration: M) -> Self {
        self.0.push(Entry::new(migration));
        self
    }

    /// With those of another list: of a library, or of another folder.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The SQL that migration `version` is, for review. Steps of code are left out, and so is building a table anew in
    /// SQLite, which depends on the table: a comment stands for each.
    ///
    /// # Errors
    ///
    /// When the migration cannot be reversed, the database cannot do what it asks, or there is none of that version.
    pub fn to_sql(&self, version: i64, dialect: Dialect, direction: Direction) -> Result<Vec<String>, MigrationError> {
        let entry = self.find(version).ok_or(MigrationError::Unknown { version })?;
        let ddl = Ddl { dialect, prefix: None };
        let mut sql = Vec::new();
        for command in entry.commands(dialect, None, direction)? {
            let depends = match &command {
                Command::Run { .. } => true,
                Command::RenameIndex { .. } => dialect == Dialect::Sqlite,
                command => dialect == Dialect::Sqlite && super::rebuild::is_needed(command),
            };
            if depends {
                sql.push(format!("-- {command}"));
            } else {
                sql.extend(ddl.statements(&command)?);
            }
        }
        Ok(sql)
    }

    /// In the order of their versions.
    ///
    /// # Errors
    ///
    /// When two have one version.
    pub(super) fn sorted(&self) -> Result<Vec<Entry>, MigrationError> {
        let mut entries = self.0.clone();
        entries.sort_by_key(|entry| entry.version);
        match entries.windows(2).find(|pair| pair[0].version == pair[1].version) {
            None => Ok(entries),
            Some(pair) => Err(MigrationError::DuplicateVersion {
                version: pair[0].version,
                first: pair[0].name.into(),
                second: pair[1].name.into(),
            }),
        }
    }

    fn find(&self, version: i64) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.version == version)
    }
}

/// One migration, whatever its type.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) version: i64,
    pub(super) name: &'static str,
    pub(super) transaction: bool,
    pub(super) lock: bool,
    migration: Arc<dyn Erased>,
}

impl Entry {
    fn new<M: Migration>(migration: M) -> Self {
        let path = std::any::type_name::<M>();
        let name = path.rsplit("::").next().unwrap_or(path);
        Self { version: M::VERSION, name, transaction: M::TRANSACTION, lock: M::LOCK, migration: Arc::new(migration) }
    }

    /// All that it does, in order.
    pub(super) fn commands(
        &self,
        dialect: Dialect,
        prefix: Option<&str>,
        direction: Direction,
    ) -> Result<Vec<Command>, MigrationError> {
        let mut m = Commands::new(dialect, prefix);
        if self.transaction {
            self.migration.after_begin(&mut m);
        }
        match direction {
            Direction::Up => self.migration.up(&mut m),
            Direction::Down => self.migration.down(&mut m),
        }
        if self.transaction {
            self.migration.before_commit(&mut m);
        }
        m.finish()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.version, self.name)
    }
}

/// [`Migration`] without its constants.
trait Erased: Send + Sync {
    fn up(&self, m: &mut Commands);
    fn down(&self, m: &mut Commands);
    fn after_begin(&self, m: &mut Commands);
    fn before_commit(&self, m: &mut Commands);
}

impl<M: Migration> Erased for M {
    fn up(&self, m: &mut Commands) {
        Migration::up(self, m);
    }

    fn down(&self, m: &mut Commands) {
        Migration::down(self, m);
    }

    fn after_begin(&self, m: &mut Commands) {
        Migration::after_begin(self, m);
    }

    fn before_commit(&self, m: &mut Commands) {
        Migration::before_commit(self, m);
    }
}
