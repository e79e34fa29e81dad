//! A request in the making.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use bytes::Bytes;
use serde::Serialize;

use super::{TestConn, TestResponse, header};
use crate::session::csrf::CSRF_HEADER;

/// How many redirects a browser follows.
const MAX_REDIRECTS: usize = 20;

/// What stands between the parts of a form.
const BOUNDARY: &str = "bennu-test-boundary";

/// A request that is sent when it is awaited.
#[must_use = "a request is sent when it is awaited"]
pub struct TestRequest {
    conn: TestConn,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    follows: bool,
    with_csrf: bool,
}

/// A part of a multipart form.
#[derive(Clone, Debug)]
pub struct FormPart {
    disposition: String,
    content: Bytes,
}

impl FormPart {
    /// A field.
    pub fn text(name: &str, value: impl Into<String>) -> Self {
        Self { disposition: format!("form-data; name=\"{name}\""), content: value.into().into() }
    }

    /// A file, with the name and the content type that the browser says.
    pub fn file(name: &str, filename: &str, content_type: &str, content: impl Into<Bytes>) -> Self {
        let disposition =
            format!("form-data; name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: {content_type}");
        Self { disposition, content: content.into() }
    }
}

impl TestRequest {
    pub(super) fn new(conn: TestConn, method: Method, path: String) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { conn, method, path, headers, body, follows: false, with_csrf: true }
    }

    /// A header, in place of the one of that name.
    ///
    /// # Panics
    /// When it is no header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = header(name, value);
        self.headers.insert(name, value);
        self
    }

    /// Asks for answers of this media type.
    #[track_caller]
    pub fn accept(self, media_type: &str) -> Self {
        self.header(ACCEPT.as_str(), media_type)
    }

    /// A form, urlencoded: names and values.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(self, fields: impl IntoIterator<Item = (N, V)>) -> Self {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", text)
    }

    /// A form with files.
    pub fn multipart(self, parts: impl IntoIterator<Item = FormPart>) -> Self {
        let mut body = Vec::new();
        for FormPart { disposition, content } in parts {
            body.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n").as_bytes());
            body.extend_from_slice(&content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// A value as JSON.
    ///
    /// # Panics
    /// When it has no form in JSON.
    #[track_caller]
    pub fn json(self, value: impl Serialize) -> Self {
        let text = serde_json::to_string(&value).unwrap_or_else(|error| panic!("this value is no JSON: {error}"));
        self.body("application/json", text)
    }

    /// Any body.
    #[track_caller]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Goes where redirects lead, as a browser does: up to 20 times.
    pub fn follow_redirects(mut self) -> Self {
        self.follows = true;
        self
    }

    /// Without the CSRF token of the last page, which otherwise goes with every request that changes something.
    pub fn without_csrf(mut self) -> Self {
        self.with_csrf = false;
        self
    }

    async fn send(mut self) -> TestResponse {
        self.add_headers();
        let (mut method, mut path) = (self.method.clone(), self.path.clone());
        for _ in 0..=MAX_REDIRECTS {
            let body = Body::from(self.body.clone());
            let response = self.conn.send(method.clone(), &path, self.headers.clone(), body).await;
            let Some(next) = self.next(&response) else { return response };
            if !matches!(response.status(), 307 | 308) {
                (method, self.body) = (if method == Method::HEAD { method } else { Method::GET }, Bytes::new());
                self.headers.remove(CONTENT_TYPE);
                self.headers.remove(CONTENT_LENGTH);
            }
            path = next;
        }
        panic!("{} {} is redirected without end, at last to {path}", self.method, self.path)
    }

    /// Where to go next, if there is somewhere and it is wanted.
    fn next(&self, response: &TestResponse) -> Option<String> {
        let location = response.header(LOCATION.as_str()).filter(|_| (300..=308).contains(&response.status()))?;
        if !self.follows {
            return None;
        }
        let url: Uri = location.parse().unwrap_or_else(|_| panic!("redirected to `{location}`, which is no URL"));
        Some(url.path_and_query().map_or("/", |path| path.as_str()).to_owned())
    }

    fn add_headers(&mut self) {
        if !self.body.is_empty() {
            self.headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from(self.body.len()));
        }
        let is_safe = matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if let Some(token) = self.conn.csrf_token().filter(|_| self.with_csrf && !is_safe)
            && let Ok(token) = HeaderValue::try_from(token)
        {
            self.headers.entry(HeaderName::from_static(CSRF_HEADER)).or_insert(token);
        }
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
