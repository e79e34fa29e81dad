//! The application's own state in request handlers.

use std::any::{Any, type_name};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::{Conn, Error};

/// Extracts what [`crate::Endpoint::state`] was given, in an axum handler of the router. Answers 500 when there is none.
#[derive(Debug, Clone)]
pub struct State<T>(pub Arc<T>);

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Any + Send + Sync, S: Sync> FromRequestParts<S> for State<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let state = parts.extensions.get::<Conn>().and_then(|conn| conn.shared().host.states.share());
        let missing = || {
            let name = type_name::<T>();
            Error::msg(format!("the endpoint has no state of type `{name}`: give it one with `Endpoint::state`"))
        };
        state.map(Self).ok_or_else(missing)
    }
}
