//! Text of statements that differ in their values alone, kept from one to the next.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use crate::adapter::Dialect;

/// How many texts are kept. A program has a few for each schema; more means that something makes them up, prefixes for
/// instance, and then the store is emptied rather than grown.
const KEPT: usize = 4096;

/// What the text of a statement by primary key depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// Which statement.
    pub(crate) kind: Kind,
    /// Whose SQL.
    pub(crate) dialect: Dialect,
    /// The table's prefix.
    pub(crate) prefix: Option<Arc<str>>,
    /// The table.
    pub(crate) table: &'static str,
    /// Columns written.
    pub(crate) columns: Box<[&'static str]>,
    /// Columns compared; a null is compared by `is null` and binds nothing.
    pub(crate) compared: Box<[(&'static str, bool)]>,
    /// Columns read back.
    pub(crate) returning: Box<[&'static str]>,
}

/// Which statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Insert,
    Update,
    Delete,
}

static TEXTS: LazyLock<RwLock<HashMap<Shape, Arc<str>>>> = LazyLock::new(RwLock::default);

/// The text of `shape`, built where nobody has yet.
pub(crate) fn cached(shape: Shape, build: impl FnOnce(&Shape) -> String) -> Arc<str> {
    // A poisoned lock holds whole entries all the same: insertion is the only thing done under it.
    if let Some(text) = TEXTS.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&shape) {
        return Arc::clone(text);
    }
    let text: Arc<str> = build(&shape).into();
    let mut texts = TEXTS.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    if texts.len() >= KEPT {
        texts.clear();
    }
    texts.insert(shape, Arc::clone(&text));
    text
}
