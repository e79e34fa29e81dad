//! Messages for the next page that a browser shows: "Saved.", "Log in first.".
//!
//! A [`Flash`] holds one text for each *kind*; `info` and `error` are the usual kinds. It reaches the next page on one of two ways:
//!
//! ```text
//! redirect of a handler        -> the session's entry `_flash`: the next request takes it out
//! navigation from a live view  -> a signed token, good for a minute: in the next join, or in the cookie `_bennu_flash` of one request
//! ```
//!
//! Behaves as `Phoenix.Controller.fetch_flash/2` and `Phoenix.LiveView.put_flash/3`. Texts are escaped where they are shown, like all others.
//! What travels is signed and not encrypted: no secrets in messages.

use std::time::Duration;

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::session::{SecretKey, Session, Signer, TokenError, cookie_value};

/// The session's entry that holds the messages of the next request.
pub const FLASH_KEY: &str = "_flash";

/// The cookie in which the client carries a token into the page load that a live view asked for.
pub const FLASH_COOKIE: &str = "_bennu_flash";

/// How old a token may be: as long as a page may take to load, as in Phoenix `LiveView`.
pub const FLASH_MAX_AGE: Duration = Duration::from_mins(1);

const SALT: &str = "bennu flash";

/// Messages by kind, in the order in which their kinds were first put.
///
/// ```
/// use liveview_core::Flash;
///
/// let mut flash = Flash::default();
/// flash.put("info", "Saved.");
/// assert_eq!(flash.get("info"), Some("Saved."));
/// flash.clear("info");
/// assert!(flash.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flash {
    // There are one or two, and every view holds a flash: an empty list costs no allocation.
    messages: Vec<(Box<str>, Box<str>)>,
}

impl Flash {
    /// The message of a kind.
    pub fn get(&self, kind: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == kind).map(|(_, text)| text)
    }

    /// Sets the message of a kind, in place of the one before.
    pub fn put(&mut self, kind: impl Into<String>, text: impl Into<String>) {
        let (kind, text) = (kind.into().into_boxed_str(), text.into().into_boxed_str());
        match self.messages.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => *known = text,
            None => self.messages.push((kind, text)),
        }
    }

    /// Takes the message of one kind away, as when somebody has closed it. Others stay.
    pub fn clear(&mut self, kind: &str) {
        self.messages.retain(|(known, _)| **known != *kind);
    }

    /// Takes every message away.
    pub fn clear_all(&mut self) {
        self.messages = Vec::new();
    }

    /// Every kind with its message.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.messages.iter().map(|(kind, text)| (&**kind, &**text))
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Puts every message of `other` in; where both have a kind, `other` wins.
    pub fn merge(&mut self, other: Flash) {
        for (kind, text) in other.messages {
            self.put(kind, text);
        }
    }

    /// Takes what the last request left in the session, so that it is shown once. Empty when there is nothing, or nothing usable.
    pub fn take_from(session: &mut Session) -> Self {
        session.remove(FLASH_KEY).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }

    /// Leaves the messages in the session, for the next request; takes the entry out if there are none.
    pub fn store_in(&self, session: &mut Session) {
        if self.is_empty() {
            session.remove(FLASH_KEY);
            return;
        }
        let stored = session.insert(FLASH_KEY, self);
        debug_assert!(stored.is_ok(), "a list of texts has a form in JSON");
    }

    /// The signer of the tokens that [`sign`](Self::sign) makes. Derive it once and keep it.
    pub fn signer(secret: &SecretKey) -> Signer {
        secret.signer(SALT)
    }

    /// The messages as a token, which anybody who holds it can read; `None` when there are none.
    pub fn sign(&self, signer: &Signer) -> Option<String> {
        let token = (!self.is_empty()).then(|| signer.sign(self))?;
        token.inspect_err(|error| tracing::error!(%error, "the flash cannot be signed")).ok()
    }

    /// The messages of a token.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when it is forged or older than [`FLASH_MAX_AGE`]; to show no message is then the right thing to do.
    pub fn verify<'a>(token: impl Into<Option<&'a str>>, signer: &Signer) -> Result<Self, TokenError> {
        signer.verify(token, FLASH_MAX_AGE)
    }

    /// The messages of the cookie [`FLASH_COOKIE`]; empty without one that verifies. Whoever reads it also expires it.
    pub fn from_cookie(headers: &HeaderMap, signer: &Signer) -> Self {
        let token = cookie_value(headers, FLASH_COOKIE);
        Self::verify(token.as_deref(), signer).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
    use serde_json::json;

    use super::{FLASH_COOKIE, FLASH_KEY, FLASH_MAX_AGE, Flash};
    use crate::session::{SecretKey, Session, TokenError};

    fn saved() -> Flash {
        let mut flash = Flash::default();
        flash.put("info", "Saved.");
        flash
    }

    #[test]
    fn there_is_one_message_of_each_kind_in_the_order_of_the_kinds() {
        let mut flash = saved();
        flash.put("error", "No robot answers.");
        flash.put("info", "Saved twice.");
        let all: Vec<_> = flash.iter().collect();
        assert_eq!(all, [("info", "Saved twice."), ("error", "No robot answers.")]);
        flash.clear("info");
        assert_eq!((flash.get("info"), flash.get("error")), (None, Some("No robot answers.")));
        flash.clear_all();
        assert!(flash.is_empty());
    }

    #[test]
    fn a_newer_flash_wins_and_the_rest_stays() {
        let mut flash = saved();
        flash.put("error", "Old.");
        let mut newer = Flash::default();
        newer.put("error", "New.");
        flash.merge(newer);
        assert_eq!((flash.get("info"), flash.get("error")), (Some("Saved."), Some("New.")));
    }

    #[test]
    fn a_session_gives_its_messages_once() {
        let mut session = Session::default();
        saved().store_in(&mut session);
        assert_eq!(Flash::take_from(&mut session), saved());
        assert!(Flash::take_from(&mut session).is_empty());
        assert!(session.is_empty());
    }

    #[test]
    fn nothing_to_say_leaves_no_entry_and_no_cookie() {
        let mut session = Session::default();
        Flash::default().store_in(&mut session);
        assert!(!session.is_changed());
        saved().store_in(&mut session);
        Flash::default().store_in(&mut session);
        assert!(session.is_empty());
    }

    #[test]
    fn an_entry_of_another_shape_is_no_message_and_goes() {
        for entry in [json!(7), json!(["a"]), json!({"info": "x"}), json!([["info", 7]])] {
            let mut session = Session::default();
            session.insert(FLASH_KEY, entry).expect("JSON");
            assert!(Flash::take_from(&mut session).is_empty());
            assert!(session.is_empty());
        }
    }

    #[test]
    fn a_token_carries_messages_for_a_minute_and_only_ours() {
        let signer = Flash::signer(&SecretKey::generate());
        let token = saved().sign(&signer).expect("a token");
        assert_eq!(Flash::verify(&*token, &signer).expect("valid"), saved());
        assert!(Flash::default().sign(&signer).is_none());

        let old = signer.sign_at(&saved(), SystemTime::now() - FLASH_MAX_AGE - FLASH_MAX_AGE).expect("a token");
        assert!(matches!(Flash::verify(&*old, &signer), Err(TokenError::Expired)));
        let forged = saved().sign(&Flash::signer(&SecretKey::generate())).expect("a token");
        assert!(matches!(Flash::verify(&*forged, &signer), Err(TokenError::BadSignature)));
        assert!(matches!(Flash::verify(None, &signer), Err(TokenError::Missing)));
    }

    #[test]
    fn the_cookie_of_a_page_load_is_read_and_a_forged_one_says_nothing() {
        let signer = Flash::signer(&SecretKey::generate());
        let with = |token: &str| {
            let cookie = HeaderValue::try_from(format!("theme=dark; {FLASH_COOKIE}={token}")).expect("a header");
            Flash::from_cookie(&HeaderMap::from_iter([(COOKIE, cookie)]), &signer)
        };
        assert_eq!(with(&saved().sign(&signer).expect("a token")), saved());
        assert!(with("forged").is_empty());
        assert!(Flash::from_cookie(&HeaderMap::new(), &signer).is_empty());
    }
}
