//! The request's own URL.

use axum::http::header::HOST;

use super::Conn;

impl Conn {
    /// `https` or `http`, as the browser came: a [trusted proxy](crate::Endpoint::trusted_proxies) is believed.
    pub fn scheme(&self) -> &'static str {
        self.0.scheme.as_str()
    }

    /// Path and query: `/robots?page=2`.
    pub fn current_path(&self) -> &str {
        self.uri().path_and_query().map_or("/", |path| path.as_str())
    }

    /// The whole URL that the browser asked for: `https://fleet.example/robots?page=2`. Its host is what the request says: not for links in mails.
    pub fn current_url(&self) -> String {
        let header = self.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = header.or_else(|| self.uri().authority().map(axum::http::uri::Authority::as_str));
        format!("{}://{}{}", self.scheme(), host.unwrap_or_default(), self.current_path())
    }
}
