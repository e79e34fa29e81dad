//! What a `from!` says, once it is read. Expressions are as they were written: [`super::rewrite`] makes them the query's.

use proc_macro2::{Ident, Span};
use syn::{Expr, Member, Path, Type};

/// The query: where its rows come from, and its clauses in the order in which they were written.
pub(super) struct From {
    pub(super) pattern: Pattern,
    pub(super) source: Source,
    pub(super) options: Options,
    pub(super) clauses: Vec<Clause>,
    /// Bindings of joins that could not be read: clauses that mention one are left out.
    pub(super) broken: Vec<Ident>,
}

/// What stands before `in`.
pub(super) enum Pattern {
    /// `r`: the first binding, however many there are.
    First(Ident),
    /// `(r, m, .., t in Tag as "tags")`: by position and by name.
    Positions { parentheses: Span, places: Vec<Place>, named: Vec<Named> },
}

/// One position of a pattern.
pub(super) enum Place {
    /// A name, or `_`.
    Binding(Ident),
    /// `..`
    Rest(Span),
}

/// `t in Tag as "tags"`
pub(super) struct Named {
    pub(super) ident: Ident,
    pub(super) schema: Type,
    pub(super) name: Expr,
}

/// What stands after `in`.
pub(super) enum Source {
    /// `Robot`
    Schema(Type),
    /// A query, a subquery, or `r.missions`.
    Value(Expr),
}

/// What may follow a source: `as: "tags", prefix: "tenant"`.
#[derive(Default)]
pub(super) struct Options {
    pub(super) name: Option<Expr>,
    pub(super) prefix: Option<Expr>,
}

/// One keyword and its value.
pub(super) enum Clause {
    Join(Box<Join>),
    /// `where`, `or_where`, `having`, `or_having`
    Condition(Ident, Condition),
    Select(Ident, Shape),
    SelectMerge(Ident, Vec<(Ident, Expr)>),
    /// `order_by`, `prepend_order_by`
    Order(Ident, Vec<Term>),
    GroupBy(Ident, Vec<Expr>),
    /// `distinct: true`, `with_ties: true`
    Flag(Ident, bool),
    /// `distinct`, with the columns of which each combination comes once.
    DistinctOn(Ident, Vec<Expr>),
    /// `limit`, `offset`, `comment`, and what puts two queries together: `union`, …
    Value(Ident, Expr),
    Preload(Ident, Vec<Preload>),
    Lock(Ident, Lock),
    Update(Ident, Vec<Assignment>),
    Windows(Vec<Window>),
}

/// `left_join: t in Tag, on: t.robot_id == r.id`
pub(super) struct Join {
    pub(super) keyword: Ident,
    pub(super) binding: Ident,
    pub(super) source: Source,
    pub(super) on: Option<Expr>,
    pub(super) options: Options,
}

/// A condition, or the fields of the first binding with the values that they must have.
#[allow(clippy::large_enum_variant, reason = "a handful of them live while one macro runs")]
pub(super) enum Condition {
    Expr(Expr),
    Fields(Vec<(Ident, Expr)>),
}

/// What a row becomes.
pub(super) enum Shape {
    Expr(Expr),
    Tuple(Vec<Shape>),
    Struct { path: Path, fields: Vec<(Member, Shape)>, rest: Option<Expr> },
    Map(Vec<(Ident, Expr)>),
}

/// `desc: r.battery`
pub(super) struct Term {
    pub(super) direction: Option<Ident>,
    pub(super) expr: Expr,
}

/// One association in `preload`.
pub(super) struct Preload {
    pub(super) association: Ident,
    pub(super) from: Option<Expr>,
    pub(super) nested: Vec<Preload>,
}

/// `update skip_locked`, or a value.
#[allow(clippy::large_enum_variant, reason = "a handful of them live while one macro runs")]
pub(super) enum Lock {
    Words(Vec<Ident>),
    Value(Expr),
}

/// `r.battery = 100.0`, `r.resets += 1`, `r.tags.push("x")`
pub(super) struct Assignment {
    pub(super) kind: AssignmentKind,
    pub(super) binding: Ident,
    pub(super) field: Ident,
    pub(super) value: Expr,
}

/// What is done with the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssignmentKind {
    Set,
    Inc,
    Dec,
    Push,
    Pull,
}

/// `by_site: { partition_by: r.site_id, order_by: [desc: r.battery] }`
pub(super) struct Window {
    pub(super) ident: Ident,
    pub(super) partition_by: Vec<Expr>,
    pub(super) order_by: Vec<Term>,
    pub(super) frame: Option<Expr>,
}

/// `dynamic!`: a condition over bindings that a query will have.
pub(super) struct Dynamic {
    pub(super) places: Vec<Ident>,
    pub(super) schemas: Vec<Type>,
    pub(super) condition: Expr,
}
