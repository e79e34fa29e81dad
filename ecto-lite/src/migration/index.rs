//! Indexes and constraints.

use super::table::TableName;

/// An index: `index("robots", ["site_id", "name"])`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a word of `create index`, free of the others")]
#[must_use = "an index does nothing until it is created"]
pub struct Index {
    pub(crate) table: TableName,
    pub(crate) columns: Vec<IndexColumn>,
    pub(crate) name: Option<String>,
    pub(crate) unique: bool,
    pub(crate) filter: Option<String>,
    pub(crate) include: Vec<String>,
    pub(crate) using: Option<String>,
    pub(crate) concurrently: bool,
    pub(crate) nulls_distinct: Option<bool>,
    pub(crate) comment: Option<String>,
    pub(crate) only: bool,
    pub(crate) options: Option<String>,
    pub(crate) cascade: bool,
}

/// What an index is over: a column, or SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexColumn(pub(crate) Term);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Column(String),
    Descending(String),
    Sql(String),
}

impl From<&str> for IndexColumn {
    fn from(name: &str) -> Self {
        Self(Term::Column(name.into()))
    }
}

impl From<String> for IndexColumn {
    fn from(name: String) -> Self {
        Self(Term::Column(name))
    }
}

/// A column from its smallest value to its largest: what a bare name is, too.
pub fn asc(column: impl Into<String>) -> IndexColumn {
    IndexColumn(Term::Column(column.into()))
}

/// A column from its largest value to its smallest.
pub fn desc(column: impl Into<String>) -> IndexColumn {
    IndexColumn(Term::Descending(column.into()))
}

/// SQL: an expression, or a column with an operator class (`name gin_trgm_ops`). An expression that is not a call of a
/// function wants its own parentheses.
pub fn expression(sql: impl Into<String>) -> IndexColumn {
    IndexColumn(Term::Sql(sql.into()))
}

/// An index over `columns` of `table`, called `<table>_<columns>_index`.
pub fn index<C: Into<IndexColumn>>(table: impl Into<TableName>, columns: impl IntoIterator<Item = C>) -> Index {
    Index {
        table: table.into(),
        columns: columns.into_iter().map(Into::into).collect(),
        name: None,
        unique: false,
        filter: None,
        include: Vec::new(),
        using: None,
        concurrently: false,
        nulls_distinct: None,
        comment: None,
        only: false,
        options: None,
        cascade: false,
    }
}

/// An index in which each value occurs once: [`Index::unique`].
pub fn unique_index<C: Into<IndexColumn>>(table: impl Into<TableName>, columns: impl IntoIterator<Item = C>) -> Index {
    index(table, columns).unique()
}

impl Index {
    /// Another name. A changeset's `unique_constraint` then has to be told.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Each value occurs once.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Only rows for which `condition` holds (`where` in Ecto).
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// Columns that are stored in the index and not searched. SQLite leaves them out: they only save time.
    pub fn include<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Its kind: `gin`, `gist`, `hash`, `brin`; PostgreSQL only.
    pub fn using(mut self, method: impl Into<String>) -> Self {
        self.using = Some(method.into());
        self
    }

    /// Built while others write; wants a migration with `TRANSACTION = false`. SQLite builds it as any other.
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// `false`: null is a value as any other and occurs once; PostgreSQL 15.
    pub fn nulls_distinct(mut self, distinct: bool) -> Self {
        self.nulls_distinct = Some(distinct);
        self
    }

    /// What people read about it in the database. SQLite has no comments and leaves it out.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// Of a partitioned table itself, not of its partitions; PostgreSQL only.
    pub fn only(mut self) -> Self {
        self.only = true;
        self
    }

    /// Storage parameters, written behind `with`: `fillfactor = 70`; PostgreSQL only.
    pub fn options(mut self, sql: impl Into<String>) -> Self {
        self.options = Some(sql.into());
        self
    }

    /// When dropped, what depends on it is dropped too; PostgreSQL only.
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }

    /// The name it has, or gets: `<table>_<columns>_index`, where what is no letter, digit or `_` becomes `_`, and
    /// trailing ones are cut (`Ecto.Migration.index/3`, Ecto SQL 3.13). What changesets suppose.
    pub fn index_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| {
            let columns = self.columns.iter().map(|IndexColumn(term)| match term {
                Term::Column(text) | Term::Descending(text) | Term::Sql(text) => text.as_str(),
            });
            let parts = std::iter::once(self.table.name.as_str()).chain(columns).chain(["index"]);
            parts.map(word).collect::<Vec<_>>().join("_")
        })
    }
}

fn word(text: &str) -> String {
    let word: String =
        text.chars().map(|letter| if letter.is_alphanumeric() || letter == '_' { letter } else { '_' }).collect();
    word.trim_end_matches('_').into()
}

/// A constraint's name: `constraint("robots", "battery_range")`. Can be dropped; to be created it wants
/// [`Constraint::check`] or [`Constraint::exclude`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint does nothing until it is created or dropped"]
pub struct Constraint {
    pub(crate) table: TableName,
    pub(crate) name: String,
    pub(crate) cascade: bool,
}

/// A constraint and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint does nothing until it is created"]
pub struct DefinedConstraint {
    pub(crate) constraint: Constraint,
    pub(crate) rule: Rule,
    pub(crate) validate: bool,
    pub(crate) comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Check(String),
    Exclude(String),
}

/// The constraint of `table` called `name`.
pub fn constraint(table: impl Into<TableName>, name: impl Into<String>) -> Constraint {
    Constraint { table: table.into(), name: name.into(), cascade: false }
}

impl Constraint {
    /// `condition` holds for every row.
    pub fn check(self, condition: impl Into<String>) -> DefinedConstraint {
        DefinedConstraint { constraint: self, rule: Rule::Check(condition.into()), validate: true, comment: None }
    }

    /// No two rows conflict: `gist (room with =, during with &&)`; PostgreSQL only.
    pub fn exclude(self, rule: impl Into<String>) -> DefinedConstraint {
        DefinedConstraint { constraint: self, rule: Rule::Exclude(rule.into()), validate: true, comment: None }
    }

    /// When dropped, what depends on it is dropped too; PostgreSQL only.
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }
}

impl DefinedConstraint {
    /// `false`: rows that are there already are not looked at; PostgreSQL only.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// What people read about it in the database. SQLite has no comments and leaves it out.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{desc, expression, index};

    #[test]
    fn an_index_is_named_as_ecto_names_it() {
        assert_eq!(index("robots", ["site_id", "name"]).index_name(), "robots_site_id_name_index");
        assert_eq!(index("robots", [expression("lower(name)")]).index_name(), "robots_lower_name_index");
        assert_eq!(index("robots", [desc("name")]).index_name(), "robots_name_index");
        assert_eq!(index("robots", ["a-b", "c "]).index_name(), "robots_a_b_c_index");
        assert_eq!(index("robots", ["name"]).name("by_name").index_name(), "by_name");
    }
}
