//! A query without its types: what the planner reads.

use std::sync::Arc;

use super::fragment::Fragment;
use super::list::ListKind;
use super::lock::Lock;
use super::update::Assignment;
use super::{BindingId, List, Node, OrderBy};
use crate::schema::SchemaMeta;
use crate::types::Value;

/// All clauses of a select.
#[derive(Clone, Debug, Default)]
pub(crate) struct Core {
    /// The first is that of `from`, the others are joined in this order.
    pub sources: Vec<Source>,
    /// What is read; the first source's row if empty.
    pub selected: Vec<Selected>,
    pub distinct: Distinct,
    /// All of them hold.
    pub filter: Option<Node>,
    pub groups: Vec<Node>,
    pub having: Option<Node>,
    pub orders: Vec<OrderBy>,
    pub limit: Option<Node>,
    pub offset: Option<Node>,
    /// Beyond the limit, rows that are equal in the order to the last one.
    pub with_ties: bool,
    pub combinations: Vec<(Combination, Box<Core>)>,
    pub ctes: Vec<Cte>,
    pub lock: Option<Lock>,
    pub comment: Option<Arc<str>>,
    /// For all tables that have none of their own.
    pub prefix: Option<Arc<str>>,
    /// The first mistake that was made while the query was built.
    pub mistake: Option<Arc<str>>,
}

/// What a query reads from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub id: BindingId,
    pub kind: SourceKind,
    /// None for the first one.
    pub join: Option<Join>,
    /// Whether the query's type knows it: not so for join tables and the steps of a `through`.
    pub visible: bool,
    /// `as`.
    pub name: Option<Arc<str>>,
    pub prefix: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub(crate) enum SourceKind {
    /// A schema's table.
    Schema(&'static SchemaMeta),
    /// A join table without a schema.
    Table(&'static str),
    /// The rows of another query, read as a schema.
    Query(Box<Core>, &'static SchemaMeta),
    /// The rows of another query, whose columns nobody names: to be counted.
    Rows(Box<Core>),
    /// A common table expression, by name.
    Cte(Arc<str>, &'static SchemaMeta),
    /// A list.
    Values(ValuesSource),
    /// SQL of the program's own.
    Fragment(Box<Fragment>, &'static SchemaMeta),
    /// Cannot be written; why.
    Invalid(Arc<str>, &'static SchemaMeta),
}

/// Rows that are part of a query: one value for each column that the schema loads.
#[derive(Clone, Debug)]
pub(crate) struct ValuesSource {
    pub meta: &'static SchemaMeta,
    /// Or why they cannot be stored.
    pub rows: Result<Vec<Vec<Value>>, Arc<str>>,
}

/// A query with a name, which the rest can read from.
#[derive(Clone, Debug)]
pub(crate) struct Cte {
    pub name: Arc<str>,
    pub body: CteBody,
    pub recursive: bool,
    /// Whether it is worked out once, if the database is to be told. PostgreSQL and SQLite.
    pub materialized: Option<bool>,
}

#[derive(Clone, Debug)]
pub(crate) enum CteBody {
    Select(Box<Core>),
    /// PostgreSQL.
    Update(Box<Core>, Vec<Assignment>),
    /// PostgreSQL.
    Delete(Box<Core>),
}

/// How the rows of two queries become those of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Combination {
    Union,
    UnionAll,
    Intersect,
    IntersectAll,
    Except,
    ExceptAll,
}

#[derive(Clone, Debug)]
pub(crate) struct Join {
    pub kind: JoinKind,
    pub on: Option<Node>,
}

/// How a source is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JoinKind {
    /// Rows that have one on both sides.
    Inner,
    /// All rows of the left side.
    Left,
    /// All rows of the right side.
    Right,
    /// All rows of both sides.
    Full,
    /// Each with each.
    Cross,
    /// As [`Self::Inner`], with a subquery that may name the sources before it. PostgreSQL.
    InnerLateral,
    /// As [`Self::Left`], with a subquery that may name the sources before it. PostgreSQL.
    LeftLateral,
    /// As [`Self::Cross`], with a subquery that may name the sources before it. PostgreSQL.
    CrossLateral,
}

/// Which rows are told apart.
#[derive(Clone, Debug, Default)]
pub(crate) enum Distinct {
    #[default]
    No,
    /// All of what is selected.
    Yes,
    /// The first of each group. PostgreSQL.
    On(Vec<Node>),
}

/// A part of what is read.
#[derive(Clone, Debug)]
pub(crate) enum Selected {
    /// A source's row: the columns that [`SchemaMeta::loaded`] names.
    Row(BindingId, &'static SchemaMeta),
    /// One expression, and what the column is called if that matters.
    Expr(Node, Option<Arc<str>>),
}

impl Source {
    pub(crate) fn schema(meta: &'static SchemaMeta, join: Option<Join>) -> Self {
        Self::new(SourceKind::Schema(meta), join)
    }

    pub(crate) fn new(kind: SourceKind, join: Option<Join>) -> Self {
        Self { id: BindingId::next(), kind, join, visible: true, name: None, prefix: None }
    }

    /// The schema that its columns are named by.
    pub(crate) fn meta(&self) -> Option<&'static SchemaMeta> {
        match &self.kind {
            SourceKind::Schema(meta)
            | SourceKind::Query(_, meta)
            | SourceKind::Cte(_, meta)
            | SourceKind::Values(ValuesSource { meta, .. })
            | SourceKind::Fragment(_, meta)
            | SourceKind::Invalid(_, meta) => Some(meta),
            SourceKind::Table(_) | SourceKind::Rows(_) => None,
        }
    }
}

impl Core {
    /// The sources that the query's type knows.
    pub(crate) fn visible(&self) -> impl Iterator<Item = BindingId> {
        self.sources.iter().filter(|source| source.visible).map(|source| source.id)
    }

    /// The first source.
    pub(crate) fn root(&self) -> &Source {
        // `from` is the only way to make a query, and it puts one there.
        &self.sources[0]
    }

    /// Adds a condition that has to hold as well.
    pub(crate) fn and_filter(&mut self, condition: Node) {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(condition),
            None => condition,
        });
    }

    /// Keeps the first mistake: the ones after it may come from it.
    pub(crate) fn mistake(&mut self, what: impl Into<Arc<str>>) {
        self.mistake.get_or_insert_with(|| what.into());
    }

    /// What it is called in messages.
    pub(crate) fn source_name(&self) -> &'static str {
        match &self.root().kind {
            SourceKind::Rows(core) => core.source_name(),
            _ => self.root().meta().map_or("table", |meta| meta.name),
        }
    }
}

impl List {
    pub(crate) fn kind(&self) -> &ListKind {
        &self.0
    }
}
