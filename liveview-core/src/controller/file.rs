//! Files of the server's disk as answers (`Plug.Conn.send_file/5`).

use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::{Error, Result};

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// An opened file, or a part of it, that is sent as it is read: it is never in memory as a whole.
#[derive(Debug)]
pub struct SendFile {
    file: File,
    path: PathBuf,
    size: u64,
    offset: u64,
    length: Option<u64>,
    content_type: Option<HeaderValue>,
}

/// Opens a file to be sent. Its content type follows from its name.
///
/// The path must be the program's, never a request's: nothing here keeps it within a folder (`static_dir` does).
///
/// # Errors
/// Status 404 when there is no such file, 500 when it cannot be read.
pub async fn send_file(path: impl AsRef<Path>) -> Result<SendFile> {
    let path = path.as_ref();
    let opened = async {
        let file = File::open(path).await?;
        let metadata = file.metadata().await?;
        if metadata.is_file() { Ok((file, metadata.len())) } else { Err(std::io::ErrorKind::NotFound.into()) }
    };
    let (file, size) = opened.await.map_err(|error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidFilename => {
            Error::not_found(format!("no file {}", path.display()))
        }
        _ => Error::msg(format!("{} cannot be read: {error}", path.display())),
    })?;
    Ok(SendFile { file, path: path.to_owned(), size, offset: 0, length: None, content_type: None })
}

impl SendFile {
    /// Begins behind so many bytes; behind the end, nothing is sent.
    #[must_use]
    pub fn offset(mut self, bytes: u64) -> Self {
        self.offset = bytes.min(self.size);
        self
    }

    /// Sends so many bytes at most.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
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

    /// The file's name, without folders.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn length_to_send(&self) -> u64 {
        let rest = self.size.saturating_sub(self.offset);
        self.length.map_or(rest, |length| length.min(rest))
    }
}

/// The content type that a file's name tells, with the encoding of texts.
pub(crate) fn content_type_of(path: &Path) -> HeaderValue {
    let guessed = mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream");
    if guessed.starts_with("text/") {
        HeaderValue::from_str(&format!("{guessed}; charset=utf-8")).unwrap_or(HeaderValue::from_static(guessed))
    } else {
        HeaderValue::from_static(guessed)
    }
}

impl IntoResponse for SendFile {
    fn into_response(self) -> Response {
        let length = self.length_to_send();
        let content_type = self.content_type.clone().unwrap_or_else(|| content_type_of(&self.path));
        let (mut file, offset) = (self.file, self.offset);
        let chunks = async_stream(async move {
            if offset > 0 {
                file.seek(SeekFrom::Start(offset)).await?;
            }
            Ok(ReaderStream::with_capacity(file.take(length), CHUNK))
        });
        let headers = [(CONTENT_TYPE, content_type), (CONTENT_LENGTH, HeaderValue::from(length))];
        (StatusCode::OK, headers, Body::from_stream(chunks)).into_response()
    }
}

/// A stream that is only known after some waiting.
fn async_stream<S, T>(
    opening: impl Future<Output = std::io::Result<S>>,
) -> impl futures_util::Stream<Item = std::io::Result<T>>
where
    S: futures_util::Stream<Item = std::io::Result<T>>,
{
    use futures_util::TryStreamExt as _;
    futures_util::stream::once(opening).try_flatten()
}
