//! What `from!` calls beside the builder's methods: in `from!` a binding is a variable and not a closure's argument, a
//! source may be of any kind, and so may a condition.

mod condition;
mod select;
mod source;

pub use super::{Lock, OrderBy, dynamic, from, functions, optional, row};
pub use crate::fragment;
pub use condition::{Condition, filter, having, or_filter, or_having};
pub use select::{Build, NamedColumn, build, named_column, select_merge};
pub use source::{
    Insides, IntoQuery, Joinable, Table, cross_join, cross_lateral_join, full_join, inner_join, inner_lateral_join,
    into_query, left_join, left_lateral_join, on, right_join, table,
};

pub(super) use source::join;

use super::update::Elements;
use super::{
    Arithmetic, Assigned, Assignment, AssocRef, Binding, BindingId, Bindings, Column, Comparable, First, IntoAssigned,
    IntoExpr, Query, SqlOf, Update,
};
use crate::schema::{Assoc, Association, Schema};
use crate::types::Type;

/// The first binding, however many there are.
pub fn first<B: First, O>(query: &Query<B, O>) -> Binding<B::Schema> {
    Binding::new(query.core.root().id)
}

/// Every binding.
pub fn handles<B: Bindings, O>(query: &Query<B, O>) -> B::Handles {
    query.bindings()
}

/// The binding called `name`; a mistake of the query if there is none, or if it is of another schema.
pub fn named<T: Schema, B, O>(mut query: Query<B, O>, name: &str) -> (Query<B, O>, Binding<T>) {
    let id = query.core.named_source(name, T::meta());
    (query, Binding::new(id))
}

/// The association of a column set, for a preload.
pub fn association<S, A>(of: AssocRef<S, A>) -> Assoc<S, A> {
    of.association
}

/// The columns at an association's other end, to name associations there.
pub fn related<S, A: Association>(_: AssocRef<S, A>) -> Binding<A::Related> {
    Binding::new(BindingId::next())
}

/// A query whose rows are going to be changed.
pub fn update<B: First, O>(query: Query<B, O>) -> Update<B, O> {
    Update { query, assignments: Vec::new() }
}

/// `column`, one of the first binding's, becomes `value`.
pub fn set<B, O, T>(update: Update<B, O>, column: Column<T>, value: impl IntoAssigned<T>) -> Update<B, O> {
    assign(update, column, Assigned::Set(value.into_assigned().node))
}

/// `by` is added to `column`.
pub fn inc<B, O, T, E>(update: Update<B, O>, column: Column<T>, by: E) -> Update<B, O>
where
    T: Type<Sql: Arithmetic<SqlOf<E>>>,
    E: IntoExpr,
{
    assign(update, column, Assigned::Inc(by.into_expr().node))
}

/// `value` is put at the end of `column`'s array.
pub fn push<B, O, T, E>(update: Update<B, O>, column: Column<T>, value: E) -> Update<B, O>
where
    T: Elements<Element: Comparable<SqlOf<E>>>,
    E: IntoExpr,
{
    assign(update, column, Assigned::Push(value.into_expr().node, T::OF))
}

/// All that equal `value` are taken out of `column`'s array.
pub fn pull<B, O, T, E>(update: Update<B, O>, column: Column<T>, value: E) -> Update<B, O>
where
    T: Elements<Element: Comparable<SqlOf<E>>>,
    E: IntoExpr,
{
    assign(update, column, Assigned::Pull(value.into_expr().node))
}

fn assign<B, O, T>(mut update: Update<B, O>, column: Column<T>, value: Assigned) -> Update<B, O> {
    update.assignments.push(Assignment { column: column.column, value });
    update
}
