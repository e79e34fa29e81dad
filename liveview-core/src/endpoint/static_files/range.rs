//! The header `Range` (RFC 9110, 14.2), where tower-http is stricter than it should be.

use axum::http::header::{CONTENT_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

/// Whether it asks for one range of bytes. Anything else is to be ignored: what is no range, what is in other units, and several at a
/// time, as in `Plug.Static`.
pub(super) fn is_one(range: &HeaderValue) -> bool {
    let range = range.to_str().ok().and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let Some((first, last)) = range else { return false };
    match (number(first), number(last)) {
        (Some(first), Some(last)) => first <= last,
        (Some(_), None) => last.is_empty(),
        (None, Some(_)) => first.is_empty(),
        (None, None) => false,
    }
}

fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Whether a range is the whole file, and the answer does not know: the end of a file that is shorter than that, and any part of an empty one.
pub(super) fn is_all(request: &HeaderMap, response: &Response) -> bool {
    let is_end = |range: &HeaderValue| range.as_bytes().starts_with(b"bytes=-");
    match response.status() {
        StatusCode::RANGE_NOT_SATISFIABLE => request.get(RANGE).is_some_and(is_end),
        StatusCode::PARTIAL_CONTENT => {
            response.headers().get(CONTENT_RANGE).is_some_and(|range| range.as_bytes().ends_with(b"/0"))
        }
        _ => false,
    }
}
