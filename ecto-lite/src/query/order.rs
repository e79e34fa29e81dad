//! Terms of `order_by`.

use super::{Column, Expr, IntoExpr, Node};
use crate::tuples::tuples;
use crate::types::Type;

/// One term of `order_by`.
#[derive(Clone, Debug)]
pub struct OrderBy {
    pub(crate) node: Node,
    pub(crate) descending: bool,
    pub(crate) nulls: Option<Nulls>,
}

/// Where nulls go. PostgreSQL takes them for the greatest, SQLite for the smallest, unless told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

impl OrderBy {
    /// Smallest first.
    pub fn asc(by: impl IntoExpr) -> Self {
        Self { node: by.into_expr().node, descending: false, nulls: None }
    }

    /// Greatest first.
    pub fn desc(by: impl IntoExpr) -> Self {
        Self { node: by.into_expr().node, descending: true, nulls: None }
    }

    /// Nulls before everything else. Otherwise PostgreSQL takes them for the greatest, SQLite for the smallest.
    #[must_use]
    pub fn nulls_first(self) -> Self {
        Self { nulls: Some(Nulls::First), ..self }
    }

    /// Nulls after everything else.
    #[must_use]
    pub fn nulls_last(self) -> Self {
        Self { nulls: Some(Nulls::Last), ..self }
    }

    /// The other way round, nulls too.
    #[must_use]
    pub fn reverse(self) -> Self {
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { descending: !self.descending, nulls, ..self }
    }
}

/// Terms of `order_by`: columns and expressions (ascending), [`OrderBy`], vectors, arrays and tuples of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to order by",
    note = "give a column, `column.desc()`, or a tuple, array or vector of these"
)]
pub trait IntoOrders {
    /// Adds the terms.
    fn each(self, orders: &mut Vec<OrderBy>);
}

impl IntoOrders for OrderBy {
    fn each(self, orders: &mut Vec<OrderBy>) {
        orders.push(self);
    }
}

/// No order.
impl IntoOrders for () {
    fn each(self, _: &mut Vec<OrderBy>) {}
}

impl<T: Type> IntoOrders for Column<T> {
    fn each(self, orders: &mut Vec<OrderBy>) {
        orders.push(self.asc());
    }
}

impl<T: Type> IntoOrders for Expr<T> {
    fn each(self, orders: &mut Vec<OrderBy>) {
        orders.push(self.asc());
    }
}

impl<I: IntoOrders> IntoOrders for Vec<I> {
    fn each(self, orders: &mut Vec<OrderBy>) {
        for order in self {
            order.each(orders);
        }
    }
}

impl<I: IntoOrders, const N: usize> IntoOrders for [I; N] {
    fn each(self, orders: &mut Vec<OrderBy>) {
        for order in self {
            order.each(orders);
        }
    }
}

macro_rules! each {
    ($($name:ident)+) => {
        impl<$($name: IntoOrders),+> IntoOrders for ($($name,)+) {
            #[allow(non_snake_case)]
            fn each(self, orders: &mut Vec<OrderBy>) {
                let ($($name,)+) = self;
                $($name.each(orders);)+
            }
        }
    };
}

tuples!(each: A B C D E F G H);
