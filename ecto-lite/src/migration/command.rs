//! What a migration asks for, as data: recorded by [`Commands`], reversed here, written as SQL by [`crate::sql`].

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::error::MigrationError;
use super::index::{Constraint, DefinedConstraint, Index};
use super::table::{Alter, Change, Table, TableName};
use crate::adapter::{BoxFuture, Dialect};
use crate::repo::Repo;

/// A step in the application's own code.
pub(crate) type Step = Arc<dyn Fn(Repo) -> BoxFuture<'static, Result<(), MigrationError>> + Send + Sync>;

/// One command.
#[derive(Clone)]
pub(crate) enum Command {
    CreateTable { table: Table, if_not_exists: bool },
    DropTable { table: Table, if_exists: bool },
    Alter { table: TableName, changes: Vec<Change> },
    RenameTable { table: TableName, to: String },
    RenameColumn { table: TableName, column: String, to: String },
    CreateIndex { index: Index, if_not_exists: bool },
    DropIndex { index: Index, if_exists: bool },
    RenameIndex { table: TableName, name: String, to: String },
    CreateConstraint(DefinedConstraint),
    DropConstraint { constraint: Constraint, definition: Option<DefinedConstraint>, if_exists: bool },
    Execute { up: String, down: Option<String> },
    Run { up: Step, down: Option<Step> },
}

impl Command {
    /// The command that undoes this one, or none.
    pub(crate) fn reversed(&self) -> Option<Self> {
        Some(match self {
            Self::CreateTable { table, if_not_exists } => {
                Self::DropTable { table: table.clone(), if_exists: *if_not_exists }
            }
            Self::DropTable { table, .. } if table.columns.is_empty() => return None,
            Self::DropTable { table, if_exists } => {
                Self::CreateTable { table: table.clone(), if_not_exists: *if_exists }
            }
            Self::Alter { table, changes } => {
                let changes = changes.iter().rev().map(Change::reversed).collect::<Option<_>>()?;
                Self::Alter { table: table.clone(), changes }
            }
            Self::RenameTable { table, to } => Self::RenameTable {
                table: TableName { prefix: table.prefix.clone(), name: to.clone() },
                to: table.name.clone(),
            },
            Self::RenameColumn { table, column, to } => {
                Self::RenameColumn { table: table.clone(), column: to.clone(), to: column.clone() }
            }
            Self::CreateIndex { index, if_not_exists } => {
                Self::DropIndex { index: index.clone(), if_exists: *if_not_exists }
            }
            // Of an index that is dropped by its name alone nobody knows what it was.
            Self::DropIndex { index, .. } if index.columns.is_empty() => return None,
            Self::DropIndex { index, if_exists } => {
                Self::CreateIndex { index: index.clone(), if_not_exists: *if_exists }
            }
            Self::RenameIndex { table, name, to } => {
                Self::RenameIndex { table: table.clone(), name: to.clone(), to: name.clone() }
            }
            Self::CreateConstraint(definition) => Self::DropConstraint {
                constraint: definition.constraint.clone(),
                definition: Some(definition.clone()),
                if_exists: false,
            },
            // `if exists` may have dropped nothing, and a constraint cannot be created `if not exists`.
            Self::DropConstraint { if_exists: true, .. } => return None,
            Self::DropConstraint { definition, .. } => Self::CreateConstraint(definition.clone()?),
            Self::Execute { up, down } => Self::Execute { up: down.clone()?, down: Some(up.clone()) },
            Self::Run { up, down } => Self::Run { up: down.clone()?, down: Some(up.clone()) },
        })
    }
}

/// What the log says of it.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unless = |yes: &bool, words: &'static str| if *yes { words } else { "" };
        match self {
            Self::CreateTable { table, if_not_exists } => {
                write!(f, "create table{} {}", unless(if_not_exists, " if not exists"), table.name)
            }
            Self::DropTable { table, if_exists } => {
                write!(f, "drop table{} {}", unless(if_exists, " if exists"), table.name)
            }
            Self::Alter { table, .. } => write!(f, "alter table {table}"),
            Self::RenameTable { table, to } => write!(f, "rename table {table} to {to}"),
            Self::RenameColumn { table, column, to } => {
                write!(f, "rename column {column} of table {table} to {to}")
            }
            Self::CreateIndex { index, if_not_exists } => {
                write!(f, "create index{} {}", unless(if_not_exists, " if not exists"), index.index_name())
            }
            Self::DropIndex { index, if_exists } => {
                write!(f, "drop index{} {}", unless(if_exists, " if exists"), index.index_name())
            }
            Self::RenameIndex { name, to, .. } => write!(f, "rename index {name} to {to}"),
            Self::CreateConstraint(DefinedConstraint { constraint, .. }) => {
                write!(f, "create constraint {} of table {}", constraint.name, constraint.table)
            }
            Self::DropConstraint { constraint, if_exists, .. } => {
                let if_exists = unless(if_exists, " if exists");
                write!(f, "drop constraint{if_exists} {} of table {}", constraint.name, constraint.table)
            }
            Self::Execute { up, .. } => write!(f, "execute {}", first_line(up)),
            Self::Run { .. } => f.write_str("run a step"),
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn first_line(sql: &str) -> &str {
    sql.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// What a migration records its commands in. Nothing runs before the function returns; then they run in order, so a
/// [`Commands::run`] sees all that was recorded above it (that is what Ecto's `flush` is for).
#[derive(Debug)]
pub struct Commands {
    dialect: Dialect,
    prefix: Option<String>,
    recorded: Vec<Command>,
    mistake: Option<MigrationError>,
}

impl Commands {
    pub(crate) fn new(dialect: Dialect, prefix: Option<&str>) -> Self {
        Self { dialect, prefix: prefix.map(Into::into), recorded: Vec::new(), mistake: None }
    }

    /// The commands, or the first mistake that the migration made.
    pub(crate) fn finish(self) -> Result<Vec<Command>, MigrationError> {
        self.mistake.map_or(Ok(self.recorded), Err)
    }

    /// Whose SQL is written: for what differs.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The prefix that this run migrates: what tables without a prefix of their own get.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// Creates a table, an index or a constraint.
    pub fn create(&mut self, what: impl Creatable) {
        self.recorded.push(what.create().0);
    }

    /// Creates a table or an index, where there is none of that name. Reversed by dropping it if it exists.
    pub fn create_if_not_exists(&mut self, what: impl Optional) {
        self.recorded.push(what.create_if_not_exists().0);
    }

    /// Drops a table, an index or a constraint. Reversible where it is described as it was: a table with its columns,
    /// an index with its columns, a constraint with its rule.
    pub fn drop(&mut self, what: impl Droppable) {
        self.recorded.push(what.drop(false).0);
    }

    /// Drops a table, an index or a constraint, if there is one of that name.
    pub fn drop_if_exists(&mut self, what: impl Droppable) {
        self.recorded.push(what.drop(true).0);
    }

    /// Changes a table: `m.alter("robots", |t| t.add("wheels", integer()))`.
    ///
    /// What SQLite's `alter table` cannot do is done by building the table anew, with its rows, indexes and triggers.
    pub fn alter(&mut self, table: impl Into<TableName>, changes: impl FnOnce(Alter) -> Alter) {
        let changes = changes(Alter::default()).changes;
        if !changes.is_empty() {
            self.recorded.push(Command::Alter { table: table.into(), changes });
        }
    }

    /// Renames a table. Its indexes and constraints keep their names.
    pub fn rename(&mut self, table: impl Into<TableName>, to: impl Into<String>) {
        self.recorded.push(Command::RenameTable { table: table.into(), to: to.into() });
    }

    /// Renames a column.
    pub fn rename_column(&mut self, table: impl Into<TableName>, column: impl Into<String>, to: impl Into<String>) {
        self.recorded.push(Command::RenameColumn { table: table.into(), column: column.into(), to: to.into() });
    }

    /// Renames the index called `name`.
    pub fn rename_index(&mut self, table: impl Into<TableName>, name: impl Into<String>, to: impl Into<String>) {
        self.recorded.push(Command::RenameIndex { table: table.into(), name: name.into(), to: to.into() });
    }

    /// Runs SQL, one statement or several: `m.execute("create extension citext").down("drop extension citext")`.
    /// A file is `m.execute(include_str!("function.sql"))`.
    pub fn execute(&mut self, sql: impl Into<String>) -> Executed<'_> {
        self.recorded.push(Command::Execute { up: sql.into(), down: None });
        Executed(self)
    }

    /// Runs code with the repo, in the migration's transaction: `m.run(|repo| async move { … }).down(|repo| …)`.
    ///
    /// Schemas change later than migrations do: prefer SQL, or a schema of the migration's own.
    pub fn run<F, R>(&mut self, step: F) -> Ran<'_>
    where
        F: Fn(Repo) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), MigrationError>> + Send + 'static,
    {
        self.recorded.push(Command::Run { up: boxed(step), down: None });
        Ran(self)
    }

    /// Records what undoes the commands that `record` records, last first. What cannot be undone is an error.
    pub fn reverse(&mut self, record: impl FnOnce(&mut Self)) {
        let mut forward = Self::new(self.dialect, self.prefix.as_deref());
        record(&mut forward);
        match forward.finish() {
            Ok(commands) => {
                for command in commands.iter().rev() {
                    match command.reversed() {
                        Some(reversed) => self.recorded.push(reversed),
                        None => self.mistaken(MigrationError::Irreversible { command: command.to_string() }),
                    }
                }
            }
            Err(mistake) => self.mistaken(mistake),
        }
    }

    /// Keeps the first mistake only.
    pub(crate) fn mistaken(&mut self, mistake: MigrationError) {
        self.mistake.get_or_insert(mistake);
    }
}

fn boxed<F, R>(step: F) -> Step
where
    F: Fn(Repo) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), MigrationError>> + Send + 'static,
{
    Arc::new(move |repo| Box::pin(step(repo)))
}

/// SQL that has been recorded, and can be told what undoes it.
#[derive(Debug)]
pub struct Executed<'a>(&'a mut Commands);

impl Executed<'_> {
    /// What is run instead when the migration is rolled back; empty for nothing.
    pub fn down(self, sql: impl Into<String>) {
        if let Some(Command::Execute { down, .. }) = self.0.recorded.last_mut() {
            *down = Some(sql.into());
        }
    }
}

/// A step that has been recorded, and can be told what undoes it.
#[derive(Debug)]
pub struct Ran<'a>(&'a mut Commands);

impl Ran<'_> {
    /// What is run instead when the migration is rolled back.
    pub fn down<F, R>(self, step: F)
    where
        F: Fn(Repo) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), MigrationError>> + Send + 'static,
    {
        if let Some(Command::Run { down, .. }) = self.0.recorded.last_mut() {
            *down = Some(boxed(step));
        }
    }

    /// Rolling back needs no code: the rows may stay as they are.
    pub fn down_nothing(self) {
        self.down(|_| async { Ok(()) });
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Table {}
    impl Sealed for super::Index {}
    impl Sealed for super::Constraint {}
    impl Sealed for super::DefinedConstraint {}
}

/// A command, for nobody else to see.
#[doc(hidden)]
#[derive(Debug)]
pub struct Recorded(Command);

/// What can be created: a [`Table`], an [`Index`], a [`DefinedConstraint`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be created",
    note = "a constraint says what holds: `constraint(table, name).check(…)`"
)]
pub trait Creatable: sealed::Sealed {
    #[doc(hidden)]
    fn create(self) -> Recorded;
}

/// What can be created where it is missing: a [`Table`], an [`Index`].
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be created `if not exists`")]
pub trait Optional: sealed::Sealed {
    #[doc(hidden)]
    fn create_if_not_exists(self) -> Recorded;
}

/// What can be dropped: a [`Table`], an [`Index`], a [`Constraint`] with or without its rule.
pub trait Droppable: sealed::Sealed {
    #[doc(hidden)]
    fn drop(self, if_exists: bool) -> Recorded;
}
impl Creatable for Table {
    fn create(self) -> Recorded {
        Recorded(Command::CreateTable { table: self, if_not_exists: false })
    }
}
impl Optional for Table {
    fn create_if_not_exists(self) -> Recorded {
        Recorded(Command::CreateTable { table: self, if_not_exists: true })
    }
}
impl Droppable for Table {
    fn drop(self, if_exists: bool) -> Recorded {
        Recorded(Command::DropTable { table: self, if_exists })
    }
}
impl Creatable for Index {
    fn create(self) -> Recorded {
        Recorded(Command::CreateIndex { index: self, if_not_exists: false })
    }
}
impl Optional for Index {
    fn create_if_not_exists(self) -> Recorded {
        Recorded(Command::CreateIndex { index: self, if_not_exists: true })
    }
}
impl Droppable for Index {
    fn drop(self, if_exists: bool) -> Recorded {
        Recorded(Command::DropIndex { index: self, if_exists })
    }
}
impl Creatable for DefinedConstraint {
    fn create(self) -> Recorded {
        Recorded(Command::CreateConstraint(self))
    }
}
impl Droppable for DefinedConstraint {
    fn drop(self, if_exists: bool) -> Recorded {
        Recorded(Command::DropConstraint { constraint: self.constraint.clone(), definition: Some(self), if_exists })
    }
}
impl Droppable for Constraint {
    fn drop(self, if_exists: bool) -> Recorded {
        Recorded(Command::DropConstraint { constraint: self, definition: None, if_exists })
    }
}
