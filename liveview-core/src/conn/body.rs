//! The request's body.

use axum::http::Method;
use bytes::Bytes;

use super::Conn;
use crate::Params;
use crate::endpoint::body::{BodyError, Kind, RequestBody, Uploads};

impl Conn {
    /// Reads the body's parameters and files, if nobody has yet: from now on they are in [`params`](Self::params) and [`uploads`](Self::uploads). The extractors
    /// `Params` and `Uploads` do it by themselves, and so does the plug [`csrf`](crate::plug::csrf) where it needs the form's token. A body that is no form and no JSON passes.
    /// So does that of a `GET` or `HEAD`: it means nothing (RFC 9110, 9.3.1), and caches do not look at it.
    ///
    /// # Errors
    /// [`BodyError`]: 400, 408 or 413 as a response.
    pub async fn parse_body(&self) -> Result<(), BodyError> {
        let is_meant = !matches!(*self.method(), Method::GET | Method::HEAD);
        if let Some(body) = self.body().filter(|_| is_meant) {
            let parsed = body.parsed().await?;
            if !parsed.params.is_empty() {
                self.set_parsed_params(|| parsed.params.clone());
            }
        }
        Ok(())
    }

    /// The files of the body. Empty before it was [parsed](Self::parse_body).
    pub fn uploads(&self) -> Uploads {
        self.body().and_then(RequestBody::parsed_already).map(|parsed| parsed.uploads.clone()).unwrap_or_default()
    }

    /// All bytes of the body, as for a signature. It can still be parsed, and read by the handler.
    ///
    /// # Errors
    /// [`BodyError`]; also where the body is a multipart form that was parsed.
    pub async fn raw_body(&self) -> Result<Bytes, BodyError> {
        match self.body() {
            Some(body) => body.bytes().await,
            None => Ok(Bytes::new()),
        }
    }

    /// How many bytes of the body are read at most, in place of [`Limits::max_body_size`](crate::Limits::max_body_size). Before it is parsed.
    pub fn set_body_limit(&self, bytes: usize) {
        if let Some(body) = self.body() {
            body.set_limit(bytes);
        }
    }

    /// Takes these for the parameters of the body: for a plug that reads a format of its own.
    pub fn put_body_params(&self, params: Params) {
        self.set_body_params(params);
    }

    /// # Errors
    /// Of status 415, when there is a body of another type than these.
    pub(crate) fn check_body_kind(&self, known: &[Kind]) -> Result<(), BodyError> {
        match self.body() {
            Some(body) if !body.is_empty() && !known.contains(&body.kind()) => {
                Err(BodyError::Unsupported { content_type: body.content_type().to_owned() })
            }
            _ => Ok(()),
        }
    }
}
