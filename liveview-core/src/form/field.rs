//! One field of a form: all that an input needs.

use std::borrow::Cow;

use super::{State, Validations, names};
use crate::params::Param;

/// A field: where it stands, what it holds, and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct FormField {
    id: String,
    name: String,
    value: Option<Param>,
    errors: Vec<String>,
    used: bool,
    validations: Validations,
}

/// The action of a form that is only being checked while somebody fills it in.
const VALIDATE: &str = "validate";
/// The action of a change that is not to be written: nobody is told of its errors.
const IGNORE: &str = "ignore";

impl FormField {
    pub(super) fn new(State { name: form, id, parts, .. }: &State, field: &str) -> Self {
        let value = parts.values.get(field).or_else(|| parts.params.param(field)).cloned();
        let used = parts.params.is_used(field);
        let shows = match parts.action.as_deref() {
            Some(IGNORE) => false,
            None | Some(VALIDATE) => used,
            Some(_) => true,
        };
        let errors = parts.errors.iter().filter(|(name, _)| shows && name == field);
        Self {
            id: names::id_in(id, field),
            name: names::name_in(form, field),
            value,
            errors: errors.map(|(_, message)| message.clone()).collect(),
            used,
            validations: parts.validations.get(field).cloned().unwrap_or_default(),
        }
    }

    /// The id for its input.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name under which it is sent.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text; empty if it has none.
    pub fn value(&self) -> &str {
        match &self.value {
            Some(Param::Text(text)) => text,
            Some(Param::List(_) | Param::Map(_)) | None => "",
        }
    }

    /// Its texts, where it is a list of them; its one text if it is none.
    pub fn values(&self) -> Vec<&str> {
        match &self.value {
            Some(Param::Text(text)) => vec![text],
            Some(Param::List(list)) => list.iter().filter_map(Param::as_text).collect(),
            Some(Param::Map(_)) | None => Vec::new(),
        }
    }

    /// What is wrong with it and is to be shown now. See [which errors show](super#which-errors-show).
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// Whether something is to be shown as wrong.
    pub fn is_invalid(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Whether somebody has touched it (`Phoenix.Component.used_input?/1`).
    pub fn is_used(&self) -> bool {
        self.used
    }

    /// What its data is checked for.
    pub fn validations(&self) -> &Validations {
        &self.validations
    }

    /// For rows: the name of the list that tells their order, `robot[missions_sort][]` for `robot[missions]`.
    pub fn sort_name(&self) -> String {
        names::sort_name(&self.name)
    }

    /// For rows: the name of the list of those that are to go, `robot[missions_drop][]`.
    pub fn drop_name(&self) -> String {
        names::drop_name(&self.name)
    }

    /// The value as an input of this type takes it (`Phoenix.HTML.Form.normalize_value/2`).
    pub(super) fn value_for(&self, kind: &str) -> Cow<'_, str> {
        let text = self.value();
        match kind {
            "datetime-local" => local_time(text).map_or(Cow::Borrowed(text), Cow::Owned),
            _ => Cow::Borrowed(text),
        }
    }

    /// Whether the value is one of those that a form sends for what is ticked.
    pub(super) fn is_on(&self) -> bool {
        matches!(self.value(), "true" | "on" | "1")
    }
}

/// `2026-10-04T10:20:30Z` as `2026-10-04T10:20`, which is all that a browser takes.
fn local_time(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(10)?;
    let time = rest.strip_prefix(['T', ' '])?.get(..5)?;
    Some(format!("{date}T{time}"))
}
