//! A response, and what a test says about it. What does not hold is a panic that shows the response.

use std::fmt;

use axum::body::to_bytes;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use crate::endpoint::error_page::Failure;

/// How much of a body is shown.
const SHOWN: usize = 4_000;

/// An answer, read to its end.
#[derive(Clone)]
pub struct TestResponse {
    path: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    failure: Option<Failure>,
}

impl TestResponse {
    pub(super) async fn read(path: &str, response: Response) -> Self {
        let (mut parts, body) = response.into_parts();
        let body =
            to_bytes(body, usize::MAX).await.unwrap_or_else(|error| panic!("the body of {path} broke off: {error}"));
        let failure = parts.extensions.remove();
        Self { path: path.to_owned(), status: parts.status, headers: parts.headers, body, failure }
    }

    /// The path that was asked for, at last.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a header, the first if there are several; `None` when it is absent or no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body's bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[track_caller]
    pub fn body(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|error| panic!("the body is no text: {error}\n{self:?}"))
    }

    /// The body, which has this status.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    pub fn response(&self, status: u16) -> &str {
        assert!(self.status() == status, "status {status} was expected\n{self:?}");
        self.body()
    }

    /// The page, which has this status.
    ///
    /// # Panics
    /// When status or content type are others.
    #[track_caller]
    pub fn html_response(&self, status: u16) -> &str {
        self.typed(status, "text/html")
    }

    /// The text, which has this status.
    ///
    /// # Panics
    /// When status or content type are others.
    #[track_caller]
    pub fn text_response(&self, status: u16) -> &str {
        self.typed(status, "text/plain")
    }

    /// The JSON value, which has this status.
    ///
    /// # Panics
    /// When status or content type are others, or it is no JSON.
    #[track_caller]
    pub fn json_response(&self, status: u16) -> Value {
        let text = self.typed(status, "application/json");
        serde_json::from_str(text).unwrap_or_else(|error| panic!("the body is no JSON: {error}\n{self:?}"))
    }

    /// Where the response leads.
    ///
    /// # Panics
    /// When it is no redirect.
    #[track_caller]
    pub fn redirected_to(&self) -> &str {
        match self.header(LOCATION.as_str()).filter(|_| self.status.is_redirection()) {
            Some(location) => location,
            None => panic!("a redirect was expected\n{self:?}"),
        }
    }

    /// The text of the error behind an error page, which has this status (`assert_error_sent`).
    ///
    /// # Panics
    /// When the status is another, or no error is behind it.
    #[track_caller]
    pub fn error_sent(&self, status: u16) -> String {
        assert!(self.status() == status, "an error of status {status} was expected\n{self:?}");
        match &self.failure {
            Some(failure) => failure.text(),
            None => panic!("no error is behind this response\n{self:?}"),
        }
    }

    #[track_caller]
    fn typed(&self, status: u16, expected: &str) -> &str {
        let body = self.response(status);
        let content_type = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        assert!(content_type.starts_with(expected), "{expected} was expected, it is `{content_type}`\n{self:?}");
        body
    }

    /// The token in the head of a page.
    pub(super) fn csrf_token(&self) -> Option<String> {
        let page = std::str::from_utf8(&self.body).ok()?;
        let (_, rest) = page.split_once("<meta name=\"csrf-token\" content=\"")?;
        rest.split_once('"').map(|(token, _)| token.to_owned())
    }
}

/// Status, headers and body, as one reads them.
impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} answered {}", self.path, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        if let Some(failure) = &self.failure {
            writeln!(f, "(because of: {})", failure.text())?;
        }
        let body = String::from_utf8_lossy(&self.body);
        writeln!(f)?;
        f.write_str(&body.chars().take(SHOWN).collect::<String>())
    }
}
