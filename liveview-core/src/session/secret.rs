//! The application's secret.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::token::Signer;

/// The least length of a secret, in bytes of text.
const MIN_BYTES: usize = 64;

/// The secret from which every key of an application is derived: at least 64 bytes of text, the same on all nodes, known to
/// nobody else. Whoever has it can be anybody. `Debug` does not show it.
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
}

impl SecretKey {
    /// Takes the secret's text.
    ///
    /// # Errors
    ///
    /// [`SecretKeyError`] when it is empty or shorter than 64 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, SecretKeyError> {
        let text = text.into();
        match text.len() {
            0 => Err(SecretKeyError::Missing),
            bytes if bytes < MIN_BYTES => Err(SecretKeyError::TooShort { bytes }),
            _ => Ok(Self { text }),
        }
    }

    /// A new random secret of 64 characters: for tests, and for a server whose sessions need not survive it.
    pub fn generate() -> Self {
        Self { text: URL_SAFE_NO_PAD.encode(random_bytes::<48>()) }
    }

    /// The signer for one purpose. The salt names the purpose and is no secret; a token made for one is worth
    /// nothing for another. Derive it once and keep it.
    pub fn signer(&self, salt: &str) -> Signer {
        // One block of HKDF-Expand (RFC 5869) with the secret as its key: that is strong enough not to need the extract step.
        let mut derive = mac(self.text.as_bytes());
        derive.update(salt.as_bytes());
        derive.update(&[1]);
        Signer::new(mac(&derive.finalize().into_bytes()))
    }

    /// The text, to store it.
    pub fn expose(&self) -> &str {
        &self.text
    }
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
    use super::{SecretKey, SecretKeyError};

    #[test]
    fn a_secret_has_at_least_64_bytes() {
        assert_eq!(SecretKey::new("").err(), Some(SecretKeyError::Missing));
        assert_eq!(SecretKey::new("x".repeat(63)).err(), Some(SecretKeyError::TooShort { bytes: 63 }));
        assert!(SecretKey::new("x".repeat(64)).is_ok());
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
