//! Queries: values that are composed, checked by the compiler, and turned into SQL when they are run.
//!
//! [`from`] starts one, [`Query`]'s methods add clauses, and closures over the [`Binding`]s give their expressions:
//! `from::<Robot>().filter(|r| r.battery.lt(20.0)).order_by(|r| r.name)`. `from!` is the same in keywords.
//!
//! A query is pure data. Nothing in it is text of a user: values are bound, identifiers are quoted, and a fragment's SQL
//! is a literal of the program. What the compiler cannot see (a lock on SQLite, a union of unequal rows) is a
//! [`crate::RepoError::Query`] when the statement is written, and says what to change.
//!
//! After `Ecto.Query` and `Ecto.Query.API`, Ecto 3.13.

mod ast;
mod bindings;
mod builder;
mod expr;
pub mod functions;
mod list;
mod node;
mod operators;
mod order;
mod select;
mod value;

pub use bindings::{Bindings, Grow};
pub use builder::{Query, from};
pub use expr::{AssocRef, Binding, BindingId, Column, Expr, IntoExpr};
pub use list::{IntoList, IntoNodes, List, Nodes};
pub use operators::{Arithmetic, Comparable, SqlOf, Summable};
pub use order::{IntoOrders, OrderBy};
pub use select::{Optional, Row, Select, Selection, optional, row};
pub use value::value;

pub use crate::types::sql;

pub use ast::JoinKind;

pub(crate) use ast::{Core, Distinct, Join, Selected, Source, SourceKind};
pub(crate) use builder::{Decode, Plan};
pub(crate) use list::ListKind;
pub(crate) use node::{Call, Like, Node, Operator};
pub(crate) use order::Nulls;
