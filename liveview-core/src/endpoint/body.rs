//! The body of a request: parsed into parameters when somebody asks for them, and not before.
//!
//! The endpoint puts a [`RequestBody`] into the request in place of its body. Whoever wants parameters (the extractor
//! [`Params`], the CSRF plug) has it [parsed](RequestBody::parsed) once; whoever wants the bytes gets them, also after that. A handler that reads the
//! request's own body streams it as it comes: nothing is kept of it, whatever its size.
//!
//! | content type | becomes (`Plug.Parsers`) |
//! |---|---|
//! | `application/x-www-form-urlencoded` | parameters; bad text is 400 |
//! | `multipart/form-data` | parameters, and an [`Upload`](crate::Upload) for each file |
//! | `application/json`, `…+json` | parameters; what is no object stands under `_json` |
//! | others | nothing: they pass, unless [`plug::parse_body_of`](crate::plug::parse_body_of) stands before the handler |

mod error;
mod multipart;
mod peek;
mod upload;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use serde_json::Value;
use tokio::sync::OnceCell;

pub use self::error::BodyError;
pub(crate) use self::peek::peek;
pub use self::upload::{Upload, Uploads};
use crate::host::Limits;
use crate::params::Params;

/// Under which name JSON stands that is not an object.
const JSON_PARAM: &str = "_json";

/// A handle on the body of one request. Clones are the same body.
#[derive(Clone)]
pub(crate) struct RequestBody(Arc<Inner>);

struct Inner {
    content_type: String,
    content_length: Option<u64>,
    limit: AtomicUsize,
    /// How long one piece of the body may take to come.
    patience: Duration,
    source: Mutex<Source>,
    parsed: OnceCell<Result<Arc<Parsed>, BodyError>>,
}

/// What a body was parsed to.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) params: Params,
    pub(crate) uploads: Uploads,
}

enum Source {
    /// Not read yet.
    Stream(Body),
    /// Read, and kept for whoever reads it again.
    Whole(Bytes),
    /// Somebody has it, or its parts are in files.
    Taken,
}

/// How a body is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Urlencoded,
    Multipart,
    Json,
    Other,
}

impl RequestBody {
    pub(crate) fn new(headers: &HeaderMap, body: Body, limits: &Limits) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let empty = body.is_end_stream();
        Self(Arc::new(Inner {
            content_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
            content_length: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            limit: AtomicUsize::new(limits.max_body_size),
            patience: limits.body_timeout,
            source: Mutex::new(if empty { Source::Whole(Bytes::new()) } else { Source::Stream(body) }),
            parsed: OnceCell::new(),
        }))
    }

    /// The body of the request that these are the parts of. Of a request without one, an empty one.
    pub(crate) fn of(parts: &Parts) -> Self {
        let empty = || Self::new(&parts.headers, Body::empty(), &Limits::default());
        parts.extensions.get::<Self>().cloned().unwrap_or_else(empty)
    }

    /// What the handler gets as the request's body: whatever is left when it begins to read.
    pub(crate) fn lazy(&self) -> Body {
        if self.is_empty() {
            return Body::empty();
        }
        let body = self.clone();
        Body::from_stream(futures_util::stream::once(async move { body.take() }).flatten())
    }

    pub(crate) fn content_type(&self) -> &str {
        &self.0.content_type
    }

    pub(crate) fn is_json(&self) -> bool {
        self.kind() == Kind::Json
    }

    /// The most bytes that are read into memory or files. Counts for what is parsed from now on.
    pub(crate) fn set_limit(&self, bytes: usize) {
        self.0.limit.store(bytes, Ordering::Relaxed);
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&*self.source(), Source::Whole(bytes) if bytes.is_empty())
    }

    pub(crate) fn kind(&self) -> Kind {
        let essence = self.0.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match &*essence {
            "application/x-www-form-urlencoded" => Kind::Urlencoded,
            "multipart/form-data" => Kind::Multipart,
            "application/json" => Kind::Json,
            other if other.starts_with("application/") && other.ends_with("+json") => Kind::Json,
            _ => Kind::Other,
        }
    }

    /// Parameters and files. Read and parsed the first time; later calls give the same, also the same error.
    ///
    /// # Errors
    /// [`BodyError`].
    pub(crate) async fn parsed(&self) -> Result<Arc<Parsed>, BodyError> {
        self.0.parsed.get_or_init(async || self.parse().await.map(Arc::new)).await.clone()
    }

    /// What was parsed until now.
    pub(crate) fn parsed_already(&self) -> Option<Arc<Parsed>> {
        self.0.parsed.get()?.as_ref().ok().cloned()
    }

    /// All bytes. They stay for whoever reads the body again.
    ///
    /// # Errors
    /// [`BodyError`]; `AlreadyRead` after a multipart body was parsed, or by whom it was streamed.
    pub(crate) async fn bytes(&self) -> Result<Bytes, BodyError> {
        self.check_length()?;
        let body = match self.swap(Source::Taken) {
            Source::Stream(body) => body,
            Source::Whole(bytes) => {
                self.swap(Source::Whole(bytes.clone()));
                return Ok(bytes);
            }
            Source::Taken => return Err(BodyError::AlreadyRead),
        };
        let bytes = self.read(body).await?;
        self.swap(Source::Whole(bytes.clone()));
        Ok(bytes)
    }

    async fn parse(&self) -> Result<Parsed, BodyError> {
        let params = match self.kind() {
            _ if self.is_empty() => Params::new(),
            Kind::Urlencoded => Params::decode(self.bytes().await?)?,
            Kind::Json => json(&self.bytes().await?)?,
            Kind::Multipart => return self.parse_multipart().await,
            Kind::Other => Params::new(),
        };
        Ok(Parsed { params, uploads: Uploads::default() })
    }

    async fn parse_multipart(&self) -> Result<Parsed, BodyError> {
        self.check_length()?;
        let stream = self.stream()?;
        multipart::parse(&self.0.content_type, stream, self.limit()).await
    }

    async fn read(&self, body: Body) -> Result<Bytes, BodyError> {
        let mut chunks = std::pin::pin!(timed(body, self.0.patience));
        let Some(first) = chunks.next().await.transpose()? else { return Ok(Bytes::new()) };
        let Some(second) = chunks.next().await.transpose()? else { return self.within_limit(first) };
        let mut whole = BytesMut::with_capacity(first.len() + second.len());
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while let Some(chunk) = chunks.next().await.transpose()? {
            whole.extend_from_slice(&chunk);
            if whole.len() > self.limit() {
                break;
            }
        }
        self.within_limit(whole.freeze())
    }

    fn within_limit(&self, bytes: Bytes) -> Result<Bytes, BodyError> {
        if bytes.len() > self.limit() { Err(BodyError::TooLarge { limit: self.limit() }) } else { Ok(bytes) }
    }

    /// A body that says that it is too large is not read at all.
    fn check_length(&self) -> Result<(), BodyError> {
        let limit = self.limit();
        match self.0.content_length {
            Some(length) if length > limit as u64 => Err(BodyError::TooLarge { limit }),
            _ => Ok(()),
        }
    }

    /// The body as it comes, once.
    fn stream(&self) -> Result<impl Stream<Item = Result<Bytes, BodyError>> + Send + use<>, BodyError> {
        let body = match self.swap(Source::Taken) {
            Source::Stream(body) => body,
            Source::Whole(bytes) => Body::from(bytes),
            Source::Taken => return Err(BodyError::AlreadyRead),
        };
        Ok(timed(body, self.0.patience))
    }

    fn take(&self) -> futures_util::stream::BoxStream<'static, Result<Bytes, axum::Error>> {
        match self.swap(Source::Taken) {
            Source::Stream(body) => body.into_data_stream().boxed(),
            Source::Whole(bytes) => {
                self.swap(Source::Whole(bytes.clone()));
                futures_util::stream::once(async move { Ok(bytes) }).boxed()
            }
            Source::Taken => {
                futures_util::stream::once(async { Err(axum::Error::new(BodyError::AlreadyRead)) }).boxed()
            }
        }
    }

    fn limit(&self) -> usize {
        self.0.limit.load(Ordering::Relaxed)
    }

    /// Puts another source in place of the one that is there, which it gives. The lock is held for that only.
    fn swap(&self, source: Source) -> Source {
        std::mem::replace(&mut *self.source(), source)
    }

    /// A panic cannot happen under the lock, so a poisoned one holds a sound value.
    fn source(&self) -> std::sync::MutexGuard<'_, Source> {
        self.0.source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The chunks of a body, each of which may take so long to come.
fn timed(body: Body, patience: Duration) -> impl Stream<Item = Result<Bytes, BodyError>> + Send {
    futures_util::stream::unfold(Some(body.into_data_stream()), move |stream| async move {
        let mut stream = stream?;
        match tokio::time::timeout(patience, stream.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(stream))),
            Ok(Some(Err(error))) => Some((Err(broken(&error)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(BodyError::TooSlow { limit: patience }), None)),
        }
    })
}

/// The connection's own limit on slow bodies is behind some layers of errors.
fn broken(error: &axum::Error) -> BodyError {
    let mut causes = std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source());
    let known = causes.find_map(|error| error.downcast_ref::<BodyError>()).cloned();
    known.unwrap_or_else(|| BodyError::Broken(error.to_string()))
}

fn json(bytes: &[u8]) -> Result<Params, BodyError> {
    if bytes.is_empty() {
        return Ok(Params::new());
    }
    match serde_json::from_slice(bytes).map_err(|error| BodyError::Malformed(format!("JSON: {error}")))? {
        Value::Object(object) => Ok(object.into()),
        other => {
            let object = serde_json::Map::from_iter([(JSON_PARAM.to_owned(), other)]);
            Ok(object.into())
        }
    }
}

#[cfg(test)]
mod tests;
