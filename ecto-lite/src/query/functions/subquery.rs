//! Queries inside expressions. They may name the sources of the query around them.

use crate::query::node::Quantifier;
use crate::query::{Expr, Node, Query};
use crate::types::Type;

/// Whether `query` has rows.
pub fn exists<B, O>(query: Query<B, O>) -> Expr<bool> {
    Expr::new(Node::Exists(query.core))
}

/// Whether `query` has no rows.
pub fn not_exists<B, O>(query: Query<B, O>) -> Expr<bool> {
    Expr::new(Node::Not(Box::new(Node::Exists(query.core))))
}

/// Any of the query's values: `r.battery.gt(any(query))`. PostgreSQL.
pub fn any<B, T: Type>(query: Query<B, T>) -> Expr<T> {
    Expr::new(Node::Quantified(Quantifier::Any, query.core))
}

/// All of the query's values: `r.battery.gt(all(query))`. PostgreSQL.
pub fn all<B, T: Type>(query: Query<B, T>) -> Expr<T> {
    Expr::new(Node::Quantified(Quantifier::All, query.core))
}
