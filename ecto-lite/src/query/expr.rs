//! Typed expressions.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use super::Node;
use crate::schema::{Assoc, Schema, SchemaMeta};
use crate::types::Type;

/// One table, subquery or other source in one query; unique in the process, so that an inner query may simply name an
/// outer one's binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BindingId(pub(crate) u32);

impl BindingId {
    /// One that no other query has. After four billion they start again: two of the same age would have to meet in one
    /// statement.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The binding that stands for whatever source of schema `meta` is called `name` where it is written: `as` and
/// `parent_as`. The names are those in the program's text, so there are few.
pub(crate) fn named(name: &'static str, meta: &'static SchemaMeta) -> BindingId {
    let known = NAMES.read().unwrap_or_else(PoisonError::into_inner).find(name, meta);
    known.unwrap_or_else(|| {
        let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
        names.find(name, meta).unwrap_or_else(|| {
            let id = BindingId(u32::MAX - names.0.len() as u32);
            names.0.push((name, meta, id));
            id
        })
    })
}

/// The id of that name, if anything refers to it.
pub(crate) fn find_named(name: &str, meta: &'static SchemaMeta) -> Option<BindingId> {
    NAMES.read().unwrap_or_else(PoisonError::into_inner).find(name, meta)
}

/// The name and the schema that `id` stands for.
pub(crate) fn name_of(id: BindingId) -> Option<(&'static str, &'static str)> {
    let names = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    names.0.iter().find(|(_, _, named)| *named == id).map(|(name, meta, _)| (*name, meta.name))
}

static NAMES: RwLock<Names> = RwLock::new(Names(Vec::new()));

struct Names(Vec<(&'static str, &'static SchemaMeta, BindingId)>);

impl Names {
    fn find(&self, name: &str, meta: &'static SchemaMeta) -> Option<BindingId> {
        self.0.iter().find(|(known, of, _)| *known == name && std::ptr::eq(*of, meta)).map(|(_, _, id)| *id)
    }
}

/// The source of schema `S` that is called `name` ([`super::Query::as_`]) in the query that this becomes a part of, or in a
/// query around it: for parts that are written without the query at hand (Ecto's `as` and `parent_as`).
pub fn as_<S: Schema>(name: &'static str) -> Binding<S> {
    Binding::new(named(name, S::meta()))
}

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

// A derive would ask for `S: Copy`.
#[allow(clippy::expl_impl_clone_on_copy)]
impl<S: Schema> Clone for Binding<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Schema> Copy for Binding<S> {}

impl<S: Schema> fmt::Debug for Binding<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", S::meta().name, self.id.0)
    }
}

impl<S: Schema> Deref for Binding<S> {
    type Target = S::Columns;

    fn deref(&self) -> &S::Columns {
        &self.columns
    }
}

/// A column of a binding: `r.battery`.
#[allow(clippy::struct_field_names)]
pub struct Column<T> {
    pub(crate) binding: BindingId,
    pub(crate) column: &'static str,
    /// Whether errors must not say what it holds.
    pub(crate) redact: bool,
    of: PhantomData<fn() -> T>,
}

impl<T> Column<T> {
    /// For the derive.
    #[doc(hidden)]
    pub const fn new(binding: BindingId, column: &'static str) -> Self {
        Self { binding, column, redact: false, of: PhantomData }
    }

    /// For the derive: the column of a field that is `redact`.
    #[doc(hidden)]
    #[must_use]
    pub const fn redact(self) -> Self {
        Self { redact: true, ..self }
    }
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Column<T> {}

impl<T> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column)
    }
}

/// An association of a binding: `r.missions`, to be joined.
pub struct AssocRef<S, A> {
    pub(crate) binding: BindingId,
    pub(crate) association: Assoc<S, A>,
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

impl<S, A> fmt::Debug for AssocRef<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.association.fmt(f)
    }
}

/// SQL of type `T`.
pub struct Expr<T> {
    pub(crate) node: Node,
    of: PhantomData<fn() -> T>,
}

impl<T> Expr<T> {
    pub(crate) const fn new(node: Node) -> Self {
        Self { node, of: PhantomData }
    }
}

impl<T> Clone for Expr<T> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<T> fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// What stands for an expression: one itself, a column, a value that is bound, a query of one column.
///
/// Not for `Option`: null compares with nothing, so a comparison with it would silently match no row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no expression of a query",
    label = "neither a column, an expression, nor a value that a database knows",
    note = "null compares with nothing: for an `Option` ask `is_null()`, or compare with what is inside"
)]
pub trait IntoExpr {
    /// Its type.
    type Type: Type;
    /// The expression.
    fn into_expr(self) -> Expr<Self::Type>;
}

impl<T: Type> IntoExpr for Expr<T> {
    type Type = T;

    fn into_expr(self) -> Expr<T> {
        self
    }
}

impl<T: Type> IntoExpr for Column<T> {
    type Type = T;

    fn into_expr(self) -> Expr<T> {
        Expr::new(Node::Column(self.binding, self.column))
    }
}

impl<E: IntoExpr + Clone> IntoExpr for &E {
    type Type = E::Type;

    fn into_expr(self) -> Expr<E::Type> {
        self.clone().into_expr()
    }
}
