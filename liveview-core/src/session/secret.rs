//! The application's secret, and those that it had before.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::encryptor::Encryptor;
use super::token::Signer;

/// The least length of a secret, in bytes of text.
const MIN_BYTES: usize = 64;

/// The secret from which every key of an application is derived: at least 64 bytes of text, the same on all nodes, known to
/// nobody else. Whoever has it can be anybody. `Debug` does not show it.
///
/// To change it without logging everybody out, put the new one in front of the old, with a comma: `new,old`. The first signs and encrypts; all of them
/// verify and decrypt. Take the old one away when what it signed has expired.
#[derive(Clone)]
pub struct SecretKey {
    text: String,
}

/// Why a text is no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    /// No text at all.
    #[error(
        "SECRET_KEY_BASE is not set: give it at least 64 random characters, such as those of `openssl rand -base64 48`"
    )]
    Missing,
    /// Fewer than 64 bytes.
    #[error(
        "SECRET_KEY_BASE has {bytes} bytes and needs at least 64: take random ones, such as those of `openssl rand -base64 48`"
    )]
    TooShort {
        /// How many it has.
        bytes: usize,
    },
    /// One of the older secrets behind the first has fewer than 64 bytes.
    #[error(
        "SECRET_KEY_BASE has a secret of {bytes} bytes in place {place}, and each between its commas needs at least 64: newest first, then those that it replaces"
    )]
    OlderTooShort {
        /// Its place: 2 for the first one behind the newest.
        place: usize,
        /// How many it has.
        bytes: usize,
    },
}

impl SecretKey {
    /// Takes the secret's text, with older ones behind commas.
    ///
    /// # Errors
    ///
    /// [`SecretKeyError`] when it is empty, or one of them shorter than 64 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, SecretKeyError> {
        let key = Self { text: text.into() };
        if key.text.is_empty() {
            return Err(SecretKeyError::Missing);
        }
        let short = key.secrets().map(str::len).enumerate().find(|(_, bytes)| *bytes < MIN_BYTES);
        match short {
            None => Ok(key),
            Some((0, bytes)) => Err(SecretKeyError::TooShort { bytes }),
            Some((place, bytes)) => Err(SecretKeyError::OlderTooShort { place: place + 1, bytes }),
        }
    }

    /// A new random secret of 64 characters: for tests, and for a server whose sessions need not survive it.
    pub fn generate() -> Self {
        Self { text: URL_SAFE_NO_PAD.encode(random_bytes::<48>()) }
    }

    /// The signer for one purpose. The salt names the purpose and is no secret; a token made for one is worth
    /// nothing for another. Derive it once and keep it.
    pub fn signer(&self, salt: &str) -> Signer {
        Signer::new(self.secrets().map(|secret| mac(&derive(secret, salt.as_bytes()))))
    }

    /// The same for payloads that their holder must not read. Its keys are other ones than those of the signer of that salt.
    pub fn encryptor(&self, salt: &str) -> Encryptor {
        let salt = [salt.as_bytes(), b"\0encrypt"].concat();
        Encryptor::new(self.secrets().map(|secret| derive(secret, &salt)))
    }

    /// The text, to store it; with the older ones.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The newest first.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        self.text.split(',').map(str::trim)
    }
}

/// One block of HKDF-Expand (RFC 5869) with the secret as its key: that is strong enough not to need the extract step.
fn derive(secret: &str, salt: &[u8]) -> [u8; 32] {
    let mut block = mac(secret.as_bytes());
    block.update(salt);
    block.update(&[1]);
    block.finalize().into_bytes().into()
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of every length")
}

/// Random bytes of the operating system.
///
/// # Panics
///
/// When the system has none, in which case nothing could be kept secret.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

impl FromStr for SecretKey {
    type Err = SecretKeyError;

    fn from_str(text: &str) -> Result<Self, SecretKeyError> {
        Self::new(text)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{SecretKey, SecretKeyError};

    #[test]
    fn a_secret_has_at_least_64_bytes() {
        assert_eq!(SecretKey::new("").err(), Some(SecretKeyError::Missing));
        assert_eq!(SecretKey::new("x".repeat(63)).err(), Some(SecretKeyError::TooShort { bytes: 63 }));
        assert!(SecretKey::new("x".repeat(64)).is_ok());
    }

    #[test]
    fn older_secrets_verify_and_decrypt_and_never_sign() {
        let (old, new) = (SecretKey::generate(), SecretKey::generate());
        let both = SecretKey::new(format!("{}, {}", new.expose(), old.expose())).expect("two secrets");

        let token = old.signer("mail").sign("ada").expect("a text");
        assert_eq!(both.signer("mail").verify::<String>(&*token, Duration::MAX).expect("still good"), "ada");
        let token = both.signer("mail").sign("ada").expect("a text");
        assert!(new.signer("mail").verify::<String>(&*token, Duration::MAX).is_ok());
        assert!(old.signer("mail").verify::<String>(&*token, Duration::MAX).is_err());

        let token = old.encryptor("mail").encrypt("ada").expect("a text");
        assert_eq!(both.encryptor("mail").decrypt::<String>(&*token, Duration::MAX).expect("still good"), "ada");
        let token = both.encryptor("mail").encrypt("ada").expect("a text");
        assert!(old.encryptor("mail").decrypt::<String>(&*token, Duration::MAX).is_err());
    }

    #[test]
    fn an_older_secret_that_is_too_short_is_named_by_its_place() {
        let text = format!("{},short", "x".repeat(64));
        assert_eq!(SecretKey::new(text).err(), Some(SecretKeyError::OlderTooShort { place: 2, bytes: 5 }));
        assert!(SecretKey::new(format!("{},", "x".repeat(64))).is_err());
    }

    #[test]
    fn the_errors_name_the_variable_to_set() {
        for text in ["", "short"] {
            let error = text.parse::<SecretKey>().expect_err("no secret").to_string();
            assert!(error.starts_with("SECRET_KEY_BASE"), "{error}");
        }
    }

    #[test]
    fn generated_secrets_differ_are_valid_and_are_not_shown() {
        let (one, two) = (SecretKey::generate(), SecretKey::generate());
        assert_ne!(one.expose(), two.expose());
        assert!(SecretKey::new(one.expose()).is_ok());
        assert!(!format!("{one:?}").contains(one.expose()));
    }
}
