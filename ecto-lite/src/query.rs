//! Queries: values that are composed, checked by the compiler, and turned into SQL when they are run.

mod expr;

pub use crate::types::sql;
pub use expr::{AssocRef, Binding, BindingId, Column, Expr, IntoExpr, OrderBy};
