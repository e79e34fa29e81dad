//! Answers that browsers save as a file (`Phoenix.Controller.send_download/3`).

use std::fmt::Write as _;
use std::path::Path;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::file::{SendFile, content_type_of, send_file};
use crate::Result;

/// A file for the browser to save: bytes of the program, or a file of the disk.
///
/// ```
/// use liveview_core::Download;
///
/// async fn log() -> Download {
///     Download::bytes("Fährten.csv", "time,battery\n0,97\n")
/// }
/// ```
#[derive(Debug)]
pub struct Download {
    content: Content,
    filename: String,
    content_type: Option<HeaderValue>,
    is_inline: bool,
}

#[derive(Debug)]
enum Content {
    Bytes(Bytes),
    File(Box<SendFile>),
}

impl Download {
    /// These bytes as a file of that name. The content type follows from the name.
    pub fn bytes(filename: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { content: Content::Bytes(bytes.into()), filename: filename.into(), content_type: None, is_inline: false }
    }

    /// A file of the disk, under its own name. It is sent as it is read.
    ///
    /// # Errors
    /// As [`send_file`].
    pub async fn file(path: impl AsRef<Path>) -> Result<Self> {
        let file = send_file(path).await?;
        let filename = file.name();
        Ok(Self { content: Content::File(Box::new(file)), filename, content_type: None, is_inline: false })
    }

    /// Another name for the browser to save it by.
    #[must_use]
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = filename.into();
        self
    }

    /// Another content type than the name's.
    ///
    /// # Errors
    /// When it is no value of a header.
    pub fn content_type(mut self, content_type: &str) -> Result<Self> {
        self.content_type = Some(HeaderValue::from_str(content_type)?);
        Ok(self)
    }

    /// Shown by the browser, if it can, instead of saved. Not for files of users: they may hold scripts.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.is_inline = true;
        self
    }

    /// Begins behind so many bytes.
    #[must_use]
    pub fn offset(mut self, bytes: u64) -> Self {
        self.content = match self.content {
            Content::Bytes(content) => {
                let at = usize::try_from(bytes).unwrap_or(usize::MAX).min(content.len());
                Content::Bytes(content.slice(at..))
            }
            Content::File(file) => Content::File(Box::new(file.offset(bytes))),
        };
        self
    }

    /// Sends so many bytes at most; to be said after [`offset`](Self::offset).
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.content = match self.content {
            Content::Bytes(content) => {
                let length = usize::try_from(bytes).unwrap_or(usize::MAX).min(content.len());
                Content::Bytes(content.slice(..length))
            }
            Content::File(file) => Content::File(Box::new(file.length(bytes))),
        };
        self
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let disposition = disposition(if self.is_inline { "inline" } else { "attachment" }, &self.filename);
        let content_type = self.content_type.unwrap_or_else(|| content_type_of(Path::new(&self.filename)));
        let mut response = match self.content {
            Content::Bytes(bytes) => {
                ([(CONTENT_LENGTH, HeaderValue::from(bytes.len()))], Body::from(bytes)).into_response()
            }
            Content::File(file) => file.into_response(),
        };
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
        response
    }
}

/// RFC 6266: `filename` in ASCII for all, `filename*` (RFC 8187) where that does not say everything.
fn disposition(kind: &str, filename: &str) -> HeaderValue {
    let plain = |c: char| if (' '..='~').contains(&c) && !matches!(c, '"' | '\\' | '%' | '/') { c } else { '_' };
    let ascii: String = filename.chars().map(plain).collect();
    let mut value = format!("{kind}; filename=\"{ascii}\"");
    if ascii != filename {
        value.push_str("; filename*=UTF-8''");
        for byte in filename.bytes() {
            // `attr-char` of RFC 8187, 3.2.1.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    // All of it is printable ASCII.
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;

    use super::{Download, disposition};

    #[test]
    fn a_name_is_said_in_ascii_and_in_full() {
        let value = |name| disposition("attachment", name).to_str().expect("ASCII").to_owned();
        assert_eq!(value("log.csv"), "attachment; filename=\"log.csv\"");
        assert_eq!(value("a b.csv"), "attachment; filename=\"a b.csv\"");
        assert_eq!(
            value("Fährten \"2\".csv"),
            "attachment; filename=\"F_hrten _2_.csv\"; filename*=UTF-8''F%C3%A4hrten%20%222%22.csv"
        );
        assert_eq!(
            value("a\r\nx: y/../z"),
            "attachment; filename=\"a__x: y_.._z\"; filename*=UTF-8''a%0D%0Ax%3A%20y%2F..%2Fz"
        );
    }

    #[tokio::test]
    async fn bytes_are_sent_in_part() {
        let response = Download::bytes("a.txt", "0123456789").offset(3).length(4).into_response();
        assert_eq!(response.headers()["content-length"], "4");
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(to_bytes(response.into_body(), 100).await.expect("a body"), "3456");
        let response = Download::bytes("a.txt", "0123").offset(9).length(4).into_response();
        assert_eq!(to_bytes(response.into_body(), 100).await.expect("a body"), "");
    }

    #[tokio::test]
    async fn a_file_is_sent_in_part_under_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("wéb.json");
        std::fs::write(&path, "0123456789").expect("a file");
        let response = Download::file(&path).await.expect("a file").offset(8).length(100).into_response();
        assert_eq!(response.headers()["content-type"], "application/json");
        assert!(response.headers()["content-disposition"].to_str().expect("ASCII").ends_with("w%C3%A9b.json"));
        assert_eq!(response.headers()["content-length"], "2");
        assert_eq!(to_bytes(response.into_body(), 100).await.expect("a body"), "89");
        assert_eq!(Download::file(folder.path()).await.expect_err("a folder").status(), 404);
        assert_eq!(Download::file("/nowhere/at/all").await.expect_err("no file").status(), 404);
    }
}
