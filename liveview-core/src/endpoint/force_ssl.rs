//! Everything by HTTPS (`Plug.SSL`): redirects, and the header that makes browsers come by HTTPS at once (RFC 6797).

use std::borrow::Cow;
use std::time::Duration;

use axum::http::header::{HOST, LOCATION, STRICT_TRANSPORT_SECURITY};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::forwarded::Scheme;

/// Sends browsers that came by HTTP to the same URL by HTTPS, and tells those that came by HTTPS to keep to it.
///
/// `GET` and `HEAD` are redirected with 301, others with 307, which repeats them. Behind a proxy that ends TLS, name it in
/// [`Endpoint::trusted_proxies`](crate::Endpoint::trusted_proxies), or every request looks like HTTP.
///
/// ```
/// use liveview_core::{Endpoint, ForceSsl};
///
/// Endpoint::new().force_ssl(ForceSsl::new().exclude_path("/health"));
/// ```
#[derive(Clone, Debug)]
pub struct ForceSsl {
    hsts: Option<Hsts>,
    host: Option<Cow<'static, str>>,
    excluded_hosts: Vec<Cow<'static, str>>,
    excluded_paths: Vec<Cow<'static, str>>,
}

#[derive(Clone, Debug)]
struct Hsts {
    max_age: Duration,
    with_subdomains: bool,
    is_preload: bool,
}

impl Default for ForceSsl {
    fn default() -> Self {
        Self::new()
    }
}

impl ForceSsl {
    /// Redirects all hosts but `localhost`, with `Strict-Transport-Security: max-age=31536000` (a year).
    pub fn new() -> Self {
        let hsts = Hsts { max_age: Duration::from_hours(365 * 24), with_subdomains: false, is_preload: false };
        Self {
            hsts: Some(hsts),
            host: None,
            excluded_hosts: vec![Cow::Borrowed("localhost")],
            excluded_paths: Vec::new(),
        }
    }

    /// How long browsers keep to HTTPS.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        if let Some(hsts) = &mut self.hsts {
            hsts.max_age = max_age;
        }
        self
    }

    /// Subdomains too.
    #[must_use]
    pub fn subdomains(mut self) -> Self {
        if let Some(hsts) = &mut self.hsts {
            hsts.with_subdomains = true;
        }
        self
    }

    /// Consents to being built into browsers. Hard to take back.
    #[must_use]
    pub fn preload(mut self) -> Self {
        if let Some(hsts) = &mut self.hsts {
            hsts.is_preload = true;
        }
        self
    }

    /// Redirects only, without `Strict-Transport-Security`.
    #[must_use]
    pub fn without_hsts(mut self) -> Self {
        self.hsts = None;
        self
    }

    /// Redirects to this host (with a port, if need be) instead of the one that was asked.
    #[must_use]
    pub fn host(mut self, host: impl Into<Cow<'static, str>>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Leaves a host alone.
    #[must_use]
    pub fn exclude_host(mut self, host: impl Into<Cow<'static, str>>) -> Self {
        self.excluded_hosts.push(host.into());
        self
    }

    /// Leaves a path alone, with all that is below it: a load balancer's health check comes by HTTP.
    #[must_use]
    pub fn exclude_path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.excluded_paths.push(path.into());
        self
    }

    /// The answer to a request that came by HTTP; `None` when it may go on.
    pub(crate) fn redirect(&self, parts: &Parts) -> Option<Response> {
        if Scheme::of(parts) == Scheme::Https || self.is_excluded(parts) {
            return None;
        }
        let asked = host(parts);
        let Some(host) = self.host.as_deref().or(asked.as_ref().map(Authority::host)) else {
            return Some(StatusCode::BAD_REQUEST.into_response());
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let Ok(location) = HeaderValue::try_from(format!("https://{host}{path}")) else {
            return Some(StatusCode::BAD_REQUEST.into_response());
        };
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        let status = if is_read { StatusCode::MOVED_PERMANENTLY } else { StatusCode::TEMPORARY_REDIRECT };
        Some((status, [(LOCATION, location)]).into_response())
    }

    /// What answers to a request that came by HTTPS say to browsers.
    pub(crate) fn hsts(&self, parts: &Parts) -> Option<HeaderValue> {
        let hsts = self.hsts.as_ref()?;
        if Scheme::of(parts) == Scheme::Http || self.is_excluded(parts) {
            return None;
        }
        let mut value = format!("max-age={}", hsts.max_age.as_secs());
        value.push_str(if hsts.with_subdomains { "; includeSubDomains" } else { "" });
        value.push_str(if hsts.is_preload { "; preload" } else { "" });
        HeaderValue::try_from(value).ok()
    }

    fn is_excluded(&self, parts: &Parts) -> bool {
        let by_host = host(parts).is_some_and(|asked| {
            self.excluded_hosts.iter().any(|excluded| asked.host().eq_ignore_ascii_case(excluded))
        });
        let path = parts.uri.path();
        let below =
            |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        by_host || self.excluded_paths.iter().any(|prefix| below(prefix))
    }
}

/// Puts the header into an answer.
pub(crate) fn put_hsts(response: &mut Response, value: Option<HeaderValue>) {
    if let Some(value) = value {
        response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(value);
    }
}

/// The host that was asked, with its port. What is no host is none.
fn host(parts: &Parts) -> Option<Authority> {
    let header = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    header.map_or_else(|| parts.uri.authority().cloned(), |host| host.parse().ok())
}

#[cfg(test)]
mod tests {
    use axum::http::request::Parts;
    use axum::http::{HeaderValue, Method, Request};

    use super::{ForceSsl, Scheme};

    fn request(method: Method, host: &'static str, uri: &str, scheme: Scheme) -> Parts {
        let mut parts = Request::builder().method(method).uri(uri).body(()).expect("a request").into_parts().0;
        parts.headers.insert("host", HeaderValue::from_static(host));
        parts.extensions.insert(scheme);
        parts
    }

    fn redirected(ssl: &ForceSsl, method: Method, host: &'static str, uri: &str) -> Option<(u16, String)> {
        let response = ssl.redirect(&request(method, host, uri, Scheme::Http))?;
        let location = response.headers().get("location")?.to_str().expect("a text").to_owned();
        Some((response.status().as_u16(), location))
    }

    #[test]
    fn http_is_sent_to_https_and_the_method_is_kept() {
        let ssl = ForceSsl::new();
        let to = |status, url: &str| Some((status, url.to_owned()));
        assert_eq!(redirected(&ssl, Method::GET, "a.example:4000", "/x?y=1"), to(301, "https://a.example/x?y=1"));
        assert_eq!(redirected(&ssl, Method::HEAD, "a.example", "/"), to(301, "https://a.example/"));
        assert_eq!(redirected(&ssl, Method::POST, "a.example", "/x"), to(307, "https://a.example/x"));
        assert_eq!(redirected(&ssl, Method::GET, "[::1]:4000", "/"), to(301, "https://[::1]/"));
        assert_eq!(
            redirected(&ssl.clone().host("b.example"), Method::GET, "a.example", "/"),
            to(301, "https://b.example/")
        );
        assert!(ssl.redirect(&request(Method::GET, "a.example", "/", Scheme::Https)).is_none());
    }

    #[test]
    fn excluded_hosts_and_paths_are_left_alone() {
        let ssl = ForceSsl::new().exclude_path("/health").exclude_host("inner");
        assert_eq!(redirected(&ssl, Method::GET, "localhost:4000", "/"), None);
        assert_eq!(redirected(&ssl, Method::GET, "INNER", "/"), None);
        assert_eq!(redirected(&ssl, Method::GET, "a.example", "/health"), None);
        assert_eq!(redirected(&ssl, Method::GET, "a.example", "/health/deep"), None);
        assert!(redirected(&ssl, Method::GET, "a.example", "/healthy").is_some());
        assert_eq!(ssl.hsts(&request(Method::GET, "inner", "/", Scheme::Https)), None);
    }

    #[test]
    fn browsers_are_told_to_keep_to_https() {
        let value = |ssl: ForceSsl, scheme| ssl.hsts(&request(Method::GET, "a.example", "/", scheme));
        assert_eq!(value(ForceSsl::new(), Scheme::Https).expect("a header"), "max-age=31536000");
        let strict = ForceSsl::new().subdomains().preload();
        assert_eq!(value(strict, Scheme::Https).expect("a header"), "max-age=31536000; includeSubDomains; preload");
        assert_eq!(value(ForceSsl::new(), Scheme::Http), None);
        assert_eq!(value(ForceSsl::new().without_hsts(), Scheme::Https), None);
    }
}
