//! What the server knows about a browser between requests, and how it knows that it is that browser.
//!
//! - [`SecretKey`] is the one secret of an application; each use of it signs with a key of its own ([`SecretKey::signer`]).
//! - [`Signer`] makes and checks tokens: any serialisable payload, readable by everybody and changeable by nobody else.
//!   An [`Encryptor`]'s are not readable either.
//! - [`Session`] is a small map in a cookie, signed or encrypted ([`SessionOptions`], [`SessionCookie`]), or in a [`SessionStore`] on the server, and then
//!   the cookie holds its id.
//! - [`csrf`] proves that a form or a socket comes from a page of ours, [`OriginCheck`] that it comes from a site of ours.
//! - [`disconnect`] closes every socket of a [`LIVE_SOCKET_ID`]: log-out everywhere.
//!
//! Without a store nothing is kept on the server, so every node that has the secret reads what another one wrote. A session that was copied therefore
//! stays good until it expires or the secret changes: keep a log-in's token in it, which the database can revoke. With a store, a session that was
//! cleared or renewed is over for whoever copied it, and nodes read each other's if they share the store.

mod cookie;
pub mod csrf;
mod encryptor;
mod keep;
mod options;
mod origin;
mod rotating;
mod seal;
mod secret;
mod store;
mod token;
mod values;

use std::fmt;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::cookie::cookie_value;
pub use self::cookie::{SESSION_COOKIE, SessionCookie, SessionError};
pub use self::encryptor::Encryptor;
pub use self::options::{SameSite, SessionOptions, SessionOptionsError};
pub use self::origin::{OriginCheck, OriginError, OriginPattern, OriginPatternError};
pub use self::secret::{SecretKey, SecretKeyError, random_bytes};
pub use self::store::{MemoryStore, SessionStore, StoreError};
pub use self::token::{LIVE_SESSION_MAX_AGE, Signer, TokenError};
pub use self::values::SessionValues;
pub use crate::live_socket::{LIVE_SOCKET_ID, disconnect};

/// The session of one browser: names and JSON values, about 3 kB of them at most where they are in the cookie.
///
/// It holds the unmasked CSRF secret, so it is not for a page: what a live view needs of it after the page load, its socket reads from the
/// cookie again.
/// `Debug` shows names and no values; two are equal if their values are.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Session {
    values: SessionValues,
    #[serde(skip)]
    changed: bool,
    /// Under which id a store has it, if one has.
    #[serde(skip)]
    id: Option<Box<str>>,
    /// Whether the store is to have it under another id, or no more.
    #[serde(skip)]
    leaves_id: bool,
    /// When the browser's cookie was read: what came true later, it does not say.
    #[serde(skip)]
    read_at: Option<Instant>,
}

impl Session {
    /// A value as it is stored.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// A value as a `T`; `None` when it is absent or something else.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.get(name)?).ok()
    }

    /// Stores a value under a name, in place of the one before.
    ///
    /// # Errors
    ///
    /// When the value has no form in JSON, such as a map whose keys are not texts.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Serialize) -> Result<(), serde_json::Error> {
        let value = serde_json::to_value(value)?;
        let name: String = name.into();
        if self.values.get(&name) != Some(&value) {
            self.values.insert(name.into(), value);
            self.changed = true;
        }
        Ok(())
    }

    /// Takes a value out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let removed = self.values.remove(name);
        self.changed |= removed.is_some();
        removed
    }

    /// Gives the session a new identity and keeps its values: what to do when somebody logs in, so that nobody who knew the session from before, or
    /// put it into the browser, gets any further with it (session fixation). Forms and live pages from before are no longer good: their CSRF tokens
    /// and session tokens belong to the old identity. A store keeps it under a new id, and nothing under the old one
    /// (`configure_session(conn, renew: true)` in Plug).
    pub fn renew(&mut self) {
        csrf::renew(self);
        self.leaves_id = true;
    }

    /// Takes everything out, the identity included, and with it the cookie and what a store has: what to do at log-out
    /// (`configure_session(conn, drop: true)`).
    pub fn clear(&mut self) {
        self.changed |= !self.values.is_empty() || self.id.is_some();
        self.values = SessionValues::default();
        self.leaves_id = true;
    }

    /// When the browser's cookie was read, if it came with one.
    pub(crate) fn read_at(&self) -> Option<Instant> {
        self.read_at
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether it differs from what the browser sent, so that the cookie must be set.
    pub fn is_changed(&self) -> bool {
        self.changed
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")?;
        f.debug_list().entries(self.values.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Session, csrf};

    #[test]
    fn values_come_back_in_their_type_and_only_in_theirs() {
        let mut session = Session::default();
        session.insert("user", 7_i64).expect("a number");
        assert_eq!(session.read::<i64>("user"), Some(7));
        assert_eq!(session.read::<String>("user"), None);
        assert_eq!(session.read::<i64>("nobody"), None);
    }

    #[test]
    fn a_session_knows_whether_it_changed() {
        let mut session: Session = serde_json::from_str(r#"{"user":7}"#).expect("a session");
        session.insert("user", 7).expect("a number");
        session.remove("nobody");
        assert!(!session.is_changed());
        session.insert("user", 8).expect("a number");
        assert!(session.is_changed());
    }

    #[test]
    fn a_renewed_session_keeps_its_values_and_ends_the_tokens_of_before() {
        let mut session = Session::default();
        session.insert("user", 7).expect("a number");
        let before = csrf::token(&mut session);
        session.renew();
        assert_eq!(session.read::<i64>("user"), Some(7));
        assert_eq!(csrf::verify(&session, &*before), Err(csrf::CsrfError::Invalid));
        let after = csrf::token(&mut session);
        assert_eq!(csrf::verify(&session, &*after), Ok(()));
    }

    #[test]
    fn a_session_in_a_log_shows_no_values() {
        let mut session = Session::default();
        session.insert("token", "secret").expect("a text");
        assert_eq!(format!("{session:?}"), r#"Session["token"]"#);
    }

    #[test]
    fn a_map_without_text_keys_is_refused() {
        let pairs = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(Session::default().insert("pairs", pairs).is_err());
    }
}
