//! Entity tags (RFC 9110, 8.8.3).

use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

/// The tag of a file that an answer has: of its size, its last change and its encoding, as `Plug.Static` makes it. A file that changes twice in a second and
/// keeps its size keeps its tag.
pub(super) fn of(response: &HeaderMap) -> Option<HeaderValue> {
    let text = |name| response.get(name).and_then(|value| value.to_str().ok());
    let changed = text(LAST_MODIFIED)?;
    // Of a range: `bytes 0-9/100`.
    let whole = text(CONTENT_RANGE).and_then(|range| range.rsplit_once('/')).map(|(_, size)| size);
    let size = whole.or_else(|| text(CONTENT_LENGTH))?;
    let encoding = text(CONTENT_ENCODING).unwrap_or_default();
    let digest = Sha256::digest(format!("{size} {changed} {encoding}"));
    HeaderValue::try_from(format!("\"{}\"", crate::base64_url(&digest[..12]))).ok()
}

/// Whether the browser has what the tag names (`If-None-Match`, compared weakly).
pub(crate) fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(tag) = tag.to_str() else { return false };
    let lines = request.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut known = lines.flat_map(|line| line.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use axum::http::header::IF_NONE_MATCH;
    use axum::http::{HeaderMap, HeaderValue};

    use super::is_known;

    #[test]
    fn one_of_several_tags_is_enough() {
        let known = |value: &'static str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(value))]);
            is_known(&headers, &HeaderValue::from_static("\"b\""))
        };
        assert!(known("\"b\"") && known("\"a\", W/\"b\"") && known("*"));
        assert!(!known("\"a\"") && !known("b") && !known(""));
        assert!(!is_known(&HeaderMap::new(), &HeaderValue::from_static("\"b\"")));
    }
}
