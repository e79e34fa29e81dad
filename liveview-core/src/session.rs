//! What the server knows about a browser between requests, and how it knows that it is that browser.
//!
//! - [`SecretKey`] is the one secret of an application; each use of it signs with a key of its own ([`SecretKey::signer`]).
//! - [`Signer`] makes and checks tokens: any serialisable payload, readable by everybody and changeable by nobody else.
//! - [`Session`] is a small map in a signed cookie ([`SessionCookie`]).
//! - [`csrf`] proves that a form or a socket comes from a page of ours, [`OriginCheck`] that it comes from a site of ours.
//!
//! Nothing here is kept on the server, so every node that has the secret reads what another one wrote. Nothing is encrypted
//! either: what the browser's owner must not read does not belong into a session.

mod cookie;
pub mod csrf;
mod origin;
mod secret;
mod token;
mod values;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::cookie::cookie_value;
pub use self::cookie::{SESSION_COOKIE, SessionCookie, SessionError};
pub use self::origin::{OriginCheck, OriginError, OriginPattern, OriginPatternError};
pub use self::secret::{SecretKey, SecretKeyError, random_bytes};
pub use self::token::{LIVE_SESSION_MAX_AGE, Signer, TokenError};
use self::values::Values;

/// The session of one browser: names and JSON values, about 3 kB of them at most.
///
/// It holds the unmasked CSRF secret, so it is not for a page: what a live view needs of it after the page load, its socket reads from the
/// cookie again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Session {
    values: Values,
    #[serde(skip)]
    changed: bool,
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

    /// Takes everything out, the CSRF secret included: what to do at log-in and log-out, so that nothing from before is valid.
    pub fn clear(&mut self) {
        self.changed |= !self.values.is_empty();
        self.values = Values::default();
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

#[cfg(test)]
mod tests {
    use super::Session;

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
    fn a_map_without_text_keys_is_refused() {
        let pairs = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(Session::default().insert("pairs", pairs).is_err());
    }
}
