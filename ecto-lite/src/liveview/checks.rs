//! What a changeset checks, as an input can check it (`Phoenix.HTML.FormData.input_validations/3`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use liveview_core::form::Validations;

use crate::changeset::{Changeset, Data, NumberKind, Validation};
use crate::types::{DbType, Param};

pub(super) fn of<D: Data>(changeset: &Changeset<D>) -> BTreeMap<Cow<'static, str>, Validations> {
    let data = &changeset.data;
    let mut all: BTreeMap<Cow<'static, str>, Validations> = BTreeMap::new();
    for index in 0..data.field_count() {
        let step = match data.db_type(index) {
            DbType::Int => "1",
            DbType::Float | DbType::Decimal => "any",
            _ => continue,
        };
        all.entry(data.key(index)).or_default().step = Some(step.to_owned());
    }
    for name in changeset.required() {
        all.entry(name).or_default().required = true;
    }
    for (index, validation) in &changeset.validations {
        let is_text = data.db_type(*index) == DbType::Text;
        read(validation, is_text, all.entry(data.key(*index)).or_default());
    }
    all.retain(|_, checks| *checks != Validations::default());
    all
}

fn read(validation: &Validation, is_text: bool, checks: &mut Validations) {
    match validation {
        Validation::Length(length) if is_text => {
            let (is, min, max) = length.bounds();
            checks.min_length = is.or(min);
            checks.max_length = is.or(max);
        }
        Validation::Number(bounds) => {
            for (kind, bound) in bounds {
                bound_of(*kind, bound, checks);
            }
        }
        Validation::Format(regex) => checks.pattern = pattern(regex.as_str()),
        _ => {}
    }
}

/// A bound that excludes its number can be said of integers only.
fn bound_of(kind: NumberKind, bound: &Param, checks: &mut Validations) {
    let beside = |by: i64| bound.as_i64().and_then(|bound| bound.checked_add(by)).map(|bound| bound.to_string());
    let text = || Some(bound.as_str().map_or_else(|| bound.to_string(), str::to_owned));
    match kind {
        NumberKind::GreaterThanOrEqualTo => checks.min = text(),
        NumberKind::LessThanOrEqualTo => checks.max = text(),
        NumberKind::GreaterThan => checks.min = beside(1),
        NumberKind::LessThan => checks.max = beside(-1),
        NumberKind::EqualTo => (checks.min, checks.max) = (text(), text()),
        NumberKind::NotEqualTo => {}
    }
}

/// A regular expression that means the same in Rust and in JavaScript, tied to both ends as a `pattern` is; none for one that uses
/// what only Rust's have.
pub(super) fn pattern(regex: &str) -> Option<String> {
    let only_rust = ["(?", "\\A", "\\z", "\\p", "\\P", "[[:", "\\h", "&&", "--", "~~"];
    let plain = regex.replace("(?:", "(");
    if only_rust.iter().any(|part| plain.contains(part)) {
        return None;
    }
    let has_end = regex.ends_with('$') && !regex.ends_with("\\$");
    // An alternative inside would not be tied by ends that belong to its first and last branch.
    if (regex.starts_with('^') || has_end) && regex.contains('|') {
        return None;
    }
    let body = regex.strip_prefix('^').unwrap_or(regex);
    let body = if has_end { &body[..body.len() - 1] } else { body };
    let before = if regex.starts_with('^') { "" } else { ".*" };
    let after = if has_end { "" } else { ".*" };
    Some(if before.is_empty() && after.is_empty() { body.to_owned() } else { format!("{before}(?:{body}){after}") })
}
