//! Encrypted tokens: `base64url(nonce, XChaCha20-Poly1305(issued, payload))`.
//!
//! The nonce has 24 random bytes, so many that no count of tokens makes two equal; `issued` is the Unix time in milliseconds, 8 bytes with the
//! highest first; the payload is JSON; the last 16 bytes are the authentication tag (draft-irtf-cfrg-xchacha-03, RFC 8439). What Phoenix's
//! `Plug.Crypto.encrypt/4` is for.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::random_bytes;
use super::rotating::Rotating;
use super::token::{TokenError, check_age, given, unix_millis};

const NONCE_BYTES: usize = 24;

/// Makes and reads the tokens of one purpose that their holder must not read; made by [`SecretKey::encryptor`](super::SecretKey::encryptor).
///
/// ```
/// use std::time::Duration;
/// use liveview_core::session::{SecretKey, TokenError};
///
/// let encryptor = SecretKey::generate().encryptor("account number");
/// let token = encryptor.encrypt(&4711)?;
/// assert_eq!(encryptor.decrypt::<i64>(&*token, Duration::from_secs(3600))?, 4711);
/// # Ok::<(), TokenError>(())
/// ```
#[derive(Clone)]
pub struct Encryptor {
    ciphers: Rotating<XChaCha20Poly1305>,
}

impl Encryptor {
    /// The first of at least one key encrypts.
    pub(super) fn new(keys: impl Iterator<Item = [u8; 32]>) -> Self {
        Self { ciphers: Rotating::new(keys.map(|key| XChaCha20Poly1305::new(&key.into()))) }
    }

    /// This encryptor, which reads what `older` made too: to change the salt of a purpose while tokens of the old one are about.
    #[must_use]
    pub fn or(self, older: &Self) -> Self {
        Self { ciphers: self.ciphers.or(&older.ciphers) }
    }

    /// A token that carries the payload, issued now.
    ///
    /// # Errors
    ///
    /// [`TokenError::Payload`] when the payload has no form in JSON.
    pub fn encrypt<T: Serialize + ?Sized>(&self, payload: &T) -> Result<String, TokenError> {
        self.encrypt_at(payload, SystemTime::now())
    }

    /// [`encrypt`](Self::encrypt), issued at another time; times before 1970 count as 1970.
    ///
    /// # Errors
    ///
    /// As for `encrypt`.
    pub fn encrypt_at<T: Serialize + ?Sized>(&self, payload: &T, issued: SystemTime) -> Result<String, TokenError> {
        let mut plain = unix_millis(issued).to_be_bytes().to_vec();
        serde_json::to_writer(&mut plain, payload).map_err(TokenError::Payload)?;
        let nonce = random_bytes::<NONCE_BYTES>();
        // Fails beyond 256 GiB only.
        let sealed = self.ciphers.newest().encrypt(&XNonce::from(nonce), &*plain).map_err(|_| TokenError::Malformed)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// The payload of a token that is no older than `max_age`; [`Duration::MAX`] takes one of any age.
    ///
    /// # Errors
    ///
    /// [`TokenError`], the same as [`Signer::verify`](super::Signer::verify) gives: `BadSignature` for one that was changed or is not ours.
    pub fn decrypt<'a, T: DeserializeOwned>(
        &self,
        token: impl Into<Option<&'a str>>,
        max_age: Duration,
    ) -> Result<T, TokenError> {
        self.decrypt_at(token, max_age, SystemTime::now())
    }

    /// [`decrypt`](Self::decrypt), as if at another time.
    ///
    /// # Errors
    ///
    /// As for `decrypt`.
    pub fn decrypt_at<'a, T: DeserializeOwned>(
        &self,
        token: impl Into<Option<&'a str>>,
        max_age: Duration,
        now: SystemTime,
    ) -> Result<T, TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(given(token)?).map_err(|_| TokenError::Malformed)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(TokenError::Malformed)?;
        let nonce = XNonce::from(*nonce);
        let plain = self.ciphers.iter().find_map(|cipher| cipher.decrypt(&nonce, sealed).ok());
        let plain = plain.ok_or(TokenError::BadSignature)?;
        let (issued, payload) = plain.split_first_chunk().ok_or(TokenError::Malformed)?;
        check_age(u64::from_be_bytes(*issued), max_age, now)?;
        serde_json::from_slice(payload).map_err(|_| TokenError::Malformed)
    }
}

impl fmt::Debug for Encryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encryptor(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Duration, Encryptor, SystemTime, TokenError, URL_SAFE_NO_PAD};
    use crate::session::SecretKey;
    use base64::Engine as _;

    const HOUR: Duration = Duration::from_hours(1);

    fn encryptor() -> Encryptor {
        SecretKey::new("k".repeat(64)).expect("long enough").encryptor("test")
    }

    fn decrypt(token: &str) -> Result<String, TokenError> {
        encryptor().decrypt(token, HOUR)
    }

    #[test]
    fn a_token_shows_nothing_and_is_another_each_time() {
        let (one, two) =
            (encryptor().encrypt("secret").expect("a text"), encryptor().encrypt("secret").expect("a text"));
        assert_ne!(one, two);
        let bytes = URL_SAFE_NO_PAD.decode(&one).expect("base64");
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
        assert_eq!(decrypt(&one).expect("valid"), "secret");
    }

    /// Guards the format, for tokens outlive deploys; written by another implementation of XChaCha20-Poly1305 with key derivation.
    #[test]
    fn the_format_is_fixed() {
        let token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX8oKnMhZ-ULjigggvWIPKapfXMYCGSdBB0sTh";
        let payload: String = encryptor().decrypt(token, Duration::MAX).expect("valid");
        assert_eq!(payload, "a");
        let after_an_hour = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) + HOUR;
        assert!(encryptor().decrypt_at::<String>(token, HOUR, after_an_hour).is_ok());
        let later = after_an_hour + Duration::from_secs(1);
        assert!(matches!(encryptor().decrypt_at::<String>(token, HOUR, later), Err(TokenError::Expired)));
    }

    #[test]
    fn each_way_to_be_wrong_has_its_error() {
        let token = encryptor().encrypt("a").expect("a text");
        assert!(matches!(encryptor().decrypt::<String>(None, HOUR), Err(TokenError::Missing)));
        assert!(matches!(decrypt(""), Err(TokenError::Missing)));
        for malformed in ["a", "ä", "a.b.c", "AAAA", "&"] {
            assert!(matches!(decrypt(malformed), Err(TokenError::Malformed)), "{malformed}");
        }
        assert!(matches!(decrypt(&token[..token.len() - 4]), Err(TokenError::BadSignature)));
        let number = encryptor().encrypt(&5).expect("a number");
        assert!(matches!(decrypt(&number), Err(TokenError::Malformed)));
        let old = encryptor().encrypt_at("a", SystemTime::now() - 2 * HOUR).expect("a text");
        assert!(matches!(decrypt(&old), Err(TokenError::Expired)));
    }

    #[test]
    fn a_token_is_for_one_purpose_and_an_older_one_can_be_let_in() {
        let secret = SecretKey::generate();
        let (old, other) = (secret.encryptor("mail"), secret.encryptor("password"));
        let token = old.encrypt("a").expect("a text");
        assert!(matches!(other.decrypt::<String>(&*token, HOUR), Err(TokenError::BadSignature)));
        assert_eq!(other.or(&old).decrypt::<String>(&*token, HOUR).expect("let in"), "a");
    }

    proptest! {
        #[test]
        fn no_other_text_than_the_token_decrypts(payload: String, at: usize, byte in any::<u8>()) {
            let token = encryptor().encrypt(&payload).expect("a text");
            prop_assert_eq!(decrypt(&token).expect("valid"), payload);
            let mut bytes = token.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert!(changed == token || decrypt(&changed).is_err());
            }
        }

        #[test]
        fn random_text_never_decrypts_or_panics(token: String) {
            prop_assert!(decrypt(&token).is_err());
        }
    }
}
