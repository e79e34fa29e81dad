//! What a query's rows have loaded: associations by statements of their own, or from what is joined.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::{Decode, Query};
use crate::query::{Bindings, Core, Selected};
use crate::repo::preload::{IntoPreload, Joined, JoinedRows, Preloads};
use crate::schema::{Assoc, Association, Schema};

/// The preloads of a query.
pub(crate) struct Attached<O> {
    pub(crate) preloads: Preloads<O>,
    pub(crate) joined: Joined<O>,
}

impl<O> Attached<O> {
    pub(crate) fn is_empty(&self) -> bool {
        self.preloads.is_empty() && self.joined.is_empty()
    }
}

impl<O> Default for Attached<O> {
    fn default() -> Self {
        Self { preloads: Preloads::default(), joined: Joined::default() }
    }
}

impl<O> Clone for Attached<O> {
    fn clone(&self) -> Self {
        Self { preloads: self.preloads.clone(), joined: self.joined.clone() }
    }
}

impl<O> fmt::Debug for Attached<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached").field("preloads", &self.preloads).field("joined", &self.joined).finish()
    }
}

impl<B, O> Query<B, O> {
    pub(crate) fn new(core: Box<Core>, decode: Decode<O>) -> Self {
        Self { core, decode, attached: Attached::default(), of: PhantomData }
    }

    /// The clauses, with the columns of what is joined and preloaded after those that the query selects.
    pub(super) fn whole_core(&self) -> Cow<'_, Core> {
        let joined = self.attached.joined.bindings();
        if joined.is_empty() {
            return Cow::Borrowed(&self.core);
        }
        let mut core = (*self.core).clone();
        if core.selected.is_empty()
            && let Some(meta) = core.root().meta()
        {
            core.selected.push(Selected::Row(core.root().id, meta));
        }
        core.selected.extend(joined.into_iter().map(|(binding, meta)| Selected::Row(binding, meta)));
        Cow::Owned(core)
    }
}

impl<B, O: Send + Sync + 'static> Query<B, O> {
    /// Loads associations of the rows, by one statement more for each: `Robot::missions`,
    /// `Robot::missions.with(Mission::logs)`, or a tuple of several. See [`Preload`](crate::repo::preload::Preload) for what else can be
    /// asked for. Several calls add up.
    pub fn preload(mut self, preloads: impl IntoPreload<O>) -> Self {
        self.attached.preloads.add(preloads.into_preload());
        self
    }
}

impl<B: Bindings, S: Schema> Query<B, S> {
    /// Fills an association from a source that is joined already, without a further statement:
    /// `.left_join(|r| r.missions).preload_joined(Robot::missions, |(_, m)| m)`. A level deeper:
    /// `|(_, m, l)| m.with(Mission::logs, l)`.
    ///
    /// Rows are told apart by their primary keys and come in the order in which they first appear. Where a left join
    /// found nothing, the association is loaded and empty. A limit counts the rows of the join.
    pub fn preload_joined<A, R>(mut self, association: Assoc<S, A>, rows: impl FnOnce(B::Handles) -> R) -> Self
    where
        A: Association,
        R: Into<JoinedRows<A::Related>>,
    {
        let rows = rows(self.bindings()).into();
        self.attached.joined.add(association, rows);
        self
    }
}
