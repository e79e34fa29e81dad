//! The plug `secure_headers`.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use super::Plug;
use crate::Conn;
use crate::endpoint::headers;

/// Adds the secure headers that a response lacks (`put_secure_browser_headers`). The endpoint does the same for all responses; in a pipeline it
/// does so before the before-send functions of the plugs above it, which then see them.
#[allow(clippy::unused_async, reason = "a plug is an asynchronous function")]
pub async fn secure_headers(conn: Conn) {
    conn.before_send(headers::add_missing);
}

/// The same with headers of your own, which take the place of the defaults of their names; a handler's go before both. A policy is made by
/// [`ContentSecurityPolicy`](super::ContentSecurityPolicy).
///
/// # Panics
/// When a name or a value is none of a header's.
#[track_caller]
pub fn secure_headers_with<'a>(custom: impl IntoIterator<Item = (&'a str, &'a str)>) -> impl Plug {
    let header = |(name, value): (&str, &str)| {
        let read = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
        read.unwrap_or_else(|| panic!("`{name}: {value}` is no header"))
    };
    let custom: Vec<(HeaderName, HeaderValue)> = custom.into_iter().map(header).collect();
    move |conn: Conn| {
        let custom = custom.clone();
        conn.before_send(move |response: &mut Response| {
            for (name, value) in custom {
                response.headers_mut().entry(name).or_insert(value);
            }
            headers::add_missing(response);
        });
        std::future::ready(())
    }
}
