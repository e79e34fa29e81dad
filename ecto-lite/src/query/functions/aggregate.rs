//! Aggregates.

use super::node;
use crate::query::{Call, Expr, IntoExpr, IntoOrders, Node, SqlOf, Summable};
use crate::types::{ArrayElement, DbType, Type, sql};

fn aggregate<T>(name: &'static str, arg: Node, result: Option<DbType>) -> Expr<T> {
    Expr::new(Node::Call(Box::new(Call { result, ..Call::new(name, vec![arg]) })))
}

/// How many rows there are.
pub fn count_all() -> Expr<i64> {
    aggregate("count", Node::Star, None)
}

/// How many rows have it, that is, where it is not null.
pub fn count<E: IntoExpr>(value: E) -> Expr<i64> {
    aggregate("count", node(value), None)
}

/// How many different values there are.
pub fn count_distinct<E: IntoExpr>(value: E) -> Expr<i64> {
    distinct(count(value))
}

/// The sum; null where there is nothing. Of integers it is one of 64 bits; on SQLite that of decimals is a float's.
pub fn sum<E: IntoExpr>(value: E) -> Expr<Option<<SqlOf<E> as Summable>::Sum>>
where
    SqlOf<E>: Summable,
{
    aggregate("sum", node(value), Some(<SqlOf<E> as Summable>::Sum::DB))
}

/// The mean; null where there is nothing.
pub fn avg<E: IntoExpr>(value: E) -> Expr<Option<f64>>
where
    SqlOf<E>: Summable,
{
    aggregate("avg", node(value), Some(DbType::Float))
}

/// The smallest; null where there is nothing.
pub fn min<E: IntoExpr>(value: E) -> Expr<Option<<E::Type as Type>::Inner>> {
    aggregate("min", node(value), None)
}

/// The greatest; null where there is nothing.
pub fn max<E: IntoExpr>(value: E) -> Expr<Option<<E::Type as Type>::Inner>> {
    aggregate("max", node(value), None)
}

/// An aggregate of the rows for which `condition` holds.
pub fn filter<T, E: IntoExpr<Type: Type<Sql = sql::Bool>>>(mut aggregate: Expr<T>, condition: E) -> Expr<T> {
    let Node::Call(call) = &mut aggregate.node else {
        return Expr::new(Node::invalid("`filter` follows an aggregate, such as `count(m.id)`"));
    };
    let condition = node(condition);
    call.filter = Some(match call.filter.take() {
        Some(filter) => filter.and(condition),
        None => condition,
    });
    aggregate
}

/// An aggregate of different values.
pub fn distinct<T>(mut aggregate: Expr<T>) -> Expr<T> {
    let Node::Call(call) = &mut aggregate.node else {
        return Expr::new(Node::invalid("`distinct` follows an aggregate, such as `count(m.id)`"));
    };
    call.distinct = true;
    aggregate
}

/// The values in an array, in `order` (`()` for any); null where there is nothing.
pub fn array_agg<E, O>(value: E, order: O) -> Expr<Option<Vec<E::Type>>>
where
    E: IntoExpr<Type: ArrayElement>,
    O: IntoOrders,
{
    let mut call = Call { result: Some(<Vec<E::Type> as Type>::DB), ..Call::new("array_agg", vec![node(value)]) };
    order.each(&mut call.order);
    Expr::new(Node::Call(Box::new(call)))
}

/// The texts with `between` between them, in `order` (`()` for any); null where there is nothing.
pub fn string_agg<E, O>(text: E, between: impl Into<String>, order: O) -> Expr<Option<String>>
where
    E: IntoExpr<Type: Type<Sql = sql::Text>>,
    O: IntoOrders,
{
    let mut call = Call::new("string_agg", vec![node(text), node(between.into())]);
    order.each(&mut call.order);
    Expr::new(Node::Call(Box::new(call)))
}
