//! Signed tokens: `payload.issued.signature`.
//!
//! The payload is JSON in base64url without padding, `issued` the Unix time in milliseconds in decimal, and the signature HMAC-SHA256
//! of everything before its dot, in base64url. Nothing in a token is looked at before its signature was found right.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::rotating::Rotating;

/// How old the token in a live page may be: 14 days, as in Phoenix `LiveView`.
pub const LIVE_SESSION_MAX_AGE: Duration = Duration::from_hours(14 * 24);

/// Signs and verifies the tokens of one purpose, for sockets, APIs and links in mails; made by [`SecretKey::signer`](super::SecretKey::signer).
///
/// ```
/// use std::time::Duration;
/// use liveview_core::session::{SecretKey, TokenError};
///
/// let signer = SecretKey::generate().signer("mail confirmation");
/// let token = signer.sign(&("ada@example.com", 7))?;
/// let (mail, user): (String, i64) = signer.verify(&*token, Duration::from_secs(3600))?;
/// assert_eq!((mail.as_str(), user), ("ada@example.com", 7));
/// # Ok::<(), TokenError>(())
/// ```
///
/// Everybody can read what is in a token; an [`Encryptor`](super::Encryptor)'s nobody can.
#[derive(Clone)]
pub struct Signer {
    macs: Rotating<Hmac<Sha256>>,
}

/// Why a token is worth nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// There is none.
    #[error("no token was given")]
    Missing,
    /// It is not made like a token, or its payload is not what was expected.
    #[error("malformed token")]
    Malformed,
    /// It was changed, or signed or encrypted with another secret or for another purpose.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// It is right, and too old.
    #[error("the token has expired")]
    Expired,
    /// The payload to sign has no form in JSON.
    #[error("the payload cannot be written as JSON")]
    Payload(#[source] serde_json::Error),
}

impl Signer {
    /// The first of at least one signs.
    pub(super) fn new(macs: impl Iterator<Item = Hmac<Sha256>>) -> Self {
        Self { macs: Rotating::new(macs) }
    }

    /// This signer, which verifies what `older` signed too: to change the salt of a purpose while tokens of the old one are about.
    #[must_use]
    pub fn or(self, older: &Self) -> Self {
        Self { macs: self.macs.or(&older.macs) }
    }

    /// A token that carries the payload, issued now.
    ///
    /// # Errors
    ///
    /// [`TokenError::Payload`] when the payload has no form in JSON.
    pub fn sign<T: Serialize + ?Sized>(&self, payload: &T) -> Result<String, TokenError> {
        self.sign_at(payload, SystemTime::now())
    }

    /// [`sign`](Self::sign), issued at another time; times before 1970 count as 1970.
    ///
    /// # Errors
    ///
    /// As for `sign`.
    pub fn sign_at<T: Serialize + ?Sized>(&self, payload: &T, issued: SystemTime) -> Result<String, TokenError> {
        let payload = serde_json::to_vec(payload).map_err(TokenError::Payload)?;
        let mut token = URL_SAFE_NO_PAD.encode(payload);
        token.push('.');
        token.push_str(&unix_millis(issued).to_string());
        let signature = self.macs.newest().clone().chain_update(&token).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The payload of a token that is no older than `max_age`; [`Duration::MAX`] takes one of any age. A token of the future is
    /// taken: the clocks of two nodes differ.
    ///
    /// # Errors
    ///
    /// [`TokenError`]; the signature is checked before the age, and that before the payload.
    pub fn verify<'a, T: DeserializeOwned>(
        &self,
        token: impl Into<Option<&'a str>>,
        max_age: Duration,
    ) -> Result<T, TokenError> {
        self.verify_at(token, max_age, SystemTime::now())
    }

    /// [`verify`](Self::verify), as if at another time.
    ///
    /// # Errors
    ///
    /// As for `verify`.
    pub fn verify_at<'a, T: DeserializeOwned>(
        &self,
        token: impl Into<Option<&'a str>>,
        max_age: Duration,
        now: SystemTime,
    ) -> Result<T, TokenError> {
        let (signed, signature) = given(token)?.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (payload, issued) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::BadSignature)?;

        // In constant time, so that nobody can guess a signature byte by byte.
        let is_of = |mac: &Hmac<Sha256>| mac.clone().chain_update(signed).verify_slice(&signature).is_ok();
        if !self.macs.iter().any(is_of) {
            return Err(TokenError::BadSignature);
        }
        check_age(issued.parse().map_err(|_| TokenError::Malformed)?, max_age, now)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Malformed)?;
        serde_json::from_slice(&payload).map_err(|_| TokenError::Malformed)
    }
}

/// The text of a token, if there is any.
pub(super) fn given<'a>(token: impl Into<Option<&'a str>>) -> Result<&'a str, TokenError> {
    token.into().filter(|token| !token.is_empty()).ok_or(TokenError::Missing)
}

/// Times before 1970 count as 1970.
pub(super) fn unix_millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn check_age(issued: u64, max_age: Duration, now: SystemTime) -> Result<(), TokenError> {
    // Both to the millisecond: a token is good for all of its age.
    let age = Duration::from_millis(unix_millis(now).saturating_sub(issued));
    if age > max_age { Err(TokenError::Expired) } else { Ok(()) }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Duration, Signer, SystemTime, TokenError};
    use crate::session::SecretKey;

    const HOUR: Duration = Duration::from_hours(1);

    fn signer() -> Signer {
        SecretKey::new("k".repeat(64)).expect("long enough").signer("test")
    }

    fn verify(token: &str) -> Result<String, TokenError> {
        signer().verify(token, HOUR)
    }

    #[test]
    fn a_token_is_what_it_was_made_of() {
        let token = signer().sign("actor 7").expect("a text");
        assert_eq!(verify(&token).expect("valid"), "actor 7");
    }

    /// Guards the format, for tokens outlive deploys; the signature was computed by another implementation.
    #[test]
    fn the_format_is_fixed() {
        let issued = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let token = signer().sign_at("a", issued).expect("a text");
        assert_eq!(token, "ImEi.1700000000000.nP0NRbodRqeByLqnnEAN7Liv68Va6t2RplW5FaiBftk");
    }

    #[test]
    fn each_way_to_be_wrong_has_its_error() {
        let token = signer().sign("a").expect("a text");
        assert!(matches!(signer().verify::<String>(None, HOUR), Err(TokenError::Missing)));
        assert!(matches!(verify(""), Err(TokenError::Missing)));
        for malformed in ["a", "a.b", "..", "a.1.&", "ä.1.ä"] {
            let error = verify(malformed);
            assert!(matches!(error, Err(TokenError::Malformed | TokenError::BadSignature)), "{malformed}: {error:?}");
        }
        assert!(matches!(verify(&format!("x{token}")), Err(TokenError::BadSignature)));
        assert!(matches!(verify(&token[..token.len() - 4]), Err(TokenError::BadSignature)));
        // Right in itself, but no text.
        let number = signer().sign(&5).expect("a number");
        assert!(matches!(verify(&number), Err(TokenError::Malformed)));
    }

    #[test]
    fn a_token_is_for_one_purpose_and_one_secret() {
        let secret = SecretKey::new("k".repeat(64)).expect("long enough");
        let token = secret.signer("other").sign("a").expect("a text");
        assert!(matches!(verify(&token), Err(TokenError::BadSignature)));
        let token = SecretKey::generate().signer("test").sign("a").expect("a text");
        assert!(matches!(verify(&token), Err(TokenError::BadSignature)));
    }

    #[test]
    fn a_salt_may_change_while_tokens_of_the_old_one_are_about() {
        let secret = SecretKey::generate();
        let (old, other) = (secret.signer("mail"), secret.signer("password"));
        let new = secret.signer("mail 2").or(&old);
        let token = old.sign("a").expect("a text");
        assert_eq!(new.verify::<String>(&*token, HOUR).expect("still good"), "a");
        let token = new.sign("a").expect("a text");
        assert!(matches!(old.verify::<String>(&*token, HOUR), Err(TokenError::BadSignature)));
        let token = other.sign("a").expect("a text");
        assert!(matches!(new.verify::<String>(&*token, HOUR), Err(TokenError::BadSignature)));
    }

    #[test]
    fn a_token_expires_after_its_age_and_not_before() {
        let (signer, now) = (signer(), SystemTime::now());
        let token = signer.sign_at("a", now).expect("a text");
        let at = |time| signer.verify_at::<String>(&*token, HOUR, time);
        assert!(at(now + HOUR).is_ok());
        assert!(matches!(at(now + HOUR + Duration::from_millis(1)), Err(TokenError::Expired)));
        assert!(at(now - HOUR).is_ok());
        assert!(signer.verify_at::<String>(&*token, Duration::MAX, now + 1_000_000 * HOUR).is_ok());
    }

    proptest! {
        #[test]
        fn no_other_text_than_the_token_verifies(payload: String, at: usize, byte in any::<u8>()) {
            let token = signer().sign(&payload).expect("a text");
            prop_assert_eq!(verify(&token).expect("valid"), payload);
            let mut bytes = token.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert!(changed == token || verify(&changed).is_err());
            }
        }

        #[test]
        fn random_text_never_verifies_or_panics(token: String) {
            prop_assert!(verify(&token).is_err());
        }
    }
}
