//! Where associated rows come from: one statement for all owners, or the user's function.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Preloads;
use super::key::Key;
use super::path::Path;
use crate::adapter::{BoxFuture, Dialect};
use crate::error::RepoError;
use crate::query::{BindingId, Core, Decode, Join, JoinKind, List, Node, Operator, Query, Selected, Source, SourceKind};
use crate::repo::Repo;
use crate::schema::Schema;
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
    pub(super) fn set_query<B>(&mut self, query: Query<B, R>) -> Preloads<R> {
        let (query, preloads) = query.split_preloads();
        self.query = Some(query);
        preloads
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
        for keys in lists(repo.dialect(), path, keys) {
            rows.extend(repo.all(self.keyed(path, prefix, keys)?).await?);
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
    fn keyed(&self, path: &Path, prefix: Option<&str>, keys: List) -> Result<Query<R, (Value, R)>, RepoError> {
        let query = self.query.clone().unwrap_or_else(crate::query::from::<R>);
        let mut core = query.core;
        core.refuse_in_preload()?;
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
        core.and_filter(Node::In { value: Box::new(key.clone()), list: keys, negated: false });
        if core.selected.is_empty() {
            core.selected.push(Selected::Row(root, R::meta()));
        }
        // What is reached in several ways is counted after it was read.
        let limit = self.limit.filter(|_| !path.repeats);
        let core = match limit {
            Some(limit) => core.first_of_each::<R>(key, limit)?,
            None => {
                core.selected.push(Selected::Expr(key, None));
                core
            }
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
}
