//! Plain text.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

/// Text as an answer, `text/plain` in UTF-8 (`Phoenix.Controller.text/2`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

/// An answer of plain text.
pub fn text(text: impl Into<String>) -> Text {
    Text(text.into())
}

impl IntoResponse for Text {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "text/plain; charset=utf-8")], self.0).into_response()
    }
}
