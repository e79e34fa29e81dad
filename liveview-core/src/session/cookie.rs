//! The session's cookie: `_bennu_session`, a signed token.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use cookie::{Cookie, SameSite};

use super::token::{Signer, TokenError};
use super::{SecretKey, Session};

/// The default name of the session's cookie.
pub const SESSION_COOKIE: &str = "_bennu_session";

/// What browsers take: name and value together, in bytes (RFC 6265, 6.1, and what Chromium does).
const MAX_BYTES: usize = 4096;

/// Reads and writes sessions as cookies: `HttpOnly; SameSite=Lax; Path=/`, and `Secure` where the site is https.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    signer: Signer,
    name: Cow<'static, str>,
    secure: bool,
    max_age: Option<Duration>,
}

/// Why a session cannot be stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The cookie would be larger than browsers take.
    #[error(
        "the session needs a cookie of {bytes} bytes and browsers take {limit}: keep large data elsewhere and its id here"
    )]
    TooLarge {
        /// The bytes of the cookie's name and value.
        bytes: usize,
        /// The most that fit.
        limit: usize,
    },
    /// A value cannot be written.
    #[error("the session cannot be signed")]
    Sign(#[source] TokenError),
}

impl SessionCookie {
    /// Cookies named [`SESSION_COOKIE`], signed with a key from that secret, which last until the browser is closed.
    pub fn new(secret: &SecretKey) -> Self {
        let signer = secret.signer("bennu session cookie");
        Self { signer, name: Cow::Borrowed(SESSION_COOKIE), secure: false, max_age: None }
    }

    /// Sets the name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets whether the cookie is for https only. Default: no, which only a site without https should keep.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Sets how long a session is kept after it was last written, even when the browser is closed.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The session of a request; empty when it has none, or one that is forged, expired or broken.
    pub fn read(&self, headers: &HeaderMap) -> Session {
        cookie_value(headers, &self.name).map_or_else(Session::default, |token| {
            let verified = self.signer.verify(&*token, self.max_age.unwrap_or(Duration::MAX));
            verified.unwrap_or_else(|error| {
                tracing::debug!(%error, "a session cookie is ignored");
                Session::default()
            })
        })
    }

    /// The value of the `Set-Cookie` header that stores the session, or removes it when it is empty.
    ///
    /// # Errors
    ///
    /// [`SessionError::TooLarge`] when it does not fit into 4,096 bytes.
    pub fn write(&self, session: &Session) -> Result<String, SessionError> {
        if session.is_empty() {
            return Ok(self.cookie(String::new()).max_age(cookie::time::Duration::ZERO).build().to_string());
        }
        let token = self.signer.sign(session).map_err(SessionError::Sign)?;
        let bytes = self.name.len() + 1 + token.len();
        if bytes > MAX_BYTES {
            return Err(SessionError::TooLarge { bytes, limit: MAX_BYTES });
        }
        let cookie = self.cookie(token);
        let cookie = match self.max_age.and_then(|max_age| cookie::time::Duration::try_from(max_age).ok()) {
            Some(max_age) => cookie.max_age(max_age),
            None => cookie,
        };
        Ok(cookie.build().to_string())
    }

    fn cookie(&self, value: String) -> cookie::CookieBuilder<'_> {
        Cookie::build((&*self.name, value)).http_only(true).same_site(SameSite::Lax).path("/").secure(self.secure)
    }
}

/// The value of the first cookie of the name: a browser sends the one with the closest path first.
pub(crate) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
    Some(cookies.find(|cookie| cookie.name() == name)?.value().to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

    use super::{MAX_BYTES, SecretKey, Session, SessionCookie, SessionError};

    fn request(cookies: &[&str]) -> HeaderMap {
        let value = |text: &&str| (COOKIE, HeaderValue::from_str(text).expect("a header"));
        cookies.iter().map(value).collect()
    }

    fn session() -> Session {
        let mut session = Session::default();
        session.insert("user", 7).expect("a number");
        session
    }

    fn pair(set_cookie: &str) -> &str {
        set_cookie.split(';').next().expect("a first part")
    }

    #[test]
    fn what_was_written_is_read_among_other_cookies() {
        let cookies = SessionCookie::new(&SecretKey::generate());
        let written = cookies.write(&session()).expect("small");
        let read = cookies.read(&request(&["theme=dark", &format!("a=b; {}; c", pair(&written))]));
        assert_eq!(read.read::<i64>("user"), Some(7));
        assert!(!read.is_changed());
    }

    #[test]
    fn scripts_and_other_sites_do_not_get_it() {
        let cookies = SessionCookie::new(&SecretKey::generate());
        let written = cookies.write(&session()).expect("small");
        let attributes: Vec<_> = written.split("; ").skip(1).collect();
        assert_eq!(attributes, ["HttpOnly", "SameSite=Lax", "Path=/"]);
        let written = cookies.secure(true).write(&session()).expect("small");
        assert!(written.contains("; Secure"), "{written}");
    }

    #[test]
    fn a_forged_or_broken_cookie_reads_as_an_empty_session() {
        let cookies = SessionCookie::new(&SecretKey::generate());
        let foreign = SessionCookie::new(&SecretKey::generate()).write(&session()).expect("small");
        for text in [pair(&foreign), "_bennu_session=", "_bennu_session=a.b.c", ";;=;", "_bennu_session"] {
            assert!(cookies.read(&request(&[text])).is_empty(), "{text}");
        }
        assert!(cookies.read(&HeaderMap::new()).is_empty());
    }

    #[test]
    fn an_empty_session_removes_the_cookie() {
        let written = SessionCookie::new(&SecretKey::generate()).write(&Session::default()).expect("small");
        assert!(written.starts_with("_bennu_session=;") && written.contains("Max-Age=0"), "{written}");
    }

    #[test]
    fn a_session_larger_than_a_cookie_is_an_error() {
        let cookies = SessionCookie::new(&SecretKey::generate());
        let mut session = Session::default();
        session.insert("text", "x".repeat(MAX_BYTES)).expect("a text");
        let error = cookies.write(&session).expect_err("too large");
        assert!(matches!(error, SessionError::TooLarge { bytes, limit: 4096 } if bytes > 4096), "{error}");
    }
}
