//! Hashing passwords: Argon2id as OWASP advises (19 MiB, two passes), away from the threads that serve everybody.
//!
//! The one file that knows how. At most four passwords are hashed at a time; the others wait.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use bennu::ecto::prelude::*;
use tokio::sync::Semaphore;

use super::User;

/// Each takes 19 MiB and a core while it lasts.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Tests hash often, and have nothing to hide.
const PARAMS: Params = if cfg!(test) {
    match Params::new(Params::MIN_M_COST, 1, 1, None) {
        Ok(params) => params,
        Err(_) => Params::DEFAULT,
    }
} else {
    Params::DEFAULT
};

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashError(String);

/// The changeset with the hash of its password in place of the password; as it is when it is invalid.
pub(super) async fn hashed(changeset: Changeset<User>) -> Result<Changeset<User>, HashError> {
    match changeset.get_change(User::password).flatten() {
        Some(password) if changeset.is_valid() => {
            let hash = hash(&password).await?;
            Ok(changeset.put_change(User::password_hash, hash).delete_change(User::password))
        }
        _ => Ok(changeset),
    }
}

/// The hash of a password as a PHC string, with a salt of its own.
pub(super) async fn hash(password: &str) -> Result<String, HashError> {
    let password = password.to_owned();
    apart(move || {
        let hash = argon2().hash_password(password.as_bytes()).map_err(|error| HashError(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the hash is that of the password. A hash that is none is nobody's.
pub(super) async fn verify(password: &str, hash: &str) -> Result<bool, HashError> {
    let (password, hash) = (password.to_owned(), hash.to_owned());
    apart(move || {
        let hash = PasswordHash::new(&hash);
        Ok(hash.is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok()))
    })
    .await
}

/// Takes as long as [`verify`], where there is no hash to compare with.
pub(super) async fn verify_nothing() -> Result<(), HashError> {
    hash("").await.map(drop)
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, HashError> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| HashError(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))?
}
