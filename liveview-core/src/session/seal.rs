//! What keeps a cookie from being changed, or read: a signature, or encryption.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SecretKey;
use super::encryptor::Encryptor;
use super::options::SessionOptions;
use super::token::{Signer, TokenError};

#[derive(Clone, Debug)]
pub(super) enum Seal {
    Signed(Signer),
    Encrypted(Encryptor),
}

impl Seal {
    pub(super) fn new(secret: &SecretKey, options: &SessionOptions) -> Self {
        let older = options.older_salts.iter();
        if options.encrypted {
            let newest = secret.encryptor(&options.salt);
            return Self::Encrypted(older.fold(newest, |all, salt| all.or(&secret.encryptor(salt))));
        }
        Self::Signed(older.fold(secret.signer(&options.salt), |all, salt| all.or(&secret.signer(salt))))
    }

    pub(super) fn close<T: Serialize + ?Sized>(&self, payload: &T) -> Result<String, TokenError> {
        match self {
            Self::Signed(signer) => signer.sign(payload),
            Self::Encrypted(encryptor) => encryptor.encrypt(payload),
        }
    }

    pub(super) fn open<T: DeserializeOwned>(&self, token: &str, max_age: Duration) -> Result<T, TokenError> {
        match self {
            Self::Signed(signer) => signer.verify(token, max_age),
            Self::Encrypted(encryptor) => encryptor.decrypt(token, max_age),
        }
    }
}
