//! `insert`: of one row, of many, of what a query selects; with or without `on conflict`.

use super::Written;
use super::writer::{Alias, Writer};
use crate::RepoError;
use crate::adapter::{Dialect, Statement};
use crate::query::{Assignment, BindingId, Core};
use crate::types::Value;

/// An `insert`.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) prefix: Option<&'a str>,
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'static str],
    pub(crate) source: Source<'a>,
    pub(crate) conflict: Option<Conflict>,
    pub(crate) returning: &'a [&'static str],
}

/// Where the rows come from.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// The values of one row or more, as many for each as there are columns.
    Values(Vec<Value>),
    /// The cells of rows, as many for each as there are columns, and values that several cells share.
    Cells(Vec<Cell>, &'a [Value]),
    /// For each column, the array of its values. PostgreSQL only.
    Arrays(Vec<Value>),
    /// What a query selects.
    Query(&'a Core),
}

/// One column of one row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// A value.
    Value(Value),
    /// What the database gives a column that is not written.
    Default,
    /// One of the shared values.
    Shared(usize),
}

/// `on conflict`.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Nothing,
    /// Columns that take the new row's values.
    Replace(Vec<&'static str>),
    /// What becomes of the row that is there.
    Update(Box<Update>),
}

/// An update of the row that is there.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    /// The row that is there, and the condition under which it is changed.
    pub(crate) core: Core,
    pub(crate) assignments: Vec<Assignment>,
    /// What the assignments call the row that could not be inserted.
    pub(crate) excluded: Option<BindingId>,
}

/// The alias of the row that is there.
const THERE: Alias = Alias::Numbered { letter: 't', number: 0 };

impl Insert<'_> {
    pub(crate) fn into_statement(self, dialect: Dialect) -> Result<Statement, RepoError> {
        let mut writer = Writer::new(dialect);
        writer.push("INSERT INTO ");
        writer.table(self.prefix, self.table);
        if let Some(Conflict { action: Action::Update(_), .. }) = &self.conflict {
            writer.push(" AS ");
            writer.alias(THERE);
            writer.aliases = 1;
        }
        if !self.columns.is_empty() {
            writer.push(" (");
            writer.names(self.columns)?;
            writer.push(")");
        }
        writer.inserted(self.source, self.columns.len(), self.conflict.is_some())?;
        if let Some(conflict) = &self.conflict {
            writer.conflict(conflict)?;
        }
        writer.returning_columns(self.returning)?;
        writer.finish()
    }
}

impl Writer {
    fn inserted(&mut self, source: Source<'_>, columns: usize, conflict: bool) -> Written {
        match source {
            Source::Values(_) | Source::Cells(..) | Source::Arrays(_) if columns == 0 => {
                self.push(" DEFAULT VALUES");
                Ok(())
            }
            Source::Values(values) => {
                self.reserve(values.len());
                self.rows(values, columns, |this, value| {
                    this.bind(value);
                    Ok(())
                })
            }
            Source::Cells(cells, shared) => {
                self.reserve(cells.len());
                let shared: Vec<_> = shared.iter().map(|value| self.keep(value.clone())).collect();
                self.rows(cells, columns, |this, cell| this.cell(cell, &shared))
            }
            Source::Arrays(arrays) => {
                self.push(" SELECT * FROM unnest(");
                self.comma(arrays, |this, array| {
                    this.bind(array);
                    Ok(())
                })?;
                self.push(")");
                Ok(())
            }
            Source::Query(core) if conflict && self.dialect == Dialect::Sqlite => {
                // SQLite reads `from t on conflict …` as a join; its manual asks for a `where` in between.
                self.push(" SELECT * FROM ");
                self.subquery(core)?;
                self.push(" WHERE TRUE");
                Ok(())
            }
            Source::Query(core) => {
                self.push(" ");
                self.select(core)
            }
        }
    }

    /// Writes rows of as many items as there are columns.
    fn rows<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        columns: usize,
        mut each: impl FnMut(&mut Self, T) -> Written,
    ) -> Written {
        self.push(" VALUES ");
        for (number, item) in items.into_iter().enumerate() {
            self.push(match (number, number % columns) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            });
            each(self, item)?;
        }
        self.push(")");
        Ok(())
    }

    fn cell(&mut self, cell: Cell, shared: &[usize]) -> Written {
        match cell {
            Cell::Value(value) if shared.is_empty() => self.bind(value),
            Cell::Value(value) => {
                let number = self.keep(value);
                self.placeholder(number);
            }
            Cell::Shared(index) => self.placeholder(shared[index]),
            Cell::Default if self.dialect == Dialect::Sqlite => {
                return Err(self.unsupported(
                    "default for a column of some rows",
                    "give every row of an `insert_all` the same fields",
                ));
            }
            Cell::Default => self.push("DEFAULT"),
        }
        Ok(())
    }

    fn conflict(&mut self, conflict: &Conflict) -> Written {
        self.push(" ON CONFLICT");
        self.conflict_target(&conflict.target)?;
        match &conflict.action {
            Action::Nothing => {
                self.push(" DO NOTHING");
                Ok(())
            }
            Action::Replace(columns) => {
                self.push(" DO UPDATE SET ");
                self.comma(columns, |this, column| {
                    this.ident(column);
                    this.push(" = excluded.");
                    this.ident(column);
                    Ok(())
                })
            }
            Action::Update(update) => self.update_there(update),
        }
    }

    fn update_there(&mut self, Update { core, assignments, excluded }: &Update) -> Written {
        if let Some(mistake) = &core.mistake {
            return Err(RepoError::Query(mistake.to_string()));
        }
        if core.sources.len() > 1 || assignments.is_empty() {
            return Err(RepoError::Query(
                "an update on conflict sets fields of the row that is there, under a condition on it: it cannot join, nor set nothing"
                    .to_owned(),
            ));
        }
        self.scope.push((core.root().id, THERE));
        self.scope.extend(excluded.map(|excluded| (excluded, Alias::Excluded)));
        self.push(" DO UPDATE SET ");
        self.comma(assignments, |this, assignment| this.assignment(core, assignment))?;
        if let Some(condition) = &core.filter {
            self.push(" WHERE ");
            self.expr(condition)?;
        }
        self.scope.clear();
        Ok(())
    }

    fn conflict_target(&mut self, target: &Target) -> Written {
        let only_where = match target {
            Target::Any => return Ok(()),
            Target::Constraint(name) => {
                if self.dialect == Dialect::Sqlite {
                    return Err(
                        self.unsupported("constraints as conflict targets", "name the fields of the unique index")
                    );
                }
                self.push(" ON CONSTRAINT ");
                self.ident(name);
                return Ok(());
            }
            Target::Columns(columns, only_where) => {
                self.push(" (");
                self.names(columns)?;
                only_where
            }
            Target::Expression(expression, only_where) => {
                self.push(" (");
                self.push(expression);
                only_where
            }
        };
        self.push(")");
        if let Some(only_where) = only_where {
            self.push(" WHERE ");
            self.push(only_where);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::DbType;

    fn row(name: &str) -> Source<'static> {
        Source::Values(vec![Value::Text(name.into()), Value::Null(DbType::Float)])
    }

    fn insert(source: Source<'_>, conflict: Option<(Target, Action)>) -> Insert<'_> {
        Insert {
            prefix: None,
            table: "robots",
            columns: &["name", "battery"],
            source,
            conflict: conflict.map(|(target, action)| Conflict { target, action }),
            returning: &["id"],
        }
    }

    #[test]
    fn a_row_is_bound_and_names_are_quoted() {
        let insert = Insert { prefix: Some("a\"b"), ..insert(row("Ada"), None) };
        let statement = insert.into_statement(Dialect::Postgres).unwrap();
        assert_eq!(
            &*statement.sql,
            r#"INSERT INTO "a""b"."robots" ("name", "battery") VALUES ($1, $2) RETURNING "id""#
        );
        assert_eq!(statement.values, [Value::Text("Ada".into()), Value::Null(DbType::Float)]);
    }

    #[test]
    fn a_row_of_nothing_but_defaults() {
        let insert = Insert { columns: &[], returning: &[], ..insert(Source::Values(Vec::new()), None) };
        let statement = insert.into_statement(Dialect::Sqlite).unwrap();
        assert_eq!(&*statement.sql, r#"INSERT INTO "robots" DEFAULT VALUES"#);
    }

    #[test]
    fn a_shared_value_is_bound_once() {
        let shared = [Value::Text("now".into())];
        let rows = || (0..2).flat_map(|number| [Cell::Value(Value::Int(number)), Cell::Shared(0)]).collect();
        let statement = insert(Source::Cells(rows(), &shared), None).into_statement(Dialect::Sqlite).unwrap();
        assert_eq!(
            &*statement.sql,
            r#"INSERT INTO "robots" ("name", "battery") VALUES (?2, ?1), (?3, ?1) RETURNING "id""#
        );
        assert_eq!(statement.values, [Value::Text("now".into()), Value::Int(0), Value::Int(1)]);
    }

    #[test]
    fn columns_may_come_as_arrays() {
        let arrays = vec![
            Value::Array(&DbType::Text, vec![Value::Text("Ada".into()), Value::Text("Bob".into())]),
            Value::Array(&DbType::Float, vec![Value::Float(1.0), Value::Null(DbType::Float)]),
        ];
        let conflict = Some((Target::Any, Action::Nothing));
        let statement = insert(Source::Arrays(arrays.clone()), conflict).into_statement(Dialect::Postgres).unwrap();
        assert_eq!(
            &*statement.sql,
            r#"INSERT INTO "robots" ("name", "battery") SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING RETURNING "id""#
        );
        assert_eq!(statement.values, arrays);
    }

    #[test]
    fn a_column_may_be_left_to_its_default_in_some_rows() {
        let rows = || vec![Cell::Value(Value::Int(1)), Cell::Default];
        let postgres = insert(Source::Cells(rows(), &[]), None).into_statement(Dialect::Postgres).unwrap();
        assert!(postgres.sql.contains("VALUES ($1, DEFAULT)"), "{}", postgres.sql);
        let sqlite = insert(Source::Cells(rows(), &[]), None).into_statement(Dialect::Sqlite).unwrap_err();
        assert!(sqlite.to_string().contains("the same fields"), "{sqlite}");
    }

    #[test]
    fn a_conflict_names_its_index_and_what_is_done() {
        let target = Target::Columns(vec!["name"], Some("deleted_at is null"));
        let conflict = Some((target, Action::Replace(vec!["battery"])));
        assert_eq!(
            &*insert(row("Ada"), conflict).into_statement(Dialect::Postgres).unwrap().sql,
            r#"INSERT INTO "robots" ("name", "battery") VALUES ($1, $2) ON CONFLICT ("name") WHERE deleted_at is null DO UPDATE SET "battery" = excluded."battery" RETURNING "id""#
        );
    }

    #[test]
    fn a_conflict_may_be_over_an_expression_or_on_anything() {
        let over =
            |target| insert(row("Ada"), Some((target, Action::Nothing))).into_statement(Dialect::Sqlite).unwrap();
        let expression = over(Target::Expression("lower(name)", None)).sql;
        assert!(expression.contains(" ON CONFLICT (lower(name)) DO NOTHING "), "{expression}");
        let any = over(Target::Any).sql;
        assert!(any.contains(" ON CONFLICT DO NOTHING "), "{any}");
    }

    #[test]
    fn only_postgres_knows_constraints_by_name() {
        let of = |dialect| {
            insert(row("Ada"), Some((Target::Constraint("robots\"_key"), Action::Nothing))).into_statement(dialect)
        };
        let text = of(Dialect::Postgres).unwrap().sql;
        assert!(text.contains(r#" ON CONFLICT ON CONSTRAINT "robots""_key" DO NOTHING "#), "{text}");
        assert!(of(Dialect::Sqlite).unwrap_err().to_string().contains("name the fields"));
    }
}
