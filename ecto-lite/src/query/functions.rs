//! Functions and operators of queries. `from!` calls them; in closures, most are methods of columns as well.

use super::{
    Arithmetic, Bindings, Call, Comparable, Expr, IntoExpr, IntoList, Like, Node, Operator, Query, SqlOf, Summable,
};
use crate::types::{DbType, Type, sql};

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

fn like_node(value: Node, pattern: Node, negated: bool, ignore_case: bool, escaped: bool) -> Expr<bool> {
    Expr::new(Node::Like(Box::new(Like { value, pattern, negated, ignore_case, escaped })))
}

/// `LIKE`: `%` stands for any text, `_` for one character. On SQLite the case of ASCII does not count.
pub fn like<E, P>(value: E, pattern: P) -> Expr<bool>
where
    E: IntoExpr<Type: Type<Sql = sql::Text>>,
    P: IntoExpr<Type: Type<Sql = sql::Text>>,
{
    like_node(node(value), node(pattern), false, false, false)
}

/// `NOT LIKE`. See [`like`].
pub fn not_like<E, P>(value: E, pattern: P) -> Expr<bool>
where
    E: IntoExpr<Type: Type<Sql = sql::Text>>,
    P: IntoExpr<Type: Type<Sql = sql::Text>>,
{
    like_node(node(value), node(pattern), true, false, false)
}

/// `LIKE` where case does not count: any letter's on PostgreSQL, ASCII's on SQLite.
pub fn ilike<E, P>(value: E, pattern: P) -> Expr<bool>
where
    E: IntoExpr<Type: Type<Sql = sql::Text>>,
    P: IntoExpr<Type: Type<Sql = sql::Text>>,
{
    like_node(node(value), node(pattern), false, true, false)
}

/// Whether `text` occurs in it; `%` and `_` mean themselves. Case as in [`like`].
pub fn contains<E: IntoExpr<Type: Type<Sql = sql::Text>>>(value: E, text: impl AsRef<str>) -> Expr<bool> {
    like_node(node(value), node(format!("%{}%", escape_like(text.as_ref()))), false, false, true)
}

/// Whether it begins with `text`; `%` and `_` mean themselves. Case as in [`like`].
pub fn starts_with<E: IntoExpr<Type: Type<Sql = sql::Text>>>(value: E, text: impl AsRef<str>) -> Expr<bool> {
    like_node(node(value), node(format!("{}%", escape_like(text.as_ref()))), false, false, true)
}

/// Whether it ends with `text`; `%` and `_` mean themselves. Case as in [`like`].
pub fn ends_with<E: IntoExpr<Type: Type<Sql = sql::Text>>>(value: E, text: impl AsRef<str>) -> Expr<bool> {
    like_node(node(value), node(format!("%{}", escape_like(text.as_ref()))), false, false, true)
}

fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn aggregate<T>(name: &'static str, arg: Node, result: Option<DbType>) -> Expr<T> {
    Expr::new(Node::Call(Box::new(Call {
        name,
        args: vec![arg],
        distinct: false,
        order: Vec::new(),
        filter: None,
        result,
    })))
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

/// In small letters; on SQLite those of ASCII only.
pub fn lower<E: IntoExpr<Type: Type<Sql = sql::Text>>>(text: E) -> Expr<E::Type> {
    Expr::new(Node::call("lower", vec![node(text)]))
}

/// In capital letters; on SQLite those of ASCII only.
pub fn upper<E: IntoExpr<Type: Type<Sql = sql::Text>>>(text: E) -> Expr<E::Type> {
    Expr::new(Node::call("upper", vec![node(text)]))
}

/// How many characters.
pub fn length<E: IntoExpr<Type: Type<Sql = sql::Text>>>(text: E) -> Expr<i64> {
    Expr::new(Node::call("length", vec![node(text)]))
}

/// Whether `query` has rows. It may name the sources of the query around it.
pub fn exists<B: Bindings, O>(query: Query<B, O>) -> Expr<bool> {
    Expr::new(Node::Exists(query.core))
}
