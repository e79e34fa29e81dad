//! What SQLite's `alter table` cannot do, by the way that SQLite describes (<https://sqlite.org/lang_altertable.html>,
//! section 7): a new table beside the old one, the rows copied, the old one dropped, the new one given its name.
//!
//! Foreign keys have to be off meanwhile, or dropping the table would do to the rows that refer to it what deleting all
//! rows does. They can only be turned off outside of a transaction, so the runner does that ([`super::runner`]).

mod lexer;
mod text;

use super::support::{self, Reading};
use super::{
    Change, ColumnDefault, Command, Constraint, DefinedConstraint, MigrationError, NamedColumn, Reference, TableName,
};
use crate::adapter::Dialect;
use crate::repo::Repo;
use crate::sql::ddl::{Ddl, Key, reference_name};
use crate::types::Value;
use text::{TableText, What};

/// Whether SQLite has to build a table anew for `command`.
pub(super) fn is_needed(command: &Command) -> bool {
    match command {
        Command::CreateConstraint(_) | Command::DropConstraint { .. } => true,
        Command::Alter { changes, .. } => !changes.iter().all(is_simple),
        _ => false,
    }
}

/// Whether `alter table` does it, in a table with rows.
fn is_simple(change: &Change) -> bool {
    match change {
        Change::Add { column: NamedColumn { spec, .. }, .. } => {
            let computed = matches!(spec.default, Some(ColumnDefault::Sql(_) | ColumnDefault::Now));
            let stored = spec.generated.as_ref().is_some_and(|generated| generated.stored);
            // A key of one column, null in every row that is there.
            let plain_key =
                |key: &Reference| key.with.is_empty() && matches!(spec.default, None | Some(ColumnDefault::None));
            !computed && !stored && !spec.primary_key && spec.references.as_ref().is_none_or(plain_key)
        }
        Change::Remove { was, .. } => {
            was.as_ref().is_none_or(|was| was.references.as_ref().is_none_or(|key| key.with.is_empty()))
        }
        Change::Modify(_) => false,
    }
}

/// Does to SQLite's `table` what `command` says, in the transaction that `repo` is in.
pub(super) async fn alter(
    repo: &Repo,
    ddl: Ddl<'_>,
    table: &TableName,
    changes: &[Change],
) -> Result<(), MigrationError> {
    let changes = present(repo, ddl, table, changes).await?;
    for change in &changes {
        if let Change::Remove { name, .. } = change {
            drop_indexes_of(repo, ddl, table, name).await?;
        }
    }
    if changes.iter().all(is_simple) {
        let command = Command::Alter { table: table.clone(), changes };
        return support::run(repo, ddl.statements(&command)?).await;
    }
    let mut old = Old::read(repo, ddl, table).await?;
    for change in &changes {
        old.apply(ddl, change)?;
    }
    old.build(repo, ddl).await
}

/// Adds a constraint to a table.
pub(super) async fn constrain(repo: &Repo, ddl: Ddl<'_>, definition: &DefinedConstraint) -> Result<(), MigrationError> {
    let mut old = Old::read(repo, ddl, &definition.constraint.table).await?;
    old.text.add_constraint(&ddl.constraint(definition)?).ok_or_else(|| old.strange())?;
    old.build(repo, ddl).await
}

/// Takes a constraint away from its table.
pub(super) async fn release(
    repo: &Repo,
    ddl: Ddl<'_>,
    constraint: &Constraint,
    if_exists: bool,
) -> Result<(), MigrationError> {
    let mut old = Old::read(repo, ddl, &constraint.table).await?;
    if old.text.remove_constraint(&constraint.name) {
        return old.build(repo, ddl).await;
    }
    if if_exists { Ok(()) } else { Err(old.error(format!("it has no constraint {}", constraint.name))) }
}

/// Gives an index another name.
pub(super) async fn rename_index(
    repo: &Repo,
    ddl: Ddl<'_>,
    table: &TableName,
    name: &str,
    to: &str,
) -> Result<(), MigrationError> {
    let prefix = table.prefix.as_deref().or(ddl.prefix);
    let master = ddl.prefixed(prefix, "sqlite_master")?;
    let sql = format!("select sql from {master} where type = 'index' and name = ? and tbl_name = ? collate nocase");
    let values = vec![Value::Text(name.into()), Value::Text(table.name.clone())];
    let found = support::rows(repo, &sql, values, |row| row.optional_text(0)).await?;
    let error = |reason: String| MigrationError::Table { table: table.to_string(), reason };
    let found = found.into_iter().next().ok_or_else(|| error(format!("it has no index {name}")))?;
    let to = ddl.prefixed(prefix, to)?;
    let renamed = found.and_then(|sql| text::renamed_index(&sql, &to));
    let renamed = renamed.ok_or_else(|| error(format!("{name} is no index of its own, but part of the table")))?;
    support::run(repo, vec![format!("drop index {}", ddl.prefixed(prefix, name)?), renamed]).await
}

/// The changes without those whose `if exists` or `if not exists` leaves nothing to do.
async fn present(
    repo: &Repo,
    ddl: Ddl<'_>,
    table: &TableName,
    changes: &[Change],
) -> Result<Vec<Change>, MigrationError> {
    let columns = columns(repo, ddl, table).await?;
    let exists = |name: &str| columns.iter().any(|(column, _)| column.eq_ignore_ascii_case(name));
    let left_out = |change: &Change| match change {
        Change::Add { column, if_not_exists } => *if_not_exists && exists(&column.name),
        Change::Remove { name, if_exists, .. } => *if_exists && !exists(name),
        Change::Modify(_) => false,
    };
    Ok(changes.iter().filter(|change| !left_out(change)).cloned().collect())
}

/// The columns of a table, and whether each is computed.
async fn columns(repo: &Repo, ddl: Ddl<'_>, table: &TableName) -> Result<Vec<(String, bool)>, MigrationError> {
    let prefix = table.prefix.as_deref().or(ddl.prefix).unwrap_or("main");
    let values = vec![Value::Text(table.name.clone()), Value::Text(prefix.into())];
    let sql = "select name, hidden from pragma_table_xinfo(?, ?) order by cid";
    support::rows(repo, sql, values, |row| Ok((row.text(0)?, row.int(1)? > 1))).await
}

/// PostgreSQL drops a column's indexes with it; SQLite wants them to be gone.
async fn drop_indexes_of(repo: &Repo, ddl: Ddl<'_>, table: &TableName, column: &str) -> Result<(), MigrationError> {
    let prefix = table.prefix.as_deref().or(ddl.prefix);
    let sql = "select distinct i.name from pragma_index_list(?, ?) i, pragma_index_info(i.name, ?) c \
               where i.origin = 'c' and c.name = ? collate nocase";
    let schema = || Value::Text(prefix.unwrap_or("main").into());
    let values = vec![Value::Text(table.name.clone()), schema(), schema(), Value::Text(column.into())];
    let names = support::rows(repo, sql, values, |row| row.text(0)).await?;
    let mut statements = Vec::new();
    for name in names {
        statements.push(format!("drop index {}", ddl.prefixed(prefix, &name)?));
    }
    support::run(repo, statements).await
}

/// A table as it is, and what becomes of it.
struct Old {
    table: TableName,
    prefix: Option<String>,
    text: TableText,
    /// How the values of columns that change are computed from the old row.
    using: Vec<(String, String)>,
    /// Its indexes and triggers.
    dependents: Vec<String>,
}

impl Old {
    async fn read(repo: &Repo, ddl: Ddl<'_>, table: &TableName) -> Result<Self, MigrationError> {
        let prefix = table.prefix.as_deref().or(ddl.prefix).map(str::to_owned);
        let master = ddl.prefixed(prefix.as_deref(), "sqlite_master")?;
        let error = |reason: &str| MigrationError::Table { table: table.to_string(), reason: reason.into() };
        let name = || vec![Value::Text(table.name.clone())];
        let sql = format!("select sql from {master} where type = 'table' and name = ? collate nocase");
        let found = support::rows(repo, &sql, name(), |row| row.text(0)).await?;
        let found = found.into_iter().next().ok_or_else(|| error("there is no such table"))?;
        let text = TableText::parse(&found)
            .ok_or_else(|| error("it is no plain table: build it anew by hand, with `execute`"))?;
        let sql = format!(
            "select sql from {master} where type in ('index', 'trigger') and tbl_name = ? collate nocase \
             and sql is not null order by rowid"
        );
        let dependents = support::rows(repo, &sql, name(), |row| row.text(0)).await?;
        Ok(Self { table: table.clone(), prefix, text, using: Vec::new(), dependents })
    }

    fn error(&self, reason: impl Into<String>) -> MigrationError {
        MigrationError::Table { table: self.table.to_string(), reason: reason.into() }
    }

    fn strange(&self) -> MigrationError {
        self.error("what is to be added is no SQL that SQLite knows")
    }

    fn apply(&mut self, ddl: Ddl<'_>, change: &Change) -> Result<(), MigrationError> {
        match change {
            Change::Add { column, .. } => {
                if column.spec.primary_key {
                    return Err(self.error("a table's primary key cannot change: create another table"));
                }
                let definition = ddl.column(&self.table, column, Key::Composite)?;
                self.text.add_column(&definition).ok_or_else(|| self.strange())?;
                self.add_composite_key(ddl, column)
            }
            Change::Remove { name, was, .. } => {
                if let Some(key) = was.as_ref().and_then(|was| was.references.as_ref()) {
                    self.text.remove_constraint(&reference_name(&self.table, name, key));
                }
                self.text
                    .remove_column(name)
                    .then_some(())
                    .ok_or_else(|| self.error(format!("it has no column {name}")))
            }
            Change::Modify(column) => self.modify(ddl, column),
        }
    }

    fn modify(&mut self, ddl: Ddl<'_>, column: &NamedColumn) -> Result<(), MigrationError> {
        let NamedColumn { name, spec } = column;
        if !self.text.has_column(name) {
            return Err(self.error(format!("it has no column {name}")));
        }
        if spec.generated.is_some() {
            return Err(self.error(format!("{name} cannot become a generated column: remove it and add it again")));
        }
        let was_key = spec.from.as_ref().is_some_and(|was| was.primary_key);
        if spec.primary_key != was_key {
            return Err(self.error("a table's primary key cannot change: create another table"));
        }
        self.text.set_type(name, &ddl.altered_type(&spec.of)?);
        let collation = spec.collation.as_ref().map(|name| ddl.name(name)).transpose()?;
        self.text.set_clause(name, What::Collate, collation.map(|name| format!("collate {name}")));
        if let Some(null) = spec.null {
            self.text.set_clause(name, What::Null, None);
            self.text.set_clause(name, What::NotNull, (!null).then(|| "not null".into()));
        }
        if let Some(default) = &spec.default {
            let default = ddl.default(default, &spec.of)?;
            self.text.set_clause(name, What::Default, default.map(|default| format!("default {default}")));
        }
        let was = spec.from.as_ref().and_then(|was| was.references.as_ref());
        if was != spec.references.as_ref() {
            if let Some(key) = was {
                self.text.remove_constraint(&reference_name(&self.table, name, key));
            }
            if let Some(key) = spec.references.as_ref().filter(|key| key.with.is_empty()) {
                let constraint = ddl.name(&reference_name(&self.table, name, key))?;
                let text = format!("constraint {constraint} {}", ddl.references(&self.table, key)?);
                self.text.set_clause(name, What::References, Some(text));
            }
            self.add_composite_key(ddl, column)?;
        }
        self.using.extend(spec.using.clone().map(|using| (name.clone(), using)));
        Ok(())
    }

    fn add_composite_key(&mut self, ddl: Ddl<'_>, column: &NamedColumn) -> Result<(), MigrationError> {
        let Some(key) = column.spec.references.as_ref().filter(|key| !key.with.is_empty()) else { return Ok(()) };
        let text = ddl.foreign_key(&self.table, &column.name, key)?;
        self.text.add_constraint(&text).ok_or_else(|| self.strange())
    }

    /// Puts the new table in the old one's place.
    async fn build(self, repo: &Repo, ddl: Ddl<'_>) -> Result<(), MigrationError> {
        if foreign_keys_are_on(repo).await? && self.is_referred_to(repo, ddl).await? {
            return Err(self.error(
                "other tables refer to it and would lose what refers to its rows: run this migration outside of a \
                 transaction of your own, so that foreign keys can be turned off meanwhile",
            ));
        }
        let new = TableName { prefix: self.prefix.clone(), name: format!("_new_{}", self.table.name) };
        let (old, new_table) = (ddl.table(&self.table)?, ddl.table(&new)?);
        let before = columns(repo, ddl, &self.table).await?;
        support::run(repo, vec![self.text.to_sql(&new_table)]).await?;
        let after = columns(repo, ddl, &new).await?;
        let is_there = |columns: &[(String, bool)], name: &str| {
            columns.iter().any(|(column, _)| column.eq_ignore_ascii_case(name))
        };
        let mut to = Vec::new();
        let mut from = Vec::new();
        for (name, _) in after.iter().filter(|(name, computed)| !computed && is_there(&before, name)) {
            let using = self.using.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
            to.push(ddl.name(name)?);
            from.push(using.map_or_else(|| ddl.name(name), |(_, using)| Ok(using.clone()))?);
        }
        let sequence = self.sequence(repo, ddl).await?;
        let mut statements = Vec::new();
        if !to.is_empty() {
            let (to, from) = (to.join(", "), from.join(", "));
            statements.push(format!("insert into {new_table} ({to}) select {from} from {old}"));
        }
        statements.push(format!("drop table {old}"));
        // With it on, views and triggers that name the table are not looked at while it is missing.
        statements.push("pragma legacy_alter_table = on".into());
        statements.push(format!("alter table {new_table} rename to {}", ddl.name(&self.table.name)?));
        statements.push("pragma legacy_alter_table = off".into());
        if let Some(last) = sequence {
            // So that the ids of deleted rows are not given again.
            let table = ddl.prefixed(self.prefix.as_deref(), "sqlite_sequence")?;
            let name = ddl.quoted(&self.table.name);
            statements.push(format!("delete from {table} where name = {name}"));
            statements.push(format!("insert into {table} (name, seq) values ({name}, {last})"));
        }
        statements.extend(self.dependents.iter().map(|sql| self.in_prefix(sql)));
        support::run(repo, statements).await?;
        self.check(repo).await
    }

    /// An index or trigger, in an attached database.
    fn in_prefix(&self, sql: &str) -> String {
        match &self.prefix {
            Some(prefix) => text::prefixed(sql, prefix).unwrap_or_else(|| sql.into()),
            None => sql.into(),
        }
    }

    async fn sequence(&self, repo: &Repo, ddl: Ddl<'_>) -> Result<Option<i64>, MigrationError> {
        let master = ddl.prefixed(self.prefix.as_deref(), "sqlite_master")?;
        let sql = format!("select 1 from {master} where name = 'sqlite_sequence'");
        if support::rows(repo, &sql, Vec::new(), |row| row.int(0)).await?.is_empty() {
            return Ok(None);
        }
        let table = ddl.prefixed(self.prefix.as_deref(), "sqlite_sequence")?;
        let sql = format!("select seq from {table} where name = ?");
        let name = vec![Value::Text(self.table.name.clone())];
        Ok(support::rows(repo, &sql, name, |row| row.int(0)).await?.into_iter().next())
    }

    async fn is_referred_to(&self, repo: &Repo, ddl: Ddl<'_>) -> Result<bool, MigrationError> {
        let master = ddl.prefixed(self.prefix.as_deref(), "sqlite_master")?;
        let sql = format!(
            "select 1 from {master} t, pragma_foreign_key_list(t.name, ?) k where t.type = 'table' \
             and k.\"table\" = ? collate nocase and t.name <> ? collate nocase limit 1"
        );
        let name = || Value::Text(self.table.name.clone());
        let schema = Value::Text(self.prefix.clone().unwrap_or_else(|| "main".into()));
        Ok(!support::rows(repo, &sql, vec![schema, name(), name()], |row| row.int(0)).await?.is_empty())
    }

    /// Foreign keys were off: does every row still refer to one that is there?
    async fn check(&self, repo: &Repo) -> Result<(), MigrationError> {
        let sql = "select \"parent\", rowid from pragma_foreign_key_check(?, ?) limit 1";
        let schema = Value::Text(self.prefix.clone().unwrap_or_else(|| "main".into()));
        let values = vec![Value::Text(self.table.name.clone()), schema];
        let broken = support::rows(repo, sql, values, |row| row.text(0)).await?;
        match broken.first() {
            Some(parent) => Err(self.error(format!("rows of it refer to rows of {parent} that are not there"))),
            None => Ok(()),
        }
    }
}

/// Whether this connection enforces them.
pub(super) async fn foreign_keys_are_on(repo: &Repo) -> Result<bool, MigrationError> {
    debug_assert_eq!(repo.dialect(), Dialect::Sqlite, "others have no such switch");
    Ok(support::rows(repo, "pragma foreign_keys", Vec::new(), |row| row.int(0)).await?.first() == Some(&1))
}
