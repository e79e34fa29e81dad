//! Associations that a query has joined already: one statement, from whose rows owners and associated rows are sorted
//! out.
//!
//! A row of the result holds an owner and, for each joined association, one associated row or nulls. An owner appears
//! once for every combination, and is kept once: in the place of its first appearance, known by its primary key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;

use super::key::Key;
use crate::adapter::Row;
use crate::error::RepoError;
use crate::query::{Binding, BindingId, Decode};
use crate::schema::{Assoc, Association, FieldMeta, Loader, Schema, SchemaMeta};

/// The joined associations of one query.
pub(crate) struct Joined<O> {
    nodes: Vec<Arc<dyn Node<O>>>,
    key: fn() -> Result<KeyColumns, NoKey>,
}

impl<O> Joined<O> {
    /// No association.
    pub(crate) fn none() -> Self {
        Self { nodes: Vec::new(), key: || Ok(KeyColumns::default()) }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The bindings whose loaded columns ([`SchemaMeta::loaded`]) are selected after the query's own, in this order.
    pub(crate) fn bindings(&self) -> Vec<(BindingId, &'static SchemaMeta)> {
        let mut bindings = Vec::new();
        self.nodes.iter().for_each(|node| node.bindings(&mut bindings));
        bindings
    }

    /// Sorts out the rows of one run.
    pub(crate) fn collect(&self, decode: Decode<O>, prefix: Option<Arc<str>>) -> Result<Collect<O>, RepoError> {
        let key = (self.key)()?;
        Ok(Collect { decode, key, width: 0, last: None, owners: Rows::new(&self.nodes, prefix) })
    }
}

impl<S: Schema> Joined<S> {
    /// Adds an association, joined as `rows`.
    pub(crate) fn add<A: Association>(&mut self, association: Assoc<S, A>, rows: JoinedRows<A::Related>) {
        self.key = KeyColumns::of::<S>;
        self.nodes.push(Arc::new(Edge { association, rows }));
    }
}

impl<O> Clone for Joined<O> {
    fn clone(&self) -> Self {
        Self { nodes: self.nodes.clone(), key: self.key }
    }
}

impl<O> Default for Joined<O> {
    fn default() -> Self {
        Self::none()
    }
}

impl<O> fmt::Debug for Joined<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nodes.iter().map(|node| node.name())).finish()
    }
}

/// A joined binding whose rows fill an association, with what of its own associations is joined too.
///
/// A plain [`Binding`] is one; [`Binding::with`] goes a level deeper.
pub struct JoinedRows<R: Schema> {
    binding: BindingId,
    nested: Vec<Arc<dyn Node<R>>>,
}

impl<R: Schema> JoinedRows<R> {
    /// Fills `association` of these rows too, from another joined binding.
    #[must_use]
    pub fn with<A: Association>(mut self, association: Assoc<R, A>, rows: impl Into<JoinedRows<A::Related>>) -> Self {
        self.nested.push(Arc::new(Edge { association, rows: rows.into() }));
        self
    }
}

impl<R: Schema> From<Binding<R>> for JoinedRows<R> {
    fn from(binding: Binding<R>) -> Self {
        Self { binding: binding.id(), nested: Vec::new() }
    }
}

impl<R: Schema> Binding<R> {
    /// In `preload_joined`: this binding's rows, and `association` of each of them from another joined binding.
    #[must_use]
    pub fn with<A: Association>(
        self,
        association: Assoc<R, A>,
        rows: impl Into<JoinedRows<A::Related>>,
    ) -> JoinedRows<R> {
        JoinedRows::from(self).with(association, rows)
    }
}

impl<R: Schema> fmt::Debug for JoinedRows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nested.iter().map(|node| node.name())).finish()
    }
}

/// One joined association, whatever is at its other end.
trait Node<S>: Send + Sync {
    fn name(&self) -> &'static str;
    fn bindings(&self, to: &mut Vec<(BindingId, &'static SchemaMeta)>);
    fn branch(&self, prefix: Option<Arc<str>>) -> Box<dyn Branch<S>>;
}

/// The rows of one joined association, while they are collected.
trait Branch<S>: Send {
    /// Takes this association's columns, from `first`, for the owner at `owner`. Gives the first column after them.
    fn take(&mut self, owner: usize, row: &dyn Row, first: usize) -> Result<usize, RepoError>;
    /// The first column after those of this association, where there is no row to take.
    fn skip(&self, first: usize) -> usize;
    /// Gives each owner its rows.
    fn finish(self: Box<Self>, owners: &mut [S]);
}

struct Edge<S: Schema, A: Association> {
    association: Assoc<S, A>,
    rows: JoinedRows<A::Related>,
}

impl<S: Schema, A: Association> Node<S> for Edge<S, A> {
    fn name(&self) -> &'static str {
        self.association.name()
    }

    fn bindings(&self, to: &mut Vec<(BindingId, &'static SchemaMeta)>) {
        to.push((self.rows.binding, A::Related::meta()));
        self.rows.nested.iter().for_each(|node| node.bindings(to));
    }

    fn branch(&self, prefix: Option<Arc<str>>) -> Box<dyn Branch<S>> {
        Box::new(Twig {
            association: self.association,
            key: KeyColumns::of::<A::Related>(),
            width: A::Related::meta().loaded().count(),
            owners: Vec::new(),
            rows: Rows::new(&self.rows.nested, prefix),
        })
    }
}

struct Twig<S: Schema, A: Association> {
    association: Assoc<S, A>,
    key: Result<KeyColumns, NoKey>,
    width: usize,
    /// For each row, its owner.
    owners: Vec<usize>,
    rows: Rows<A::Related>,
}

impl<S: Schema, A: Association> Branch<S> for Twig<S, A> {
    fn take(&mut self, owner: usize, row: &dyn Row, first: usize) -> Result<usize, RepoError> {
        let key = self.key.as_ref().map_err(|missing| *missing)?.values(row, first)?;
        if key.iter().any(|part| part.0.is_null()) {
            // A left join that found nothing.
            return Ok(self.skip(first));
        }
        let place =
            self.rows.place((owner, key), |prefix| A::Related::load(&mut Loader::new(row, first).within(prefix)))?;
        if place == self.owners.len() {
            self.owners.push(owner);
        }
        self.rows.branches(place, row, first + self.width)
    }

    fn skip(&self, first: usize) -> usize {
        self.rows.branches.iter().fold(first + self.width, |next, branch| branch.skip(next))
    }

    fn finish(self: Box<Self>, owners: &mut [S]) {
        let mut lists: Vec<Vec<A::Related>> = Vec::new();
        lists.resize_with(owners.len(), Vec::new);
        for (owner, row) in self.owners.into_iter().zip(self.rows.finish()) {
            lists[owner].push(row);
        }
        for (owner, list) in owners.iter_mut().zip(lists) {
            self.association.of_mut(owner).put_loaded(list);
        }
    }
}

/// Different rows of one schema, in order of first appearance, with what hangs on them.
struct Rows<S> {
    found: Vec<S>,
    /// By owner and primary key; the root's owner is 0.
    places: HashMap<(usize, Vec<Key>), usize>,
    branches: Vec<Box<dyn Branch<S>>>,
    prefix: Option<Arc<str>>,
}

impl<S> Rows<S> {
    fn new(nodes: &[Arc<dyn Node<S>>], prefix: Option<Arc<str>>) -> Self {
        Self {
            found: Vec::new(),
            places: HashMap::new(),
            branches: nodes.iter().map(|node| node.branch(prefix.clone())).collect(),
            prefix,
        }
    }

    fn place(
        &mut self,
        key: (usize, Vec<Key>),
        load: impl FnOnce(Option<&Arc<str>>) -> Result<S, RepoError>,
    ) -> Result<usize, RepoError> {
        match self.places.entry(key) {
            Entry::Occupied(place) => Ok(*place.get()),
            Entry::Vacant(place) => {
                self.found.push(load(self.prefix.as_ref())?);
                Ok(*place.insert(self.found.len() - 1))
            }
        }
    }

    fn branches(&mut self, place: usize, row: &dyn Row, first: usize) -> Result<usize, RepoError> {
        self.branches.iter_mut().try_fold(first, |next, branch| branch.take(place, row, next))
    }

    fn finish(mut self) -> Vec<S> {
        for branch in self.branches {
            branch.finish(&mut self.found);
        }
        self.found
    }
}

/// Collects the rows of one run.
pub(crate) struct Collect<O> {
    decode: Decode<O>,
    key: KeyColumns,
    /// How many columns the query's own select has; known once a row was decoded.
    width: usize,
    /// The latest owner: rows of one owner mostly come one after the other.
    last: Option<(Vec<Key>, usize)>,
    owners: Rows<O>,
}

impl<O> Collect<O> {
    /// Takes one row.
    pub(crate) fn take(&mut self, row: &dyn Row) -> Result<(), RepoError> {
        let key = self.key.values(row, 0)?;
        let place = match &self.last {
            Some((last, place)) if *last == key => *place,
            _ => {
                let (decode, width) = (&self.decode, &mut self.width);
                let place = self.owners.place((0, key.clone()), |prefix| {
                    let mut loader = Loader::new(row, 0).within(prefix);
                    let owner = decode(&mut loader)?;
                    *width = loader.position();
                    Ok(owner)
                })?;
                self.last = Some((key, place));
                place
            }
        };
        self.owners.branches(place, row, self.width)?;
        Ok(())
    }

    /// The owners, with their associations.
    pub(crate) fn finish(self) -> Vec<O> {
        self.owners.finish()
    }
}

/// Where a schema's primary key is among its loaded columns.
#[derive(Debug, Default)]
struct KeyColumns {
    schema: &'static str,
    columns: Vec<(usize, &'static FieldMeta)>,
}

impl KeyColumns {
    fn of<S: Schema>() -> Result<Self, NoKey> {
        let meta = S::meta();
        let loaded = meta.loaded().enumerate();
        let keys = loaded.filter(|(_, (index, _))| meta.primary_key.contains(index));
        let columns: Vec<_> = keys.map(|(place, (_, field))| (place, field)).collect();
        if columns.is_empty() || columns.len() < meta.primary_key.len() {
            return Err(NoKey { schema: meta.name });
        }
        Ok(Self { schema: meta.name, columns })
    }

    fn values(&self, row: &dyn Row, first: usize) -> Result<Vec<Key>, RepoError> {
        let read = |(place, field): &(usize, &'static FieldMeta)| {
            let value = row.value(first + place, field.db);
            value.map(Key).map_err(|source| field.unfit(self.schema, source))
        };
        self.columns.iter().map(read).collect()
    }
}

#[derive(Clone, Copy, Debug)]
struct NoKey {
    schema: &'static str,
}

impl From<NoKey> for RepoError {
    fn from(missing: NoKey) -> Self {
        Self::Query(format!(
            "a joined preload tells rows apart by their primary key, and `{}` has none that a query loads: use `preload`",
            missing.schema
        ))
    }
}
