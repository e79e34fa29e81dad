//! Conditions, orders and fields that are chosen at run time.

use std::fmt;
use std::marker::PhantomData;

use super::{Binding, BindingId, Bindings, Expr, Node, Operator, OrderBy, Query, StartsWith};
use crate::schema::Schema;
use crate::types::{CastError, Param};

/// A condition over the sources `B`, built without a query: a filter form's, for instance.
///
/// ```
/// # use ecto_lite::{Schema, query::{self, Dynamic, dynamic}};
/// # #[derive(Schema, Clone, Debug)]
/// # #[schema(source = "robots")]
/// # struct Robot { #[schema(primary_key)] id: i64, name: String, battery: f64 }
/// # let (name, below): (Option<String>, Option<f64>) = (None, Some(20.0));
/// let mut conditions = Vec::new();
/// if let Some(name) = name {
///     conditions.push(dynamic::<Robot>(|r| r.name.contains(name)));
/// }
/// if let Some(below) = below {
///     conditions.push(dynamic::<Robot>(|r| r.battery.lt(below)));
/// }
/// let query = Robot::query().filter_dynamic(Dynamic::all(conditions));
/// # query.to_statement(ecto_lite::adapter::Dialect::Sqlite).unwrap();
/// ```
#[must_use]
pub struct Dynamic<B> {
    ids: Vec<BindingId>,
    node: Node,
    of: PhantomData<fn() -> B>,
}

/// The condition that `condition` gives.
pub fn dynamic<B: Bindings>(condition: impl FnOnce(B::Handles) -> Expr<bool>) -> Dynamic<B> {
    let ids: Vec<_> = std::iter::repeat_with(BindingId::next).take(B::COUNT).collect();
    let node = condition(B::handles(&mut ids.iter().copied())).node;
    Dynamic { ids, node, of: PhantomData }
}

impl<B: Bindings> Dynamic<B> {
    /// All of them hold; true if there is none.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::of(conditions, Node::And)
    }

    /// One of them holds; false if there is none.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::of(conditions, Node::Or)
    }

    fn of(conditions: impl IntoIterator<Item = Self>, node: fn(Vec<Node>) -> Node) -> Self {
        let ids: Vec<_> = std::iter::repeat_with(BindingId::next).take(B::COUNT).collect();
        let terms = conditions.into_iter().map(|condition| condition.rebound(ids.iter().copied())).collect();
        Self { node: node(terms), ids, of: PhantomData }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        let node = other.rebound(self.ids.iter().copied());
        Self { node: self.node.and(node), ..self }
    }

    /// Either.
    pub fn or(self, other: Self) -> Self {
        let node = other.rebound(self.ids.iter().copied());
        Self { node: self.node.or(node), ..self }
    }

    /// The opposite.
    #[allow(clippy::should_implement_trait)] // A condition is no boolean; `!` on it would mislead.
    pub fn not(self) -> Self {
        Self { node: Node::Not(Box::new(self.node)), ..self }
    }

    /// The condition about these sources: `.having(|r| condition.on(r))`.
    pub fn on(self, handles: B::Handles) -> Expr<bool> {
        Expr::new(self.rebound(B::ids(handles).into_iter()))
    }

    /// The condition about the first of these sources.
    pub(super) fn on_first_of<A: StartsWith<B>>(self, handles: A::Handles) -> Expr<bool> {
        Expr::new(self.rebound(A::ids(handles).into_iter()))
    }

    fn rebound(self, to: impl Iterator<Item = BindingId>) -> Node {
        Node::Rebound(Box::new((self.ids.into_iter().zip(to).collect(), self.node)))
    }
}

impl<B> Clone for Dynamic<B> {
    fn clone(&self) -> Self {
        Self { ids: self.ids.clone(), node: self.node.clone(), of: PhantomData }
    }
}

impl<B> fmt::Debug for Dynamic<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl<B: Bindings, O> Query<B, O> {
    /// Only rows for which the condition holds, and all those before it.
    pub fn filter_dynamic<D: Bindings>(mut self, condition: Dynamic<D>) -> Self
    where
        B: StartsWith<D>,
    {
        let condition = condition.rebound(self.core.visible());
        self.core.and_filter(condition);
        self
    }

    /// Also rows for which the condition holds.
    pub fn or_filter_dynamic<D: Bindings>(mut self, condition: Dynamic<D>) -> Self
    where
        B: StartsWith<D>,
    {
        let condition = condition.rebound(self.core.visible());
        self.core.filter = Some(match self.core.filter.take() {
            Some(filter) => filter.or(condition),
            None => condition,
        });
        self
    }
}

/// A column of `S` that is named at run time: by a table's header, by a request.
pub struct AnyField<S> {
    index: usize,
    of: PhantomData<fn() -> S>,
}

impl<S> Clone for AnyField<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for AnyField<S> {}

impl<S: Schema> fmt::Debug for AnyField<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(S::meta().fields[self.index].name)
    }
}

impl<S: Schema> AnyField<S> {
    /// The column of the field called `name`, if the schema has one.
    pub fn named(name: &str) -> Option<Self> {
        let index = S::meta().field_index(name)?;
        S::meta().fields[index].is_stored().then_some(Self { index, of: PhantomData })
    }

    pub(super) fn index(self) -> usize {
        self.index
    }
}

/// How [`Binding::compare`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Lte,
    /// `>`
    Gt,
    /// `>=`
    Gte,
}

impl<S: Schema> Binding<S> {
    fn any_node(&self, field: AnyField<S>) -> Node {
        Node::Column(self.id(), S::meta().fields[field.index].column)
    }

    /// By `field`, smallest first.
    pub fn asc(&self, field: AnyField<S>) -> OrderBy {
        OrderBy { node: self.any_node(field), descending: false, nulls: None }
    }

    /// By `field`, greatest first.
    pub fn desc(&self, field: AnyField<S>) -> OrderBy {
        OrderBy { descending: true, ..self.asc(field) }
    }

    /// Whether `field` compares so with `input`, which is cast to the field's type. Null compares with nothing: it is a
    /// cast error.
    pub fn compare(&self, field: AnyField<S>, how: Comparison, input: &Param) -> Result<Expr<bool>, CastError> {
        let meta = &S::meta().fields[field.index];
        let value = (meta.cast)(input)?;
        if value.is_null() {
            return Err(CastError::default());
        }
        let operator = match how {
            Comparison::Eq => Operator::Eq,
            Comparison::Ne => Operator::Ne,
            Comparison::Lt => Operator::Lt,
            Comparison::Lte => Operator::Lte,
            Comparison::Gt => Operator::Gt,
            Comparison::Gte => Operator::Gte,
        };
        Ok(Expr::new(Node::binary(operator, self.any_node(field), Node::Value(value))))
    }
}
