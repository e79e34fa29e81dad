//! Commands of migrations as SQL text.
//!
//! Written here and not by sea-query's schema builders: those neither escape the names of indexes and constraints nor
//! take prefixes on SQLite (they panic), and know no `not valid`, identity, exclusion or composite foreign key. All
//! names go through [`Ddl::name`], all values through [`Ddl::literal`]; what users pass as SQL is written as it is.

use std::fmt::Write;

use crate::adapter::Dialect;
use crate::migration::{
    Change, ColumnDefault, ColumnSpec, ColumnType, Command, Constraint, DefinedConstraint, Index, MigrationError,
    NamedColumn, OnDelete, OnUpdate, Reference, Rule, Table, TableName, Term,
};
use crate::types::Value;

/// PostgreSQL cuts longer names off without a word; a changeset then looks for a constraint that does not exist.
const MAX_NAME_BYTES: usize = 63;

type Sql = Result<String, MigrationError>;

/// Writes commands for one database and one prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ddl<'a> {
    pub(crate) dialect: Dialect,
    /// What tables without a prefix of their own get.
    pub(crate) prefix: Option<&'a str>,
}

impl Ddl<'_> {
    /// The statements of `command`, in order. What SQLite has no statement for is [`crate::migration`]'s to do: altering
    /// beyond simple additions, constraints, renaming indexes; so are steps of code.
    pub(crate) fn statements(&self, command: &Command) -> Result<Vec<String>, MigrationError> {
        match command {
            Command::CreateTable { table, if_not_exists } => self.create_table(table, *if_not_exists),
            Command::DropTable { table, if_exists } => {
                let cascade = self.cascade(table.cascade);
                Ok(vec![format!("drop table {}{}{cascade}", when(*if_exists, "if exists "), self.table(&table.name)?)])
            }
            Command::Alter { table, changes } => self.alter(table, changes),
            Command::RenameTable { table, to } => {
                Ok(vec![format!("alter table {} rename to {}", self.table(table)?, self.name(to)?)])
            }
            Command::RenameColumn { table, column, to } => Ok(vec![format!(
                "alter table {} rename column {} to {}",
                self.table(table)?,
                self.name(column)?,
                self.name(to)?
            )]),
            Command::CreateIndex { index, if_not_exists } => self.create_index(index, *if_not_exists),
            Command::DropIndex { index, if_exists } => {
                let name = self.prefixed(self.prefix_of(&index.table), &index.index_name())?;
                let concurrently = when(index.concurrently && self.dialect == Dialect::Postgres, "concurrently ");
                let cascade = self.cascade(index.cascade);
                Ok(vec![format!("drop index {concurrently}{}{name}{cascade}", when(*if_exists, "if exists "))])
            }
            Command::RenameIndex { table, name, to } => {
                let name = self.prefixed(self.prefix_of(table), name)?;
                Ok(vec![format!("alter index {name} rename to {}", self.name(to)?)])
            }
            Command::CreateConstraint(definition) => self.create_constraint(definition),
            Command::DropConstraint { constraint, if_exists, .. } => self.drop_constraint(constraint, *if_exists),
            Command::Execute { up, .. } if up.trim().is_empty() => Ok(Vec::new()),
            Command::Execute { up, .. } => Ok(vec![up.clone()]),
            Command::Run { .. } => Ok(Vec::new()),
        }
    }

    fn create_table(&self, table: &Table, if_not_exists: bool) -> Result<Vec<String>, MigrationError> {
        let columns = table.all_columns();
        let keys: Vec<&str> =
            columns.iter().filter(|column| column.spec.primary_key).map(|column| column.name.as_str()).collect();
        let mut items = Vec::with_capacity(columns.len());
        for column in &columns {
            let key = if keys.len() == 1 { Key::Alone } else { Key::Composite };
            items.push(self.column(&table.name, column, key)?);
        }
        if keys.len() > 1 {
            items.push(format!("primary key ({})", self.names(keys.iter().copied())?));
        }
        for column in &columns {
            if let Some(reference) = column.spec.references.as_ref().filter(|reference| !reference.with.is_empty()) {
                items.push(self.foreign_key(&table.name, &column.name, reference)?);
            }
        }
        let exists = when(if_not_exists, "if not exists ");
        let mut sql = format!("create table {exists}{} ({})", self.table(&table.name)?, items.join(", "));
        if let Some(options) = &table.options {
            let _ = write!(sql, " {options}");
        }
        let mut statements = vec![sql];
        if let Some(comment) = &table.comment {
            statements.extend(self.comment(&format!("table {}", self.table(&table.name)?), comment));
        }
        for column in &columns {
            statements.extend(self.column_comment(&table.name, column)?);
        }
        Ok(statements)
    }

    /// `"name" type …`, as `create table` and `add column` take it.
    pub(crate) fn column(&self, table: &TableName, column: &NamedColumn, key: Key) -> Sql {
        let NamedColumn { name, spec } = column;
        let mut sql = format!("{} {}", self.name(name)?, self.column_type(&spec.of)?);
        if let Some(collation) = &spec.collation {
            let _ = write!(sql, " collate {}", self.name(collation)?);
        }
        if self.dialect == Dialect::Sqlite && spec.of.counts() {
            if !(spec.primary_key && key == Key::Alone) {
                return Err(self.unsupported(
                    format!("count up in column {name}"),
                    "only a primary key of one column counts up by itself",
                ));
            }
            sql.push_str(" primary key autoincrement");
            return Ok(sql);
        }
        if let Some(generated) = &spec.generated {
            let how = if generated.stored { "stored" } else { "virtual" };
            let _ = write!(sql, " generated always as ({}) {how}", generated.expression);
        }
        if let Some(default) = &spec.default
            && let Some(default) = self.default(default, &spec.of)?
        {
            let _ = write!(sql, " default {default}");
        }
        match spec.null {
            Some(false) => sql.push_str(" not null"),
            // SQLite allows null in a primary key that is no `integer`.
            None | Some(true)
                if spec.primary_key && self.dialect == Dialect::Sqlite && spec.of != ColumnType::Integer =>
            {
                sql.push_str(" not null");
            }
            Some(true) => sql.push_str(" null"),
            None => {}
        }
        if spec.primary_key && key == Key::Alone {
            sql.push_str(" primary key");
        }
        if let Some(reference) = spec.references.as_ref().filter(|reference| reference.with.is_empty()) {
            let constraint = self.name(&reference_name(table, name, reference))?;
            let _ = write!(sql, " constraint {constraint} {}", self.references(table, reference)?);
        }
        Ok(sql)
    }

    /// A foreign key of its own, as `create table` and `add constraint` take it.
    pub(crate) fn foreign_key(&self, table: &TableName, column: &str, reference: &Reference) -> Sql {
        let columns = std::iter::once(column).chain(reference.with.iter().map(|(column, _)| column.as_str()));
        Ok(format!(
            "constraint {} foreign key ({}) {}",
            self.name(&reference_name(table, column, reference))?,
            self.names(columns)?,
            self.references(table, reference)?
        ))
    }

    /// `references "other" ("id") on delete …`
    pub(crate) fn references(&self, table: &TableName, reference: &Reference) -> Sql {
        let prefix = reference.prefix.as_deref().or(self.prefix_of(table));
        let referenced = match self.dialect {
            Dialect::Postgres => self.prefixed(prefix, &reference.table)?,
            Dialect::Sqlite if prefix == self.prefix_of(table) => self.name(&reference.table)?,
            Dialect::Sqlite => {
                return Err(self.unsupported(
                    format!("refer from {table} to another database's {}", reference.table),
                    "keep both tables in one file",
                ));
            }
        };
        let columns =
            std::iter::once(reference.column.as_str()).chain(reference.with.iter().map(|(_, to)| to.as_str()));
        let mut sql = format!("references {referenced} ({})", self.names(columns)?);
        if reference.match_full {
            sql.push_str(" match full");
        }
        match &reference.on_delete {
            OnDelete::Nothing => {}
            OnDelete::Restrict => sql.push_str(" on delete restrict"),
            OnDelete::DeleteAll => sql.push_str(" on delete cascade"),
            OnDelete::NilifyAll => sql.push_str(" on delete set null"),
            OnDelete::DefaultAll => sql.push_str(" on delete set default"),
            OnDelete::Nilify(_) if self.dialect == Dialect::Sqlite => {
                return Err(self.unsupported("nilify some columns of a key".into(), "use `OnDelete::NilifyAll`"));
            }
            OnDelete::Nilify(columns) => {
                let _ = write!(sql, " on delete set null ({})", self.names(columns.iter().map(String::as_str))?);
            }
        }
        sql.push_str(match reference.on_update {
            OnUpdate::Nothing => "",
            OnUpdate::Restrict => " on update restrict",
            OnUpdate::UpdateAll => " on update cascade",
            OnUpdate::NilifyAll => " on update set null",
            OnUpdate::DefaultAll => " on update set default",
        });
        if reference.deferred {
            sql.push_str(" deferrable initially deferred");
        }
        Ok(sql)
    }

    /// PostgreSQL: one statement, so that it happens at once. SQLite: one for each added column; the caller has seen to
    /// it that there is nothing else.
    fn alter(&self, table: &TableName, changes: &[Change]) -> Result<Vec<String>, MigrationError> {
        let name = self.table(table)?;
        if self.dialect == Dialect::Sqlite {
            return changes
                .iter()
                .map(|change| match change {
                    Change::Add { column, .. } => {
                        Ok(format!("alter table {name} add column {}", self.column(table, column, Key::Alone)?))
                    }
                    Change::Remove { name: column, .. } => {
                        Ok(format!("alter table {name} drop column {}", self.name(column)?))
                    }
                    Change::Modify(column) => Err(self.unsupported(
                        format!("modify column {} of {table} in place", column.name),
                        "build the table anew",
                    )),
                })
                .collect();
        }
        let mut parts = Vec::new();
        let mut comments = Vec::new();
        for change in changes {
            match change {
                Change::Add { column, if_not_exists } => {
                    self.add_column(table, column, *if_not_exists, &mut parts)?;
                    comments.extend(self.column_comment(table, column)?);
                }
                Change::Remove { name: column, was, if_exists } => {
                    let exists = when(*if_exists, "if exists ");
                    // A composite key does not go with one of its columns.
                    if let Some(reference) = was.as_ref().and_then(|was| was.references.as_ref())
                        && !reference.with.is_empty()
                    {
                        let constraint = self.name(&reference_name(table, column, reference))?;
                        parts.push(format!("drop constraint {exists}{constraint}"));
                    }
                    parts.push(format!("drop column {exists}{}", self.name(column)?));
                }
                Change::Modify(column) => {
                    self.modify_column(table, column, &mut parts)?;
                    comments.extend(self.column_comment(table, column)?);
                }
            }
        }
        let mut statements = vec![format!("alter table {name} {}", parts.join(", "))];
        statements.extend(comments);
        Ok(statements)
    }

    fn add_column(
        &self,
        table: &TableName,
        column: &NamedColumn,
        if_not_exists: bool,
        parts: &mut Vec<String>,
    ) -> Result<(), MigrationError> {
        let exists = when(if_not_exists, "if not exists ");
        // A key that is not to be validated, or has several columns, is a constraint of its own; but with
        // `if not exists` only what is said with the column is left out with it.
        let apart = column.spec.references.as_ref().filter(|key| !key.validate || !key.with.is_empty());
        let Some(reference) = apart.filter(|_| !if_not_exists) else {
            parts.push(format!("add column {exists}{}", self.column(table, column, Key::Alone)?));
            return Ok(());
        };
        let plain =
            NamedColumn { name: column.name.clone(), spec: ColumnSpec { references: None, ..column.spec.clone() } };
        parts.push(format!("add column {}", self.column(table, &plain, Key::Alone)?));
        let validate = when(!reference.validate, " not valid");
        parts.push(format!("add {}{validate}", self.foreign_key(table, &column.name, reference)?));
        Ok(())
    }

    fn modify_column(
        &self,
        table: &TableName,
        column: &NamedColumn,
        parts: &mut Vec<String>,
    ) -> Result<(), MigrationError> {
        let NamedColumn { name, spec } = column;
        if spec.generated.is_some() {
            return Err(self.unsupported(
                format!("make column {name} of {table} a generated one"),
                "remove the column and add it again",
            ));
        }
        let quoted = self.name(name)?;
        if let Some(was) = &spec.from {
            if let Some(reference) = was.references.as_ref().filter(|old| spec.references.as_ref() != Some(old)) {
                parts.push(format!("drop constraint {}", self.name(&reference_name(table, name, reference))?));
            }
            if was.primary_key && !spec.primary_key {
                parts.push(format!("drop constraint {}", self.name(&format!("{}_pkey", table.name))?));
            }
        }
        if spec.default.is_some() {
            // First, for the old default may be nothing that the new type can be.
            parts.push(format!("alter column {quoted} drop default"));
        }
        let mut of = format!("alter column {quoted} type {}", self.altered_type(&spec.of)?);
        if let Some(collation) = &spec.collation {
            let _ = write!(of, " collate {}", self.name(collation)?);
        }
        if let Some(using) = &spec.using {
            let _ = write!(of, " using {using}");
        }
        parts.push(of);
        if let Some(null) = spec.null {
            parts.push(format!("alter column {quoted} {} not null", if null { "drop" } else { "set" }));
        }
        if let Some(default) = &spec.default
            && let Some(default) = self.default(default, &spec.of)?
        {
            parts.push(format!("alter column {quoted} set default {default}"));
        }
        let was_key = spec.from.as_ref().is_some_and(|was| was.primary_key);
        if spec.primary_key && !was_key {
            parts.push(format!("add primary key ({quoted})"));
        }
        let kept = spec.from.as_ref().is_some_and(|was| was.references == spec.references);
        if let Some(reference) = spec.references.as_ref().filter(|_| !kept) {
            let validate = when(!reference.validate, " not valid");
            parts.push(format!("add {}{validate}", self.foreign_key(table, name, reference)?));
        }
        Ok(())
    }

    fn create_index(&self, index: &Index, if_not_exists: bool) -> Result<Vec<String>, MigrationError> {
        let sqlite = self.dialect == Dialect::Sqlite;
        let only_postgres = [
            (index.using.is_some(), "make an index `using` a method", "leave `using` out for SQLite: ask `dialect()`"),
            (index.nulls_distinct == Some(false), "hold nulls equal in an index", "index `coalesce(column, …)`"),
            (index.only, "index a table without its partitions", "leave `only` out"),
            (index.options.is_some(), "give an index storage parameters", "leave `options` out"),
        ];
        if sqlite && let Some((_, what, instead)) = only_postgres.iter().find(|(asked, ..)| *asked) {
            return Err(self.unsupported((*what).into(), instead));
        }
        let name = index.index_name();
        let mut columns = Vec::with_capacity(index.columns.len());
        for column in &index.columns {
            columns.push(match &column.0 {
                Term::Column(name) => self.name(name)?,
                Term::Descending(name) => format!("{} desc", self.name(name)?),
                Term::Sql(sql) => sql.clone(),
            });
        }
        let exists = when(if_not_exists, "if not exists ");
        // SQLite puts the prefix before the index, PostgreSQL before the table.
        let head = if sqlite {
            let prefixed = self.prefixed(self.prefix_of(&index.table), &name)?;
            format!("index {exists}{prefixed} on {}", self.name(&index.table.name)?)
        } else {
            let concurrently = when(index.concurrently, "concurrently ");
            let only = when(index.only, "only ");
            format!("index {concurrently}{exists}{} on {only}{}", self.name(&name)?, self.table(&index.table)?)
        };
        let mut sql = format!("create {}{head}", when(index.unique, "unique "));
        if let Some(method) = &index.using {
            let _ = write!(sql, " using {method}");
        }
        let _ = write!(sql, " ({})", columns.join(", "));
        if !index.include.is_empty() && !sqlite {
            let _ = write!(sql, " include ({})", self.names(index.include.iter().map(String::as_str))?);
        }
        if index.nulls_distinct == Some(false) {
            sql.push_str(" nulls not distinct");
        }
        if let Some(options) = &index.options {
            let _ = write!(sql, " with ({options})");
        }
        if let Some(filter) = &index.filter {
            let _ = write!(sql, " where {filter}");
        }
        let mut statements = vec![sql];
        if let Some(comment) = &index.comment {
            let what = format!("index {}", self.prefixed(self.prefix_of(&index.table), &name)?);
            statements.extend(self.comment(&what, comment));
        }
        Ok(statements)
    }

    fn create_constraint(&self, definition: &DefinedConstraint) -> Result<Vec<String>, MigrationError> {
        let table = self.table(&definition.constraint.table)?;
        let validate = when(!definition.validate, " not valid");
        let mut statements = vec![format!("alter table {table} add {}{validate}", self.constraint(definition)?)];
        if let Some(comment) = &definition.comment {
            let name = self.name(&definition.constraint.name)?;
            statements.extend(self.comment(&format!("constraint {name} on {table}"), comment));
        }
        Ok(statements)
    }

    /// `constraint "name" check (…)`
    pub(crate) fn constraint(&self, definition: &DefinedConstraint) -> Sql {
        let name = self.name(&definition.constraint.name)?;
        match &definition.rule {
            Rule::Check(condition) => Ok(format!("constraint {name} check ({condition})")),
            Rule::Exclude(_) if self.dialect == Dialect::Sqlite => {
                Err(self
                    .unsupported(format!("keep the exclusion {name}"), "write a trigger, or check in the application"))
            }
            Rule::Exclude(rule) => Ok(format!("constraint {name} exclude using {rule}")),
        }
    }

    fn drop_constraint(&self, constraint: &Constraint, if_exists: bool) -> Result<Vec<String>, MigrationError> {
        let (table, name) = (self.table(&constraint.table)?, self.name(&constraint.name)?);
        let (exists, cascade) = (when(if_exists, "if exists "), self.cascade(constraint.cascade));
        Ok(vec![format!("alter table {table} drop constraint {exists}{name}{cascade}")])
    }

    fn cascade(&self, asked: bool) -> &'static str {
        when(asked && self.dialect == Dialect::Postgres, " cascade")
    }

    /// SQLite keeps no comments.
    fn comment(&self, what: &str, text: &str) -> Option<String> {
        let text = if text.is_empty() { "null".into() } else { self.quoted(text) };
        (self.dialect == Dialect::Postgres).then(|| format!("comment on {what} is {text}"))
    }

    fn column_comment(&self, table: &TableName, column: &NamedColumn) -> Result<Option<String>, MigrationError> {
        let Some(comment) = &column.spec.comment else { return Ok(None) };
        let what = format!("column {}.{}", self.table(table)?, self.name(&column.name)?);
        Ok(self.comment(&what, comment))
    }

    /// The type's name. SQLite's names say what the values are, and by their endings how SQLite is to keep them: `uuid`
    /// alone would make numbers of what looks like one.
    pub(crate) fn column_type(&self, of: &ColumnType) -> Sql {
        let postgres = self.dialect == Dialect::Postgres;
        let name = match of {
            ColumnType::Boolean => "boolean",
            ColumnType::SmallInt => "smallint",
            ColumnType::BigInt => "bigint",
            ColumnType::Serial if postgres => "serial",
            ColumnType::BigSerial if postgres => "bigserial",
            ColumnType::Identity if postgres => "bigint generated by default as identity",
            // As the name of a key in SQLite, this very word makes it count up.
            ColumnType::Integer | ColumnType::Serial | ColumnType::BigSerial | ColumnType::Identity => "integer",
            ColumnType::Real => "real",
            ColumnType::Double => "double precision",
            ColumnType::Text => "text",
            ColumnType::Binary if postgres => "bytea",
            ColumnType::Binary => "blob",
            ColumnType::Uuid if postgres => "uuid",
            ColumnType::Uuid => "uuid_text",
            ColumnType::Date if postgres => "date",
            ColumnType::Date => "date_text",
            ColumnType::Time if postgres => "time",
            ColumnType::Time => "time_text",
            ColumnType::NaiveDateTime if postgres => "timestamp",
            ColumnType::NaiveDateTime => "datetime_text",
            ColumnType::DateTime if postgres => "timestamptz",
            ColumnType::DateTime => "utc_datetime_text",
            ColumnType::Json if postgres => "jsonb",
            ColumnType::Json => "json_text",
            ColumnType::String(characters) => return Ok(format!("varchar({characters})")),
            ColumnType::Decimal(size) => {
                let name = if postgres { "numeric" } else { "decimal_text" };
                return Ok(match size {
                    Some((precision, scale)) => format!("{name}({precision}, {scale})"),
                    None => name.into(),
                });
            }
            ColumnType::Array(of) if postgres => return Ok(format!("{}[]", self.altered_type(of)?)),
            ColumnType::Array(_) => "array_text",
            ColumnType::Custom(sql) => sql,
        };
        Ok(name.into())
    }

    /// The type of a column that is there: what counts up is only a number.
    pub(crate) fn altered_type(&self, of: &ColumnType) -> Sql {
        match of {
            ColumnType::Serial => Ok("integer".into()),
            ColumnType::BigSerial | ColumnType::Identity => Ok("bigint".into()),
            of => self.column_type(of),
        }
    }

    /// None where there is none.
    pub(crate) fn default(&self, default: &ColumnDefault, of: &ColumnType) -> Result<Option<String>, MigrationError> {
        Ok(Some(match default {
            ColumnDefault::None => return Ok(None),
            // An array of quoted words would be one of text.
            ColumnDefault::Value(value @ Value::Array(..)) if self.dialect == Dialect::Postgres => {
                format!("{}::{}", self.literal(value)?, self.altered_type(of)?)
            }
            ColumnDefault::Value(value) => self.literal(value)?,
            ColumnDefault::Sql(sql) if self.dialect == Dialect::Sqlite => format!("({sql})"),
            ColumnDefault::Sql(sql) => sql.clone(),
            ColumnDefault::Now => self.now(of)?.into(),
        }))
    }

    fn now(&self, of: &ColumnType) -> Result<&'static str, MigrationError> {
        Ok(match (self.dialect, of) {
            (Dialect::Postgres, ColumnType::DateTime) => "now()",
            (Dialect::Postgres, ColumnType::NaiveDateTime) => "(now() at time zone 'utc')",
            (Dialect::Postgres, ColumnType::Date) => "((now() at time zone 'utc')::date)",
            (Dialect::Postgres, ColumnType::Time) => "((now() at time zone 'utc')::time)",
            // As the adapter writes them, so that they compare: SQLite's clock has milliseconds.
            (Dialect::Sqlite, ColumnType::DateTime | ColumnType::NaiveDateTime) => {
                "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"
            }
            (Dialect::Sqlite, ColumnType::Date) => "(date('now'))",
            (Dialect::Sqlite, ColumnType::Time) => "(strftime('%H:%M:%f000', 'now'))",
            _ => {
                return Err(self.unsupported(
                    "have the time as the default of a column that holds no time".into(),
                    "use `datetime()`, or `default_sql`",
                ));
            }
        })
    }

    fn literal(&self, value: &Value) -> Sql {
        let postgres = self.dialect == Dialect::Postgres;
        Ok(match value {
            Value::Null(_) => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) if value.is_finite() => format!("{value:?}"),
            Value::Float(_) => {
                return Err(self.unsupported("have a default that is no number".into(), "use `default_sql`"));
            }
            Value::Text(value) => self.quoted(value),
            Value::Binary(bytes) => {
                let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
                if postgres { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") }
            }
            Value::Uuid(value) => self.quoted(&value.to_string()),
            // Text in SQLite, so quoted in both.
            Value::Decimal(value) => self.quoted(&value.to_string()),
            Value::Date(value) => self.quoted(&value.format("%Y-%m-%d").to_string()),
            Value::Time(value) => self.quoted(&value.format("%H:%M:%S%.6f").to_string()),
            Value::NaiveDateTime(value) => self.quoted(&value.format("%Y-%m-%d %H:%M:%S%.6f").to_string()),
            Value::DateTime(value) => {
                // PostgreSQL would take it for local time; SQLite's adapter writes no zone.
                let zone = when(postgres, "Z");
                self.quoted(&format!("{}{zone}", value.format("%Y-%m-%d %H:%M:%S%.6f")))
            }
            Value::Json(value) => self.quoted(&value.to_string()),
            Value::Array(_, values) if postgres => {
                let values = values.iter().map(|value| self.literal(value)).collect::<Result<Vec<_>, _>>()?;
                format!("array[{}]", values.join(", "))
            }
            Value::Array(_, values) => {
                let values = values.iter().map(json).collect::<Option<Vec<_>>>().ok_or_else(|| {
                    self.unsupported("have a default of lists of this type".into(), "use `default_sql` with JSON")
                })?;
                self.quoted(&serde_json::Value::Array(values).to_string())
            }
        })
    }

    /// Text as a literal. PostgreSQL may take a backslash for more than itself unless it is told.
    pub(crate) fn quoted(&self, text: &str) -> String {
        let text = text.replace('\'', "''");
        if self.dialect == Dialect::Postgres && text.contains('\\') {
            format!("E'{}'", text.replace('\\', "\\\\"))
        } else {
            format!("'{text}'")
        }
    }

    fn prefix_of<'s>(&'s self, table: &'s TableName) -> Option<&'s str> {
        table.prefix.as_deref().or(self.prefix)
    }

    /// A table with its prefix, quoted.
    pub(crate) fn table(&self, table: &TableName) -> Sql {
        self.prefixed(self.prefix_of(table), &table.name)
    }

    pub(crate) fn prefixed(&self, prefix: Option<&str>, name: &str) -> Sql {
        match prefix {
            Some(prefix) => Ok(format!("{}.{}", self.name(prefix)?, self.name(name)?)),
            None => self.name(name),
        }
    }

    fn names<'n>(&self, names: impl Iterator<Item = &'n str>) -> Sql {
        Ok(names.map(|name| self.name(name)).collect::<Result<Vec<_>, _>>()?.join(", "))
    }

    /// A quoted name.
    pub(crate) fn name(&self, name: &str) -> Sql {
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.contains('\0') {
            "it holds a zero character"
        } else if self.dialect == Dialect::Postgres && name.len() > MAX_NAME_BYTES {
            "PostgreSQL cuts names off after 63 bytes: give a shorter one"
        } else {
            return Ok(format!("\"{}\"", name.replace('"', "\"\"")));
        };
        Err(MigrationError::Name { name: name.into(), reason })
    }

    fn unsupported(&self, what: String, instead: &'static str) -> MigrationError {
        MigrationError::Unsupported { dialect: self.dialect, what, instead }
    }
}

/// Where a column that is part of the primary key says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// It is the key, and says so itself.
    Alone,
    /// The table says so.
    Composite,
}

/// The constraint's name: Ecto's, and PostgreSQL's own.
pub(crate) fn reference_name(table: &TableName, column: &str, reference: &Reference) -> String {
    reference.name.clone().unwrap_or_else(|| format!("{}_{column}_fkey", table.name))
}

fn when(yes: bool, words: &'static str) -> &'static str {
    if yes { words } else { "" }
}

/// A list's element, as it is kept in JSON.
fn json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Null(_) => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(value) => value.clone().into(),
        Value::Uuid(value) => value.to_string().into(),
        Value::Json(value) => value.clone(),
        _ => return None,
    })
}
