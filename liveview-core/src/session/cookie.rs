//! The session's cookie: `_bennu_session`, a token, signed or encrypted, of the session or of its id in a store.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use cookie::{Cookie, CookieBuilder};

use super::keep::Keep;
use super::options::{SameSite, SessionOptions, SessionOptionsError};
use super::seal::Seal;
use super::store::StoreError;
use super::token::TokenError;
use super::{SecretKey, Session};

/// The default name of the session's cookie.
pub const SESSION_COOKIE: &str = "_bennu_session";

/// What browsers take: name and value together, in bytes (RFC 6265, 6.1, and what Chromium does).
const MAX_BYTES: usize = 4096;

/// Reads and writes sessions as cookies, which no script can read (`HttpOnly`), as [`SessionOptions`] say.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    keep: Keep,
    options: SessionOptions,
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
    #[error("the session cannot be written")]
    Sign(#[source] TokenError),
    /// The store did not do it.
    #[error("the session's store failed: {0}")]
    Store(StoreError),
    /// The store has no such session any more: it was cleared, renewed or forgotten after it was read. It stays so, and the browser's cookie, which
    /// may be of another session by now, is not to be touched.
    #[error("the session ended while it was in use")]
    Ended,
}

impl SessionCookie {
    /// Cookies with the default options.
    pub fn new(secret: &SecretKey) -> Self {
        Self::sealed(secret, SessionOptions::default())
    }

    /// Cookies with these options.
    ///
    /// # Errors
    ///
    /// [`SessionOptionsError`] when browsers would drop them.
    pub fn with(secret: &SecretKey, options: SessionOptions) -> Result<Self, SessionOptionsError> {
        options.check()?;
        Ok(Self::sealed(secret, options))
    }

    fn sealed(secret: &SecretKey, options: SessionOptions) -> Self {
        let keep = Keep::new(Seal::new(secret, &options), &options);
        Self { keep, options }
    }

    /// Sets whether the cookie is for https only, unless the options say it.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.options.secure.get_or_insert(secure);
        self
    }

    /// The cookie's name.
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// The session of a request; empty when it has none, or one that is forged, expired or broken, or that the store does not know. A store that fails
    /// is logged.
    pub fn read(&self, headers: &HeaderMap) -> Session {
        cookie_value(headers, self.name()).and_then(|token| self.keep.read(&token)).unwrap_or_default()
    }

    /// The value of the `Set-Cookie` header that stores the session, or removes it when it is empty. With a store, it is stored or removed there first.
    ///
    /// # Errors
    ///
    /// [`SessionError::TooLarge`] when it does not fit into 4,096 bytes; with a store, [`SessionError::Ended`] and [`SessionError::Store`].
    pub fn write(&self, session: &Session) -> Result<String, SessionError> {
        let Some(token) = self.keep.write(session)? else {
            return Ok(self.cookie(String::new()).max_age(cookie::time::Duration::ZERO).build().to_string());
        };
        let bytes = self.name().len() + 1 + token.len();
        if bytes > MAX_BYTES {
            return Err(SessionError::TooLarge { bytes, limit: MAX_BYTES });
        }
        let cookie = self.cookie(token);
        let cookie = match self.options.max_age.and_then(|max_age| cookie::time::Duration::try_from(max_age).ok()) {
            Some(max_age) => cookie.max_age(max_age),
            None => cookie,
        };
        Ok(cookie.build().to_string())
    }

    fn cookie(&self, value: String) -> CookieBuilder<'_> {
        let SessionOptions { same_site, domain, path, .. } = &self.options;
        let same_site = match same_site {
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::None => cookie::SameSite::None,
        };
        let cookie = Cookie::build((self.name(), value)).http_only(true).same_site(same_site).path(&**path);
        let cookie = cookie.secure(self.options.is_secure());
        match domain {
            Some(domain) => cookie.domain(&**domain),
            None => cookie,
        }
    }
}

/// The value of the first cookie of the name: a browser sends the one with the closest path first.
pub(crate) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    // Scripts set cookies of any characters, and those of others are no reason to lose ours.
    let texts = headers.get_all(COOKIE).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
    Some(cookies.find(|cookie| cookie.name() == name)?.value().to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

    use super::{MAX_BYTES, SESSION_COOKIE, SecretKey, Session, SessionCookie, SessionError, SessionOptions};
    use crate::session::SameSite;

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
    fn ours_is_found_beside_one_of_any_characters() {
        let cookies = SessionCookie::new(&SecretKey::generate());
        let written = cookies.write(&session()).expect("small");
        for other in ["name=\u{e4}".as_bytes(), b"name=\xff"] {
            let line = [other, b"; ", pair(&written).as_bytes()].concat();
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_bytes(&line).expect("a header"))]);
            assert_eq!(cookies.read(&headers).read::<i64>("user"), Some(7));
        }
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
    fn an_encrypted_session_comes_back_and_shows_nothing() {
        let secret = SecretKey::generate();
        let cookies = SessionCookie::with(&secret, SessionOptions::default().encrypted()).expect("usable");
        let written = cookies.write(&session()).expect("small");
        assert_eq!(cookies.read(&request(&[pair(&written)])).read::<i64>("user"), Some(7));
        // Neither is taken for the other.
        let signed = SessionCookie::new(&secret);
        assert!(signed.read(&request(&[pair(&written)])).is_empty());
        assert!(cookies.read(&request(&[pair(&signed.write(&session()).expect("small"))])).is_empty());
        let mut forged = pair(&written).to_owned();
        forged.replace_range(20..21, if &forged[20..21] == "A" { "B" } else { "A" });
        assert!(cookies.read(&request(&[&forged])).is_empty());
    }

    #[test]
    fn the_options_are_the_cookie_s_attributes_when_it_is_set_and_when_it_is_removed() {
        let options = SessionOptions::default()
            .name("__Secure-fleet")
            .same_site(SameSite::None)
            .domain("fleet.example")
            .path("/app")
            .secure(true)
            .max_age(Duration::from_hours(1));
        let cookies = SessionCookie::with(&SecretKey::generate(), options).expect("usable");
        for (session, max_age) in [(session(), "Max-Age=3600"), (Session::default(), "Max-Age=0")] {
            let written = cookies.write(&session).expect("small");
            assert!(written.starts_with("__Secure-fleet="), "{written}");
            for part in ["HttpOnly", "SameSite=None", "Secure", "Path=/app", "Domain=fleet.example", max_age] {
                assert!(written.split("; ").any(|known| known == part), "{part} in {written}");
            }
        }
    }

    #[test]
    fn a_session_older_than_its_max_age_is_empty() {
        let secret = SecretKey::generate();
        let written = SessionCookie::new(&secret).write(&session()).expect("small");
        let with = |max_age| SessionCookie::with(&secret, SessionOptions::default().max_age(max_age)).expect("usable");
        assert!(!with(Duration::from_hours(1)).read(&request(&[pair(&written)])).is_empty());
        let an_hour_ago = SystemTime::now() - Duration::from_hours(1);
        let old = secret.signer("bennu session cookie").sign_at(&session(), an_hour_ago).expect("plain data");
        let old = request(&[&format!("{SESSION_COOKIE}={old}")]);
        assert!(with(Duration::from_mins(59)).read(&old).is_empty());
        assert!(!with(Duration::from_mins(61)).read(&old).is_empty());
    }

    #[test]
    fn secrets_and_salts_are_rotated_without_ending_sessions() {
        let (old, new) = (SecretKey::generate(), SecretKey::generate());
        let rotated = SecretKey::new(format!("{},{}", new.expose(), old.expose())).expect("two secrets");
        let written = SessionCookie::new(&old).write(&session()).expect("small");
        assert!(!SessionCookie::new(&rotated).read(&request(&[pair(&written)])).is_empty());
        let written = SessionCookie::new(&rotated).write(&session()).expect("small");
        assert!(!SessionCookie::new(&new).read(&request(&[pair(&written)])).is_empty());
        assert!(SessionCookie::new(&old).read(&request(&[pair(&written)])).is_empty());

        for options in [SessionOptions::default(), SessionOptions::default().encrypted()] {
            let before = SessionCookie::with(&new, options.clone().salt("one")).expect("usable");
            let written = before.write(&session()).expect("small");
            let salted = options.salt("two");
            let dropped = SessionCookie::with(&new, salted.clone()).expect("usable");
            assert!(dropped.read(&request(&[pair(&written)])).is_empty());
            let kept = SessionCookie::with(&new, salted.older_salt("one")).expect("usable");
            assert!(!kept.read(&request(&[pair(&written)])).is_empty());
        }
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
