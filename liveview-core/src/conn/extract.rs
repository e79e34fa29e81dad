//! What handlers take from a request: the `Conn` itself, parameters, assigns, the flash, the application's state.

use std::any::{Any, type_name};
use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Conn;
use crate::{Error, Flash, Params};

/// Extracts a value that a plug has [assigned](Conn::assign). Answers 500 when there is none.
#[derive(Debug, Clone)]
pub struct Assigned<T>(pub Arc<T>);

impl<T> Deref for Assigned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Answers 500 to requests that did not come through a router of ours.
impl<S: Sync> FromRequestParts<S> for Conn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let outside = || Error::msg("a handler asks for a `Conn` outside of a router of Bennu's");
        let conn = parts.extensions.get::<Self>().cloned().ok_or_else(outside)?;
        conn.keep_headers(&parts.headers);
        Ok(conn)
    }
}

/// All parameters: those of the path over those of the body, which is read now, over those of the query.
impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let conn = Conn::from_request_parts(parts, state).await?;
        conn.parse_body().await?;
        Ok(Arc::unwrap_or_clone(conn.params()))
    }
}

/// The messages for this page.
impl<S: Sync> FromRequestParts<S> for Flash {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Conn::from_request_parts(parts, state).await?.flash())
    }
}

impl<T: Any + Send + Sync, S: Sync> FromRequestParts<S> for Assigned<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let conn = Conn::from_request_parts(parts, state).await?;
        let missing =
            || Error::msg(format!("no `{}` is assigned: assign one in a plug of this route", type_name::<T>()));
        conn.assigned().map(Self).ok_or_else(missing)
    }
}

/// `None` where [`Assigned`] would answer 500: `Option<Assigned<User>>`.
impl<T: Any + Send + Sync, S: Sync> axum::extract::OptionalFromRequestParts<S> for Assigned<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Conn>().and_then(Conn::assigned).map(Self))
    }
}
