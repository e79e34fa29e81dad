//! What an expression is made of, without its type.

use std::sync::Arc;

use super::fragment::Fragment;
use super::functions::{DateAdd, JsonPath, Window};
use super::{BindingId, Core, OrderBy};
use crate::types::{DbType, Value};

/// An expression. Chains of `and` and `or` are flat, so that a thousand conditions do not nest a thousand deep.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// `r0."name"`.
    Column(BindingId, &'static str),
    /// Bound.
    Value(Value),
    /// `*`, in `count(*)`.
    Star,
    /// True if there is none.
    And(Vec<Node>),
    /// False if there is none.
    Or(Vec<Node>),
    /// `NOT`.
    Not(Box<Node>),
    /// `-`.
    Negative(Box<Node>),
    /// `IS NULL`, or not.
    IsNull { value: Box<Node>, negated: bool },
    /// Between two others.
    Binary(Operator, Box<[Node; 2]>),
    /// `a BETWEEN b AND c`.
    Between(Box<[Node; 3]>),
    /// `IN`, or not.
    In { value: Box<Node>, list: super::List, negated: bool },
    /// `LIKE` and its kin.
    Like(Box<Like>),
    /// A function, an aggregate, a window function.
    Call(Box<Call>),
    /// `CAST(… AS …)`.
    Cast(Box<Node>, DbType),
    /// One value of another query.
    Query(Box<Core>),
    /// Whether another query has rows.
    Exists(Box<Core>),
    /// Any or all values of a query, on the right of a comparison. PostgreSQL.
    Quantified(Quantifier, Box<Core>),
    /// SQL of the program's own.
    Fragment(Box<Fragment>),
    /// What is selected under a name.
    Named(Box<Node>, Arc<str>),
    /// The name of something that is selected.
    Alias(Arc<str>),
    /// A number of the program's own that a database wants as such.
    Number(u32),
    /// A part of a JSON document.
    Json(Box<JsonPath>),
    /// Whether the array on the left has the value on the right.
    ArrayHas(Box<[Node; 2]>),
    /// A time, and a span added to it.
    DateAdd(Box<DateAdd>),
    /// With other bindings: each of the first stands for one of the second.
    Rebound(Box<(Vec<(BindingId, BindingId)>, Node)>),
    /// Cannot be written; why.
    Invalid(Arc<str>),
}

/// Of how many values a comparison must be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

/// Between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Concat,
}

/// `LIKE`.
#[derive(Clone, Debug)]
pub(crate) struct Like {
    pub value: Node,
    pub pattern: Node,
    pub negated: bool,
    /// `ILIKE` on PostgreSQL; on SQLite, whose `LIKE` ignores the case of ASCII, both sides as they are.
    pub ignore_case: bool,
    /// The pattern is made of text that was escaped by `\`.
    pub escaped: bool,
}

/// A function call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub name: &'static str,
    pub args: Vec<Node>,
    pub distinct: bool,
    pub order: Vec<OrderBy>,
    pub filter: Option<Node>,
    pub over: Option<Window>,
    /// What it is to be on every database, where that differs.
    pub result: Option<DbType>,
}

impl Node {
    pub(crate) fn call(name: &'static str, args: Vec<Node>) -> Self {
        Self::Call(Box::new(Call::new(name, args)))
    }

    pub(crate) fn binary(operator: Operator, left: Node, right: Node) -> Self {
        Self::Binary(operator, Box::new([left, right]))
    }

    pub(crate) fn invalid(why: impl Into<Arc<str>>) -> Self {
        Self::Invalid(why.into())
    }

    /// Both; a chain stays flat.
    pub(crate) fn and(self, other: Node) -> Self {
        match (self, other) {
            (Self::And(mut terms), Self::And(more)) => {
                terms.extend(more);
                Self::And(terms)
            }
            (Self::And(mut terms), other) => {
                terms.push(other);
                Self::And(terms)
            }
            (one, other) => Self::And(vec![one, other]),
        }
    }

    /// Either; a chain stays flat.
    pub(crate) fn or(self, other: Node) -> Self {
        match (self, other) {
            (Self::Or(mut terms), Self::Or(more)) => {
                terms.extend(more);
                Self::Or(terms)
            }
            (Self::Or(mut terms), other) => {
                terms.push(other);
                Self::Or(terms)
            }
            (one, other) => Self::Or(vec![one, other]),
        }
    }
}

impl Call {
    pub(crate) fn new(name: &'static str, args: Vec<Node>) -> Self {
        Self { name, args, distinct: false, order: Vec::new(), filter: None, over: None, result: None }
    }
}
