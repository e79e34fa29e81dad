//! Where associated rows come from: one statement for all owners, or the user's function.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Preloads;
use super::key::Key;
use super::path::Path;
use crate::adapter::{BoxFuture, Dialect};
use crate::error::RepoError;
use crate::query::functions::{Window, over, row_number};
use crate::query::{
    BindingId, Core, Decode, Join, JoinKind, List, Node, Operator, OrderBy, Query, Selected, Source, SourceKind,
};
use crate::repo::{Operation, Repo};
use crate::schema::{Schema, SchemaMeta};
use crate::types::Value;

/// Gets the keys of owners, gives rows with the keys that they belong to.
pub(super) type Function<R> =
    Arc<dyn Fn(Repo, Vec<Value>) -> BoxFuture<'static, Result<Vec<(Value, R)>, RepoError>> + Send + Sync>;

/// How the rows of one association are read.
pub(super) struct Fetch<R> {
    query: Option<Query<R, R>>,
    pub(super) limit: Option<u64>,
    pub(super) function: Option<Function<R>>,
}

impl<R: Schema> Fetch<R> {
    /// Reads by `query`; gives the preloads that were part of it.
    pub(super) fn set_query<B>(&mut self, mut query: Query<B, R>) -> Preloads<R> {
        let attached = std::mem::take(&mut query.attached);
        if !attached.joined.is_empty() {
            query.core.mistake("the query of a preload cannot join what it preloads: use `preload` in it");
        }
        self.query = Some(Query::new(query.core, query.decode));
        attached.preloads
    }

    /// The rows that belong to `keys`, each with its owner's key.
    pub(super) async fn run(
        &self,
        repo: &Repo,
        path: &Path,
        prefix: Option<&str>,
        keys: Vec<Value>,
    ) -> Result<Vec<(Value, R)>, RepoError> {
        if let Some(function) = &self.function {
            return function(repo.clone(), keys).await;
        }
        let mut rows = Vec::new();
        for keys in keys.chunks(self.chunk(repo.dialect(), keys.len())?) {
            let query = self.keyed(path, prefix, keys)?;
            rows.extend(repo.plan(Operation::Preload, query)?.rows(repo).await?);
        }
        if path.repeats {
            only_once(&mut rows)?;
            if let Some(limit) = self.limit {
                first_of_each(&mut rows, limit);
            }
        }
        Ok(rows)
    }

    /// The statement: the related rows and, after their columns, the owner's key.
    fn keyed(&self, path: &Path, prefix: Option<&str>, keys: &[Value]) -> Result<Query<R, (Value, R)>, RepoError> {
        let query = self.query.clone().unwrap_or_else(crate::query::from::<R>);
        let mut core = query.core;
        if !core.combinations.is_empty() || !core.groups.is_empty() {
            return Err(RepoError::Query(
                "the query of a preload cannot be a union or have groups: make it a subquery".to_owned(),
            ));
        }
        let root = core.root().id;
        if let Some(prefix) = prefix {
            core.prefix.get_or_insert_with(|| prefix.into());
        }
        if core.orders.is_empty()
            && let Some(order) = path.order
        {
            core.orders = order(root);
        }
        let key = core.join_back(path, root);
        let list = List::nodes(keys.iter().cloned().map(Node::Value).collect());
        core.and_filter(Node::In { value: Box::new(key.clone()), list, negated: false });
        if core.selected.is_empty() {
            core.selected.push(Selected::Row(root, R::meta()));
        }
        // What is reached in several ways is counted after it was read.
        let core = if let Some(limit) = self.limit.filter(|_| !path.repeats) {
            core.first_of_each(R::meta(), key, limit)?
        } else {
            core.selected.push(Selected::Expr(key, None));
            core
        };
        let (decode, db) = (query.decode, path.key);
        let decode: Decode<(Value, R)> = Arc::new(move |loader| {
            let row = decode(loader)?;
            let key = loader.value(db).map_err(|source| RepoError::Load {
                schema: R::meta().name,
                field: "the key of its owner".to_owned(),
                source,
            })?;
            Ok((key, row))
        });
        Ok(Query::new(core, decode))
    }

    /// How many keys one statement takes.
    fn chunk(&self, dialect: Dialect, keys: usize) -> Result<usize, RepoError> {
        // PostgreSQL takes them as one array.
        if dialect == Dialect::Postgres || keys < dialect.max_parameters() / 2 {
            return Ok(keys.max(1));
        }
        let own = match &self.query {
            Some(query) => query.to_statement(dialect)?.values.len(),
            None => 0,
        };
        // The filter of an association binds a few, too.
        Ok((dialect.max_parameters() / 2).saturating_sub(own).max(1))
    }
}

impl<R> Default for Fetch<R> {
    fn default() -> Self {
        Self { query: None, limit: None, function: None }
    }
}

impl<R> Clone for Fetch<R> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), limit: self.limit, function: self.function.clone() }
    }
}

impl Core {
    /// Joins the tables between `related`, a source of this query, and the owner's. Gives the column that holds the
    /// owner's key.
    fn join_back(&mut self, path: &Path, related: BindingId) -> Node {
        let mut table = related;
        for (step, hop) in path.hops.iter().enumerate().rev() {
            for filter in &hop.filters {
                self.and_filter(filter(table).node);
            }
            let entered = Node::Column(table, hop.to);
            if step == 0 {
                return entered;
            }
            let before = &path.hops[step - 1];
            table = BindingId::next();
            let on = Node::binary(Operator::Eq, Node::Column(table, hop.from), entered);
            self.sources.push(Source {
                id: table,
                kind: SourceKind::Table(before.source),
                join: Some(Join { kind: JoinKind::Inner, on: Some(on) }),
                visible: false,
                name: None,
                prefix: before.prefix.map(Arc::from),
            });
        }
        Node::Column(table, "")
    }
}

/// What the columns of [`Core::first_of_each`] are called: as no field can be.
const OWNER: &str = "owner key";
const PLACE: &str = "place";

impl Core {
    /// The first `limit` rows of each `key`, in the order of this query: its rows are numbered, and then read from it.
    fn first_of_each(
        mut self: Box<Self>,
        meta: &'static SchemaMeta,
        key: Node,
        limit: u64,
    ) -> Result<Box<Self>, RepoError> {
        let [Selected::Row(rows, _)] = self.selected[..] else {
            return Err(RepoError::Query(
                "`limit_per_parent` numbers whole rows: leave out the `select` of its query".to_owned(),
            ));
        };
        let mut order = std::mem::take(&mut self.orders);
        if order.is_empty() {
            let keys = meta.primary_key.iter().map(|key| Node::Column(rows, meta.fields[*key].column));
            order.extend(keys.map(|node| OrderBy { node, descending: false, nulls: None }));
        }
        let window = Window { partition: vec![key.clone()], order, frame: None };
        self.selected.push(Selected::Expr(key, Some(OWNER.into())));
        self.selected.push(Selected::Expr(over(row_number(), window).node, Some(PLACE.into())));
        let mut source = Source::schema(meta, None);
        let (id, comment) = (source.id, self.comment.take());
        source.kind = SourceKind::Query(self, meta);
        let column = |name| Node::Column(id, name);
        let ascending = |name| OrderBy { node: column(name), descending: false, nulls: None };
        let limit = Node::Value(Value::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        Ok(Box::new(Self {
            sources: vec![source],
            selected: vec![Selected::Row(id, meta), Selected::Expr(column(OWNER), None)],
            filter: Some(Node::binary(Operator::Lte, column(PLACE), limit)),
            orders: vec![ascending(OWNER), ascending(PLACE)],
            comment,
            ..Self::default()
        }))
    }
}

/// Leaves out what was reached in more than one way.
fn only_once<R: Schema>(rows: &mut Vec<(Value, R)>) -> Result<(), RepoError> {
    let keys = R::meta().primary_key;
    let mut seen = HashSet::new();
    let mut first = Vec::with_capacity(rows.len());
    for (owner, row) in rows.iter() {
        let id = keys.iter().map(|key| Ok(Key(row.get(*key)?))).collect::<Result<Vec<_>, RepoError>>()?;
        first.push(id.is_empty() || seen.insert((Key(owner.clone()), id)));
    }
    let mut first = first.into_iter();
    rows.retain(|_| first.next().unwrap_or_default());
    Ok(())
}

/// Leaves the first `limit` rows of each owner.
fn first_of_each<R>(rows: &mut Vec<(Value, R)>, limit: u64) {
    let mut counts = HashMap::new();
    rows.retain(|(owner, _)| {
        let count = counts.entry(Key(owner.clone())).or_insert(0_u64);
        *count += 1;
        *count <= limit
    });
}
