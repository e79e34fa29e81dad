//! How an endpoint keeps its sessions: the cookie's name and attributes, signed or encrypted, and for how long.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::cookie::SESSION_COOKIE;
use super::store::SessionStore;

/// The default salt of the session's key.
const SALT: &str = "bennu session cookie";

/// What [`Endpoint::session`](crate::Endpoint::session) is given. By default the cookie is named `_bennu_session`, signed, `SameSite=Lax; Path=/`, and
/// lasts until the browser is closed; `Secure` as the endpoint says.
///
/// ```
/// use std::time::Duration;
/// use liveview_core::session::{SameSite, SessionOptions};
///
/// let options = SessionOptions::default()
///     .name("__Host-fleet")
///     .encrypted()
///     .secure(true)
///     .same_site(SameSite::Strict)
///     .max_age(Duration::from_secs(14 * 24 * 3600));
/// ```
#[derive(Clone, Debug)]
pub struct SessionOptions {
    pub(super) name: Cow<'static, str>,
    pub(super) encrypted: bool,
    pub(super) same_site: SameSite,
    pub(super) domain: Option<Cow<'static, str>>,
    pub(super) path: Cow<'static, str>,
    pub(super) secure: Option<bool>,
    pub(super) max_age: Option<Duration>,
    pub(super) salt: Cow<'static, str>,
    pub(super) older_salts: Vec<Cow<'static, str>>,
    pub(super) store: Option<Arc<dyn SessionStore>>,
}

/// With which requests of other sites a browser sends the cookie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// With none, not even when somebody follows a link: who comes from a mail seems to be logged out.
    Strict,
    /// When somebody follows a link.
    #[default]
    Lax,
    /// With all, for pages that other sites show in frames. Browsers take it with `Secure` only.
    None,
}

/// Why options cannot be used. Browsers would drop such a cookie without a word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionOptionsError {
    /// The name is no token of RFC 9110.
    #[error("the session's cookie cannot be named {0:?}: use letters, digits, `-` and `_`")]
    Name(String),
    /// The domain or path holds what would end the attribute.
    #[error("the session's cookie cannot have the {attribute} {value:?}: no `;`, spaces or control characters")]
    Attribute {
        /// `domain` or `path`.
        attribute: &'static str,
        /// What it is.
        value: String,
    },
    /// `SameSite=None` without `Secure`.
    #[error("a session cookie with `SameSite::None` needs `secure(true)`: browsers drop it otherwise")]
    NoneNeedsSecure,
    /// A name that begins with `__Host-` or `__Secure-` promises what the options do not keep (RFC 6265bis, 4.1.3).
    #[error("a cookie named {name:?} needs {needs}: browsers drop it otherwise")]
    Prefix {
        /// The name.
        name: String,
        /// What is missing.
        needs: &'static str,
    },
}

impl SessionOptions {
    /// The cookie's name. Default `_bennu_session`. With the prefix `__Host-`, no other host, subdomains included, can set it.
    #[must_use]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Encrypts the session, so that not even the browser's owner can read it. Default: signed only. Who turns it on logs everybody out.
    #[must_use]
    pub fn encrypted(mut self) -> Self {
        self.encrypted = true;
        self
    }

    /// With which requests of other sites the cookie is sent. Default [`SameSite::Lax`].
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Shares the session with all hosts below a domain (`example.com`). Default: this host alone.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<Cow<'static, str>>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Below which path the cookie is sent. Default `/`; live views need it at `/live/websocket`.
    #[must_use]
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = path.into();
        self
    }

    /// Whether the cookie is for https only. Default: what `SECURE_COOKIES` says.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = Some(secure);
        self
    }

    /// How long a session is good after it was last written, even when the browser is closed. Default: as long as the browser is open, and then the
    /// server takes one of any age.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The salt of the key. To change it ends every session, unless the one before is an [`older_salt`](Self::older_salt).
    #[must_use]
    pub fn salt(mut self, salt: impl Into<Cow<'static, str>>) -> Self {
        self.salt = salt.into();
        self
    }

    /// A salt of before, whose sessions are still read. They are written with the new one as soon as they change.
    #[must_use]
    pub fn older_salt(mut self, salt: impl Into<Cow<'static, str>>) -> Self {
        self.older_salts.push(salt.into());
        self
    }

    /// Keeps sessions on the server: the cookie then holds a random id, and a session may be of any size. Default: everything is in the cookie. Who
    /// turns it on logs everybody out.
    ///
    /// A session that is cleared or renewed is over at once for whoever copied its cookie. Of two requests at a time that change one session, the last
    /// to write wins, except that a session that ended stays ended.
    #[must_use]
    pub fn store(mut self, store: impl SessionStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// The same, with this answer to whether the cookie is for https only where they give none.
    #[must_use]
    pub(crate) fn or_secure(mut self, secure: bool) -> Self {
        self.secure.get_or_insert(secure);
        self
    }

    pub(super) fn is_secure(&self) -> bool {
        self.secure.unwrap_or(false)
    }

    pub(super) fn check(&self) -> Result<(), SessionOptionsError> {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if self.name.is_empty() || !self.name.chars().all(is_token) {
            return Err(SessionOptionsError::Name(self.name.clone().into_owned()));
        }
        check_attribute("path", &self.path)?;
        check_attribute("domain", self.domain.as_deref().unwrap_or_default())?;
        if self.same_site == SameSite::None && !self.is_secure() {
            return Err(SessionOptionsError::NoneNeedsSecure);
        }
        let needs = if self.name.starts_with("__Host-") && (self.domain.is_some() || self.path != "/") {
            "the path `/` and no domain"
        } else if (self.name.starts_with("__Host-") || self.name.starts_with("__Secure-")) && !self.is_secure() {
            "`secure(true)`"
        } else {
            return Ok(());
        };
        Err(SessionOptionsError::Prefix { name: self.name.clone().into_owned(), needs })
    }
}

fn check_attribute(attribute: &'static str, value: &str) -> Result<(), SessionOptionsError> {
    if value.chars().all(|c| c.is_ascii_graphic() && c != ';') {
        Ok(())
    } else {
        Err(SessionOptionsError::Attribute { attribute, value: value.to_owned() })
    }
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            name: Cow::Borrowed(SESSION_COOKIE),
            encrypted: false,
            same_site: SameSite::Lax,
            domain: None,
            path: Cow::Borrowed("/"),
            secure: None,
            max_age: None,
            salt: Cow::Borrowed(SALT),
            older_salts: Vec::new(),
            store: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SameSite, SessionOptions, SessionOptionsError};

    #[test]
    fn the_defaults_are_usable() {
        assert_eq!(SessionOptions::default().check(), Ok(()));
    }

    #[test]
    fn what_browsers_would_drop_is_an_error_that_says_what_to_do() {
        let options = SessionOptions::default;
        for (options, says) in [
            (options().name("a b"), "cannot be named"),
            (options().name(""), "cannot be named"),
            (options().name("a;b"), "cannot be named"),
            (options().path("/; Domain=evil"), "path"),
            (options().domain("a.example\r\nX: y"), "domain"),
            (options().same_site(SameSite::None), "secure(true)"),
            (options().name("__Host-a").secure(true).domain("a.example"), "no domain"),
            (options().name("__Host-a"), "secure(true)"),
            (options().name("__Secure-a"), "secure(true)"),
        ] {
            let error = options.check().expect_err("unusable").to_string();
            assert!(error.contains(says), "{error}");
        }
        assert_eq!(options().name("__Host-a").secure(true).check(), Ok(()));
        assert_eq!(options().same_site(SameSite::None).secure(true).check(), Ok(()));
        assert!(matches!(options().name("ä").check(), Err(SessionOptionsError::Name(_))));
    }
}
