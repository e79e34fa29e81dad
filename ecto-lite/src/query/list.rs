//! Several expressions at once: the right side of `in`, the terms of `group_by`.

use super::{Column, Comparable, Core, Expr, IntoExpr, Node, Query, SqlOf};
use crate::tuples::tuples;
use crate::types::Type;

/// The right side of `in`.
#[derive(Clone, Debug)]
pub struct List(pub(crate) ListKind);

#[derive(Clone, Debug)]
pub(crate) enum ListKind {
    /// Each for itself.
    Nodes(Vec<Node>),
    /// The rows of a query.
    Query(Box<Core>),
}

impl List {
    pub(crate) fn nodes(nodes: Vec<Node>) -> Self {
        Self(ListKind::Nodes(nodes))
    }
}

/// What can stand on the right of `in`: a vector, an array, a slice, or a query of one column. `Sql` is the marker of
/// the left side.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of what compares with `{Sql}`",
    note = "give a vector, an array, a slice, or a query that selects one column of that type"
)]
pub trait IntoList<Sql> {
    /// The list.
    fn into_list(self) -> List;
}

impl<Sql: Comparable<SqlOf<E>>, E: IntoExpr> IntoList<Sql> for Vec<E> {
    fn into_list(self) -> List {
        List::nodes(self.into_iter().map(|item| item.into_expr().node).collect())
    }
}

impl<Sql: Comparable<SqlOf<E>>, E: IntoExpr, const N: usize> IntoList<Sql> for [E; N] {
    fn into_list(self) -> List {
        List::nodes(self.into_iter().map(|item| item.into_expr().node).collect())
    }
}

impl<Sql: Comparable<SqlOf<E>>, E: IntoExpr + Clone> IntoList<Sql> for &[E] {
    fn into_list(self) -> List {
        List::nodes(self.iter().map(|item| item.into_expr().node).collect())
    }
}

impl<Sql: Comparable<SqlOf<E>>, E: IntoExpr + Clone> IntoList<Sql> for &Vec<E> {
    fn into_list(self) -> List {
        List::nodes(self.iter().map(|item| item.into_expr().node).collect())
    }
}

impl<Sql: Comparable<T::Sql>, B, T: Type> IntoList<Sql> for Query<B, T> {
    fn into_list(self) -> List {
        List(ListKind::Query(self.core))
    }
}

/// The terms of `group_by` and `distinct_on`: columns, expressions, vectors, arrays and tuples of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to group by",
    note = "give a column, an expression, or a tuple, array or vector of these"
)]
pub trait IntoNodes {
    /// Adds the terms.
    fn each(self, nodes: &mut Nodes);
}

/// Terms while they are collected.
#[derive(Clone, Debug, Default)]
pub struct Nodes(pub(crate) Vec<Node>);

impl<T: Type> IntoNodes for Column<T> {
    fn each(self, nodes: &mut Nodes) {
        nodes.0.push(self.into_expr().node);
    }
}

impl<T: Type> IntoNodes for Expr<T> {
    fn each(self, nodes: &mut Nodes) {
        nodes.0.push(self.node);
    }
}

impl<I: IntoNodes> IntoNodes for Vec<I> {
    fn each(self, nodes: &mut Nodes) {
        for node in self {
            node.each(nodes);
        }
    }
}

impl<I: IntoNodes, const N: usize> IntoNodes for [I; N] {
    fn each(self, nodes: &mut Nodes) {
        for node in self {
            node.each(nodes);
        }
    }
}

macro_rules! each {
    ($($name:ident)+) => {
        impl<$($name: IntoNodes),+> IntoNodes for ($($name,)+) {
            #[allow(non_snake_case)]
            fn each(self, nodes: &mut Nodes) {
                let ($($name,)+) = self;
                $($name.each(nodes);)+
            }
        }
    };
}

tuples!(each: A B C D E F G H);
