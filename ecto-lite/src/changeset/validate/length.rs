//! How long texts, lists and maps are.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use unicode_segmentation::UnicodeSegmentation;

use super::{Message, Validation};
use crate::changeset::{Changeset, Data, FieldError, FieldRef, Untyped};
use crate::types::{Json, Param, Value};

/// What has a length: text, bytes, arrays, maps. For a type of a program's own that is stored as one of these, implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length that could be validated",
    note = "`validate_length` is for strings, binaries, arrays and maps"
)]
pub trait HasLength {}

impl HasLength for String {}
impl<T> HasLength for Vec<T> {}
impl<T> HasLength for Json<T> {}
impl<T, H> HasLength for HashMap<String, T, H> {}
impl<T> HasLength for BTreeMap<String, T> {}
impl HasLength for Param {}
impl HasLength for Untyped {}
impl<T: HasLength> HasLength for Option<T> {}

/// What the length of a text counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// What a reader takes for one character.
    #[default]
    Graphemes,
    /// Unicode scalar values.
    Codepoints,
    /// Bytes of UTF-8.
    Bytes,
}

/// Bounds of a length: a range (`3..=40`, `3..`, `..=40`), or built up.
#[derive(Clone, Debug, Default)]
pub struct Length {
    pub(crate) is: Option<usize>,
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
    count: Count,
    message: Option<Message>,
}

impl Length {
    /// Exactly this long.
    pub fn is(length: usize) -> Self {
        Self { is: Some(length), ..Self::default() }
    }

    /// At least this long.
    pub fn min(length: usize) -> Self {
        Self { min: Some(length), ..Self::default() }
    }

    /// At most this long.
    pub fn max(length: usize) -> Self {
        Self { max: Some(length), ..Self::default() }
    }

    /// And at least this long.
    #[must_use]
    pub fn at_least(mut self, length: usize) -> Self {
        self.min = Some(length);
        self
    }

    /// And at most this long.
    #[must_use]
    pub fn at_most(mut self, length: usize) -> Self {
        self.max = Some(length);
        self
    }

    /// What is counted in text.
    #[must_use]
    pub fn count(mut self, count: Count) -> Self {
        self.count = count;
        self
    }

    /// The error's message; `%{count}` is the bound.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The bounds `(is, min, max)`, for forms.
    pub fn bounds(&self) -> (Option<usize>, Option<usize>, Option<usize>) {
        (self.is, self.min, self.max)
    }

    fn check(&self, value: &Value) -> Result<(), FieldError> {
        let Some((of, length)) = self.measure(value) else { return Ok(()) };
        let broken = [
            (Bound::Is, self.is, self.is.is_some_and(|is| length != is)),
            (Bound::Min, self.min, self.min.is_some_and(|min| length < min)),
            (Bound::Max, self.max, self.max.is_some_and(|max| length > max)),
        ];
        match broken.into_iter().find(|(.., broken)| *broken) {
            Some((bound, Some(count), _)) => Err(self.error(of, bound, count)),
            _ => Ok(()),
        }
    }

    fn measure(&self, value: &Value) -> Option<(Measured, usize)> {
        Some(match value {
            Value::Text(text) => match self.count {
                Count::Graphemes => (Measured::String, graphemes(text)),
                Count::Codepoints => (Measured::String, text.chars().count()),
                Count::Bytes => (Measured::Binary, text.len()),
            },
            Value::Binary(bytes) => (Measured::Binary, bytes.len()),
            Value::Array(_, elements) => (Measured::List, elements.len()),
            Value::Json(Param::Array(elements)) => (Measured::List, elements.len()),
            Value::Json(Param::Object(map)) => (Measured::Map, map.len()),
            _ => return None,
        })
    }

    fn error(&self, of: Measured, bound: Bound, count: usize) -> FieldError {
        let (kind, message) = words(of, bound);
        let message = self.message.clone().unwrap_or(Cow::Borrowed(message));
        FieldError::new(message)
            .with("count", count)
            .with("validation", "length")
            .with("kind", kind)
            .with("type", of.name())
    }
}

#[derive(Clone, Copy)]
enum Measured {
    String,
    Binary,
    List,
    Map,
}

impl Measured {
    fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Binary => "binary",
            Self::List => "list",
            Self::Map => "map",
        }
    }
}

#[derive(Clone, Copy)]
enum Bound {
    Is,
    Min,
    Max,
}

fn words(of: Measured, bound: Bound) -> (&'static str, &'static str) {
    use Measured::{Binary, List, Map, String};
    match (bound, of) {
        (Bound::Is, String) => ("is", "should be %{count} character(s)"),
        (Bound::Is, Binary) => ("is", "should be %{count} byte(s)"),
        (Bound::Is, List | Map) => ("is", "should have %{count} item(s)"),
        (Bound::Min, String) => ("min", "should be at least %{count} character(s)"),
        (Bound::Min, Binary) => ("min", "should be at least %{count} byte(s)"),
        (Bound::Min, List | Map) => ("min", "should have at least %{count} item(s)"),
        (Bound::Max, String) => ("max", "should be at most %{count} character(s)"),
        (Bound::Max, Binary) => ("max", "should be at most %{count} byte(s)"),
        (Bound::Max, List | Map) => ("max", "should have at most %{count} item(s)"),
    }
}

fn graphemes(text: &str) -> usize {
    // Of ASCII only CR LF is one grapheme of two characters.
    if text.is_ascii() { text.len() - text.matches("\r\n").count() } else { text.graphemes(true).count() }
}

impl From<RangeInclusive<usize>> for Length {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self::min(*range.start()).at_most(*range.end())
    }
}

impl From<Range<usize>> for Length {
    fn from(range: Range<usize>) -> Self {
        Self::min(range.start).at_most(range.end.saturating_sub(1))
    }
}

impl From<RangeFrom<usize>> for Length {
    fn from(range: RangeFrom<usize>) -> Self {
        Self::min(range.start)
    }
}

impl From<RangeToInclusive<usize>> for Length {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Self::max(range.end)
    }
}

impl From<RangeTo<usize>> for Length {
    fn from(range: RangeTo<usize>) -> Self {
        Self::max(range.end.saturating_sub(1))
    }
}

impl<D: Data> Changeset<D> {
    /// How long a text, binary, array or map may be: `3..=40`, `..=40`, `Length::is(8).message("…")`. Text is counted in
    /// graphemes unless [`Length::count`] says otherwise. The first bound that is broken is the error.
    pub fn validate_length<F: FieldRef<D, Of: HasLength>>(self, field: F, length: impl Into<Length>) -> Self {
        let (index, length) = (field.index_in(&self.data), length.into());
        let validation = Validation::Length(length.clone());
        self.check(index, validation, |value| length.check(value))
    }
}
