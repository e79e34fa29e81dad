//! Queries are built by methods; each takes the query and gives the next one.

mod clauses;
mod compose;
mod join;
mod preload;

pub use compose::{Clause, CteQuery, Deletion};

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub(crate) use preload::Attached;

use super::{Bindings, Core, Expr, IntoExpr, List, Node, Select, Selection, Source, keyword};
use crate::RepoError;
use crate::adapter::{Dialect, Statement};
use crate::schema::{Loader, Schema};
use crate::sql;
use crate::types::{Type, Value};

/// Reads one row of a query.
pub(crate) type Decode<O> = Arc<dyn Fn(&mut Loader<'_>) -> Result<O, RepoError> + Send + Sync>;

/// Said where `select` would throw preloads away.
const PRELOAD_LAST: &str = "a preload fills rows of a schema: select what the query reads first, then preload";

/// A select over the sources `B` (a schema, or a tuple of schemas) whose rows become `O`.
///
/// A value: clone it, extend it, run it as often as you like.
#[must_use = "a query does nothing until a repo runs it"]
pub struct Query<B, O = B> {
    pub(crate) core: Box<Core>,
    pub(crate) decode: Decode<O>,
    pub(crate) attached: Attached<O>,
    pub(super) of: PhantomData<fn() -> B>,
}

/// What the repo runs.
pub(crate) struct Plan<O> {
    pub statement: Statement,
    /// The first source's name, for messages and telemetry.
    pub source: &'static str,
    pub decode: Decode<O>,
    /// What its rows have loaded.
    pub attached: Attached<O>,
    /// The prefix of the query.
    pub prefix: Option<Arc<str>>,
}

/// All rows of `S`.
pub fn from<S: Schema>() -> Query<S> {
    let mut core = Box::<Core>::default();
    core.sources.push(Source::schema(S::meta(), None));
    Query::new(core, Arc::new(S::load))
}

impl<B: Bindings, O> Query<B, O> {
    /// The sources, as closures are given them.
    pub fn bindings(&self) -> B::Handles {
        B::handles(&mut self.core.visible())
    }

    /// Reads what `select` gives instead of the first source's rows.
    pub fn select<S: Select>(self, select: impl FnOnce(B::Handles) -> S) -> Query<B, S::Out> {
        let mut selection = Selection::default();
        let decode = select(self.bindings()).select(&mut selection);
        let mut core = self.core;
        core.selected = selection.0;
        if !self.attached.is_empty() {
            core.mistake(PRELOAD_LAST);
        }
        Query::new(core, decode)
    }

    /// Reads what `select` gives, each column called by its name in `names`, and makes `build`'s result of it: a struct of
    /// your own. A schema made of it by [`super::subquery`] finds its columns by these names.
    pub fn select_with<S: Select, P: 'static>(
        self,
        select: impl FnOnce(B::Handles) -> S,
        names: &[&'static str],
        build: impl Fn(S::Out) -> P + Send + Sync + 'static,
    ) -> Query<B, P> {
        self.select(select).named_columns(names).map(build)
    }

    /// Reads what `select` gives too, and lets `merge` put it into what was selected before: a virtual field, for instance.
    pub fn select_merge<S: Select>(
        self,
        select: impl FnOnce(B::Handles) -> S,
        merge: impl Fn(&mut O, S::Out) + Send + Sync + 'static,
    ) -> Self
    where
        B: super::First,
        O: 'static,
    {
        let parts = select(self.bindings());
        keyword::select_merge(self, parts, merge)
    }

    /// Calls the columns that are selected by `names`, in their order.
    pub fn named_columns(mut self, names: &[&'static str]) -> Self {
        let mut names = names.iter();
        for selected in &mut self.core.selected {
            if let super::Selected::Expr(_, name) = selected {
                *name = names.next().map(|name| Arc::from(*name));
            }
        }
        if names.next().is_some() {
            self.core.mistake("there are more names than columns that are selected one by one");
        }
        self
    }
}

impl<B, O: 'static> Query<B, O> {
    /// Makes `build`'s result of each row.
    pub fn map<P: 'static>(self, build: impl Fn(O) -> P + Send + Sync + 'static) -> Query<B, P> {
        let (mut core, decode) = (self.core, self.decode);
        if !self.attached.is_empty() {
            core.mistake(PRELOAD_LAST);
        }
        Query::new(core, Arc::new(move |loader| decode(loader).map(&build)))
    }
}

impl<B, O> Query<B, O> {
    /// The SQL and its values, as `dialect` wants them.
    pub fn to_statement(&self, dialect: Dialect) -> Result<Statement, RepoError> {
        sql::select(&self.whole_core(), dialect)
    }

    /// What the repo runs.
    pub(crate) fn plan(&self, dialect: Dialect) -> Result<Plan<O>, RepoError> {
        Ok(Plan {
            statement: self.to_statement(dialect)?,
            source: self.core.source_name(),
            decode: self.decode.clone(),
            attached: self.attached.clone(),
            prefix: self.core.prefix.clone(),
        })
    }

    /// Only rows whose field (by index in the first source's schema) has one of `values`: what preloads ask for.
    pub(crate) fn filter_in(mut self, field_index: usize, values: Vec<Value>) -> Self {
        let root = self.core.root();
        let Some(meta) = root.meta() else { return self };
        let column = Node::Column(root.id, meta.fields[field_index].column);
        let list = List::nodes(values.into_iter().map(Node::Value).collect());
        self.core.and_filter(Node::In { value: Box::new(column), list, negated: false });
        self
    }
}

impl<B, O> Clone for Query<B, O> {
    fn clone(&self) -> Self {
        Self { core: self.core.clone(), decode: self.decode.clone(), attached: self.attached.clone(), of: PhantomData }
    }
}

impl<B, O> fmt::Debug for Query<B, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

/// The one value that a query of one column yields; null where it yields no row.
impl<B, T: Type> IntoExpr for Query<B, T> {
    type Type = Option<T::Inner>;

    fn into_expr(self) -> Expr<Option<T::Inner>> {
        Expr::new(Node::Query(self.core))
    }
}
