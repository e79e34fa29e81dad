//! Conditions: expressions, and those that were made at run time.

use crate::query::{Bindings, Dynamic, Expr, IntoExpr, Query, StartsWith};
use crate::types::{Type, sql};

/// What can follow `where` and `having` in a query over `B`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "neither true nor false",
    note = "give a comparison, a boolean column or a `dynamic!` of this query's schemas"
)]
pub trait Condition<B: Bindings> {
    /// The condition about these sources.
    fn about(self, handles: B::Handles) -> Expr<bool>;
}

impl<B: Bindings, E: IntoExpr<Type: Type<Sql = sql::Bool>>> Condition<B> for E {
    fn about(self, _: B::Handles) -> Expr<bool> {
        Expr::new(self.into_expr().node)
    }
}

impl<B: StartsWith<D>, D: Bindings> Condition<B> for Dynamic<D> {
    fn about(self, handles: B::Handles) -> Expr<bool> {
        self.on_first_of::<B>(handles)
    }
}

macro_rules! clauses {
    ($($name:ident),+) => {
        $(
            /// The builder's method of that name, for any condition.
            pub fn $name<B: Bindings, O, C: Condition<B>>(query: Query<B, O>, condition: C) -> Query<B, O> {
                query.$name(|handles| condition.about(handles))
            }
        )+
    };
}

clauses!(filter, or_filter, having, or_having);
