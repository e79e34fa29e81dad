//! What text looks like.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::{Message, Validation};
use crate::changeset::{Changeset, Data, FieldError, FieldRef, Untyped};
use crate::types::Value;

/// What is text. For a type of a program's own that is stored as text, implement it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not text", note = "`validate_format` is for strings")]
pub trait IsText {}

impl IsText for String {}
impl IsText for Untyped {}
impl<T: IsText> IsText for Option<T> {}

/// A regular expression that text must match somewhere; `^` and `$` tie it to the ends.
#[derive(Clone, Debug)]
pub struct Format {
    regex: Regex,
    message: Option<Message>,
}

impl Format {
    /// The expression.
    pub fn new(regex: &Regex) -> Self {
        Self { regex: regex.clone(), message: None }
    }

    /// The error's message.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.message = Some(message.into());
        self
    }
}

impl From<&Regex> for Format {
    fn from(regex: &Regex) -> Self {
        Self::new(regex)
    }
}

impl From<Regex> for Format {
    fn from(regex: Regex) -> Self {
        Self { regex, message: None }
    }
}

impl From<&LazyLock<Regex>> for Format {
    fn from(regex: &LazyLock<Regex>) -> Self {
        Self::new(regex)
    }
}

impl<D: Data> Changeset<D> {
    /// Text must match a regular expression: the error is `has invalid format`. Keep the expression in a
    /// `static EMAIL: LazyLock<Regex>`: compiling it costs far more than matching.
    pub fn validate_format<F: FieldRef<D, Of: IsText>>(self, field: F, format: impl Into<Format>) -> Self {
        let (index, Format { regex, message }) = (field.index_in(&self.data), format.into());
        let validation = Validation::Format(regex.clone());
        self.check(index, validation, |value| match value {
            Value::Text(text) if !regex.is_match(text) => {
                let message = message.unwrap_or(Cow::Borrowed("has invalid format"));
                Err(FieldError::new(message).with("validation", "format"))
            }
            _ => Ok(()),
        })
    }
}
