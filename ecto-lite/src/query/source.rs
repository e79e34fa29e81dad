//! Sources that are not a schema's table: subqueries, common table expressions, lists of values, fragments.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::ast::ValuesSource;
use super::{Core, Expr, Join, JoinKind, Node, Query, Source, SourceKind, keyword};
use crate::schema::Schema;

/// Rows with the columns of schema `T`, from anywhere: what [`from_source`] and joins take.
pub struct Rows<T> {
    pub(crate) kind: SourceKind,
    of: PhantomData<fn() -> T>,
}

impl<T: Schema> Rows<T> {
    fn new(kind: SourceKind) -> Self {
        Self { kind, of: PhantomData }
    }

    pub(crate) fn source(self, join: Option<Join>) -> Source {
        Source::new(self.kind, join)
    }
}

impl<T> Clone for Rows<T> {
    fn clone(&self) -> Self {
        Self { kind: self.kind.clone(), of: PhantomData }
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// A query over `rows`.
pub fn from_source<T: Schema>(rows: Rows<T>) -> Query<T> {
    let mut core = Box::<Core>::default();
    core.sources.push(rows.source(None));
    Query::new(core, Arc::new(T::load))
}

impl<T: Schema> keyword::IntoQuery for Rows<T> {
    type Bindings = T;
    type Out = T;

    fn into_query(self) -> Query<T> {
        from_source(self)
    }
}

impl<T: Schema> keyword::Joinable for Rows<T> {
    type Schema = T;

    fn join(self, core: &mut keyword::Insides<'_>, kind: JoinKind) {
        core.0.sources.push(self.source(Some(Join { kind, on: None })));
    }
}

/// The rows of `query`, which are structs of a schema.
pub fn subquery<B, T: Schema>(query: Query<B, T>) -> Rows<T> {
    Rows::new(SourceKind::Query(query.core, T::meta()))
}

/// The rows of `query`, whose columns are named ([`super::functions::selected_as`], `select_with`) as those of `T`, mostly
/// an embedded schema.
pub fn subquery_as<T: Schema>(query: impl AnyQuery) -> Rows<T> {
    Rows::new(SourceKind::Query(query.untyped().0, T::meta()))
}

/// The common table expression called `name`, whose columns are those of `T`.
pub fn cte<T: Schema>(name: impl Into<Arc<str>>) -> Rows<T> {
    Rows::new(SourceKind::Cte(name.into(), T::meta()))
}

/// `rows` themselves: a table that is part of the query.
pub fn values<T: Schema>(rows: impl IntoIterator<Item = T>) -> Rows<T> {
    let meta = T::meta();
    let row = |row: T| meta.loaded().map(|(index, _)| row.get(index)).collect::<Result<Vec<_>, _>>();
    let rows = rows.into_iter().map(row).collect::<Result<Vec<_>, _>>();
    let rows = rows.map_err(|refused| Arc::from(refused.to_string()));
    Rows::new(SourceKind::Values(ValuesSource { meta, rows }))
}

/// What a fragment gives in `from`, with the columns of `T`: a function that returns rows, a subquery.
pub fn table_fragment<T: Schema>(sql: Expr<String>) -> Rows<T> {
    match sql.node {
        Node::Fragment(fragment) => Rows::new(SourceKind::Fragment(fragment, T::meta())),
        _ => Rows::new(SourceKind::Invalid("`table_fragment` takes a `fragment!`".into(), T::meta())),
    }
}

/// A query of any type.
pub trait AnyQuery {
    /// Without its types.
    fn untyped(self) -> Untyped;
}

/// A query without its types.
#[derive(Clone, Debug)]
pub struct Untyped(pub(crate) Box<Core>);

impl<B, O> AnyQuery for Query<B, O> {
    fn untyped(self) -> Untyped {
        Untyped(self.core)
    }
}
