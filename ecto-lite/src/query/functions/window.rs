//! Windows, and the functions that need one.

use super::node;
use crate::query::Comparable;
use crate::query::{Call, Expr, IntoExpr, IntoNodes, IntoOrders, Node, Nodes, OrderBy, SqlOf};
use crate::types::Type;

/// Which rows a function looks at, beside the one it is asked for.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Window {
    pub(crate) partition: Vec<Node>,
    pub(crate) order: Vec<OrderBy>,
    pub(crate) frame: Option<Frame>,
}

/// A window over all rows: `window().partition_by(m.robot_id).order_by(m.id.desc())`.
pub fn window() -> Window {
    Window::default()
}

impl Window {
    /// Only rows that are equal in these terms.
    pub fn partition_by(mut self, terms: impl IntoNodes) -> Self {
        let mut nodes = Nodes(self.partition);
        terms.each(&mut nodes);
        self.partition = nodes.0;
        self
    }

    /// In this order.
    pub fn order_by(mut self, terms: impl IntoOrders) -> Self {
        terms.each(&mut self.order);
        self
    }

    /// Only the rows near this one.
    pub fn frame(mut self, frame: Frame) -> Self {
        self.frame = Some(frame);
        self
    }
}

impl From<&Window> for Window {
    fn from(window: &Window) -> Self {
        window.clone()
    }
}

/// The part of a window's rows that counts.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub(crate) unit: FrameUnit,
    pub(crate) from: Bound,
    pub(crate) to: Bound,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum FrameUnit {
    Rows,
    Range,
    Groups,
}

/// Where a frame begins or ends.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Bound {
    /// At the first row.
    UnboundedPreceding,
    /// So many before this one.
    Preceding(u32),
    /// At this one.
    CurrentRow,
    /// So many after this one.
    Following(u32),
    /// At the last row.
    UnboundedFollowing,
}

impl Frame {
    /// Counted in rows.
    pub fn rows(from: Bound, to: Bound) -> Self {
        Self { unit: FrameUnit::Rows, from, to }
    }

    /// Counted in the ordered value.
    pub fn range(from: Bound, to: Bound) -> Self {
        Self { unit: FrameUnit::Range, from, to }
    }

    /// Counted in groups of rows that are equal in the order.
    pub fn groups(from: Bound, to: Bound) -> Self {
        Self { unit: FrameUnit::Groups, from, to }
    }
}

/// An aggregate or window function over `window`.
pub fn over<T>(mut function: Expr<T>, window: impl Into<Window>) -> Expr<T> {
    match &mut function.node {
        Node::Call(call) => call.over = Some(window.into()),
        _ => function.node = Node::invalid("`over` follows an aggregate or a window function, such as `row_number()`"),
    }
    function
}

fn call<T>(name: &'static str, args: Vec<Node>) -> Expr<T> {
    Expr::new(Node::Call(Box::new(Call::new(name, args))))
}

/// The row's number in its window, from 1.
pub fn row_number() -> Expr<i64> {
    call("row_number", Vec::new())
}

/// The row's rank, with gaps: 1, 1, 3.
pub fn rank() -> Expr<i64> {
    call("rank", Vec::new())
}

/// The row's rank, without gaps: 1, 1, 2.
pub fn dense_rank() -> Expr<i64> {
    call("dense_rank", Vec::new())
}

/// The row's rank from 0 to 1.
pub fn percent_rank() -> Expr<f64> {
    call("percent_rank", Vec::new())
}

/// Which part of the rows comes before or with this one, up to 1.
pub fn cume_dist() -> Expr<f64> {
    call("cume_dist", Vec::new())
}

/// Which of `buckets` equal parts the row is in, from 1.
pub fn ntile(buckets: u32) -> Expr<i64> {
    call("ntile", vec![Node::Number(buckets)])
}

/// The value so many rows before; null where there is none.
pub fn lag<E: IntoExpr>(value: E, rows: u32) -> Expr<Option<<E::Type as Type>::Inner>> {
    call("lag", vec![node(value), Node::Number(rows)])
}

/// The value so many rows before, or `other` where there is none.
pub fn lag_or<E: IntoExpr, F: IntoExpr>(value: E, rows: u32, other: F) -> Expr<E::Type>
where
    SqlOf<E>: Comparable<SqlOf<F>>,
{
    call("lag", vec![node(value), Node::Number(rows), node(other)])
}

/// The value so many rows after; null where there is none.
pub fn lead<E: IntoExpr>(value: E, rows: u32) -> Expr<Option<<E::Type as Type>::Inner>> {
    call("lead", vec![node(value), Node::Number(rows)])
}

/// The value so many rows after, or `other` where there is none.
pub fn lead_or<E: IntoExpr, F: IntoExpr>(value: E, rows: u32, other: F) -> Expr<E::Type>
where
    SqlOf<E>: Comparable<SqlOf<F>>,
{
    call("lead", vec![node(value), Node::Number(rows), node(other)])
}

/// The value of the frame's first row.
pub fn first_value<E: IntoExpr>(value: E) -> Expr<E::Type> {
    call("first_value", vec![node(value)])
}

/// The value of the frame's last row; a frame ends at the current row unless told otherwise.
pub fn last_value<E: IntoExpr>(value: E) -> Expr<E::Type> {
    call("last_value", vec![node(value)])
}

/// The value of the frame's row of that number, from 1; null where there is none.
pub fn nth_value<E: IntoExpr>(value: E, number: u32) -> Expr<Option<<E::Type as Type>::Inner>> {
    call("nth_value", vec![node(value), Node::Number(number)])
}
