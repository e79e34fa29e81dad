//! Which sites may open a socket: the check of the `Origin` header.
//!
//! A browser lets any site open a WebSocket to us with our cookies, and says in `Origin` which site it is. A request without that header is
//! let through, as in Phoenix: browsers always send it with a WebSocket handshake (RFC 6455, 10.2), so its sender is no browser
//! and has no cookies of a user. `Origin: null` (a sandboxed frame, a local file) is a site, and not ours.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;

/// What may stand in `Origin`.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum OriginCheck {
    /// The host and port that the request itself went to (`check_origin: :conn` in Phoenix). The scheme is not compared, for behind a proxy
    /// that ends TLS we do not know ours.
    #[default]
    SameHost,
    /// What any of the patterns matches. Safer than `SameHost` where a name can be made to point here.
    List(Vec<OriginPattern>),
    /// What the function accepts; it gets the header's text.
    Custom(Arc<dyn Fn(&str) -> bool + Send + Sync>),
    /// Everything. Only with CSRF tokens checked.
    Any,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// The header is not an origin, or there are two.
    #[error("the Origin header is malformed")]
    Malformed,
    /// The site is not one of ours.
    #[error(
        "the origin {origin:?} is not allowed: to open this server to it, add it to the endpoint's list of origins"
    )]
    Refused {
        /// The header.
        origin: String,
    },
}

impl OriginCheck {
    /// A list from texts: see [`OriginPattern`].
    ///
    /// # Errors
    ///
    /// [`OriginPatternError`] for the first text that is no pattern.
    pub fn list<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, OriginPatternError> {
        patterns.into_iter().map(str::parse).collect::<Result<_, _>>().map(Self::List)
    }

    /// Checks the headers of a request.
    ///
    /// # Errors
    ///
    /// [`OriginError`] when there is an `Origin` and it is not allowed; the answer is 403.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), OriginError> {
        let mut origins = headers.get_all(ORIGIN).into_iter();
        let Some(origin) = origins.next() else {
            return Ok(());
        };
        if matches!(self, Self::Any) {
            return Ok(());
        }
        let origin = origin.to_str().map_err(|_| OriginError::Malformed)?;
        if origins.next().is_some() {
            return Err(OriginError::Malformed);
        }
        if self.allows(origin, headers) { Ok(()) } else { Err(OriginError::Refused { origin: origin.to_owned() }) }
    }

    fn allows(&self, origin: &str, headers: &HeaderMap) -> bool {
        match self {
            Self::Any => true,
            Self::Custom(accepts) => accepts(origin),
            Self::List(patterns) => {
                Site::parse(origin).is_some_and(|site| patterns.iter().any(|pattern| pattern.matches(&site)))
            }
            Self::SameHost => {
                let host = headers.get(HOST).and_then(|host| host.to_str().ok());
                Site::parse(origin).zip(host).is_some_and(|(site, host)| site.is_at(host))
            }
        }
    }
}

impl fmt::Debug for OriginCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameHost => f.write_str("SameHost"),
            Self::List(patterns) => f.debug_tuple("List").field(patterns).finish(),
            Self::Custom(_) => f.write_str("Custom(…)"),
            Self::Any => f.write_str("Any"),
        }
    }
}

/// An origin of the list: `https://example.com`, `//example.com` (any scheme and port), `//example.com:8080` (any scheme),
/// `https://*.example.com` and `//*.example.com` (the domain and all below it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern {
    scheme: Option<String>,
    host: String,
    below: bool,
    port: Option<u16>,
}

/// A text is no origin pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no origin: write `https://example.com`, `//example.com` or `//*.example.com`")]
pub struct OriginPatternError {
    text: String,
}

impl OriginPattern {
    fn matches(&self, site: &Site) -> bool {
        self.scheme.as_ref().is_none_or(|scheme| *scheme == site.scheme)
            && self.port.is_none_or(|port| Some(port) == site.port)
            && self.matches_host(&site.host)
    }

    fn matches_host(&self, host: &str) -> bool {
        if !self.below {
            return self.host == host;
        }
        // The dot before it: `notexample.com` is not below `example.com`.
        host.strip_suffix(&self.host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl FromStr for OriginPattern {
    type Err = OriginPatternError;

    fn from_str(text: &str) -> Result<Self, OriginPatternError> {
        let parse = || {
            let (scheme, authority) = text.split_once("//")?;
            let scheme = match scheme {
                "" => None,
                scheme => Some(scheme.strip_suffix(':')?.to_ascii_lowercase()),
            };
            let (below, authority) = match authority.strip_prefix("*.") {
                Some(domain) => (true, domain),
                None => (false, authority),
            };
            let (host, port) = host_and_port(authority)?;
            let port = port.or_else(|| default_port(scheme.as_deref()?));
            (!host.contains('*')).then_some(Self { scheme, host, below, port })
        };
        parse().ok_or_else(|| OriginPatternError { text: text.to_owned() })
    }
}

/// What an `Origin` header says.
struct Site {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Site {
    fn parse(origin: &str) -> Option<Self> {
        let (scheme, authority) = origin.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (host, port) = host_and_port(authority)?;
        let port = port.or_else(|| default_port(&scheme));
        Some(Self { scheme, host, port })
    }

    /// Whether a `Host` header names the same place; without a port it means the scheme's own.
    fn is_at(&self, host: &str) -> bool {
        host_and_port(host)
            .is_some_and(|(host, port)| host == self.host && port.or_else(|| default_port(&self.scheme)) == self.port)
    }
}

/// The host in lower case and the port, if `authority` is those and nothing else.
pub(super) fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    let parsed: Authority = authority.parse().ok().filter(|_| !authority.contains('@'))?;
    let host = parsed.host();
    let port = match authority.strip_prefix(host)? {
        "" => None,
        rest => Some(rest.strip_prefix(':')?.parse().ok()?),
    };
    (!host.is_empty()).then(|| (host.to_ascii_lowercase(), port))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use proptest::prelude::proptest;

    use super::{HOST, ORIGIN, OriginCheck, OriginError, Site};

    fn request(origin: &str, host: &'static str) -> HeaderMap {
        let origin = HeaderValue::from_str(origin).expect("a header");
        HeaderMap::from_iter([(ORIGIN, origin), (HOST, HeaderValue::from_static(host))])
    }

    fn allows(check: &OriginCheck, origin: &str) -> bool {
        check.check(&request(origin, "robots.example.com:4000")).is_ok()
    }

    #[test]
    fn the_same_host_and_port_is_allowed_whatever_the_scheme() {
        let check = OriginCheck::SameHost;
        assert!(allows(&check, "http://robots.example.com:4000"));
        assert!(allows(&check, "https://Robots.Example.com:4000"));
        for foreign in ["http://robots.example.com", "http://evil.com:4000", "null", "", "robots.example.com:4000"] {
            assert!(!allows(&check, foreign), "{foreign}");
        }
        assert!(check.check(&request("https://a.com", "a.com")).is_ok());
        assert!(check.check(&request("https://a.com", "a.com:443")).is_ok());
        assert!(check.check(&request("https://a.com:8443", "a.com")).is_err());
        assert!(check.check(&request("http://[::1]:4000", "[::1]:4000")).is_ok());
    }

    #[test]
    fn clients_that_are_no_browsers_send_none_and_are_let_in() {
        for check in [OriginCheck::SameHost, OriginCheck::List(Vec::new())] {
            assert_eq!(check.check(&HeaderMap::new()), Ok(()));
        }
    }

    #[test]
    fn a_list_matches_scheme_host_and_port_as_far_as_they_are_given() {
        let check = OriginCheck::list(["https://a.com", "//b.com", "//c.com:81", "http://D.com:82"]).expect("patterns");
        for allowed in [
            "https://a.com",
            "https://a.com:443",
            "http://b.com:9",
            "ftp://b.com",
            "https://c.com:81",
            "http://d.com:82",
        ] {
            assert!(allows(&check, allowed), "{allowed}");
        }
        for foreign in ["http://a.com", "https://a.com:444", "https://x.a.com", "http://c.com", "https://d.com:82"] {
            assert!(!allows(&check, foreign), "{foreign}");
        }
    }

    #[test]
    fn a_wildcard_is_the_domain_and_everything_below_it() {
        let check = OriginCheck::list(["//*.example.com"]).expect("a pattern");
        for allowed in ["https://example.com", "http://a.example.com:4000", "https://a.b.EXAMPLE.com"] {
            assert!(allows(&check, allowed), "{allowed}");
        }
        for foreign in ["https://notexample.com", "https://example.com.evil.org", "https://user@example.com"] {
            assert!(!allows(&check, foreign), "{foreign}");
        }
    }

    #[test]
    fn two_origins_are_malformed_and_refusals_say_which() {
        let mut headers = request("http://evil.com", "a.com");
        let error = OriginCheck::SameHost.check(&headers).expect_err("foreign");
        assert_eq!(error, OriginError::Refused { origin: "http://evil.com".to_owned() });
        headers.append(ORIGIN, HeaderValue::from_static("http://a.com"));
        assert_eq!(OriginCheck::SameHost.check(&headers), Err(OriginError::Malformed));
    }

    #[test]
    fn what_is_no_pattern_is_an_error_that_shows_one() {
        for text in ["example.com", "", "//", "https:example.com", "//a.*.com", "//*", "https://a.com/path", "//a:port"]
        {
            let error = OriginCheck::list([text]).expect_err(text).to_string();
            assert!(error.contains("//*.example.com"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text: String) {
            let _ = (Site::parse(&text), OriginCheck::list([&*text]));
        }
    }
}
