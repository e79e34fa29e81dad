//! The rows of one `insert_all`: which columns they have, and the cells of each.
//!
//! The rows are looked at first, for what any of them has is a column of all; their values are made later, a part at a
//! time. To look at a row costs little: a column that one row has is not looked for in the others.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::RepoError;
use crate::adapter::Dialect;
use crate::changeset::Entry;
use crate::changeset::relation::Given;
use crate::repo::write::{relations, row};
use crate::schema::{Autogenerate, FieldMeta, OnWritableViolation, Schema, Writable};
use crate::sql::insert::Cell;
use crate::types::{DumpError, Value};

/// A row of [`insert_all`](crate::Repo::insert_all): a struct, a reference to one, or an [`Entry`] of some fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of `{S}`",
    note = "give structs, or an `Entry` of fields and values"
)]
pub trait IntoEntry<S: Schema>: Send {
    /// Says which columns it has.
    #[doc(hidden)]
    fn look(&self, columns: &mut Columns<S>) -> Result<(), RepoError>;
    /// Adds the cells of all columns that are used.
    #[doc(hidden)]
    fn add_to(self, cells: &mut Cells, columns: &Columns<S>) -> Result<(), RepoError>;
}

impl<S: Schema> IntoEntry<S> for S {
    fn look(&self, columns: &mut Columns<S>) -> Result<(), RepoError> {
        columns.look_at(self)
    }

    fn add_to(self, cells: &mut Cells, columns: &Columns<S>) -> Result<(), RepoError> {
        columns.add_struct(&self, cells)
    }
}

impl<S: Schema> IntoEntry<S> for &S {
    fn look(&self, columns: &mut Columns<S>) -> Result<(), RepoError> {
        columns.look_at(self)
    }

    fn add_to(self, cells: &mut Cells, columns: &Columns<S>) -> Result<(), RepoError> {
        columns.add_struct(self, cells)
    }
}

impl<S: Schema> IntoEntry<S> for Entry<S> {
    fn look(&self, columns: &mut Columns<S>) -> Result<(), RepoError> {
        if let Some(error) = &self.refused {
            return Err(error.clone().into());
        }
        columns.look_at_entry(&self.values);
        Ok(())
    }

    fn add_to(self, cells: &mut Cells, columns: &Columns<S>) -> Result<(), RepoError> {
        columns.add_entry(self.values, cells)
    }
}

/// The cells of rows, one after the other.
#[doc(hidden)]
#[derive(Debug)]
pub struct Cells(pub(super) Vec<Cell>);

/// What the rows of one `insert_all` have.
#[doc(hidden)]
#[derive(Debug)]
pub struct Columns<S: Schema> {
    /// One for each field of the schema.
    all: Vec<Column>,
    /// Values that several cells share.
    pub(super) shared: Vec<Value>,
    /// Where each of them is, by the address of what the entries hold.
    slots: HashMap<usize, usize>,
    dialect: Dialect,
    now: DateTime<Utc>,
    of: PhantomData<fn() -> S>,
}

impl<S: Schema> Columns<S> {
    /// The columns that some of `rows` has.
    pub(super) fn of<R: IntoEntry<S>>(rows: &[R], dialect: Dialect) -> Result<Self, RepoError> {
        let all = S::meta().fields.iter().map(Column::new).collect();
        let (shared, slots) = (Vec::new(), HashMap::new());
        let mut columns = Self { all, shared, slots, dialect, now: Utc::now(), of: PhantomData };
        rows.iter().try_for_each(|row| row.look(&mut columns))?;
        for column in &mut columns.all {
            column.used = column.used && column.is_inserted::<S>()?;
        }
        Ok(columns)
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.used().map(|(_, column)| column.field.column).collect()
    }

    fn used(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.all.iter().enumerate().filter(|(_, column)| column.used)
    }

    fn look_at(&mut self, row: &S) -> Result<(), RepoError> {
        for (index, column) in self.all.iter_mut().enumerate().filter(|(_, column)| !column.used) {
            column.used = column.is_made() || (column.field.is_stored() && column.gives(&row.get(index)?));
        }
        Ok(())
    }

    fn look_at_entry(&mut self, values: &[(usize, Given)]) {
        for (index, given) in values {
            self.all[*index].used = true;
            if let Given::Shared(value) = given {
                let Self { slots, shared, .. } = self;
                slots.entry(Arc::as_ptr(value).addr()).or_insert_with(|| {
                    shared.push(Value::clone(value));
                    shared.len() - 1
                });
            }
        }
        for &key in S::meta().primary_key {
            self.all[key].used |= self.all[key].is_made();
        }
    }

    fn add_struct(&self, row: &S, cells: &mut Cells) -> Result<(), RepoError> {
        for (index, column) in self.used() {
            let value = row.get(index)?;
            cells.0.push(if column.gives(&value) {
                Cell::Value(column.stored(value, self.now)?)
            } else {
                // A struct has all fields: null where it holds none, if the field may be null.
                column.missing(self.dialect, self.now, column.field.nullable)
            });
        }
        Ok(())
    }

    fn add_entry(&self, values: Vec<(usize, Given)>, cells: &mut Cells) -> Result<(), RepoError> {
        let mut given: Vec<Option<Given>> = Vec::new();
        given.resize_with(self.all.len(), || None);
        for (index, value) in values {
            given[index] = Some(value);
        }
        for (index, column) in self.used() {
            cells.0.push(match given[index].take() {
                Some(Given::Own(value)) => Cell::Value(column.field.storable(value)?),
                Some(Given::Shared(value)) => Cell::Shared(self.slots[&Arc::as_ptr(&value).addr()]),
                None => column.missing(self.dialect, self.now, false),
            });
        }
        Ok(())
    }
}

/// What is known of a field.
#[derive(Debug)]
struct Column {
    field: &'static FieldMeta,
    /// Its default, where a struct that holds this leaves the field to others.
    unset: Option<Value>,
    /// Whether some row has it.
    used: bool,
}

impl Column {
    fn new(field: &'static FieldMeta) -> Self {
        let made_elsewhere = field.read_after_writes || !matches!(field.autogenerate, Autogenerate::No);
        let unset = if made_elsewhere { (field.default)().ok() } else { None };
        Self { field, unset, used: false }
    }

    /// Whether a type makes it: a primary key where a row has none.
    fn is_made(&self) -> bool {
        self.field.primary_key
            && matches!(self.field.autogenerate, Autogenerate::OnInsert(_) | Autogenerate::OnWrite(_))
    }

    /// Whether a struct that holds `value` has the column, or leaves it to others.
    fn gives(&self, value: &Value) -> bool {
        !value.is_null()
            && self.field.writable != Writable::Never(OnWritableViolation::Nothing)
            && self.unset.as_ref() != Some(value)
    }

    /// What is stored of a struct's value.
    fn stored(&self, value: Value, now: DateTime<Utc>) -> Result<Value, DumpError> {
        if self.field.is_embed() {
            return Ok(relations::generate_in_documents(self.field, &value, now));
        }
        self.field.storable(value)
    }

    /// What is written where a row lacks it.
    fn missing(&self, dialect: Dialect, now: DateTime<Utc>, nullable: bool) -> Cell {
        let field = self.field;
        if field.primary_key
            && let Some(key) = field.generate(now, true)
        {
            return Cell::Value(key);
        }
        // SQLite makes a key where it is given null.
        let key = dialect == Dialect::Sqlite && matches!(field.autogenerate, Autogenerate::Database);
        if key || nullable { Cell::Value(Value::Null(field.db)) } else { Cell::Default }
    }

    /// Whether it is written: not so if it may not be and nobody minds.
    fn is_inserted<S: Schema>(&self) -> Result<bool, RepoError> {
        let field = self.field;
        if !field.is_stored() {
            return Err(RepoError::Query(format!(
                "`{}` of {} has no column to be inserted",
                field.name,
                S::meta().name
            )));
        }
        if let Writable::Never(violation) = field.writable {
            row::violated::<S>(field, violation, "insert")?;
            return Ok(false);
        }
        Ok(true)
    }
}
