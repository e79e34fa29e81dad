//! Updates that are put together at run time.

use std::fmt;
use std::marker::PhantomData;

use super::{Assigned, Assignment, Elements, IntoAssigned, assignments};
use crate::query::{AnyField, Arithmetic, BindingId, Comparable, First, IntoExpr, Node, SqlOf};
use crate::schema::{Field, Schema};
use crate::types::{CastError, Param, Type};

/// What becomes of the rows of some query over the sources `B`: a list that is built without the query, for
/// [`Query::update`](crate::query::Query::update).
///
/// ```
/// # use ecto_lite::{Schema, query::Updates};
/// # #[derive(Schema, Clone, Debug)]
/// # #[schema(source = "robots")]
/// # struct Robot { #[schema(primary_key)] id: i64, name: String, battery: f64 }
/// # let (name, charge): (Option<String>, Option<f64>) = (None, Some(20.0));
/// let mut updates = Updates::<Robot>::new();
/// if let Some(name) = name {
///     updates = updates.set(Robot::name, name);
/// }
/// if let Some(charge) = charge {
///     updates = updates.inc(Robot::battery, charge);
/// }
/// if !updates.is_empty() {
///     let update = Robot::query().filter(|r| r.battery.lt(20.0)).update(updates);
///     # update.to_statement(ecto_lite::adapter::Dialect::Sqlite).unwrap();
/// }
/// ```
#[must_use]
pub struct Updates<B> {
    ids: Vec<BindingId>,
    assignments: Vec<Assignment>,
    of: PhantomData<fn() -> B>,
}

impl<B: First> Updates<B> {
    /// None. An update of no field is an error of the repo.
    pub fn new() -> Self {
        let ids = std::iter::repeat_with(BindingId::next).take(B::COUNT).collect();
        Self { ids, assignments: Vec::new(), of: PhantomData }
    }

    assignments!(self, Self, self);

    /// `field`, which is named at run time, becomes what `input` is cast to.
    ///
    /// # Errors
    ///
    /// Where the field's type cannot be cast from it.
    pub fn set_input(self, field: AnyField<B::Schema>, input: &Param) -> Result<Self, CastError> {
        let value = (<B::Schema as Schema>::meta().fields[field.index()].cast)(input)?;
        Ok(self.assign(field.index(), Assigned::Set(Node::Value(value))))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.assignments.is_empty()
    }

    fn handles(&self) -> B::Handles {
        B::handles(&mut self.ids.iter().copied())
    }

    fn assign(mut self, field: usize, value: Assigned) -> Self {
        let column = <B::Schema as Schema>::meta().fields[field].column;
        self.assignments.push(Assignment { column, value });
        self
    }

    /// The same, about the sources `to`.
    pub(super) fn rebound(self, to: impl Iterator<Item = BindingId>) -> impl Iterator<Item = Assignment> {
        let ids: Vec<_> = self.ids.into_iter().zip(to).collect();
        self.assignments.into_iter().map(move |Assignment { column, value }| {
            let rebound = |node| match node {
                // It names no source.
                Node::Value(_) => node,
                node => Node::Rebound(Box::new((ids.clone(), node))),
            };
            let value = match value {
                Assigned::Set(node) => Assigned::Set(rebound(node)),
                Assigned::Inc(node) => Assigned::Inc(rebound(node)),
                Assigned::Push(node, of) => Assigned::Push(rebound(node), of),
                Assigned::Pull(node) => Assigned::Pull(rebound(node)),
            };
            Assignment { column, value }
        })
    }
}

impl<B: First> Default for Updates<B> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B> Clone for Updates<B> {
    fn clone(&self) -> Self {
        Self { ids: self.ids.clone(), assignments: self.assignments.clone(), of: PhantomData }
    }
}

impl<B> fmt::Debug for Updates<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.assignments.fmt(f)
    }
}
