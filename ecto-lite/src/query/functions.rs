//! Functions and operators of queries. `from!` calls them; in closures, most are methods of columns as well.

mod aggregate;
mod array;
mod date;
mod json;
mod subquery;
mod text;
mod window;

use std::sync::Arc;

pub use super::expr::as_;
pub use super::fragment::{constant, identifier, splice};
pub use super::select::{optional, row};
pub use super::source::{cte, subquery, subquery_as, table_fragment, values};
pub use super::value::value;
pub use aggregate::{array_agg, avg, count, count_all, count_distinct, distinct, filter, max, min, string_agg, sum};
pub use array::array_contains;
pub use date::{Moment, Unit, ago, date_add, datetime_add, from_now, now};
pub use json::{IntoPath, Segment, json_path, json_path_as};
pub use subquery::{all, any, exists, not_exists};
pub use text::{concat, contains, ends_with, ilike, length, like, lower, not_like, starts_with, upper};
pub use window::{
    Bound, Frame, Window, cume_dist, dense_rank, first_value, lag, lag_or, last_value, lead, lead_or, nth_value, ntile,
    over, percent_rank, rank, row_number, window,
};

pub(crate) use date::DateAdd;
pub(crate) use json::JsonPath;
pub(crate) use window::FrameUnit;

use super::{Arithmetic, Comparable, Expr, IntoExpr, IntoList, Node, Operator, SqlOf};
use crate::types::{Type, sql};

fn node(expr: impl IntoExpr) -> Node {
    expr.into_expr().node
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident, $operator:ident;)+) => {
        $(
            $(#[$doc])*
            pub fn $name<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<bool>
            where
                SqlOf<L>: Comparable<SqlOf<R>>,
            {
                Expr::new(Node::binary(Operator::$operator, node(left), node(right)))
            }
        )+
    };
}

comparisons! {
    /// `left == right`.
    eq, Eq;
    /// `left != right`. Null is neither equal nor unequal to anything.
    ne, Ne;
    /// `left < right`.
    lt, Lt;
    /// `left <= right`.
    lte, Lte;
    /// `left > right`.
    gt, Gt;
    /// `left >= right`.
    gte, Gte;
}

macro_rules! calculations {
    ($($(#[$doc:meta])* $name:ident, $operator:ident;)+) => {
        $(
            $(#[$doc])*
            pub fn $name<L: IntoExpr, R: IntoExpr>(
                left: L,
                right: R,
            ) -> Expr<<SqlOf<L> as Arithmetic<SqlOf<R>>>::Output>
            where
                SqlOf<L>: Arithmetic<SqlOf<R>>,
            {
                Expr::new(Node::binary(Operator::$operator, node(left), node(right)))
            }
        )+
    };
}

calculations! {
    /// `left + right`. Null if one of them is: see [`Expr::nullable`].
    add, Add;
    /// `left - right`. Null if one of them is: see [`Expr::nullable`].
    sub, Sub;
    /// `left * right`. Null if one of them is: see [`Expr::nullable`].
    mul, Mul;
    /// `left / right`; integers are divided to integers. Null if one of them is: see [`Expr::nullable`].
    div, Div;
    /// `left % right`. Null if one of them is: see [`Expr::nullable`].
    rem, Rem;
}

/// `-number`.
pub fn neg<E: IntoExpr>(number: E) -> Expr<<SqlOf<E> as Arithmetic<SqlOf<E>>>::Output>
where
    SqlOf<E>: Arithmetic<SqlOf<E>>,
{
    Expr::new(Node::Negative(Box::new(node(number))))
}

/// `left && right`.
pub fn and<L, R>(left: L, right: R) -> Expr<bool>
where
    L: IntoExpr<Type: Type<Sql = sql::Bool>>,
    R: IntoExpr<Type: Type<Sql = sql::Bool>>,
{
    Expr::new(node(left).and(node(right)))
}

/// `left || right`.
pub fn or<L, R>(left: L, right: R) -> Expr<bool>
where
    L: IntoExpr<Type: Type<Sql = sql::Bool>>,
    R: IntoExpr<Type: Type<Sql = sql::Bool>>,
{
    Expr::new(node(left).or(node(right)))
}

/// `!condition`. Null stays null.
pub fn not<E: IntoExpr<Type: Type<Sql = sql::Bool>>>(condition: E) -> Expr<bool> {
    Expr::new(Node::Not(Box::new(node(condition))))
}

/// A condition as an expression: a column of booleans, where one is asked for.
pub fn condition<E: IntoExpr<Type: Type<Sql = sql::Bool>>>(condition: E) -> Expr<bool> {
    Expr::new(node(condition))
}

/// From `low` to `high`, both included.
pub fn between<E: IntoExpr, L: IntoExpr, H: IntoExpr>(value: E, low: L, high: H) -> Expr<bool>
where
    SqlOf<E>: Comparable<SqlOf<L>> + Comparable<SqlOf<H>>,
{
    Expr::new(Node::Between(Box::new([node(value), node(low), node(high)])))
}

/// Whether `list` has it.
pub fn is_in<E: IntoExpr, L: IntoList<SqlOf<E>>>(value: E, list: L) -> Expr<bool> {
    Expr::new(Node::In { value: Box::new(node(value)), list: list.into_list(), negated: false })
}

/// Whether `list` does not have it. Never true if a query's rows hold a null, as SQL has it.
pub fn not_in<E: IntoExpr, L: IntoList<SqlOf<E>>>(value: E, list: L) -> Expr<bool> {
    Expr::new(Node::In { value: Box::new(node(value)), list: list.into_list(), negated: true })
}

/// Whether it is null.
pub fn is_null<E: IntoExpr>(value: E) -> Expr<bool> {
    Expr::new(Node::IsNull { value: Box::new(node(value)), negated: false })
}

/// Whether it is not null.
pub fn is_not_null<E: IntoExpr>(value: E) -> Expr<bool> {
    Expr::new(Node::IsNull { value: Box::new(node(value)), negated: true })
}

/// `value`, or `other` where it is null.
pub fn coalesce<E: IntoExpr, F: IntoExpr>(value: E, other: F) -> Expr<F::Type>
where
    SqlOf<E>: Comparable<SqlOf<F>>,
{
    Expr::new(Node::call("coalesce", vec![node(value), node(other)]))
}

/// `value`, or null where it equals `other`.
pub fn nullif<E: IntoExpr, F: IntoExpr>(value: E, other: F) -> Expr<Option<<E::Type as Type>::Inner>>
where
    SqlOf<E>: Comparable<SqlOf<F>>,
{
    Expr::new(Node::call("nullif", vec![node(value), node(other)]))
}

/// `value` as another type: `CAST`.
pub fn cast_as<T: Type, E: IntoExpr>(value: E) -> Expr<T> {
    Expr::new(Node::Cast(Box::new(node(value)), T::DB))
}

/// The same, said to be null sometimes: what becomes of a column on the far side of a left join.
pub fn nullable<E: IntoExpr>(value: E) -> Expr<Option<<E::Type as Type>::Inner>> {
    Expr::new(node(value))
}

/// `value`, called `name` where it is selected; [`selected`] refers to it.
pub fn selected_as<E: IntoExpr>(value: E, name: impl Into<Arc<str>>) -> Expr<E::Type> {
    Expr::new(Node::Named(Box::new(node(value)), name.into()))
}

/// What is selected as `name` ([`selected_as`]), in `group_by`, `order_by` and, on SQLite, anywhere.
pub fn selected<T: Type>(name: impl Into<Arc<str>>) -> Expr<T> {
    Expr::new(Node::Alias(name.into()))
}
