//! The bytes of a request's body.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use bytes::Bytes;

use crate::Error;
use crate::endpoint::body::RequestBody;

/// All bytes of the body, for signatures and formats of one's own. Others, such as `Params`, still read it.
///
/// ```
/// use axum::http::HeaderMap;
/// use liveview_core::{Params, RawBody, Result};
///
/// async fn webhook(headers: HeaderMap, raw: RawBody, params: Params) -> Result<()> {
///     verify(headers.get("x-signature"), &raw.0)?;
///     println!("{:?}", params.get("event"));
///     Ok(())
/// }
/// # fn verify(_: Option<&axum::http::HeaderValue>, _: &[u8]) -> Result<()> { Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct RawBody(pub Bytes);

impl<S: Sync> FromRequestParts<S> for RawBody {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(RequestBody::of(parts).bytes().await?))
    }
}
