//! The keys of one purpose while they change: the newest makes tokens, all of them read.

use std::iter::once;

/// At least one key.
#[derive(Clone)]
pub(super) struct Rotating<K> {
    newest: K,
    /// Of secrets and salts from before.
    older: Box<[K]>,
}

impl<K: Clone> Rotating<K> {
    /// The newest comes first.
    ///
    /// # Panics
    ///
    /// Without any: a secret has at least one text.
    pub(super) fn new(mut keys: impl Iterator<Item = K>) -> Self {
        let newest = keys.next().expect("a secret has a text");
        Self { newest, older: keys.collect() }
    }

    /// These, and then all of `older`.
    pub(super) fn or(self, older: &Self) -> Self {
        let older = self.older.into_iter().chain(older.iter().cloned()).collect();
        Self { newest: self.newest, older }
    }

    pub(super) fn newest(&self) -> &K {
        &self.newest
    }

    /// The newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &K> {
        once(&self.newest).chain(&self.older)
    }
}
