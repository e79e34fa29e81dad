//! Arrays.

use super::node;
use crate::query::{Comparable, Expr, IntoExpr, Node, SqlOf};
use crate::types::{Type, sql};

/// Whether `array` has `value`.
pub fn array_contains<A, E, S>(array: A, value: E) -> Expr<bool>
where
    A: IntoExpr<Type: Type<Sql = sql::Array<S>>>,
    E: IntoExpr,
    S: Comparable<SqlOf<E>> + 'static,
{
    Expr::new(Node::ArrayHas(Box::new([node(array), node(value)])))
}
