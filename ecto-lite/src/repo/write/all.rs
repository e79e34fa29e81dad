//! Many new rows at once.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::options::Returning;
use super::{ConflictTarget, OnConflict, relations, row};
use crate::RepoError;
use crate::adapter::Dialect;
use crate::changeset::Entry;
use crate::changeset::relation::Given;
use crate::query::{Query, Selected};
use crate::repo::{Operation, Repo};
use crate::schema::{Autogenerate, FieldMeta, FieldSet, OnWritableViolation, Schema, SchemaMeta, Writable};
use crate::sql::insert::{Action, Cell, Conflict, Insert, Source};
use crate::types::Value;

/// How many parameters are kept free for what an update on conflict binds.
const RESERVE: usize = 256;

/// A row of [`Repo::insert_all`]: a struct, a reference to one, or an [`Entry`] of some fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of `{S}`",
    note = "give structs, or an `Entry` of fields and values"
)]
pub trait IntoEntry<S: Schema> {
    /// Adds it to the rows.
    #[doc(hidden)]
    fn add_to(self, batch: &mut Batch<S>) -> Result<(), RepoError>;
}

impl<S: Schema> IntoEntry<S> for S {
    fn add_to(self, batch: &mut Batch<S>) -> Result<(), RepoError> {
        batch.add_struct(&self)
    }
}

impl<S: Schema> IntoEntry<S> for &S {
    fn add_to(self, batch: &mut Batch<S>) -> Result<(), RepoError> {
        batch.add_struct(self)
    }
}

impl<S: Schema> IntoEntry<S> for Entry<S> {
    fn add_to(self, batch: &mut Batch<S>) -> Result<(), RepoError> {
        if let Some(error) = self.refused {
            return Err(error.into());
        }
        batch.add_entry(self.values);
        Ok(())
    }
}

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
    /// Otherwise many rows take several statements in one transaction.
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
    /// Inserts rows, structs or [`Entry`]s, and says how many were written.
    ///
    /// Nothing is validated, no association stored and no timestamp filled: columns are written as they are given, and those
    /// that no row gives are left to the database. Primary keys that a type makes (uuids) are made. Rows that together bind
    /// more values than a statement may are sent by several, in one transaction.
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
        let mut batch = Batch::new(self.dialect());
        for row in rows {
            row.add_to(&mut batch)?;
        }
        if batch.whole.is_empty() {
            return Ok(Inserted { count: 0, rows: Vec::new() });
        }
        let table = row::table::<S>("insert")?;
        let statements = batch.statements(self, table, &options)?;
        let returning = returned_fields::<S>(&options.returning);
        let several = statements.len() > 1;
        relations::together(self, several, false, |repo| {
            Box::pin(async move {
                let mut inserted = Inserted { count: 0, rows: Vec::new() };
                for statement in &statements {
                    write(&repo, statement, &returning, &mut inserted).await?;
                }
                Ok(inserted)
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
        let mut inserted = Inserted { count: 0, rows: Vec::new() };
        write(self, &statement, &returning, &mut inserted).await?;
        Ok(inserted)
    }

    /// Inserts rows into a table without a schema, and says how many. Each row has a value for each column.
    pub async fn insert_all_into(
        &self,
        table: &'static str,
        columns: &[&'static str],
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<u64, RepoError> {
        let mut cells = Vec::new();
        for row in rows {
            if row.len() != columns.len() {
                return Err(RepoError::Query(format!(
                    "a row of {} values does not fill the {} columns of {table}",
                    row.len(),
                    columns.len()
                )));
            }
            cells.extend(row.into_iter().map(Cell::Value));
        }
        let most = (self.dialect().max_parameters() / columns.len().max(1)).max(1) * columns.len();
        let mut statements = Vec::new();
        while !cells.is_empty() {
            let rest = cells.split_off(most.min(cells.len()));
            let source = Source::Rows(std::mem::replace(&mut cells, rest), &[]);
            let insert = Insert { prefix: self.prefix(), table, columns, source, conflict: None, returning: &[] };
            statements.push(insert.into_statement(self.dialect())?);
        }
        relations::together(self, statements.len() > 1, false, |repo| {
            Box::pin(async move {
                let mut count = 0;
                for statement in &statements {
                    count += repo.execute(table, statement).await?;
                }
                Ok(count)
            })
        })
        .await
    }
}

impl<S: Schema> InsertAllOptions<S> {
    fn conflict<T: Schema>(&self) -> Result<Option<Conflict>, RepoError> {
        // A key that is in no row is the database's, and not replaced.
        let keys: Vec<_> = T::meta().primary_key.to_vec();
        self.on_conflict.to_clause::<T>(self.conflict_target.target.clone(), &keys)
    }
}

/// The rows of one `insert_all`. One list of cells, row after row: ten thousand rows are one allocation and not ten thousand.
#[doc(hidden)]
#[derive(Debug)]
pub struct Batch<S: Schema> {
    /// As many for each row as the schema has fields.
    cells: Vec<Option<Given>>,
    /// For each row, whether fields that it lacks are null rather than left to the database.
    whole: Vec<bool>,
    /// Which fields some row has.
    used: Vec<bool>,
    shared: Shared,
    dialect: Dialect,
    now: DateTime<Utc>,
    of: PhantomData<fn() -> S>,
}

/// Values that several cells share, and where each of them is.
#[derive(Debug, Default)]
struct Shared {
    values: Vec<Value>,
    /// By the address of the value, which its cells keep in place.
    slots: HashMap<usize, usize>,
}

impl Shared {
    fn add(&mut self, value: &Arc<Value>) {
        let Self { values, slots } = self;
        slots.entry(Arc::as_ptr(value).addr()).or_insert_with(|| {
            values.push(Value::clone(value));
            values.len() - 1
        });
    }
}

impl<S: Schema> Batch<S> {
    fn new(dialect: Dialect) -> Self {
        Self {
            cells: Vec::new(),
            whole: Vec::new(),
            used: vec![false; S::meta().fields.len()],
            shared: Shared::default(),
            dialect,
            now: Utc::now(),
            of: PhantomData,
        }
    }

    fn add_struct(&mut self, row: &S) -> Result<(), RepoError> {
        for (index, field) in S::meta().fields.iter().enumerate() {
            let given = if field.is_stored() { self.given_by(row, index, field)? } else { None };
            self.push(index, field, given.map(Given::Own));
        }
        self.whole.push(true);
        Ok(())
    }

    /// What a struct gives for a field; none if that is for others to make.
    fn given_by(&self, row: &S, index: usize, field: &FieldMeta) -> Result<Option<Value>, RepoError> {
        let value = row.get(index)?;
        if value.is_null() || field.writable == Writable::Never(OnWritableViolation::Nothing) {
            return Ok(None);
        }
        let made_elsewhere = field.read_after_writes || !matches!(field.autogenerate, Autogenerate::No);
        if made_elsewhere && (field.default)().is_ok_and(|default| default == value) {
            return Ok(None);
        }
        Ok(Some(if field.is_embed() { relations::generate_in_documents(field, &value, self.now) } else { value }))
    }

    fn add_entry(&mut self, values: Vec<(usize, Given)>) {
        let fields = S::meta().fields;
        let first = self.cells.len();
        self.cells.resize_with(first + fields.len(), || None);
        for (index, given) in values {
            if let Given::Shared(value) = &given {
                self.shared.add(value);
            }
            self.cells[first + index] = Some(given);
            self.used[index] = true;
        }
        for &index in S::meta().primary_key {
            if self.cells[first + index].is_none() {
                let made = fields[index].generate(self.now, true).map(Given::Own);
                self.used[index] |= made.is_some();
                self.cells[first + index] = made;
            }
        }
        self.whole.push(false);
    }

    /// The next cell. Primary keys that a type makes are made.
    fn push(&mut self, index: usize, field: &FieldMeta, given: Option<Given>) {
        let given = match given {
            None if field.primary_key => field.generate(self.now, true).map(Given::Own),
            given => given,
        };
        self.used[index] |= given.is_some();
        self.cells.push(given);
    }

    /// The fields that some row has.
    fn fields(&self) -> Result<Vec<(usize, &'static FieldMeta)>, RepoError> {
        let mut fields = Vec::new();
        for (index, field) in S::meta().fields.iter().enumerate().filter(|(index, _)| self.used[*index]) {
            if !field.is_stored() {
                return Err(RepoError::Query(format!(
                    "`{}` of {} has no column to be inserted",
                    field.name,
                    S::meta().name
                )));
            }
            match field.writable {
                Writable::Never(violation) => row::violated::<S>(field, violation, "insert")?,
                Writable::Always | Writable::Insert(_) => fields.push((index, field)),
            }
        }
        Ok(fields)
    }

    fn statements(
        self,
        repo: &Repo,
        table: &'static str,
        options: &InsertAllOptions<S>,
    ) -> Result<Vec<crate::adapter::Statement>, RepoError> {
        let fields = self.fields()?;
        let Self { mut cells, whole, shared, dialect, .. } = self;
        let columns: Vec<_> = fields.iter().map(|(_, field)| field.column).collect();
        let returning = columns_of(S::meta(), &returned_fields::<S>(&options.returning));
        let conflict = options.conflict::<S>()?;
        let mut most = whole.len();
        if !options.single_statement {
            let reserved =
                if matches!(&conflict, Some(Conflict { action: Action::Update(_), .. })) { RESERVE } else { 0 };
            let free = dialect.max_parameters().saturating_sub(shared.values.len() + reserved);
            most = most.min(free / columns.len().max(1)).max(1);
        }
        // Without a column there is one way to write a row, and it writes one.
        if columns.is_empty() {
            most = 1;
        }
        let width = S::meta().fields.len();
        let mut rows = cells.chunks_mut(width).zip(&whole);
        let mut statements = Vec::with_capacity(whole.len().div_ceil(most));
        for first in (0..whole.len()).step_by(most) {
            let mut values = Vec::with_capacity(most.min(whole.len() - first) * columns.len());
            for (row, &whole) in rows.by_ref().take(most) {
                for &(index, field) in &fields {
                    values.push(cell(row[index].take(), field, whole, &shared, dialect)?);
                }
            }
            let insert = Insert {
                prefix: relations::table_prefix(repo, options.prefix.as_deref(), S::meta().prefix),
                table,
                columns: &columns,
                source: Source::Rows(values, &shared.values),
                conflict: conflict.clone(),
                returning: &returning,
            };
            statements.push(insert.into_statement(repo.dialect())?);
        }
        Ok(statements)
    }
}

fn cell(
    given: Option<Given>,
    field: &FieldMeta,
    whole: bool,
    shared: &Shared,
    dialect: Dialect,
) -> Result<Cell, RepoError> {
    Ok(match given {
        Some(Given::Own(value)) => Cell::Value(field.storable(value)?),
        Some(Given::Shared(value)) => Cell::Shared(shared.slots[&Arc::as_ptr(&value).addr()]),
        None => {
            // SQLite makes a key where it is given null.
            let key = dialect == Dialect::Sqlite && matches!(field.autogenerate, Autogenerate::Database);
            let null = key || (whole && field.nullable);
            if null { Cell::Value(Value::Null(field.db)) } else { Cell::Default }
        }
    })
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

/// Runs one statement, and reads the rows that it returns.
async fn write<S: Schema>(
    repo: &Repo,
    statement: &crate::adapter::Statement,
    returning: &[usize],
    inserted: &mut Inserted<S>,
) -> Result<(), RepoError> {
    let meta = S::meta();
    if returning.is_empty() {
        inserted.count += repo.execute(meta.name, statement).await?;
        return Ok(());
    }
    repo.fetch_rows(meta.name, statement, &mut |row| {
        let mut stored = S::blank();
        for (column, &index) in returning.iter().enumerate() {
            let field = &meta.fields[index];
            let put = row.value(column, field.db).and_then(|value| stored.put(index, value));
            put.map_err(|source| RepoError::Load { schema: meta.name, field: field.name.to_owned(), source })?;
        }
        if let Some(state) = stored.state_mut() {
            state.state = crate::schema::State::Loaded;
        }
        inserted.count += 1;
        inserted.rows.push(stored);
        Ok(())
    })
    .await
}
