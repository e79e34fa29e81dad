//! The hosts that a scope is for, and the host that a request is for.

use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri};

/// A host of a scope: `api.example.com` is that host, `api.` all hosts that begin so (`Phoenix.Router.scope/2`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPattern(Box<str>);

impl HostPattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_ascii_lowercase().into())
    }

    pub(crate) fn matches(&self, host: &str) -> bool {
        if self.0.ends_with('.') {
            host.get(..self.0.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&self.0))
        } else {
            host.eq_ignore_ascii_case(&self.0)
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// The host of a request, without its port: of the `Host` header, or of the URI where HTTP/2 puts it. Empty when there is none.
pub(crate) fn host_of<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    named.map_or_else(|| uri.host().unwrap_or_default(), without_port)
}

/// `[::1]:4000` is `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Uri, header::HOST};

    use super::{HostPattern, host_of};

    #[test]
    fn a_dot_at_the_end_means_all_hosts_that_begin_so() {
        let api = HostPattern::new("API.");
        assert!(api.matches("api.example.com") && api.matches("Api.localhost"));
        assert!(!api.matches("example.com") && !api.matches("myapi.example.com") && !api.matches("api"));
        let one = HostPattern::new("example.com");
        assert!(one.matches("Example.com"));
        assert!(!one.matches("api.example.com") && !one.matches("example.com.evil.org"));
    }

    #[test]
    fn the_host_has_no_port() {
        let host = |text: &'static str| {
            let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(text))]);
            host_of(&headers, &Uri::from_static("/")).to_owned()
        };
        assert_eq!(host("example.com:4000"), "example.com");
        assert_eq!(host("example.com"), "example.com");
        assert_eq!(host("[::1]:4000"), "[::1]");
        assert_eq!(host("[::1]"), "[::1]");
        assert_eq!(host_of(&HeaderMap::new(), &Uri::from_static("https://a.b/c")), "a.b");
        assert_eq!(host_of(&HeaderMap::new(), &Uri::from_static("/c")), "");
    }
}
