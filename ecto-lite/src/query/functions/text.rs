//! Text.

use super::node;
use crate::query::{Expr, IntoExpr, Like, Node, Operator};
use crate::types::{Type, sql};

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

/// One after the other. Null if one of them is.
pub fn concat<L, R>(left: L, right: R) -> Expr<String>
where
    L: IntoExpr<Type: Type<Sql = sql::Text>>,
    R: IntoExpr<Type: Type<Sql = sql::Text>>,
{
    Expr::new(Node::binary(Operator::Concat, node(left), node(right)))
}
