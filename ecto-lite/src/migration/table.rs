//! Tables: to be created, dropped and altered.

use super::column::{Column, ColumnSpec, bigserial, datetime};

/// A table's name and its prefix; made from text or from a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableName {
    pub(crate) prefix: Option<String>,
    pub(crate) name: String,
}

impl From<&str> for TableName {
    fn from(name: &str) -> Self {
        Self { prefix: None, name: name.into() }
    }
}

impl From<String> for TableName {
    fn from(name: String) -> Self {
        Self { prefix: None, name }
    }
}

impl From<Table> for TableName {
    fn from(table: Table) -> Self {
        table.name
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(prefix) = &self.prefix {
            write!(f, "{prefix}.")?;
        }
        f.write_str(&self.name)
    }
}

/// A table, with what it is to have: `table("robots").add("name", text()).timestamps()`.
///
/// It gets a primary key `id` ([`bigserial`]) unless one of its columns is part of the primary key, or
/// [`Table::without_id`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a table does nothing until it is created"]
pub struct Table {
    pub(crate) name: TableName,
    pub(crate) id: bool,
    pub(crate) columns: Vec<NamedColumn>,
    pub(crate) comment: Option<String>,
    pub(crate) options: Option<String>,
    pub(crate) cascade: bool,
}

/// A column with its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedColumn {
    pub(crate) name: String,
    pub(crate) spec: ColumnSpec,
}

impl NamedColumn {
    fn new<K>(name: impl Into<String>, column: Column<K>) -> Self {
        Self { name: name.into(), spec: column.spec }
    }
}

/// The table called `name`.
pub fn table(name: impl Into<String>) -> Table {
    Table {
        name: TableName { prefix: None, name: name.into() },
        id: true,
        columns: Vec::new(),
        comment: None,
        options: None,
        cascade: false,
    }
}

impl Table {
    /// The PostgreSQL schema or attached SQLite database it is in, where it is not that of the run.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.name.prefix = Some(prefix.into());
        self
    }

    /// A column.
    pub fn add<K>(mut self, name: impl Into<String>, column: Column<K>) -> Self {
        self.columns.push(NamedColumn::new(name, column));
        self
    }

    /// `inserted_at` and `updated_at`, as [`datetime`], not null: what `#[schema(timestamps)]` reads.
    pub fn timestamps(self) -> Self {
        self.timestamps_with(Timestamps::default())
    }

    /// Timestamps of other names or types.
    pub fn timestamps_with(mut self, timestamps: Timestamps) -> Self {
        self.columns.extend(timestamps.columns());
        self
    }

    /// No primary key.
    pub fn without_id(mut self) -> Self {
        self.id = false;
        self
    }

    /// What people read about it in the database. SQLite has no comments and leaves it out.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// Written behind `create table (…)` as it is: `partition by range (day)`, `without rowid`.
    pub fn options(mut self, sql: impl Into<String>) -> Self {
        self.options = Some(sql.into());
        self
    }

    /// When dropped, what refers to it is dropped too: foreign keys, views. SQLite drops it alone.
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }

    /// Every column, the table's own `id` included.
    pub(crate) fn all_columns(&self) -> Vec<NamedColumn> {
        let own = self.id && !self.columns.iter().any(|column| column.spec.primary_key);
        let id = own.then(|| NamedColumn::new("id", bigserial().primary_key()));
        id.into_iter().chain(self.columns.iter().cloned()).collect()
    }
}

/// Columns for when a row was inserted and last updated.
#[derive(Clone, Debug)]
pub struct Timestamps {
    inserted_at: Option<String>,
    updated_at: Option<String>,
    column: Column,
}

impl Default for Timestamps {
    fn default() -> Self {
        Self {
            inserted_at: Some("inserted_at".into()),
            updated_at: Some("updated_at".into()),
            column: datetime().null(false),
        }
    }
}

impl Timestamps {
    /// The column that holds when a row was inserted.
    #[must_use]
    pub fn inserted_at(mut self, name: impl Into<String>) -> Self {
        self.inserted_at = Some(name.into());
        self
    }

    /// The column that holds when a row was last updated.
    #[must_use]
    pub fn updated_at(mut self, name: impl Into<String>) -> Self {
        self.updated_at = Some(name.into());
        self
    }

    /// No column for when a row was last updated: rows that never change.
    #[must_use]
    pub fn no_updated_at(mut self) -> Self {
        self.updated_at = None;
        self
    }

    /// What both columns are, where they are not `datetime().null(false)`.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.column = column;
        self
    }

    fn columns(self) -> impl Iterator<Item = NamedColumn> {
        let column = self.column;
        [self.inserted_at, self.updated_at]
            .into_iter()
            .flatten()
            .map(move |name| NamedColumn::new(name, column.clone()))
    }
}

/// Changes to a table that is there; see [`super::Commands::alter`].
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "give it back from the closure"]
pub struct Alter {
    pub(crate) changes: Vec<Change>,
}

/// One change to a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Add { column: NamedColumn, if_not_exists: bool },
    Remove { name: String, was: Option<ColumnSpec>, if_exists: bool },
    Modify(NamedColumn),
}

impl Change {
    /// The change that undoes this one, or none.
    pub(crate) fn reversed(&self) -> Option<Self> {
        match self {
            Self::Add { column, if_not_exists } => Some(Self::Remove {
                name: column.name.clone(),
                was: Some(column.spec.clone()),
                if_exists: *if_not_exists,
            }),
            Self::Remove { name, was, if_exists } => Some(Self::Add {
                column: NamedColumn { name: name.clone(), spec: was.clone()? },
                if_not_exists: *if_exists,
            }),
            Self::Modify(NamedColumn { name, spec }) => {
                Some(Self::Modify(NamedColumn { name: name.clone(), spec: spec.reversed()? }))
            }
        }
    }
}

impl Alter {
    /// Adds a column.
    pub fn add<K>(mut self, name: impl Into<String>, column: Column<K>) -> Self {
        self.changes.push(Change::Add { column: NamedColumn::new(name, column), if_not_exists: false });
        self
    }

    /// Adds a column where there is none of that name.
    pub fn add_if_not_exists<K>(mut self, name: impl Into<String>, column: Column<K>) -> Self {
        self.changes.push(Change::Add { column: NamedColumn::new(name, column), if_not_exists: true });
        self
    }

    /// Adds `inserted_at` and `updated_at`. Rows that are there need a default: see [`Timestamps::column`].
    pub fn timestamps_with(mut self, timestamps: Timestamps) -> Self {
        self.changes.extend(timestamps.columns().map(|column| Change::Add { column, if_not_exists: false }));
        self
    }

    /// Removes a column, saying what it was, so that the removal can be reversed. The rows' values are gone.
    pub fn remove<K>(mut self, name: impl Into<String>, was: Column<K>) -> Self {
        self.changes.push(Change::Remove { name: name.into(), was: Some(was.spec), if_exists: false });
        self
    }

    /// Removes a column if it is there.
    pub fn remove_if_exists<K>(mut self, name: impl Into<String>, was: Column<K>) -> Self {
        self.changes.push(Change::Remove { name: name.into(), was: Some(was.spec), if_exists: true });
        self
    }

    /// Removes a column of which nobody knows what it was; cannot be reversed.
    pub fn remove_untyped(mut self, name: impl Into<String>) -> Self {
        self.changes.push(Change::Remove { name: name.into(), was: None, if_exists: false });
        self
    }

    /// Gives a column another type, and changes what else is said. Reversible where [`Column::from`] says what it was.
    pub fn modify<K>(mut self, name: impl Into<String>, column: Column<K>) -> Self {
        self.changes.push(Change::Modify(NamedColumn::new(name, column)));
        self
    }
}
