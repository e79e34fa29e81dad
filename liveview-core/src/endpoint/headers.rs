//! Headers that every answer has unless its handler set them (`Phoenix.Controller.put_secure_browser_headers/2`).

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
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
    // Together with the request's id, and so that the map grows once.
    response.headers_mut().reserve(DEFAULTS.len() + 1);
    for (name, value) in DEFAULTS {
        response.headers_mut().entry(name).or_insert(value);
    }
}
