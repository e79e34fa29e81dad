//! One row or document of a relation.

use super::super::{Action, Changeset};
use crate::RepoError;
use crate::schema::{NotLoaded, OnReplace, Schema};
use crate::types::Value;

/// One row or document of a relation, with what is to become of it in its changeset's action.
#[derive(Clone)]
pub(super) struct Child<R: Schema> {
    pub(super) changeset: Changeset<R>,
    /// It is there and not wanted.
    pub(super) replaced: bool,
    /// It was there.
    pub(super) known: bool,
}

impl<R: Schema> Child<R> {
    pub(super) fn replaced(current: R) -> Self {
        Self { changeset: Changeset::new(current), replaced: true, known: true }
    }

    /// Whether it is there when all is written.
    pub(super) fn stays(&self) -> bool {
        !self.replaced && self.changeset.action != Some(Action::Delete)
    }

    /// Whether nothing is to be done about it.
    pub(super) fn is_idle(&self) -> bool {
        self.known
            && !self.replaced
            && self.changeset.action == Some(Action::Update)
            && self.changeset.is_valid()
            && self.changeset.changes.is_empty()
            && self.changeset.relations.is_empty()
    }
}

/// Whom children belong to, for their writes.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Owned {
    /// The owner's key that they refer to.
    pub key: Value,
    /// Whether the owner was inserted just now.
    pub inserted: bool,
    /// The owner's prefix, if it has one of its own.
    pub prefix: Option<std::sync::Arc<str>>,
}

/// A mistake of the program; the repo answers with it.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    NotLoaded(NotLoaded),
    Misuse(String),
}

impl Fault {
    pub(super) fn to_error(&self) -> RepoError {
        match self {
            Self::NotLoaded(not_loaded) => RepoError::NotLoaded(not_loaded.clone()),
            Self::Misuse(message) => RepoError::Query(message.clone()),
        }
    }
}

/// Why children were not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The input is wrong: an error of the owner's field.
    Invalid,
    /// The program is.
    Fault(Fault),
}

impl Refusal {
    pub(super) fn misuse(message: impl Into<String>) -> Self {
        Self::Fault(Fault::Misuse(message.into()))
    }
}

/// Whether `current` may be replaced.
pub(super) fn replace<R: Schema>(
    owner: &str,
    name: &str,
    on_replace: OnReplace,
    current: R,
) -> Result<Child<R>, Refusal> {
    match on_replace {
        OnReplace::MarkAsInvalid => Err(Refusal::Invalid),
        OnReplace::Raise => Err(Refusal::misuse(format!(
            "the changes would replace or drop rows of `{name}` of `{owner}`, whose `on_replace` is `raise`: give every \
             row that is there with its primary key, or declare `on_replace = delete`, `nilify` or another one"
        ))),
        OnReplace::Nilify | OnReplace::Update | OnReplace::Delete | OnReplace::DeleteIfExists => {
            Ok(Child::replaced(current))
        }
    }
}

/// The primary key of `data`; none if a part of it is unset, or there is none.
pub(super) fn key<S: Schema>(data: &S) -> Option<Vec<Value>> {
    let meta = S::meta();
    if meta.primary_key.is_empty() {
        return None;
    }
    meta.primary_key.iter().map(|&index| data.get(index).ok().filter(|value| !is_unset::<S>(index, value))).collect()
}

/// Whether `value` is what field `index` has before anybody sets it.
pub(super) fn is_unset<S: Schema>(index: usize, value: &Value) -> bool {
    value.is_null() || (S::meta().fields[index].default)().is_ok_and(|default| default == *value)
}
