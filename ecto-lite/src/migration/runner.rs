//! Runs migrations, and remembers which have run.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use chrono::Utc;
use futures_util::FutureExt;

use super::command::Command;
use super::list::{Direction, Entry, Migrations};
use super::status::{MigrationState, MigrationStatus, Statuses};
use super::support::{self, Reading};
use super::{MigrationError, bigint, lock, naive_datetime, rebuild, table};
use crate::adapter::Dialect;
use crate::repo::Repo;
use crate::sql::ddl::Ddl;
use crate::types::Value;

/// Runs migrations (`Ecto.Migrator`, Ecto SQL 3.13): `Migrator::new(&repo, migrations![…]).up().await?`.
///
/// Each runs in a transaction of its own with the row that says that it has run: it happened or it did not. Any number
/// of processes may do this at once, as when several start: each migration runs once.
#[derive(Clone, Debug)]
#[must_use = "it runs when it is told to"]
pub struct Migrator {
    repo: Repo,
    migrations: Migrations,
    prefix: Option<String>,
    source: String,
    strict_version_order: bool,
}

impl Migrator {
    /// To run `migrations` on `repo`.
    pub fn new(repo: &Repo, migrations: Migrations) -> Self {
        Self {
            repo: repo.clone(),
            migrations,
            prefix: repo.prefix().map(Into::into),
            source: "schema_migrations".into(),
            strict_version_order: false,
        }
    }

    /// Migrates tables in this PostgreSQL schema (made if there is none) or attached SQLite database, each of which
    /// remembers for itself what has run: one for each tenant. Without, it is the prefix of the repo, if that has one;
    /// steps of code are given a repo of this prefix.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The table that remembers; `schema_migrations` unless told.
    pub fn source(mut self, table: impl Into<String>) -> Self {
        self.source = table.into();
        self
    }

    /// Refuses to run a migration that is older than one that has run, in place of logging a warning.
    pub fn strict_version_order(mut self, strict: bool) -> Self {
        self.strict_version_order = strict;
        self
    }

    /// Runs all that have not run. Answers the versions that this call ran.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Failed`] by the first that fails; those before it have run and stay.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future rolls the migration back that is running. One for which SQLite builds a table anew is carried
    /// out to its end.
    pub async fn up(&self) -> Result<Vec<i64>, MigrationError> {
        self.run_up(|_| true, usize::MAX).await
    }

    /// The same, up to this version and with it.
    pub async fn up_to(&self, version: i64) -> Result<Vec<i64>, MigrationError> {
        self.run_up(|entry| entry.version <= version, usize::MAX).await
    }

    /// The same, up to this version and without it.
    pub async fn up_to_exclusive(&self, version: i64) -> Result<Vec<i64>, MigrationError> {
        self.run_up(|entry| entry.version < version, usize::MAX).await
    }

    /// Runs the next `count` that have not run.
    pub async fn step(&self, count: usize) -> Result<Vec<i64>, MigrationError> {
        self.run_up(|_| true, count).await
    }

    /// Undoes the newest `count` that have run; 1 is what `mix ecto.rollback` does.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Unknown`] if one of them is not in this application; then nothing is undone.
    pub async fn rollback(&self, count: usize) -> Result<Vec<i64>, MigrationError> {
        self.run_down(|_| true, count).await
    }

    /// Undoes all that have run down to this version, and with it.
    pub async fn rollback_to(&self, version: i64) -> Result<Vec<i64>, MigrationError> {
        self.run_down(|applied| applied >= version, usize::MAX).await
    }

    /// Undoes all that have run down to this version, and without it.
    pub async fn rollback_to_exclusive(&self, version: i64) -> Result<Vec<i64>, MigrationError> {
        self.run_down(|applied| applied > version, usize::MAX).await
    }

    /// Undoes all that have run.
    pub async fn down(&self) -> Result<Vec<i64>, MigrationError> {
        self.run_down(|_| true, usize::MAX).await
    }

    /// Which have run. Changes nothing, not even where nothing has ever run.
    pub async fn status(&self) -> Result<Statuses, MigrationError> {
        let entries = self.migrations.sorted()?;
        let applied = self.applied().await?;
        let known = entries.iter().map(|entry| MigrationStatus {
            state: if applied.contains(&entry.version) { MigrationState::Up } else { MigrationState::Down },
            version: entry.version,
            name: Some(entry.name),
        });
        let unknown = applied.iter().filter(|version| entries.iter().all(|entry| entry.version != **version));
        let unknown =
            unknown.map(|version| MigrationStatus { state: MigrationState::Up, version: *version, name: None });
        let mut all: Vec<_> = known.chain(unknown).collect();
        all.sort_by_key(|status| status.version);
        Ok(Statuses(all))
    }

    async fn run_up(&self, wanted: impl Fn(&Entry) -> bool, count: usize) -> Result<Vec<i64>, MigrationError> {
        let entries = self.migrations.sorted()?;
        Box::pin(self.prepare()).await?;
        let applied = self.applied().await?;
        let pending: Vec<_> =
            entries.iter().filter(|entry| wanted(entry) && !applied.contains(&entry.version)).take(count).collect();
        for entry in &pending {
            self.check_order(entry, &applied)?;
        }
        let mut ran = Vec::new();
        for entry in pending {
            if self.migrate(entry, Direction::Up).await? {
                ran.push(entry.version);
            }
        }
        Ok(ran)
    }

    fn check_order(&self, entry: &Entry, applied: &BTreeSet<i64>) -> Result<(), MigrationError> {
        let Some(latest) = applied.last().copied().filter(|latest| *latest > entry.version) else { return Ok(()) };
        let (version, name) = (entry.version, entry.name);
        if self.strict_version_order {
            return Err(MigrationError::OutOfOrder { version, name: name.into(), latest });
        }
        tracing::warn!(version, name, latest, "this migration is older than one that has run");
        Ok(())
    }

    async fn run_down(&self, wanted: impl Fn(i64) -> bool, count: usize) -> Result<Vec<i64>, MigrationError> {
        let entries = self.migrations.sorted()?;
        let applied = self.applied().await?;
        let versions: Vec<_> = applied.into_iter().rev().filter(|version| wanted(*version)).take(count).collect();
        let find = |version: i64| {
            entries.iter().find(|entry| entry.version == version).ok_or(MigrationError::Unknown { version })
        };
        let undone = versions.into_iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let mut ran = Vec::new();
        for entry in undone {
            if self.migrate(entry, Direction::Down).await? {
                ran.push(entry.version);
            }
        }
        Ok(ran)
    }

    /// Runs one, unless another process was faster. Says whether it did.
    async fn migrate(&self, entry: &Entry, direction: Direction) -> Result<bool, MigrationError> {
        let run = Run::new(self, entry, direction)?;
        let started = Instant::now();
        // Boxed, for a transaction's future is large and would make that of every caller so.
        let ran = Box::pin(run.run()).await?;
        let (version, name) = (entry.version, entry.name);
        if ran {
            tracing::info!(version, name, ?direction, elapsed = ?started.elapsed(), "migrated");
        } else {
            tracing::info!(version, name, ?direction, "another process has migrated this one");
        }
        Ok(ran)
    }

    fn ddl(&self) -> Ddl<'_> {
        Ddl { dialect: self.repo.dialect(), prefix: self.prefix.as_deref() }
    }

    /// Other sets of migrations in the same database do not wait for this one.
    fn lock_name(&self) -> String {
        format!("{}.{}", self.prefix.as_deref().unwrap_or_default(), self.source)
    }

    /// Makes the table that remembers, where it is missing.
    async fn prepare(&self) -> Result<(), MigrationError> {
        if self.is_prepared(&self.repo).await? {
            return Ok(());
        }
        let this = self;
        lock::transaction(&self.repo, Some(&self.lock_name()), |tx| async move {
            if this.is_prepared(&tx).await? {
                return Ok(());
            }
            let ddl = this.ddl();
            if let (Dialect::Postgres, Some(prefix)) = (ddl.dialect, &this.prefix) {
                // `if not exists` would want a privilege that a tenant's owner may lack.
                let exists = "select 1 from pg_catalog.pg_namespace where nspname = $1";
                let prefix_value = vec![Value::Text(prefix.clone())];
                if support::rows(&tx, exists, prefix_value, |row| row.int(0)).await?.is_empty() {
                    support::run(&tx, vec![format!("create schema {}", ddl.name(prefix)?)]).await?;
                }
            }
            let table =
                table(this.source.as_str()).add("version", bigint().primary_key()).add("inserted_at", naive_datetime());
            let create = Command::CreateTable { table, if_not_exists: true };
            support::run(&tx, ddl.statements(&create)?).await
        })
        .await
    }

    async fn is_prepared(&self, repo: &Repo) -> Result<bool, MigrationError> {
        let ddl = self.ddl();
        let (sql, name) = match ddl.dialect {
            Dialect::Postgres => {
                ("select 1 where to_regclass($1) is not null".into(), ddl.table(&self.source.as_str().into())?)
            }
            Dialect::Sqlite => {
                let master = ddl.prefixed(self.prefix.as_deref(), "sqlite_master")?;
                (
                    format!("select 1 from {master} where type = 'table' and name = ? collate nocase"),
                    self.source.clone(),
                )
            }
        };
        Ok(!support::rows(repo, &sql, vec![Value::Text(name)], |row| row.int(0)).await?.is_empty())
    }

    /// The versions that have run.
    async fn applied(&self) -> Result<BTreeSet<i64>, MigrationError> {
        if !self.is_prepared(&self.repo).await? {
            return Ok(BTreeSet::new());
        }
        let sql = format!("select version from {}", self.ddl().table(&self.source.as_str().into())?);
        Ok(support::rows(&self.repo, &sql, Vec::new(), |row| row.int(0)).await?.into_iter().collect())
    }
}

/// One migration on its way. Owns what it needs, so that it can be a task of its own.
#[derive(Clone)]
struct Run {
    repo: Repo,
    prefix: Option<String>,
    /// The quoted table that remembers.
    remembers: String,
    lock: Option<String>,
    entry: Entry,
    direction: Direction,
    commands: Vec<Command>,
}

impl Run {
    fn new(migrator: &Migrator, entry: &Entry, direction: Direction) -> Result<Self, MigrationError> {
        let ddl = migrator.ddl();
        let commands = entry.commands(ddl.dialect, ddl.prefix, direction).map_err(|source| {
            let command = if direction == Direction::Up { "up" } else { "down" };
            failed(entry, command.into(), source)
        })?;
        Ok(Self {
            repo: migrator.repo.clone(),
            prefix: migrator.prefix.clone(),
            remembers: ddl.table(&migrator.source.as_str().into())?,
            lock: entry.lock.then(|| migrator.lock_name()),
            entry: entry.clone(),
            direction,
            commands,
        })
    }

    fn ddl(&self) -> Ddl<'_> {
        Ddl { dialect: self.repo.dialect(), prefix: self.prefix.as_deref() }
    }

    async fn run(self) -> Result<bool, MigrationError> {
        let sqlite = self.repo.dialect() == Dialect::Sqlite;
        if sqlite && !self.repo.in_transaction() && self.commands.iter().any(rebuild::is_needed) {
            return self.run_without_foreign_keys().await;
        }
        self.run_on(&self.repo).await
    }

    /// SQLite: with foreign keys off on the one connection that is used. In a task of its own, so that they are on again
    /// whatever becomes of whoever waits for it.
    async fn run_without_foreign_keys(self) -> Result<bool, MigrationError> {
        let task = tokio::spawn(async move {
            let repo = self.repo.clone();
            repo.checkout(|connection| async move {
                if !rebuild::foreign_keys_are_on(&connection).await? {
                    return self.run_on(&connection).await;
                }
                let mut off = ForeignKeysOff { repo: self.repo.clone(), off: true };
                support::run(&connection, vec!["pragma foreign_keys = off".into()]).await?;
                let ran = self.run_on(&connection).await;
                support::run(&connection, vec!["pragma foreign_keys = on".into()]).await?;
                off.off = false;
                ran
            })
            .await
        });
        task.await.unwrap_or_else(|ended| match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(MigrationError::Step("the runtime was shut down".into())),
        })
    }

    async fn run_on(&self, repo: &Repo) -> Result<bool, MigrationError> {
        if self.entry.transaction {
            return lock::transaction(repo, self.lock.as_deref(), |tx| async move { self.once(&tx).await }).await;
        }
        match &self.lock {
            // The lock's transaction only stands guard: the migration runs on other connections.
            Some(lock) if repo.dialect() == Dialect::Postgres => {
                lock::transaction(repo, Some(lock), |_guard| async move { self.once(repo).await }).await
            }
            _ => self.once(repo).await,
        }
    }

    /// Runs it unless it has been by now.
    async fn once(&self, repo: &Repo) -> Result<bool, MigrationError> {
        let Entry { version, name, .. } = self.entry;
        let placeholder = if repo.dialect() == Dialect::Postgres { "$1" } else { "?" };
        let sql = format!("select 1 from {} where version = {placeholder}", self.remembers);
        let has_run = !support::rows(repo, &sql, vec![Value::Int(version)], |row| row.int(0)).await?.is_empty();
        if has_run == (self.direction == Direction::Up) {
            return Ok(false);
        }
        tracing::info!(version, name, direction = ?self.direction, "migrating");
        for command in &self.commands {
            tracing::info!("{command}");
            let done = carry_out(repo, self.ddl(), command).await;
            done.map_err(|source| failed(&self.entry, command.to_string(), source))?;
        }
        self.remember(repo).await?;
        Ok(true)
    }

    async fn remember(&self, repo: &Repo) -> Result<(), MigrationError> {
        let postgres = repo.dialect() == Dialect::Postgres;
        let version = Value::Int(self.entry.version);
        let (sql, values) = match self.direction {
            Direction::Up => {
                let places = if postgres { "$1, $2" } else { "?, ?" };
                let sql = format!("insert into {} (version, inserted_at) values ({places})", self.remembers);
                (sql, vec![version, Value::NaiveDateTime(Utc::now().naive_utc())])
            }
            Direction::Down => {
                let place = if postgres { "$1" } else { "?" };
                (format!("delete from {} where version = {place}", self.remembers), vec![version])
            }
        };
        support::execute(repo, sql, values).await?;
        Ok(())
    }
}

/// A connection of the pool on which foreign keys are off. Where they could not be turned on, nobody may get it again.
struct ForeignKeysOff {
    repo: Repo,
    off: bool,
}

impl Drop for ForeignKeysOff {
    fn drop(&mut self) {
        if self.off {
            self.repo.disconnect_all();
        }
    }
}

fn failed(entry: &Entry, command: String, source: MigrationError) -> MigrationError {
    let Entry { version, name, .. } = *entry;
    MigrationError::Failed { version, name: name.into(), command, source: Box::new(source) }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("with no message")
}

/// Does what one command says.
async fn carry_out(repo: &Repo, ddl: Ddl<'_>, command: &Command) -> Result<(), MigrationError> {
    match (ddl.dialect, command) {
        (_, Command::Run { up, .. }) => {
            // The step is the user's, and a panic in it is a failure as any other: the transaction ends in order.
            let repo = ddl.prefix.map_or_else(|| repo.clone(), |prefix| repo.with_prefix(prefix));
            let step = AssertUnwindSafe(async { up(repo).await }).catch_unwind();
            step.await.unwrap_or_else(|panic| Err(MigrationError::Step(format!("it panicked: {}", message(&*panic)))))
        }
        (Dialect::Sqlite, Command::Alter { table, changes }) => rebuild::alter(repo, ddl, table, changes).await,
        (Dialect::Sqlite, Command::RenameIndex { table, name, to }) => {
            rebuild::rename_index(repo, ddl, table, name, to).await
        }
        (Dialect::Sqlite, Command::CreateConstraint(definition)) => rebuild::constrain(repo, ddl, definition).await,
        (Dialect::Sqlite, Command::DropConstraint { constraint, if_exists, .. }) => {
            rebuild::release(repo, ddl, constraint, *if_exists).await
        }
        _ => support::run(repo, ddl.statements(command)?).await,
    }
}
