//! What a query reads, and what a row becomes.

use std::sync::Arc;

use super::{Binding, Column, Expr, Query, Selected};
use crate::RepoError;
use crate::query::builder::Decode;
use crate::schema::{Loader, Schema};
use crate::tuples::tuples;
use crate::types::{DbType, LoadError, Type, Value};

/// The columns of a select while they are collected.
#[derive(Clone, Debug, Default)]
pub struct Selection(pub(crate) Vec<Selected>);

/// What `select` can read: columns, expressions, bindings (a whole row), [`optional`] bindings, [`row`], queries of
/// one value, and tuples of up to twelve of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to select",
    note = "give a column, an expression, a binding, or a tuple of these"
)]
pub trait Select {
    /// What a row becomes.
    type Out: 'static;
    /// Adds the columns and gives what reads them.
    fn select(self, selection: &mut Selection) -> Decode<Self::Out>;
}

/// A binding on the far side of a left join.
#[derive(Clone, Copy, Debug)]
pub struct Optional<S: Schema>(Binding<S>);

/// The row of `binding` where a left join found one.
pub fn optional<S: Schema>(binding: Binding<S>) -> Optional<S> {
    Optional(binding)
}

/// A row as an ordered map, for reads whose columns are known at run time only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row(Vec<(Arc<str>, Value)>);

impl Row {
    /// The value called `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// Names and values, in the order in which they were selected.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value called `name`, as `T`.
    pub fn load<T: Type>(&self, name: &str) -> Result<T, LoadError> {
        let missing = || LoadError { expected: T::NAME, found: format!("no column {name:?}") };
        T::load(self.get(name).ok_or_else(missing)?.clone())
    }
}

/// Columns of a [`Row`], by name.
#[derive(Clone, Debug, Default)]
pub struct RowSelect(Vec<(Arc<str>, super::Node, DbType)>);

/// Selects a [`Row`]: `row().with("name", r.name).with("total", m.id.count())`.
pub fn row() -> RowSelect {
    RowSelect::default()
}

impl RowSelect {
    /// And `expr`, called `name`.
    #[must_use]
    pub fn with<E: super::IntoExpr>(mut self, name: impl Into<Arc<str>>, expr: E) -> Self {
        self.0.push((name.into(), expr.into_expr().node, <E::Type as Type>::DB));
        self
    }
}

impl Select for RowSelect {
    type Out = Row;

    fn select(self, selection: &mut Selection) -> Decode<Row> {
        let mut columns = Vec::with_capacity(self.0.len());
        for (name, node, db) in self.0 {
            selection.0.push(Selected::Expr(node, Some(name.clone())));
            columns.push((name, db));
        }
        Arc::new(move |loader| {
            let values = columns.iter().map(|(name, db)| match loader.value(*db) {
                Ok(value) => Ok((name.clone(), value)),
                Err(source) => Err(RepoError::Load { schema: "row", field: name.to_string(), source }),
            });
            Ok(Row(values.collect::<Result<_, _>>()?))
        })
    }
}

impl<T: Type> Select for Column<T> {
    type Out = T;

    fn select(self, selection: &mut Selection) -> Decode<T> {
        let Self { column, redact, .. } = self;
        selection.0.push(Selected::Expr(super::Node::Column(self.binding, column), None));
        Arc::new(move |loader| load(loader, column, redact))
    }
}

impl<T: Type> Select for Expr<T> {
    type Out = T;

    fn select(self, selection: &mut Selection) -> Decode<T> {
        selection.0.push(match self.node {
            super::Node::Named(node, name) => Selected::Expr(*node, Some(name)),
            node => Selected::Expr(node, None),
        });
        Arc::new(|loader| load(loader, "expression", false))
    }
}

/// The one value that a query of one column yields; null where it yields no row.
impl<B, T: Type> Select for Query<B, T> {
    type Out = Option<T::Inner>;

    fn select(self, selection: &mut Selection) -> Decode<Self::Out> {
        super::IntoExpr::into_expr(self).select(selection)
    }
}

fn load<T: Type>(loader: &mut Loader<'_>, name: &str, redact: bool) -> Result<T, RepoError> {
    loader.next().map_err(|source: LoadError| {
        let source = if redact { source.redacted() } else { source };
        RepoError::Load { schema: "select", field: name.to_owned(), source }
    })
}

impl<S: Schema> Select for Binding<S> {
    type Out = S;

    fn select(self, selection: &mut Selection) -> Decode<S> {
        selection.0.push(Selected::Row(self.id(), S::meta()));
        Arc::new(S::load)
    }
}

impl<S: Schema> Select for Optional<S> {
    type Out = Option<S>;

    fn select(self, selection: &mut Selection) -> Decode<Option<S>> {
        let meta = S::meta();
        selection.0.push(Selected::Row(self.0.id(), meta));
        // A primary key is never null; where there is none, a row of nulls is taken for no row.
        let keyed = meta.loaded().any(|(_, field)| field.primary_key);
        let columns: Vec<_> = meta.loaded().map(|(_, field)| (field.db, !keyed || field.primary_key)).collect();
        Arc::new(move |loader| {
            if loader.all_null(&columns).map_err(|source| no_row(meta.name, source))? {
                loader.skip(columns.len());
                return Ok(None);
            }
            S::load(loader).map(Some)
        })
    }
}

fn no_row(schema: &'static str, source: LoadError) -> RepoError {
    RepoError::Load { schema, field: "primary key".to_owned(), source }
}

macro_rules! each {
    ($($name:ident)+) => {
        impl<$($name: Select),+> Select for ($($name,)+) {
            type Out = ($($name::Out,)+);

            #[allow(non_snake_case)]
            fn select(self, selection: &mut Selection) -> Decode<Self::Out> {
                let ($($name,)+) = self;
                $(let $name = $name.select(selection);)+
                Arc::new(move |loader| Ok(($($name(loader)?,)+)))
            }
        }
    };
}

tuples!(each: A B C D E F G H I J K L);
