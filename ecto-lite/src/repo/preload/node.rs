//! One association to preload, with its options.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::fetch::Fetch;
use super::key::{Key, distinct};
use super::path::Path;
use super::{Assign, IntoPreload, PreloadNode, Preloads};
use crate::adapter::BoxFuture;
use crate::error::RepoError;
use crate::query::Query;
use crate::repo::Repo;
use crate::schema::{Assoc, AssocKind, AssocState, Association, Schema};
use crate::types::{Type, Value};

/// An association to preload, with options: `Robot::missions.with(Mission::logs).limit_per_parent(3)`.
pub struct Preload<S, A: Association> {
    association: Assoc<S, A>,
    nested: Preloads<A::Related>,
    fetch: Fetch<A::Related>,
    force: bool,
}

impl<S: Schema, A: Association> Preload<S, A> {
    pub(super) fn new(association: Assoc<S, A>) -> Self {
        Self { association, nested: Preloads::default(), fetch: Fetch::default(), force: false }
    }

    /// Loads associations of the associated rows too, also where those are loaded already.
    #[must_use]
    pub fn with(mut self, preloads: impl IntoPreload<A::Related>) -> Self {
        self.nested.add(preloads.into_preload());
        self
    }

    /// Loads what `query` gives, of the rows that belong to the owners: its conditions and joins, its order (instead of
    /// the association's `preload_order`), its preloads. A limit of the query counts the rows of all owners together;
    /// see [`limit_per_parent`](Self::limit_per_parent).
    #[must_use]
    pub fn query<B>(mut self, query: Query<B, A::Related>) -> Self
    where
        B: 'static,
    {
        let preloads = self.fetch.set_query(query);
        self.nested.add(preloads);
        self
    }

    /// Loads at most `limit` rows for each owner: the first ones in the order of the association or the query, and
    /// where neither has an order, of the primary key.
    #[must_use]
    pub fn limit_per_parent(mut self, limit: u64) -> Self {
        self.fetch.limit = Some(limit);
        self
    }

    /// Loads what `load` gives instead of running a query: it gets the different keys of the owners (for `has_many`
    /// their primary keys mostly, for `belongs_to` the values of the foreign key), and each row goes to the owners whose
    /// key it has.
    ///
    /// Where rows do not hold their owner's key (`many_to_many`, `through`), use [`by_pairs`](Self::by_pairs).
    #[must_use]
    pub fn by<K, F, Fut>(mut self, load: F) -> Self
    where
        K: Type,
        F: Fn(Repo, Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<A::Related>, RepoError>> + Send + 'static,
    {
        let association = self.association;
        self.fetch.function = Some(Arc::new(move |repo, keys| {
            let loading = keys_of::<S, A, K>(association, keys).map(|keys| load(repo, keys));
            Box::pin(async move {
                let rows = loading?.await?;
                let key = related_key(association)?;
                rows.into_iter().map(|row| Ok((row.get(key)?, row))).collect()
            })
        }));
        self
    }

    /// As [`by`](Self::by), of pairs: an owner's key and a row that belongs to it.
    #[must_use]
    pub fn by_pairs<K, F, Fut>(mut self, load: F) -> Self
    where
        K: Type,
        F: Fn(Repo, Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<(K, A::Related)>, RepoError>> + Send + 'static,
    {
        let association = self.association;
        self.fetch.function = Some(Arc::new(move |repo, keys| {
            let loading = keys_of::<S, A, K>(association, keys).map(|keys| load(repo, keys));
            Box::pin(async move {
                let pairs = loading?.await?;
                pairs.into_iter().map(|(key, row)| Ok((key.dump()?, row))).collect()
            })
        }));
        self
    }

    /// Loads anew what is loaded already, and throws away changes that are not written.
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    async fn read(&self, repo: &Repo, rows: &[S]) -> Result<Assign<S>, RepoError> {
        let path = Path::new(S::meta(), self.association.meta())?;
        let owners = self.owners(&path, rows)?;
        let mut fetched = Vec::new();
        for (prefix, keys) in owners.keys() {
            let pairs = self.fetch.run(repo, &path, prefix.as_deref(), keys).await?;
            fetched.extend(pairs.into_iter().map(|(key, row)| (prefix.clone(), Key(key), row)));
        }
        self.assign(repo, owners, fetched, rows).await
    }

    /// Loads what is nested, into fetched and kept rows together, and deals them out.
    async fn assign(
        &self,
        repo: &Repo,
        owners: Owners,
        fetched: Vec<(Prefix, Key, A::Related)>,
        rows: &[S],
    ) -> Result<Assign<S>, RepoError> {
        let association = self.association;
        let mut ids = Vec::with_capacity(fetched.len());
        let mut related = Vec::with_capacity(fetched.len());
        for (prefix, key, row) in fetched {
            ids.push((prefix, key));
            related.push(row);
        }
        if !self.nested.is_empty() {
            for kept in &owners.kept {
                related.extend_from_slice(association.of(&rows[*kept]).rows());
            }
            self.nested.run(repo, &mut related).await?;
        }
        let kept_rows = related.split_off(ids.len());
        let lists = owners.deal(ids.into_iter().zip(related));
        let kept = owners.kept;
        Ok(Box::new(move |rows| {
            for (owner, list) in lists {
                association.of_mut(&mut rows[owner]).put_loaded(list);
            }
            if kept_rows.is_empty() {
                return;
            }
            let mut kept_rows = kept_rows.into_iter();
            for owner in kept {
                // In place, so that rows that are still to be written stay so.
                for (slot, row) in association.of_mut(&mut rows[owner]).rows_mut().iter_mut().zip(&mut kept_rows) {
                    *slot = row;
                }
            }
        }))
    }

    fn owners(&self, path: &Path, rows: &[S]) -> Result<Owners, RepoError> {
        let mut owners = Owners::default();
        for (index, row) in rows.iter().enumerate() {
            if !self.force && self.association.of(row).state() != AssocState::NotLoaded {
                owners.kept.push(index);
                continue;
            }
            let key = row.get(path.owner_key)?;
            let prefix = row.state().and_then(|state| state.prefix.clone());
            owners.wanted.push((index, prefix, Key(key)));
        }
        Ok(owners)
    }
}

impl<S: Schema, A: Association> PreloadNode<S> for Preload<S, A> {
    fn association(&self) -> usize {
        self.association.index()
    }

    fn load<'a>(&'a self, repo: &'a Repo, rows: &'a [S]) -> BoxFuture<'a, Result<Assign<S>, RepoError>> {
        Box::pin(self.read(repo, rows))
    }
}

impl<S, A: Association> Clone for Preload<S, A> {
    fn clone(&self) -> Self {
        Self {
            association: self.association,
            nested: self.nested.clone(),
            fetch: self.fetch.clone(),
            force: self.force,
        }
    }
}

impl<S, A: Association> fmt::Debug for Preload<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Preload").field(&self.association).field(&self.nested).finish()
    }
}

impl<S: Schema, A: Association> Assoc<S, A> {
    /// To preload this association, and associations of what it loads. See [`Preload::with`].
    pub fn with(self, preloads: impl IntoPreload<A::Related>) -> Preload<S, A> {
        Preload::new(self).with(preloads)
    }

    /// To preload this association by a query. See [`Preload::query`].
    pub fn query<B: 'static>(self, query: Query<B, A::Related>) -> Preload<S, A> {
        Preload::new(self).query(query)
    }

    /// To preload the first rows of this association. See [`Preload::limit_per_parent`].
    pub fn limit_per_parent(self, limit: u64) -> Preload<S, A> {
        Preload::new(self).limit_per_parent(limit)
    }

    /// To preload this association by a function. See [`Preload::by`].
    pub fn by<K, F, Fut>(self, load: F) -> Preload<S, A>
    where
        K: Type,
        F: Fn(Repo, Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<A::Related>, RepoError>> + Send + 'static,
    {
        Preload::new(self).by(load)
    }

    /// To preload this association by a function that gives pairs. See [`Preload::by_pairs`].
    pub fn by_pairs<K, F, Fut>(self, load: F) -> Preload<S, A>
    where
        K: Type,
        F: Fn(Repo, Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<(K, A::Related)>, RepoError>> + Send + 'static,
    {
        Preload::new(self).by_pairs(load)
    }

    /// To preload this association even where it is loaded. See [`Preload::force`].
    pub fn force(self) -> Preload<S, A> {
        Preload::new(self).force()
    }
}

type Prefix = Option<Arc<str>>;

/// Which rows need something, by index, and which are left alone.
#[derive(Debug, Default)]
struct Owners {
    wanted: Vec<(usize, Prefix, Key)>,
    kept: Vec<usize>,
}

impl Owners {
    /// The different keys of each prefix.
    fn keys(&self) -> Vec<(Prefix, Vec<Value>)> {
        let mut by_prefix: Vec<(Prefix, Vec<Value>)> = Vec::new();
        for (_, prefix, key) in &self.wanted {
            match by_prefix.iter_mut().find(|(other, _)| other == prefix) {
                Some((_, keys)) => keys.push(key.0.clone()),
                None => by_prefix.push((prefix.clone(), vec![key.0.clone()])),
            }
        }
        by_prefix
            .into_iter()
            .map(|(prefix, keys)| (prefix, distinct(keys)))
            .filter(|(_, keys)| !keys.is_empty())
            .collect()
    }

    /// For each owner that wants rows, those with its key, in their order.
    fn deal<R: Clone>(&self, rows: impl Iterator<Item = ((Prefix, Key), R)>) -> Vec<(usize, Vec<R>)> {
        let mut by_key: HashMap<(Prefix, Key), Vec<R>> = HashMap::new();
        for (id, row) in rows {
            by_key.entry(id).or_default().push(row);
        }
        let mut lists: Vec<(usize, Vec<R>)> = Vec::with_capacity(self.wanted.len());
        // Owners of one key (robots of one site) share what they get; the first of them gets it without a copy.
        let mut given: HashMap<(Prefix, Key), usize> = HashMap::new();
        for (owner, prefix, key) in &self.wanted {
            let id = (prefix.clone(), key.clone());
            let list = match by_key.remove(&id) {
                Some(list) => {
                    given.insert(id, lists.len());
                    list
                }
                None => given.get(&id).map(|first| lists[*first].1.clone()).unwrap_or_default(),
            };
            lists.push((*owner, list));
        }
        lists
    }
}

fn keys_of<S: Schema, A: Association, K: Type>(
    association: Assoc<S, A>,
    keys: Vec<Value>,
) -> Result<Vec<K>, RepoError> {
    let field = Path::new(S::meta(), association.meta())?.owner_key;
    let unfit = |source| S::meta().fields[field].unfit(S::meta().name, source);
    keys.into_iter().map(|key| K::load(key).map_err(unfit)).collect()
}

fn related_key<S: Schema, A: Association>(association: Assoc<S, A>) -> Result<usize, RepoError> {
    match association.meta().kind {
        AssocKind::HasMany { related_key, .. }
        | AssocKind::HasOne { related_key, .. }
        | AssocKind::BelongsTo { related_key, .. } => Ok(related_key),
        AssocKind::ManyToMany { .. } | AssocKind::Through { .. } => Err(RepoError::Query(format!(
            "rows of `{}` do not say whose they are: preload it by `by_pairs`",
            association.name()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Owners, Prefix};
    use crate::types::{DbType, Value};

    fn owners(wanted: &[(usize, Option<&str>, Value)]) -> Owners {
        let wanted = wanted.iter().map(|(index, prefix, key)| (*index, prefix.map(Into::into), Key(key.clone())));
        Owners { wanted: wanted.collect(), kept: Vec::new() }
    }

    fn row<R>(prefix: Option<&str>, key: i64, row: R) -> ((Prefix, Key), R) {
        ((prefix.map(Into::into), Key(Value::Int(key))), row)
    }

    #[test]
    fn keys_are_asked_for_once_and_nulls_never() {
        let null = Value::Null(DbType::Int);
        let owners = owners(&[(0, None, Value::Int(7)), (1, None, null), (2, None, Value::Int(7))]);
        assert_eq!(owners.keys(), [(None, vec![Value::Int(7)])]);
    }

    #[test]
    fn owners_of_one_key_share_rows_and_those_without_get_none() {
        let null = Value::Null(DbType::Int);
        let owners =
            owners(&[(0, None, Value::Int(7)), (3, None, null), (5, None, Value::Int(7)), (6, None, Value::Int(8))]);
        let lists = owners.deal([row(None, 7, "a"), row(None, 9, "x"), row(None, 7, "b")].into_iter());
        assert_eq!(lists, [(0, vec!["a", "b"]), (3, vec![]), (5, vec!["a", "b"]), (6, vec![])]);
    }

    #[test]
    fn one_key_under_two_prefixes_is_two_owners() {
        let owners = owners(&[(0, Some("north"), Value::Int(1)), (1, Some("south"), Value::Int(1))]);
        assert_eq!(owners.keys().len(), 2);
        let lists = owners.deal([row(Some("south"), 1, "s"), row(Some("north"), 1, "n")].into_iter());
        assert_eq!(lists, [(0, vec!["n"]), (1, vec!["s"])]);
    }
}
