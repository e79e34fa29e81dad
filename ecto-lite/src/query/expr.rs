//! Typed expressions.

use std::marker::PhantomData;
use std::ops::Deref;

use crate::schema::{Assoc, Schema};
use crate::types::{Type, Value};

/// One table, subquery or other source in one query; unique in the process, so that an inner query may simply name an
/// outer one's binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingId(pub(crate) u32);

/// A source in a query, with its columns: `r` in `from!(r in Robot, …)`.
pub struct Binding<S: Schema> {
    id: BindingId,
    columns: S::Columns,
}

impl<S: Schema> Binding<S> {
    pub(crate) fn new(id: BindingId) -> Self {
        Self { id, columns: S::columns(id) }
    }

    /// Which one.
    pub fn id(&self) -> BindingId {
        self.id
    }
}

impl<S: Schema> Clone for Binding<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Schema> Copy for Binding<S> {}

impl<S: Schema> Deref for Binding<S> {
    type Target = S::Columns;

    fn deref(&self) -> &S::Columns {
        &self.columns
    }
}

/// A column of a binding: `r.battery`.
pub struct Column<T> {
    binding: BindingId,
    column: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Column<T> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(binding: BindingId, column: &'static str) -> Self {
        Self { binding, column, of: PhantomData }
    }
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Column<T> {}

/// An association of a binding: `r.missions`, to be joined.
pub struct AssocRef<S, A> {
    binding: BindingId,
    association: Assoc<S, A>,
}

impl<S, A> AssocRef<S, A> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(binding: BindingId, association: Assoc<S, A>) -> Self {
        Self { binding, association }
    }
}

impl<S, A> Clone for AssocRef<S, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, A> Copy for AssocRef<S, A> {}

/// SQL of type `T`.
pub struct Expr<T> {
    pub(crate) node: Node,
    of: PhantomData<fn() -> T>,
}

/// What an expression is made of.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Column(BindingId, &'static str),
    Value(Value),
}

/// One term of `order_by`.
#[derive(Clone, Debug)]
pub struct OrderBy {}

/// What stands for an expression: one itself, a column, a value that is bound.
pub trait IntoExpr {
    /// Its type.
    type Type: Type;
    /// The expression.
    fn into_expr(self) -> Expr<Self::Type>;
}
