//! Where browsers find this server: scheme, host and port of absolute URLs, as in mails.
//!
//! It is configured and never read from a request: a `Host` header is whatever its sender likes.

use std::fmt;

use axum::http::Uri;

/// Scheme, host and port that the public knows this server by. Its `Display` is that of an origin: `https://fleet.example:8443`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    host: String,
    port: u16,
}

/// What stands there is no scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not where a browser finds a server: a URL such as https://fleet.example is expected, without a path")]
pub struct PublicUrlError(String);

impl PublicUrl {
    /// Reads `https://fleet.example` or `http://localhost:4000`.
    ///
    /// # Errors
    /// [`PublicUrlError`] when it is anything else; also for a path, a query or a user, for which there is no place in the URLs of routes.
    pub fn new(url: impl AsRef<str>) -> Result<Self, PublicUrlError> {
        read(url.as_ref()).ok_or_else(|| PublicUrlError(url.as_ref().to_owned()))
    }

    /// `http://localhost:4000`: where a developer's browser finds it.
    pub(crate) fn local(port: u16, is_https: bool) -> Self {
        Self { is_https, host: "localhost".to_owned(), port }
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// The host, without its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; 80 or 443 where none was said.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The absolute URL of a path, as `path!` makes them.
    pub fn url(&self, path: impl AsRef<str>) -> String {
        let path = path.as_ref();
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{self}{slash}{path}")
    }
}

fn read(url: &str) -> Option<PublicUrl> {
    let uri: Uri = url.parse().ok()?;
    let is_https = match uri.scheme_str()? {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let authority = uri.authority()?;
    let is_bare = uri.path() == "/" && uri.query().is_none() && !authority.as_str().contains('@');
    let port = match authority.as_str().strip_prefix(authority.host())? {
        "" if is_https => 443,
        "" => 80,
        // Read here: of a number that is no port, the URI says that there is none.
        rest => rest.strip_prefix(':')?.parse().ok()?,
    };
    let is_whole = !authority.host().is_empty();
    (is_bare && is_whole).then(|| PublicUrl { is_https, host: authority.host().to_owned(), port })
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.host)?;
        let is_usual = self.port == if self.is_https { 443 } else { 80 };
        if is_usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn a_usual_port_is_not_shown() {
        for (written, shown) in [
            ("https://fleet.example", "https://fleet.example"),
            ("https://fleet.example:443/", "https://fleet.example"),
            ("http://fleet.example:443", "http://fleet.example:443"),
            ("http://[::1]:4000", "http://[::1]:4000"),
        ] {
            assert_eq!(PublicUrl::new(written).expect(written).to_string(), shown);
        }
        assert_eq!(PublicUrl::new("https://a.b").expect("a url").url("/robots?a=b"), "https://a.b/robots?a=b");
        assert_eq!(PublicUrl::local(4000, false).url("robots"), "http://localhost:4000/robots");
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for written in [
            "",
            "fleet.example",
            "//fleet.example",
            "ftp://fleet.example",
            "https://",
            "https://fleet.example/app",
            "https://fleet.example?a=b",
            "https://fleet.example:",
            "https://fleet.example:70000",
            "https://user@fleet.example",
        ] {
            let error = PublicUrl::new(written).expect_err(written).to_string();
            assert!(error.contains("such as https://fleet.example"), "{error}");
        }
    }
}
