//! The files of a folder (`Plug.Static`), on top of tower-http's `ServeDir`, which opens, chooses the encoding and cuts ranges.
//!
//! What is added: paths that a browser has no business with are refused before the disk is asked, every file has an `ETag`, and a URL with
//! `?vsn=d`, as [`static_path`](crate::static_path) makes it, may be kept for a year without asking again.

mod etag;
mod manifest;
mod path;
mod range;

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::PathBuf;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, RANGE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

pub(crate) use self::etag::is_known;
pub(crate) use self::manifest::{StaticFile, StaticPaths, digested_path};
pub use self::manifest::{static_integrity, static_path};
use self::path::PathError;
use super::error_page::refuse;

/// A URL that names its content never changes.
pub(crate) const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Any other may: the browser asks, with the `ETag`, each time.
pub(crate) const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");

/// A folder whose files are served.
///
/// Of `app.css` a variant `app.css.br`, `app.css.zst` or `app.css.gz` that lies beside it is sent to browsers that take it. Files and folders whose name begins with a dot are not served
/// (but `.well-known` is), nor is anything outside of the folder, unless a symbolic link in it leads there.
///
/// ```
/// use liveview_core::{Router, StaticFiles};
///
/// Router::new().static_files("/", StaticFiles::new("static").only(["images", "favicon.ico", "robots.txt"]));
/// ```
#[derive(Clone, Debug)]
pub struct StaticFiles {
    folder: PathBuf,
    only: Vec<Cow<'static, str>>,
    cache_control: HeaderValue,
}

impl StaticFiles {
    /// All files of a folder, its subfolders included. A relative path is seen from where the program runs.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), only: Vec::new(), cache_control: ASK_AGAIN }
    }

    /// Only what is within these files and folders at its top. So a folder may be served at `/` beside all other routes.
    #[must_use]
    pub fn only<N: Into<Cow<'static, str>>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.only.extend(names.into_iter().map(Into::into));
        self
    }

    /// What is said to browsers about keeping files whose URL has no `?vsn=d`. Default: `public, no-cache`.
    ///
    /// # Panics
    /// When it is no value of a header.
    #[must_use]
    #[track_caller]
    pub fn cache_control(mut self, value: &'static str) -> Self {
        self.cache_control = HeaderValue::from_static(value);
        self
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// The names that [`only`](Self::only) listed. One that is not there is a mistake that nobody would notice otherwise.
    pub(crate) fn tops(&self) -> Vec<String> {
        for name in self.only.iter().filter(|name| !self.folder.join(&***name).exists()) {
            tracing::warn!("`{name}` is to be served, but it is not in {}", self.folder.display());
        }
        self.only.iter().map(|name| name.clone().into_owned()).collect()
    }

    /// Answers to a `GET` or `HEAD` for the file that these decoded segments name.
    pub(crate) async fn respond(&self, segments: &[String], request: Request) -> Response {
        match path::uri(segments) {
            Ok(path) => self.serve(&path, request).await,
            Err(PathError::Hidden) => {
                refuse(StatusCode::NOT_FOUND, "files whose name begins with a dot are not served")
            }
            Err(PathError::Invalid) => refuse(StatusCode::BAD_REQUEST, "no path of a file"),
        }
    }

    async fn serve(&self, path: &Uri, request: Request) -> Response {
        let (method, mut headers) = (request.method().clone(), request.headers().clone());
        if headers.contains_key(IF_NONE_MATCH) {
            // RFC 9110, 13.2.2: the date does not count where the tag does.
            headers.remove(IF_MODIFIED_SINCE);
        }
        if headers.get(RANGE).is_some_and(|range| !range::is_one(range)) {
            headers.remove(RANGE);
        }
        let mut response = self.open(&method, path, &headers).await;
        let is_unchanged = response.status() == StatusCode::NOT_MODIFIED;
        if is_unchanged || range::is_all(&headers, &response) {
            // Once more for the whole, whose headers a 304 has, too (RFC 9110, 15.4.5).
            headers.remove(IF_MODIFIED_SINCE);
            headers.remove(RANGE);
            response = self.open(&method, path, &headers).await;
        }
        if !response.status().is_success() {
            return if response.status() == StatusCode::NOT_FOUND {
                refuse(StatusCode::NOT_FOUND, "no such file")
            } else {
                response
            };
        }
        let tag = etag::of(response.headers());
        if let Some(tag) = &tag {
            if is_unchanged || etag::is_known(&headers, tag) {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                *response.body_mut() = Body::empty();
                for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING] {
                    response.headers_mut().remove(name);
                }
            } else if headers.get(IF_RANGE).is_some_and(|known| known != tag) {
                headers.remove(RANGE);
                headers.remove(IF_RANGE);
                response = self.open(&method, path, &headers).await;
            }
            response.headers_mut().insert(ETAG, tag.clone());
        }
        let cache = if is_versioned(request.uri()) { IMMUTABLE } else { self.cache_control.clone() };
        response.headers_mut().insert(CACHE_CONTROL, cache);
        response.headers_mut().insert(VARY, ACCEPT_ENCODING.into());
        add_charset(response.headers_mut());
        response
    }

    async fn open(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        let mut folder = ServeDir::new(&self.folder)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip()
            .precompressed_zstd();
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = headers.clone();
        match folder.try_call(request).await {
            Ok(response) => response.map(Body::new).into_response(),
            // A name that the file system cannot have, such as one that is too long, names no file.
            Err(error) if error.kind() == ErrorKind::InvalidFilename => refuse(StatusCode::NOT_FOUND, "no such file"),
            Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, format!("a file cannot be read: {error}")),
        }
    }
}

/// Whether the URL says that its content never changes.
pub(crate) fn is_versioned(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "vsn=d"))
}

/// Texts of ours are UTF-8.
fn add_charset(headers: &mut HeaderMap) {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else { return };
    if kind.starts_with("text/") && !kind.contains("charset") {
        let kind = HeaderValue::try_from(format!("{kind}; charset=utf-8"));
        if let Ok(kind) = kind {
            headers.insert(CONTENT_TYPE, kind);
        }
    }
}
