//! What fields hold, as an input shows it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use liveview_core::params::Param as Shown;

use crate::changeset::{Changeset, Data};
use crate::types::{Param, Value};

/// By field: the change, or what the struct holds and nothing was typed in place of. A field that is redacted shows nothing of
/// what the struct holds, and one whose value nobody has chosen yet is empty.
pub(super) fn of<D: Data>(changeset: &Changeset<D>) -> BTreeMap<Cow<'static, str>, Shown> {
    let data = &changeset.data;
    let typed = |name: &str| changeset.params.as_ref().is_some_and(|params| params.contains(name));
    let shown = |index: usize| {
        let name = data.key(index);
        let value = match changeset.change_at(index) {
            Some(change) => shown(change),
            None if data.is_embed(index) || typed(&name) || data.is_redacted(index) || data.is_unset(index) => None,
            None => data.value(index).ok().as_ref().and_then(shown),
        };
        value.map(|value| (name, value))
    };
    (0..data.field_count()).filter_map(shown).collect()
}

/// One text, of what is no list.
pub(super) fn text(value: &Value) -> Option<String> {
    match shown(value)? {
        Shown::Text(text) => Some(text),
        Shown::List(_) | Shown::Map(_) => None,
    }
}

fn shown(value: &Value) -> Option<Shown> {
    from_json(&value.to_json())
}

/// Null is nothing, an object its JSON.
pub(super) fn from_json(json: &Param) -> Option<Shown> {
    Some(match json {
        Param::Null => return None,
        Param::String(text) => Shown::Text(text.clone()),
        Param::Array(entries) => Shown::List(entries.iter().filter_map(from_json).collect()),
        other => Shown::Text(other.to_string()),
    })
}
