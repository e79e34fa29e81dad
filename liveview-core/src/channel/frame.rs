//! What a transport carries.

use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;

/// One frame: a text, or bytes. Clones share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Frame {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Kind::Text(text.into().into()))
    }

    /// Bytes.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Binary(bytes.into()))
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Kind::Text(text) => Some(text),
            Kind::Binary(_) => None,
        }
    }

    /// The bytes, if it is not text.
    pub fn as_binary(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Text(_) => None,
            Kind::Binary(bytes) => Some(bytes),
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Text(text) => text.len(),
            Kind::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn from_text(text: Utf8Bytes) -> Self {
        Self(Kind::Text(text))
    }

    pub(crate) fn into_message(self) -> Message {
        match self.0 {
            Kind::Text(text) => Message::Text(text),
            Kind::Binary(bytes) => Message::Binary(bytes),
        }
    }
}
