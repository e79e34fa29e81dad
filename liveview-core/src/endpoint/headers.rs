//! Headers that every answer has unless its handler set them (`Phoenix.Controller.put_secure_browser_headers/2`).

use std::sync::LazyLock;

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
        ),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), HeaderValue::from_static("none")),
];

/// Adds what is missing.
pub(crate) fn add_missing(response: &mut Response) {
    static ALL: LazyLock<HeaderMap> = LazyLock::new(|| {
        // With room for a few of the handler's own, and the request's id.
        let mut all = HeaderMap::with_capacity(2 * DEFAULTS.len());
        all.extend(DEFAULTS.map(|(name, value)| (Some(name), value)));
        all
    });
    let headers = response.headers_mut();
    if headers.len() > 1 {
        for (name, value) in DEFAULTS {
            headers.entry(name).or_insert(value);
        }
    } else {
        // Nearly nothing is there: a copy of all of them, which takes no hashing.
        let own = std::mem::replace(headers, ALL.clone());
        headers.extend(own);
    }
}
