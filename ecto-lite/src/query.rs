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
mod dynamic;
mod expr;
mod fragment;
pub mod functions;
#[doc(hidden)]
pub mod keyword;
mod list;
mod lock;
mod nested;
mod node;
mod operators;
mod order;
mod select;
mod source;
mod update;
mod value;

pub use ast::JoinKind;
pub use bindings::{Bindings, First, Grow, StartsWith};
pub use builder::{Clause, CteQuery, Deletion, Query, from};
pub use dynamic::{AnyField, Comparison, Dynamic, dynamic};
pub use expr::{AssocRef, Binding, BindingId, Column, Expr, IntoExpr, as_};
pub use fragment::{Constant, FragmentPart, Identifier, Part, Splice};
pub use keyword::{IntoQuery, Joinable, Table, table};
pub use list::{IntoList, IntoNodes, List, Nodes};
pub use lock::Lock;
pub use operators::{Arithmetic, Comparable, SqlOf, Summable};
pub use order::{IntoOrders, OrderBy};
pub use select::{Optional, Row, RowSelect, Select, Selection, optional, row};
pub use source::{AnyQuery, Rows, Untyped, cte, from_source, subquery, subquery_as, table_fragment, values};
pub use update::{IntoAssigned, Update, Updates};
pub use value::value;

pub use crate::types::sql;

#[doc(hidden)]
pub use fragment::{fragment, placeholders};

pub(crate) use ast::{Combination, Core, Cte, CteBody, Distinct, Join, Selected, Source, SourceKind, ValuesSource};
pub(crate) use builder::{Attached, Decode, Plan};
pub(crate) use expr::{find_named, name_of};
pub(crate) use fragment::{Fragment, PartKind};
pub(crate) use list::ListKind;
pub(crate) use lock::{Strength, Wait};
pub(crate) use nested::{Nested, each_assigned};
pub(crate) use node::{Call, Like, Node, Operator, Quantifier};
pub(crate) use order::Nulls;
pub(crate) use update::{Assigned, Assignment};
