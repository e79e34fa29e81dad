//! Queries made of queries: names, common table expressions, set operations; and taking clauses away.

use std::sync::Arc;

use super::Query;
use crate::query::ast::Distinct;
use crate::query::{
    Assignment, AssocRef, Binding, BindingId, Bindings, Combination, Core, Cte, CteBody, JoinKind, Lock, Update,
};
use crate::schema::{Association, Schema};

/// A clause that [`Query::exclude`] takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clause {
    /// `where`.
    Filter,
    /// `group_by`.
    GroupBy,
    /// `having`.
    Having,
    /// `order_by`.
    OrderBy,
    /// `limit`, with its ties.
    Limit,
    /// `offset`.
    Offset,
    /// `distinct`.
    Distinct,
    /// Unions and the like.
    Combinations,
    /// Common table expressions.
    Ctes,
    /// `lock`.
    Lock,
    /// The comment.
    Comment,
}

/// What a common table expression can be: a query, and on PostgreSQL an update with a `select`.
pub trait CteQuery {
    #[doc(hidden)]
    fn body(self) -> CteBodyOf;
}

/// The inside of a [`CteQuery`].
#[doc(hidden)]
#[derive(Debug)]
pub struct CteBodyOf(CteBody);

impl<B, O> CteQuery for Query<B, O> {
    fn body(self) -> CteBodyOf {
        CteBodyOf(CteBody::Select(self.core))
    }
}

impl<B, O> CteQuery for Update<B, O> {
    fn body(self) -> CteBodyOf {
        let assignments: Vec<Assignment> = self.assignments;
        CteBodyOf(CteBody::Update(self.query.core, assignments))
    }
}

/// The deletion of a query's rows as a [`CteQuery`]. See [`Query::deletion`].
#[derive(Debug)]
pub struct Deletion(Box<Core>);

impl CteQuery for Deletion {
    fn body(self) -> CteBodyOf {
        CteBodyOf(CteBody::Delete(self.0))
    }
}

macro_rules! combinations {
    ($($(#[$doc:meta])* $name:ident, $kind:ident;)+) => {
        $(
            $(#[$doc])*
            ///
            /// Order, limit and offset of this query are those of the whole.
            pub fn $name<C>(mut self, other: Query<C, O>) -> Self {
                self.core.combinations.push((Combination::$kind, other.core));
                self
            }
        )+
    };
}

impl<B, O> Query<B, O> {
    combinations! {
        /// The rows of both, each once.
        union, Union;
        /// The rows of both.
        union_all, UnionAll;
        /// The rows that both have, each once.
        intersect, Intersect;
        /// The rows that both have, as often as both have them. PostgreSQL.
        intersect_all, IntersectAll;
        /// The rows that the other one does not have, each once.
        except, Except;
        /// The rows that the other one does not have, as often as it has them less. PostgreSQL.
        except_all, ExceptAll;
    }

    /// `query` as a common table expression that [`super::super::cte`] reads.
    pub fn with_cte(self, name: impl Into<Arc<str>>, query: impl CteQuery) -> Self {
        self.cte(name.into(), query.body().0, false, None)
    }

    /// The same for one that reads itself by its own name: a tree, a list of numbers.
    pub fn with_recursive_cte(self, name: impl Into<Arc<str>>, query: impl CteQuery) -> Self {
        self.cte(name.into(), query.body().0, true, None)
    }

    /// The same, and whether the database is to work it out once (`materialized`) or as a part of what reads it.
    pub fn with_materialized_cte(self, name: impl Into<Arc<str>>, materialized: bool, query: impl CteQuery) -> Self {
        self.cte(name.into(), query.body().0, false, Some(materialized))
    }

    fn cte(mut self, name: Arc<str>, body: CteBody, recursive: bool, materialized: Option<bool>) -> Self {
        self.core.ctes.retain(|cte| cte.name != name);
        self.core.ctes.push(Cte { name, body, recursive, materialized });
        self
    }

    /// The deletion of its rows, for [`Self::with_cte`].
    pub fn deletion(self) -> Deletion {
        Deletion(self.core)
    }

    /// The source that was added last is called `name`: for [`Self::named`] and [`super::super::as_`].
    pub fn as_(mut self, name: impl Into<Arc<str>>) -> Self {
        let name = name.into();
        if self.has_named_binding(&name) {
            self.core.mistake(format!("two sources are called {name:?}"));
        }
        if let Some(source) = self.core.sources.last_mut() {
            source.name = Some(name);
        }
        self
    }

    /// The source that was added last is in `prefix`.
    pub fn source_prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        if let Some(source) = self.core.sources.last_mut() {
            source.prefix = Some(prefix.into());
        }
        self
    }

    /// Whether a source is called `name`.
    pub fn has_named_binding(&self, name: &str) -> bool {
        self.core.sources.iter().any(|source| source.name.as_deref() == Some(name))
    }

    /// What `build` makes of it and of the source that is called `name`. That there is none, or one of another schema, is
    /// a mistake that the query reports when it is run.
    pub fn named<T: Schema>(mut self, name: &str, build: impl FnOnce(Self, Binding<T>) -> Self) -> Self {
        let id = self.core.named_source(name, T::meta());
        build(self, Binding::new(id))
    }

    /// Joins `association` under `name` unless there is a source of that name already. The new source is not part of the
    /// query's type: [`Self::named`] gives it (Ecto's `with_named_binding`).
    pub fn join_once<S: Schema, A: Association>(
        mut self,
        name: impl Into<Arc<str>>,
        kind: JoinKind,
        association: impl FnOnce(B::Handles) -> AssocRef<S, A>,
    ) -> Self
    where
        B: Bindings,
    {
        let name = name.into();
        if self.has_named_binding(&name) {
            return self;
        }
        let found = association(self.bindings());
        self.core.join_association(kind, found.binding, S::meta(), found.association.meta());
        if let Some(source) = self.core.sources.last_mut() {
            source.visible = false;
        }
        self.as_(name)
    }

    /// Locks the rows until the transaction ends. PostgreSQL.
    pub fn lock(mut self, lock: Lock) -> Self {
        self.core.lock = Some(lock);
        self
    }

    /// Beyond the limit, also rows that are equal in the order to the last one. PostgreSQL.
    pub fn with_ties(mut self) -> Self {
        self.core.with_ties = true;
        self
    }

    /// A comment before the SQL: who asks, for the database's log.
    pub fn comment(mut self, comment: impl Into<Arc<str>>) -> Self {
        self.core.comment = Some(comment.into());
        self
    }

    /// Without that clause.
    pub fn exclude(mut self, clause: Clause) -> Self {
        let core = &mut *self.core;
        match clause {
            Clause::Filter => core.filter = None,
            Clause::GroupBy => core.groups.clear(),
            Clause::Having => core.having = None,
            Clause::OrderBy => core.orders.clear(),
            Clause::Limit => (core.limit, core.with_ties) = (None, false),
            Clause::Offset => core.offset = None,
            Clause::Distinct => core.distinct = Distinct::No,
            Clause::Combinations => core.combinations.clear(),
            Clause::Ctes => core.ctes.clear(),
            Clause::Lock => core.lock = None,
            Clause::Comment => core.comment = None,
        }
        self
    }
}

impl Core {
    /// The source that is called `name`; a mistake of the query if there is none, or if it is of another schema.
    pub(in crate::query) fn named_source(&mut self, name: &str, meta: &'static crate::schema::SchemaMeta) -> BindingId {
        let found = self.sources.iter().find(|source| source.name.as_deref() == Some(name));
        match found.map(|source| (source.id, source.meta())) {
            Some((id, Some(of))) if std::ptr::eq(of, meta) => return id,
            Some((_, of)) => {
                let is = of.map_or("a table without a schema", |of| of.name);
                self.mistake(format!("the source {name:?} is of {is}, not of {}", meta.name));
            }
            None => {
                self.mistake(format!("the query has no source called {name:?}: name one by `as_({name:?})`"));
            }
        }
        BindingId::next()
    }
}
