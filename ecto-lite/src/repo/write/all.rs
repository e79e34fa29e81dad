//! Many new rows at once.

mod columns;
mod form;
mod statements;

use std::sync::Arc;

pub use columns::IntoEntry;

use super::options::Returning;
use super::{ConflictTarget, OnConflict, relations, row};
use crate::RepoError;
use crate::adapter::{BoxFuture, Dialect, EachRow, Row};
use crate::query::{Query, Selected};
use crate::repo::{Operation, Repo};
use crate::schema::{FieldSet, Schema, SchemaMeta};
use crate::sql::insert::{Cell, Conflict, Insert, Source};
use crate::types::Value;
use columns::{Cells, Columns};
use statements::{Statements, Target};

/// Options of [`Repo::insert_all_with`].
#[derive(Debug)]
#[must_use]
pub struct InsertAllOptions<S: Schema> {
    on_conflict: OnConflict<S>,
    conflict_target: ConflictTarget<S>,
    returning: Returning,
    prefix: Option<Arc<str>>,
    single_statement: bool,
}

impl<S: Schema> InsertAllOptions<S> {
    /// A plain insert.
    pub fn new() -> Self {
        Self {
            on_conflict: OnConflict::raise(),
            conflict_target: ConflictTarget::any(),
            returning: Returning::Needed,
            prefix: None,
            single_statement: false,
        }
    }

    /// What is done when a row is there already that clashes with a new one; an error unless told.
    pub fn on_conflict(mut self, on_conflict: OnConflict<S>) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// The fields of the unique index that the conflict is about.
    pub fn conflict_target(self, fields: impl FieldSet<S>) -> Self {
        self.conflict_target_with(ConflictTarget::fields(fields))
    }

    /// The unique index or constraint that the conflict is about.
    pub fn conflict_target_with(mut self, target: ConflictTarget<S>) -> Self {
        self.conflict_target = target;
        self
    }

    /// Reads these fields of each written row back, as the database has them.
    pub fn returning(mut self, fields: impl FieldSet<S>) -> Self {
        self.returning = Returning::of(fields);
        self
    }

    /// Reads the written rows back.
    pub fn returning_all(mut self) -> Self {
        self.returning = Returning::All;
        self
    }

    /// Writes to the table of this prefix.
    pub fn prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Sends one statement, however many rows there are: more values than a statement may bind are an error that says so.
    /// Otherwise many rows may take several statements in one transaction.
    pub fn single_statement(mut self) -> Self {
        self.single_statement = true;
        self
    }
}

impl<S: Schema> Default for InsertAllOptions<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// What an `insert_all` did.
#[derive(Clone, Debug, PartialEq)]
pub struct Inserted<S> {
    /// How many rows it wrote.
    pub count: u64,
    /// The rows, with the fields that were asked for (`returning`) and the others' defaults. Empty if none were.
    pub rows: Vec<S>,
}

impl Repo {
    /// Inserts rows, structs or [`Entry`](crate::changeset::Entry)s, and says how many were written.
    ///
    /// Nothing is validated, no association stored and no timestamp filled: columns are written as they are given, and those
    /// that no row gives are left to the database. Primary keys that a type makes (uuids) are made. Many rows are sent by
    /// several statements in one transaction; PostgreSQL takes any number in one, as an array for each column, if no row
    /// leaves a column to its default and no column holds arrays.
    ///
    /// # Errors
    ///
    /// A constraint that fails is [`crate::adapter::AdapterError::Constraint`]: there is no changeset to give it to.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all rows inserted or none.
    pub async fn insert_all<S: Schema, R: IntoEntry<S>>(
        &self,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, RepoError> {
        self.insert_all_with(rows, InsertAllOptions::new()).await.map(|inserted| inserted.count)
    }

    /// [`Self::insert_all`], with options.
    pub async fn insert_all_with<S: Schema, R: IntoEntry<S>>(
        &self,
        rows: impl IntoIterator<Item = R>,
        options: InsertAllOptions<S>,
    ) -> Result<Inserted<S>, RepoError> {
        let rows: Vec<R> = rows.into_iter().collect();
        if rows.is_empty() {
            return Ok(Inserted { count: 0, rows: Vec::new() });
        }
        let table = row::table::<S>("insert")?;
        let columns = Columns::of(&rows, self.dialect())?;
        let returning = returned_fields::<S>(&options.returning);
        let target = Target {
            dialect: self.dialect(),
            prefix: relations::table_prefix(self, options.prefix.as_deref(), S::meta().prefix).map(Arc::from),
            table,
            columns: columns.names(),
            conflict: options.conflict::<S>()?,
            returning: columns_of(S::meta(), &returning),
            shared: columns.shared.clone(),
        };
        let cells_of = move |row: R, cells: &mut Cells| row.add_to(cells, &columns);
        let statements = Statements::new(target, rows, options.single_statement, cells_of)?;
        at_once(self, statements.are_several(), |repo| {
            Box::pin(async move {
                let mut rows = Vec::new();
                let mut each = |row: &dyn Row| returned(row, &returning).map(|row| rows.push(row));
                let each = if returning.is_empty() { None } else { Some(&mut each as &mut EachRow<'_>) };
                let count = statements.run(&repo, S::meta().name, each).await?;
                Ok(Inserted { count, rows })
            })
        })
        .await
    }

    /// Inserts what a query selects: as many columns as there are fields, in their order. One round trip; the rows never
    /// leave the database.
    pub async fn insert_all_from<S: Schema, B, O>(
        &self,
        fields: impl FieldSet<S>,
        query: Query<B, O>,
        options: InsertAllOptions<S>,
    ) -> Result<Inserted<S>, RepoError> {
        let columns = columns_of(S::meta(), &super::indexes(fields));
        let selected = width(&query);
        if selected != columns.len() {
            return Err(RepoError::Query(format!(
                "the query selects {selected} columns for {} fields of {}: `select` one for each, in their order",
                columns.len(),
                S::meta().name
            )));
        }
        let query = self.prepared(Operation::InsertAll, query)?;
        let returning = returned_fields::<S>(&options.returning);
        let insert = Insert {
            prefix: relations::table_prefix(self, options.prefix.as_deref(), S::meta().prefix),
            table: row::table::<S>("insert")?,
            columns: &columns,
            source: Source::Query(&query.core),
            conflict: options.conflict::<S>()?,
            returning: &columns_of(S::meta(), &returning),
        };
        let statement = insert.into_statement(self.dialect())?;
        let mut rows = Vec::new();
        let mut each = |row: &dyn Row| returned(row, &returning).map(|row| rows.push(row));
        let each = if returning.is_empty() { None } else { Some(&mut each as &mut EachRow<'_>) };
        let count = statements::run(self, S::meta().name, &statement, each).await?;
        Ok(Inserted { count, rows })
    }

    /// Inserts rows into a table without a schema, and says how many. Each row has a value for each column.
    pub async fn insert_all_into(
        &self,
        table: &'static str,
        columns: &[&'static str],
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<u64, RepoError> {
        let rows: Vec<_> = rows.into_iter().collect();
        if let Some(row) = rows.iter().find(|row| row.len() != columns.len()) {
            return Err(RepoError::Query(format!(
                "a row of {} values does not fill the {} columns of {table}",
                row.len(),
                columns.len()
            )));
        }
        let target = Target {
            dialect: self.dialect(),
            prefix: self.prefix().map(Arc::from),
            table,
            columns: columns.to_vec(),
            conflict: None,
            returning: Vec::new(),
            shared: Vec::new(),
        };
        let cells_of = |row: Vec<Value>, cells: &mut Cells| {
            cells.0.extend(row.into_iter().map(Cell::Value));
            Ok(())
        };
        let statements = Statements::new(target, rows, false, cells_of)?;
        at_once(self, statements.are_several(), |repo| {
            Box::pin(async move { statements.run(&repo, table, None).await })
        })
        .await
    }
}

/// Runs `work` so that all of it is done or nothing. Inside of a transaction it fails as one statement would: SQLite's
/// goes on, PostgreSQL's does not.
async fn at_once<'w, T>(
    repo: &Repo,
    several: bool,
    work: impl FnOnce(Repo) -> BoxFuture<'w, Result<T, RepoError>>,
) -> Result<T, RepoError> {
    let savepoint = several && repo.dialect() == Dialect::Sqlite;
    relations::together(repo, several, savepoint, work).await
}

impl<S: Schema> InsertAllOptions<S> {
    fn conflict<T: Schema>(&self) -> Result<Option<Conflict>, RepoError> {
        // A key that is in no row is the database's, and not replaced.
        let keys: Vec<_> = T::meta().primary_key.to_vec();
        self.on_conflict.to_clause::<T>(self.conflict_target.target.clone(), &keys)
    }
}

fn returned_fields<S: Schema>(returning: &Returning) -> Vec<usize> {
    row::stored::<S>().map(|(index, _)| index).filter(|&index| returning.includes(index)).collect()
}

fn columns_of(meta: &SchemaMeta, fields: &[usize]) -> Vec<&'static str> {
    fields.iter().map(|&index| meta.fields[index].column).collect()
}

/// How many columns a query selects.
fn width<B, O>(query: &Query<B, O>) -> usize {
    let core = &query.core;
    if core.selected.is_empty() {
        return core.root().meta().map_or(0, |meta| meta.loaded().count());
    }
    let width = |selected: &Selected| match selected {
        Selected::Row(_, meta) => meta.loaded().count(),
        Selected::Expr(..) => 1,
    };
    core.selected.iter().map(width).sum()
}

/// A row that was written, with the fields that were asked for.
fn returned<S: Schema>(row: &dyn Row, fields: &[usize]) -> Result<S, RepoError> {
    let meta = S::meta();
    let mut stored = S::blank();
    for (column, &index) in fields.iter().enumerate() {
        let field = &meta.fields[index];
        let put = row.value(column, field.db).and_then(|value| stored.put(index, value));
        put.map_err(|source| field.unfit(meta.name, source))?;
    }
    if let Some(state) = stored.state_mut() {
        state.state = crate::schema::State::Loaded;
    }
    Ok(stored)
}
