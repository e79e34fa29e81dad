//! `update_all` and `delete_all`: what a query's rows are changed to.

mod updates;

use std::fmt;

pub use updates::Updates;

use super::{Arithmetic, Bindings, Expr, First, IntoExpr, Node, Query, SqlOf, StartsWith};
use crate::RepoError;
use crate::adapter::{Dialect, Statement};
use crate::query::Comparable;
use crate::schema::{Field, Schema};
use crate::sql;
use crate::types::{DbType, Type, Value, sql as marker};

/// The rows of a query, and what their columns are to be. With a `select`, the changed rows are read.
#[must_use = "an update does nothing until a repo runs it"]
pub struct Update<B, O = B> {
    pub(crate) query: Query<B, O>,
    pub(crate) assignments: Vec<Assignment>,
}

/// What becomes of one column.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub column: &'static str,
    pub value: Assigned,
}

#[derive(Clone, Debug)]
pub(crate) enum Assigned {
    /// This.
    Set(Node),
    /// What it was and this.
    Inc(Node),
    /// The array, and this at its end.
    Push(Node, &'static DbType),
    /// The array without all that equal this.
    Pull(Node),
}

/// What a field of type `T` can be set to: an expression or value that compares with it, and for `Option` fields an
/// `Option` of one.
#[diagnostic::on_unimplemented(message = "a field of type `{T}` cannot be set to `{Self}`")]
pub trait IntoAssigned<T> {
    /// The expression.
    fn into_assigned(self) -> Expr<T>;
}

impl<T: Type, E: IntoExpr> IntoAssigned<T> for E
where
    T::Sql: Comparable<SqlOf<E>>,
{
    fn into_assigned(self) -> Expr<T> {
        Expr::new(self.into_expr().node)
    }
}

impl<T: Type, E: IntoExpr> IntoAssigned<Option<T>> for Option<E>
where
    T::Sql: Comparable<SqlOf<E>>,
    Option<T>: Type,
{
    fn into_assigned(self) -> Expr<Option<T>> {
        Expr::new(match self {
            Some(value) => value.into_expr().node,
            None => Node::Value(Value::Null(T::DB)),
        })
    }
}

/// An array's elements.
pub trait Elements: Type {
    /// How a database holds one.
    const OF: &'static DbType;
    /// What one compares with.
    type Element;
}

impl<T: Type<Sql = marker::Array<S>>, S: 'static> Elements for T {
    const OF: &'static DbType = match T::Inner::DB {
        DbType::Array(of) => of,
        _ => &DbType::Text,
    };
    type Element = S;
}

/// The methods that say what becomes of a field.
macro_rules! assignments {
    ($self:ident, $out:ty, $into:expr) => {
        /// `field` becomes `value`.
        pub fn set<T>(
            $self,
            field: Field<<B as First>::Schema, T>,
            value: impl IntoAssigned<T>,
        ) -> $out {
            $into.assign(field.index(), Assigned::Set(value.into_assigned().node))
        }

        /// `field` becomes what `value` gives, which may name the row's columns.
        pub fn set_with<T, E: IntoAssigned<T>>(
            $self,
            field: Field<<B as First>::Schema, T>,
            value: impl FnOnce(B::Handles) -> E,
        ) -> $out {
            let update = $into;
            let value = value(update.handles()).into_assigned().node;
            update.assign(field.index(), Assigned::Set(value))
        }

        /// `by` is added to `field`.
        pub fn inc<T: Type, E: IntoExpr>(
            $self,
            field: Field<<B as First>::Schema, T>,
            by: E,
        ) -> $out
        where
            T::Sql: Arithmetic<SqlOf<E>>,
        {
            $into.assign(field.index(), Assigned::Inc(by.into_expr().node))
        }

        /// `value` is put at the end of `field`'s array.
        pub fn push<T: Elements, E: IntoExpr>(
            $self,
            field: Field<<B as First>::Schema, T>,
            value: E,
        ) -> $out
        where
            T::Element: Comparable<SqlOf<E>>,
        {
            $into.assign(field.index(), Assigned::Push(value.into_expr().node, T::OF))
        }

        /// All that equal `value` are taken out of `field`'s array.
        pub fn pull<T: Elements, E: IntoExpr>(
            $self,
            field: Field<<B as First>::Schema, T>,
            value: E,
        ) -> $out
        where
            T::Element: Comparable<SqlOf<E>>,
        {
            $into.assign(field.index(), Assigned::Pull(value.into_expr().node))
        }
    };
}

use assignments;

impl<B: First, O> Query<B, O> {
    assignments!(self, Update<B, O>, Update { query: self, assignments: Vec::new() });

    /// What `updates` says becomes of the rows.
    pub fn update<D: First>(self, updates: Updates<D>) -> Update<B, O>
    where
        B: StartsWith<D>,
    {
        Update { query: self, assignments: Vec::new() }.update(updates)
    }
}

impl<B: First, O> Update<B, O> {
    assignments!(self, Self, self);

    /// And what `updates` says.
    pub fn update<D: First>(mut self, updates: Updates<D>) -> Self
    where
        B: StartsWith<D>,
    {
        self.assignments.extend(updates.rebound(self.query.core.visible()));
        self
    }

    fn handles(&self) -> B::Handles {
        self.query.bindings()
    }

    fn assign(mut self, field: usize, value: Assigned) -> Self {
        let column = <B::Schema as Schema>::meta().fields[field].column;
        self.assignments.push(Assignment { column, value });
        self
    }
}

impl<B: Bindings, O> Update<B, O> {
    /// Reads of each changed row what `select` gives.
    pub fn select<S: super::Select>(self, select: impl FnOnce(B::Handles) -> S) -> Update<B, S::Out> {
        Update { query: self.query.select(select), assignments: self.assignments }
    }
}

impl<B, O> Update<B, O> {
    /// The SQL and its values, as `dialect` wants them. Reads rows if something is selected.
    pub fn to_statement(&self, dialect: Dialect) -> Result<Statement, RepoError> {
        sql::update(&self.query.core, &self.assignments, dialect)
    }
}

impl<B, O> Query<B, O> {
    /// The SQL that deletes the rows, and its values. Reads them if something is selected.
    pub fn to_delete_statement(&self, dialect: Dialect) -> Result<Statement, RepoError> {
        sql::delete(&self.core, dialect)
    }
}

impl<B, O> Clone for Update<B, O> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), assignments: self.assignments.clone() }
    }
}

impl<B, O> fmt::Debug for Update<B, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").field("query", &self.query).field("assignments", &self.assignments).finish()
    }
}
