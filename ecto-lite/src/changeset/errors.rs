//! What is wrong with a field, in words that can be translated.

use std::borrow::Cow;
use std::fmt;

use super::{Changeset, Data, FieldRef, Validation};
use crate::schema::{Assoc, Field};
use crate::types::{Param, Value};

/// One thing that is wrong: a message with `%{name}` where a number or word belongs, and these by name.
///
/// [`fmt::Display`] puts them in. To translate, look up `message` as it is and put them into the translation
/// ([`Self::interpolate`]); `count` chooses the plural.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// As Ecto words it: `should be at least %{count} character(s)`.
    pub message: Cow<'static, str>,
    /// What failed (`validation`, `kind`, …) and what the message speaks of.
    pub metadata: Vec<(&'static str, Param)>,
}

impl FieldError {
    /// With a message alone.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), metadata: Vec::new() }
    }

    /// With one more word for the message or for whoever translates it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Param>) -> Self {
        self.metadata.push((name, value.into()));
        self
    }

    /// A word of the metadata.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.metadata.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// `message`, a translation perhaps, with the metadata's words put in. Unknown names stay as they are.
    pub fn interpolate(&self, message: &str) -> String {
        let mut text = String::with_capacity(message.len());
        let mut rest = message;
        while let Some((before, after)) = rest.split_once("%{") {
            let word = after.split_once('}').and_then(|(name, after)| Some((self.get(name)?, after)));
            text.push_str(before);
            rest = if let Some((value, after)) = word {
                text.push_str(&plain(value));
                after
            } else {
                text.push_str("%{");
                after
            };
        }
        text.push_str(rest);
        text
    }
}

fn plain(value: &Param) -> String {
    match value {
        Param::String(text) => text.clone(),
        Param::Array(entries) => entries.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.contains("%{") {
            f.write_str(&self.interpolate(&self.message))
        } else {
            f.write_str(&self.message)
        }
    }
}

impl From<&'static str> for FieldError {
    fn from(message: &'static str) -> Self {
        Self::new(message)
    }
}

impl From<String> for FieldError {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

/// Under which name an error stands: a field, an association, or any name, such as `base` for what no field is to blame for.
pub trait ErrorKey {
    /// The name.
    fn error_key(self) -> Cow<'static, str>;
}

impl<S, T> ErrorKey for Field<S, T> {
    fn error_key(self) -> Cow<'static, str> {
        Cow::Borrowed(self.name())
    }
}

impl<S, A> ErrorKey for Assoc<S, A> {
    fn error_key(self) -> Cow<'static, str> {
        Cow::Borrowed(self.name())
    }
}

impl ErrorKey for &'static str {
    fn error_key(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl ErrorKey for String {
    fn error_key(self) -> Cow<'static, str> {
        Cow::Owned(self)
    }
}

impl<D: Data> Changeset<D> {
    /// Says that something is wrong.
    pub fn add_error(mut self, key: impl ErrorKey, error: impl Into<FieldError>) -> Self {
        self.errors.push((key.error_key(), error.into()));
        self
    }

    /// All errors but those of relations, in the order in which they were found.
    pub fn errors(&self) -> &[(Cow<'static, str>, FieldError)] {
        &self.errors
    }

    /// The errors of one field.
    pub fn errors_on(&self, key: impl ErrorKey) -> impl Iterator<Item = &FieldError> {
        let key = key.error_key();
        self.errors.iter().filter(move |(name, _)| *name == key).map(|(_, error)| error)
    }

    /// All errors by field, as JSON: a list of messages for each, a map of the same shape for each relation to one, a list
    /// of maps for each relation to many. `message` words each error, for example in another language.
    ///
    /// ```ignore
    /// changeset.traverse_errors(|_field, error| error.to_string().into())
    /// // {"name": ["can't be blank"], "missions": [{}, {"title": ["can't be blank"]}]}
    /// ```
    pub fn traverse_errors(&self, mut message: impl FnMut(&str, &FieldError) -> Param) -> Param {
        self.nested_errors(&mut message)
    }

    /// All errors by field, as JSON, in English. See [`Self::traverse_errors`].
    pub fn errors_json(&self) -> Param {
        self.traverse_errors(|_, error| error.to_string().into())
    }

    pub(crate) fn nested_errors(&self, message: &mut dyn FnMut(&str, &FieldError) -> Param) -> Param {
        let mut map = serde_json::Map::new();
        for (key, error) in &self.errors {
            push(&mut map, key, message(key, error));
        }
        for relation in &self.relations {
            if let Some(errors) = relation.errors(message) {
                map.insert(relation.name().to_owned(), errors);
            }
        }
        Param::Object(map)
    }

    /// All checks by field, as JSON in the shape of [`Self::traverse_errors`], worded by `describe`.
    pub fn traverse_validations(&self, mut describe: impl FnMut(&str, &Validation) -> Param) -> Param {
        self.nested_validations(&mut describe)
    }

    pub(crate) fn nested_validations(&self, describe: &mut dyn FnMut(&str, &Validation) -> Param) -> Param {
        let mut map = serde_json::Map::new();
        for (key, validation) in self.validations() {
            push(&mut map, &key, describe(&key, validation));
        }
        for relation in &self.relations {
            if let Some(validations) = relation.validations(describe) {
                map.insert(relation.name().to_owned(), validations);
            }
        }
        Param::Object(map)
    }

    /// Whether something is wrong with a field.
    pub(crate) fn has_error(&self, index: usize) -> bool {
        !self.errors.is_empty() && {
            let key = self.data.key(index);
            self.errors.iter().any(|(name, _)| *name == key)
        }
    }

    pub(crate) fn push_error(&mut self, index: usize, error: FieldError) {
        self.errors.push((self.data.key(index), error));
    }

    /// Whether a field has neither a change nor a value: null, or text of white space alone. A field that cannot be null is
    /// missing while its struct is new and nobody has chosen its value.
    pub fn field_missing<F: FieldRef<D>>(&self, field: F) -> bool {
        self.is_missing(field.index_in(&self.data), true)
    }

    pub(crate) fn is_missing(&self, index: usize, trim: bool) -> bool {
        let is_blank = |value: &Value| match value {
            Value::Null(_) | Value::Json(Param::Null) => true,
            Value::Text(text) if trim => text.trim_start().is_empty(),
            Value::Text(text) => text.is_empty(),
            _ => false,
        };
        match self.change_at(index) {
            Some(change) => is_blank(change),
            None => self.data.value(index).is_ok_and(|value| is_blank(&value)) || self.data.is_unset(index),
        }
    }
}

/// Adds to the list under `key`.
fn push(map: &mut serde_json::Map<String, Param>, key: &str, entry: Param) {
    if let Param::Array(list) = map.entry(key).or_insert_with(|| Param::Array(Vec::new())) {
        list.push(entry);
    }
}
