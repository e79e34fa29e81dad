//! In which form cells are bound.

use std::vec;

use crate::adapter::Dialect;
use crate::sql::insert::{Cell, Source};
use crate::types::{DbType, Value};

/// How many values a statement for SQLite binds where there are more. A statement costs some microseconds, whatever it
/// binds; but the next one is made while it runs, and of many equal ones only the first is prepared.
const SQLITE: usize = 4_096;

/// The same where placeholders are numbered: for each, the driver looks through those before it.
const SQLITE_NUMBERED: usize = 1_024;

/// How many values the arrays of one statement for PostgreSQL hold together: few enough that the next ones are made while it runs, and
/// that it stays small.
const ARRAYS: usize = 10_000;

/// The cells that were made and are not bound yet.
#[derive(Debug)]
pub(super) enum Form {
    /// Each cell has a value, and each value a placeholder.
    Values(vec::IntoIter<Value>),
    /// Each cell has a value, and each column an array of them. PostgreSQL then reads one text whatever the number of rows,
    /// and no placeholder for each value.
    Arrays(vec::IntoIter<Value>, Vec<&'static DbType>),
    /// Some cells are left to the database or are shared.
    Cells(vec::IntoIter<Cell>),
}

impl Form {
    /// No cell.
    pub(super) fn none() -> Self {
        Self::Cells(Vec::new().into_iter())
    }

    /// The one that is best for these rows of `width` cells.
    pub(super) fn of(cells: Vec<Cell>, width: usize, dialect: Dialect) -> Self {
        if !cells.iter().all(|cell| matches!(cell, Cell::Value(_))) {
            return Self::Cells(cells.into_iter());
        }
        let value = |cell| if let Cell::Value(value) = cell { Some(value) } else { None };
        let values: Vec<_> = cells.into_iter().filter_map(value).collect();
        let types = if dialect == Dialect::Postgres { element_types(&values, width) } else { None };
        match types {
            Some(types) => Self::Arrays(values.into_iter(), types),
            None => Self::Values(values.into_iter()),
        }
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Values(values) | Self::Arrays(values, _) => values.len(),
            Self::Cells(cells) => cells.len(),
        }
    }

    /// How many cells one statement takes that may bind `parameters` values.
    pub(super) fn most(&self, parameters: usize) -> usize {
        if matches!(self, Self::Arrays(..)) { self.len() } else { parameters }
    }

    /// The next `count` cells.
    pub(super) fn take<'s>(&mut self, count: usize, shared: &'s [Value]) -> Source<'s> {
        match self {
            Self::Values(values) => Source::Values(values.take(count).collect()),
            Self::Arrays(values, types) => Source::Arrays(arrays(values.take(count), types, count)),
            Self::Cells(cells) => Source::Cells(cells.take(count).collect(), shared),
        }
    }
}

/// How many cells are made at a time, where `shared` values are among them.
pub(super) fn at_a_time(dialect: Dialect, shared: &[Value]) -> usize {
    match dialect {
        Dialect::Sqlite if shared.is_empty() => SQLITE,
        Dialect::Sqlite => SQLITE_NUMBERED,
        Dialect::Postgres => ARRAYS,
    }
}

/// The type of each column; none if one has values of several types or arrays, of which there are no arrays.
fn element_types(values: &[Value], width: usize) -> Option<Vec<&'static DbType>> {
    let types: Vec<_> = values.iter().take(width).map(|value| value.db_type().element()).collect::<Option<_>>()?;
    let fit = values.iter().zip(types.iter().cycle()).all(|(value, of)| value.db_type() == **of);
    (fit && !types.is_empty()).then_some(types)
}

fn arrays(values: impl Iterator<Item = Value>, types: &[&'static DbType], count: usize) -> Vec<Value> {
    let mut columns: Vec<_> = types.iter().map(|_| Vec::with_capacity(count / types.len())).collect();
    for (index, value) in values.enumerate() {
        columns[index % types.len()].push(value);
    }
    types.iter().zip(columns).map(|(of, values)| Value::Array(of, values)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, name: Value) -> [Cell; 2] {
        [Cell::Value(Value::Int(id)), Cell::Value(name)]
    }

    #[test]
    fn rows_of_scalars_are_arrays_for_postgresql_and_values_for_sqlite() {
        let cells = || [row(1, Value::Text("Ada".into())), row(2, Value::Null(DbType::Text))].concat();
        let mut arrays = Form::of(cells(), 2, Dialect::Postgres);
        let Source::Arrays(columns) = arrays.take(4, &[]) else { panic!("{arrays:?}") };
        assert_eq!(columns[0], Value::Array(&DbType::Int, vec![Value::Int(1), Value::Int(2)]));
        let names = vec![Value::Text("Ada".into()), Value::Null(DbType::Text)];
        assert_eq!(columns[1], Value::Array(&DbType::Text, names));
        assert!(matches!(Form::of(cells(), 2, Dialect::Sqlite), Form::Values(_)));
    }

    #[test]
    fn what_is_in_no_array_is_a_value() {
        let list = Value::Array(&DbType::Int, Vec::new());
        assert!(matches!(Form::of(row(1, list).to_vec(), 2, Dialect::Postgres), Form::Values(_)));
        let unlike = [row(1, Value::Int(1)), row(2, Value::Text("Ada".into()))].concat();
        assert!(matches!(Form::of(unlike, 2, Dialect::Postgres), Form::Values(_)));
        let unset = vec![Cell::Value(Value::Int(1)), Cell::Default];
        assert!(matches!(Form::of(unset, 2, Dialect::Postgres), Form::Cells(_)));
    }
}
