//! `insert`: of one row, of many, of what a query selects; with or without `on conflict`.

use std::fmt;
use std::sync::Arc;

use sea_query::{
    Expr, ExprTrait, InsertStatement, OnConflict, PostgresQueryBuilder, Query, QueryBuilder, QueryStatementBuilder,
    SelectStatement, SqlWriter, SqliteQueryBuilder, Value as Slot,
};

use super::text::{Kind, Shape, cached};
use super::{Slots, number};
use crate::adapter::{Dialect, Statement};
use crate::types::Value;

/// `insert into prefix.table (…) values (…) returning …`, one row and no conflict: the text is kept.
pub(crate) fn one(
    dialect: Dialect,
    prefix: Option<Arc<str>>,
    table: &'static str,
    row: Vec<(&'static str, Value)>,
    returning: &[&'static str],
) -> Statement {
    let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    let shape = Shape {
        kind: Kind::Insert,
        dialect,
        prefix,
        table,
        columns: columns.into(),
        compared: Box::default(),
        returning: returning.into(),
    };
    Statement { sql: cached(shape, one_text), values }
}

fn one_text(shape: &Shape) -> String {
    let mut insert = Query::insert();
    insert.into_table(super::table(shape.prefix.as_deref(), shape.table)).or_default_values();
    if !shape.columns.is_empty() {
        insert.columns(shape.columns.iter().copied()).values_panic(shape.columns.iter().map(|_| super::stand_in()));
    }
    if !shape.returning.is_empty() {
        insert.returning(super::returning(&shape.returning));
    }
    super::text_of(shape.dialect, &insert)
}

/// An `insert` of any shape.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) prefix: Option<&'a str>,
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'static str],
    pub(crate) source: Source,
    pub(crate) conflict: Option<Conflict>,
    pub(crate) returning: &'a [&'static str],
}

/// Where the rows come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// Rows, each as long as the columns.
    Rows(Vec<Vec<Cell>>),
    /// A query, whose values are in the slots already.
    Query(Box<SelectStatement>),
}

/// One column of one row.
#[derive(Debug)]
pub(crate) enum Cell {
    /// A value.
    Value(Value),
    /// What the database gives a column that is not written.
    Default,
    /// A value that several cells share: its slot.
    Slot(u64),
}

/// `on conflict`.
#[derive(Debug)]
pub(crate) struct Conflict {
    pub(crate) target: Target,
    pub(crate) action: Action,
}

/// What clashes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Target {
    /// Anything.
    #[default]
    Any,
    /// A unique index over columns, and its `where`, if it is partial.
    Columns(Vec<&'static str>, Option<&'static str>),
    /// A constraint by name.
    Constraint(&'static str),
    /// A unique index over an expression, typed by the developer, and its `where`.
    Expression(&'static str, Option<&'static str>),
}

/// What is done about it.
#[derive(Debug)]
pub(crate) enum Action {
    Nothing,
    /// Columns that take the new row's values.
    Replace(Vec<&'static str>),
    /// Assignments, whose values are in the slots, and a condition.
    Update(Vec<(&'static str, Expr)>, Option<Expr>),
}

impl Insert<'_> {
    /// The statement; `slots` holds what [`Cell::Slot`], a query and a conflict refer to.
    pub(crate) fn into_statement(self, dialect: Dialect, mut slots: Slots) -> Result<Statement, crate::RepoError> {
        let mut insert = Query::insert();
        insert.into_table(super::table(self.prefix, self.table));
        if self.columns.is_empty() {
            insert.or_default_values();
        } else {
            insert.columns(self.columns.iter().copied());
        }
        // A value in several places is bound once: its number is repeated.
        let shares = match &self.source {
            Source::Rows(rows) => rows.iter().flatten().any(|cell| matches!(cell, Cell::Slot(_))),
            Source::Query(_) => false,
        };
        self.source.write(&mut insert, dialect, &mut slots, self.columns.len(), self.conflict.is_some())?;
        if let Some(conflict) = self.conflict {
            insert.on_conflict(conflict.into_clause(dialect)?);
        }
        if !self.returning.is_empty() {
            insert.returning(super::returning(self.returning));
        }
        Ok(Numbered::new(dialect, slots, shares).finish(dialect, &insert))
    }
}

impl Source {
    fn write(
        self,
        insert: &mut InsertStatement,
        dialect: Dialect,
        slots: &mut Slots,
        columns: usize,
        conflict: bool,
    ) -> Result<(), crate::RepoError> {
        match self {
            Self::Rows(_) if columns == 0 => {}
            Self::Rows(rows) => {
                for row in rows {
                    let cells = row.into_iter().map(|cell| match cell {
                        Cell::Value(value) => slots.bind(value),
                        Cell::Default => Expr::keyword_default(),
                        Cell::Slot(slot) => Expr::Value(Slot::BigInt(Some(slot as i64))),
                    });
                    insert.values(cells).map_err(mismatch)?;
                }
            }
            Self::Query(mut select) => {
                if conflict && dialect == Dialect::Sqlite {
                    // SQLite reads `from t on conflict …` as a join; its manual asks for a `where` in between.
                    select.and_where(Expr::cust("true"));
                }
                insert.select_from(*select).map_err(mismatch)?;
            }
        }
        Ok(())
    }
}

#[allow(clippy::needless_pass_by_value)]
fn mismatch(error: sea_query::error::Error) -> crate::RepoError {
    crate::RepoError::Query(format!("an insert needs one value for each column: {error}"))
}

impl Conflict {
    fn into_clause(self, dialect: Dialect) -> Result<OnConflict, crate::RepoError> {
        let only_where = self.target.only_where();
        let mut clause = match self.target {
            Target::Any => OnConflict::new(),
            Target::Columns(columns, _) => OnConflict::columns(columns),
            Target::Constraint(name) if dialect == Dialect::Postgres => {
                // sea-query puts the name in quotes and does not double those inside.
                OnConflict::constraint(&name.replace('"', "\"\""))
            }
            Target::Constraint(name) => {
                return Err(crate::RepoError::Query(format!(
                    "SQLite has no `on conflict on constraint {name}`: name the fields of the unique index instead"
                )));
            }
            Target::Expression(expression, _) => {
                let mut clause = OnConflict::new();
                clause.expr(Expr::cust(expression));
                clause
            }
        };
        if let Some(only_where) = only_where {
            clause.target_and_where(Expr::cust(only_where));
        }
        match self.action {
            Action::Nothing => {
                clause.do_nothing();
            }
            Action::Replace(columns) => {
                clause.update_columns(columns);
            }
            Action::Update(assignments, condition) => {
                clause.values(assignments).action_and_where_option(condition);
            }
        }
        Ok(clause)
    }
}

impl Target {
    fn only_where(&self) -> Option<&'static str> {
        match self {
            Self::Columns(_, only_where) | Self::Expression(_, only_where) => *only_where,
            Self::Any | Self::Constraint(_) => None,
        }
    }
}

/// Writes text and numbers each slot where it first meets it.
struct Numbered {
    text: String,
    slots: Vec<Value>,
    /// The number of each slot that was met.
    numbers: Vec<Option<usize>>,
    values: Vec<Value>,
    /// What a placeholder starts with, and whether its number follows.
    placeholder: (&'static str, bool),
}

impl Numbered {
    fn new(dialect: Dialect, slots: Slots, shares: bool) -> Self {
        let placeholder = match dialect {
            Dialect::Postgres => ("$", true),
            Dialect::Sqlite => ("?", shares),
        };
        let numbers = vec![None; slots.0.len()];
        Self {
            text: String::with_capacity(256),
            values: Vec::with_capacity(numbers.len()),
            slots: slots.0,
            numbers,
            placeholder,
        }
    }

    fn finish(mut self, dialect: Dialect, query: &impl QueryStatementBuilder) -> Statement {
        match dialect {
            Dialect::Sqlite => query.build_collect_any_into(&SqliteQueryBuilder, &mut self),
            Dialect::Postgres => query.build_collect_any_into(&PostgresQueryBuilder, &mut self),
        }
        Statement { sql: self.text.into(), values: self.values }
    }

    /// The number of `slot`'s placeholder. Without numbers in the text each placeholder binds anew.
    fn number(&mut self, slot: usize) -> usize {
        if let (Some(number), (_, true)) = (self.numbers[slot], self.placeholder) {
            return number;
        }
        // Taken, not cloned: a slot that the text names again without a number is found among the values.
        let value = match self.numbers[slot] {
            None => std::mem::replace(&mut self.slots[slot], Value::Bool(false)),
            Some(number) => self.values[number - 1].clone(),
        };
        self.values.push(value);
        self.numbers[slot] = Some(self.values.len());
        self.values.len()
    }
}

impl fmt::Write for Numbered {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        Ok(())
    }
}

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl SqlWriter for Numbered {
    fn push_param<T: QueryBuilder>(&mut self, value: Slot, _: &T) {
        let Some(slot) = number(&value) else { return };
        let number = self.number(slot);
        let (start, numbered) = self.placeholder;
        self.text.push_str(start);
        if numbered {
            self.text.push_str(&number.to_string());
        }
    }

    fn as_writer(&mut self) -> &mut dyn fmt::Write {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::DbType;

    fn rows(rows: impl IntoIterator<Item = [Value; 2]>) -> Source {
        Source::Rows(rows.into_iter().map(|row| row.into_iter().map(Cell::Value).collect()).collect())
    }

    fn insert(source: Source, conflict: Option<Conflict>) -> Insert<'static> {
        Insert { prefix: None, table: "robots", columns: &["name", "battery"], source, conflict, returning: &["id"] }
    }

    #[test]
    fn one_row_is_one_text() {
        let row = |name: &str| vec![("name", Value::Text(name.into())), ("battery", Value::Null(DbType::Float))];
        let first = one(Dialect::Postgres, Some("a\"b".into()), "robots", row("Ada"), &["id"]);
        let second = one(Dialect::Postgres, Some("a\"b".into()), "robots", row("Bob"), &["id"]);
        assert_eq!(&*first.sql, r#"INSERT INTO "a""b"."robots" ("name", "battery") VALUES ($1, $2) RETURNING "id""#);
        assert!(Arc::ptr_eq(&first.sql, &second.sql));
        assert_eq!(second.values, [Value::Text("Bob".into()), Value::Null(DbType::Float)]);
    }

    #[test]
    fn a_row_of_nothing_but_defaults() {
        let sqlite = one(Dialect::Sqlite, None, "robots", Vec::new(), &[]);
        assert_eq!(&*sqlite.sql, r#"INSERT INTO "robots" DEFAULT VALUES"#);
        let postgres = one(Dialect::Postgres, None, "robots", Vec::new(), &["id"]);
        assert_eq!(&*postgres.sql, r#"INSERT INTO "robots" VALUES (DEFAULT) RETURNING "id""#);
    }

    #[test]
    fn a_shared_value_is_bound_once() {
        let mut slots = Slots::default();
        let shared = slots.slot(Value::Text("now".into()));
        let source =
            Source::Rows((0..2).map(|number| vec![Cell::Value(Value::Int(number)), Cell::Slot(shared)]).collect());
        let statement = insert(source, None).into_statement(Dialect::Sqlite, slots).unwrap();
        assert_eq!(
            &*statement.sql,
            r#"INSERT INTO "robots" ("name", "battery") VALUES (?1, ?2), (?3, ?2) RETURNING "id""#
        );
        assert_eq!(statement.values, [Value::Int(0), Value::Text("now".into()), Value::Int(1)]);
    }

    #[test]
    fn a_conflict_names_its_index_and_what_is_done() {
        let conflict = Conflict {
            target: Target::Columns(vec!["name"], Some("deleted_at is null")),
            action: Action::Replace(vec!["battery"]),
        };
        let row = [Value::Text("Ada".into()), Value::Float(1.0)];
        let statement = insert(rows([row]), Some(conflict)).into_statement(Dialect::Postgres, Slots::default());
        assert_eq!(
            &*statement.unwrap().sql,
            r#"INSERT INTO "robots" ("name", "battery") VALUES ($1, $2) ON CONFLICT ("name") WHERE deleted_at is null DO UPDATE SET "battery" = "excluded"."battery" RETURNING "id""#
        );
    }

    #[test]
    fn a_conflict_may_be_over_an_expression_or_on_anything() {
        let row = || rows([[Value::Text("Ada".into()), Value::Float(1.0)]]);
        let over = |target| Some(Conflict { target, action: Action::Nothing });
        let expression = insert(row(), over(Target::Expression("lower(name)", None)));
        assert_eq!(
            &*expression.into_statement(Dialect::Sqlite, Slots::default()).unwrap().sql,
            r#"INSERT INTO "robots" ("name", "battery") VALUES (?, ?) ON CONFLICT ((lower(name))) DO NOTHING RETURNING "id""#
        );
        let any = insert(row(), over(Target::Any)).into_statement(Dialect::Sqlite, Slots::default()).unwrap();
        assert!(any.sql.contains(" ON CONFLICT  DO NOTHING "), "{}", any.sql);
    }

    #[test]
    fn only_postgres_knows_constraints_by_name() {
        let of = |dialect| {
            let conflict = Conflict { target: Target::Constraint("robots\"_key"), action: Action::Nothing };
            insert(rows([]), Some(conflict)).into_statement(dialect, Slots::default())
        };
        let text = of(Dialect::Postgres).unwrap().sql;
        assert!(text.contains(r#"ON CONFLICT ON CONSTRAINT "robots""_key" DO NOTHING"#), "{text}");
        assert!(of(Dialect::Sqlite).unwrap_err().to_string().contains("name the fields"));
    }

    #[test]
    fn an_update_on_conflict_binds_after_the_rows() {
        let mut slots = Slots::default();
        let step = slots.bind(Value::Float(5.0));
        let conflict = Conflict {
            target: Target::Columns(vec!["name"], None),
            action: Action::Update(vec![("battery", Expr::col(("robots", "battery")).add(step))], None),
        };
        let row = [Value::Text("Ada".into()), Value::Float(1.0)];
        let statement = insert(rows([row]), Some(conflict)).into_statement(Dialect::Postgres, slots).unwrap();
        assert_eq!(
            &*statement.sql,
            r#"INSERT INTO "robots" ("name", "battery") VALUES ($1, $2) ON CONFLICT ("name") DO UPDATE SET "battery" = "robots"."battery" + $3 RETURNING "id""#
        );
        assert_eq!(statement.values, [Value::Text("Ada".into()), Value::Float(1.0), Value::Float(5.0)]);
    }
}
