//! JSON, in and out.

use axum::extract::FromRequestParts;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::endpoint::body::{BodyError, RequestBody};

/// A value as JSON: as an answer, any value that serialises; as an extractor, the request's body as a `T`.
///
/// The extractor wants a content type of JSON (else 415) and a body that is a `T` (else 400).
///
/// ```
/// use liveview_core::Json;
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Robot { name: String }
///
/// async fn echo(Json(robot): Json<Robot>) -> Json<Robot> {
///     Json(robot)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(CONTENT_TYPE, "application/json; charset=utf-8")], bytes).into_response(),
            Err(error) => Error::from(error).into_response(),
        }
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Json<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let body = RequestBody::of(parts);
        if !body.is_json() {
            return Err(BodyError::Unsupported { content_type: body.content_type().to_owned() }.into());
        }
        let bytes = body.bytes().await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| BodyError::Malformed(format!("JSON: {error}")))?;
        Ok(Self(value))
    }
}
