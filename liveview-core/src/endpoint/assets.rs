//! Files that are part of the program: the browser client, and what `asset` routes name.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256, Sha512};

use super::static_files::{ASK_AGAIN, IMMUTABLE, is_known, is_versioned};

/// Where pages load the client from.
pub(crate) const CLIENT_PATH: &str = "/live/bennu.js";
/// The same as a module, for pages that construct a `LiveSocket` themselves.
pub(crate) const CLIENT_MODULE_PATH: &str = "/live/bennu.mjs";
/// What either of them loads where no WebSocket gets through: beside them, for they name it so.
pub(crate) const CLIENT_POLLS_PATH: &str = "/live/longpoll.mjs";

/// The client, as `liveview-core/client` builds it.
pub(crate) static CLIENT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/javascript; charset=utf-8", include_bytes!("../../assets/bennu.js")));

/// The client as a module.
pub(crate) static CLIENT_MODULE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/javascript; charset=utf-8", include_bytes!("../../assets/bennu.mjs")));

/// Its transport by polls.
pub(crate) static CLIENT_POLLS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("text/javascript; charset=utf-8", include_bytes!("../../assets/longpoll.mjs")));

/// A file in memory, with its digest.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    content_type: &'static str,
    bytes: Bytes,
    etag: HeaderValue,
}

impl Asset {
    pub(crate) fn new(content_type: &'static str, bytes: &'static [u8]) -> Self {
        let digest = crate::base64_url(&Sha256::digest(bytes)[..12]);
        // Base64 is ASCII, so the value is one; without it the file is served with an empty tag.
        let etag = HeaderValue::from_str(&format!("\"{digest}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { content_type, bytes: Bytes::from_static(bytes), etag }
    }

    /// A name for this content, for URLs.
    pub(crate) fn version(&self) -> &str {
        self.etag.to_str().unwrap_or_default().trim_matches('"')
    }

    /// A hash of the content in base64, for browsers to check it.
    pub(crate) fn sha512(&self) -> String {
        crate::base64(&Sha512::digest(&self.bytes))
    }

    /// 200 with the file, or 304 when the browser has it. A URL that names the content (`?vsn=d`, or its version as `?v=`) is kept for good.
    pub(crate) fn respond(&self, request: &HeaderMap, uri: &Uri) -> Response {
        let names_it = |query: &str| query.strip_prefix("v=").is_some_and(|version| version == self.version());
        let is_fixed = is_versioned(uri) || uri.query().is_some_and(names_it);
        let cache_control = if is_fixed { IMMUTABLE } else { ASK_AGAIN };
        let headers = [(ETAG, self.etag.clone()), (CACHE_CONTROL, cache_control)];
        if is_known(request, &self.etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, [(CONTENT_TYPE, self.content_type)], self.bytes.clone()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Uri};

    use super::{Asset, CACHE_CONTROL};

    #[test]
    fn only_a_url_that_names_the_content_is_kept_for_good() {
        let asset = Asset::new("text/css", b"p {}");
        let cached = |query: &str| {
            let uri: Uri = format!("/app.css{query}").parse().expect("a URL");
            asset.respond(&HeaderMap::new(), &uri).headers()[CACHE_CONTROL].to_str().expect("a text").to_owned()
        };
        assert!(cached("?vsn=d").contains("immutable"));
        assert!(cached(&format!("?v={}", asset.version())).contains("immutable"));
        assert!(!cached("").contains("immutable") && !cached("?v=other").contains("immutable"));
    }
}
