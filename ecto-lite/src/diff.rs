//! What a database lacks of what the application's schemas suppose, and what it has besides.
//!
//! ```no_run
//! # use ecto_lite::{Repo, Schema, diff, schemas};
//! # #[derive(Schema, Clone)]
//! # #[schema(source = "robots")]
//! # struct Robot { #[schema(primary_key)] id: i64, name: String }
//! # async fn check(repo: Repo) -> Result<(), Box<dyn std::error::Error>> {
//! let found = diff::diff(&repo, schemas![Robot]).await?;
//! if !found.is_empty() {
//!     println!("{found}");                      // in words, one line for each difference
//!     println!("{}", found.to_migration());     // a sketch of the migration that would remove them
//! }
//! # Ok(())
//! # }
//! ```

mod compare;
mod expected;
mod live;
mod sketch;

use std::fmt;

use crate::migration::MigrationError;
use crate::repo::Repo;
use crate::schema::SchemaMeta;
use crate::types::DbType;

pub use live::{LiveColumn, LiveForeignKey, LiveIndex, LiveTable, tables};

/// The tables of schemas: `schemas![Robot, Mission]`.
#[macro_export]
macro_rules! schemas {
    ($($schema:ty),* $(,)?) => {
        &[$(<$schema as $crate::schema::Schema>::meta()),*]
    };
}

/// Compares the schemas with the database that is there. Embedded schemas have no table and are left out.
pub async fn diff(repo: &Repo, schemas: &[&'static SchemaMeta]) -> Result<Diff, MigrationError> {
    let mut prefixes: Vec<Option<&'static str>> = schemas.iter().map(|schema| schema.prefix).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    let mut live = Vec::new();
    for prefix in prefixes {
        live.extend(tables(repo, prefix).await?.into_iter().map(|table| (prefix, table)));
    }
    Ok(compare::compare(repo.dialect(), schemas, &live))
}

/// What differs. `Display` is a line of advice for each difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    differences: Vec<Difference>,
}

impl Diff {
    /// Whether nothing differs, and nothing is advised.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// What differs.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// What makes reads or writes fail.
    pub fn problems(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| !difference.is_advice())
    }

    /// What works, and could be better.
    pub fn advice(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.is_advice())
    }

    /// The migration that would remove the differences, as Rust: to be read, corrected and given a version.
    pub fn to_migration(&self) -> String {
        sketch::migration(&self.differences)
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("the database is what the schemas suppose");
        }
        let lines: Vec<String> = self.problems().chain(self.advice()).map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// One difference between a schema and its table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// The schema's table is not there.
    MissingTable {
        /// The schema; for a join table, one of those that it joins.
        schema: &'static str,
        /// What it should be.
        table: ExpectedTable,
    },
    /// A field's column is not there.
    MissingColumn {
        /// The table.
        table: String,
        /// What it should be.
        column: ExpectedColumn,
    },
    /// A column is of no field.
    ExtraColumn {
        /// The table.
        table: String,
        /// The column.
        column: LiveColumn,
    },
    /// A column cannot hold, or give back, what its field is.
    WrongType {
        /// The table.
        table: String,
        /// What it should be.
        column: ExpectedColumn,
        /// What it is.
        found: LiveColumn,
    },
    /// A column may be null, and its field may not: such a row could not be read.
    Nullable {
        /// The table.
        table: String,
        /// What it should be.
        column: ExpectedColumn,
    },
    /// A column may not be null, and its field may: such a row could not be written.
    NotNull {
        /// The table.
        table: String,
        /// What it should be.
        column: ExpectedColumn,
    },
    /// The primary key is another one.
    PrimaryKey {
        /// The table.
        table: String,
        /// The schema's.
        expected: Vec<String>,
        /// The table's.
        found: Vec<String>,
    },
    /// An association has no foreign key: rows may refer to what is not there.
    MissingForeignKey {
        /// The table.
        table: String,
        /// The column.
        column: ExpectedColumn,
    },
    /// An association looks rows up by a column that has no index.
    MissingIndex {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Whether each value is to occur once: a `has_one`.
        unique: bool,
    },
}

impl Difference {
    /// Whether all works as it is, and could be better.
    pub fn is_advice(&self) -> bool {
        match self {
            Self::ExtraColumn { column, .. } => !column.is_required(),
            Self::MissingForeignKey { .. } | Self::MissingIndex { .. } => true,
            // An index that is to be unique protects the association; without, it works until there are two rows.
            _ => false,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingTable { schema, table } => {
                write!(f, "table {} of {schema} is missing: create it", table.name)
            }
            Self::MissingColumn { table, column } => {
                write!(f, "column {table}.{} is missing: add it as {}", column.name, column.code())
            }
            Self::ExtraColumn { table, column } if column.is_required() => write!(
                f,
                "column {table}.{} is of no field, may not be null and has no default, so no row can be inserted: \
                 give it a default, allow null, add a field to the schema, or remove it",
                column.name
            ),
            Self::ExtraColumn { table, column } => {
                write!(f, "column {table}.{} is of no field: add one to the schema, or remove it", column.name)
            }
            Self::WrongType { table, column, found } => write!(
                f,
                "column {table}.{} is {}, which does not hold {}: modify it to {}",
                column.name,
                found.declared,
                column.field_type,
                column.code()
            ),
            Self::Nullable { table, column } => write!(
                f,
                "column {table}.{0} may be null, and the field {1} may not: make it `null(false)`, or the field an \
                 `Option`",
                column.name, column.field
            ),
            Self::NotNull { table, column } => write!(
                f,
                "column {table}.{0} may not be null, and the field {1} may: make it `null(true)`, or the field no \
                 `Option`",
                column.name, column.field
            ),
            Self::PrimaryKey { table, expected, found } => write!(
                f,
                "the primary key of {table} is ({}), and that of its schema ({}): mark the fields by \
                 `#[schema(primary_key)]`, or create the table anew",
                found.join(", "),
                expected.join(", ")
            ),
            Self::MissingForeignKey { table, column } => write!(
                f,
                "column {table}.{} refers to rows that may not be there: modify it to {}",
                column.name,
                column.code()
            ),
            Self::MissingIndex { table, column, unique: false } => {
                write!(f, "rows of {table} are looked up by {column}, which has no index: create one")
            }
            Self::MissingIndex { table, column, unique: true } => {
                write!(f, "rows of {table} are looked up by {column}, which is to occur once: create a unique index")
            }
        }
    }
}

impl LiveColumn {
    /// Whether a row has to give it a value.
    fn is_required(&self) -> bool {
        !self.nullable && self.default.is_none() && !self.generated
    }
}

/// A table as its schema supposes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedTable {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<ExpectedColumn>,
}

/// A column as its schema supposes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedColumn {
    /// Its name.
    pub name: String,
    /// The field.
    pub field: &'static str,
    /// The field's type, in words.
    pub field_type: &'static str,
    /// How the database is to hold it.
    pub db: DbType,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// Whether the database makes its value.
    pub generated: bool,
    /// The table and column that it refers to.
    pub references: Option<(String, String)>,
}
