//! Passwords as they are stored: Argon2id hashes in the PHC string format. Feature `password`.
//!
//! 19 MiB of memory, 2 passes, 1 lane: what OWASP's Password Storage Cheat Sheet recommends, about 20 ms on one core in a release build. The parameters and the
//! random salt are in the string, so they can change without a migration ([`needs_rehash`]).
//!
//! Hashing runs on threads for blocking work, and at most one hash for each core at a time: the others wait, so that a flood of log-ins costs time and
//! not memory. Limit how often somebody may try with a [`Throttle`](crate::throttle::Throttle). An application hashes quickly in development with
//! `[profile.dev.package."*"] opt-level = 3`, or that for `argon2` and `blake2` alone.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> liveview_core::Result<()> {
//! use liveview_core::password;
//!
//! let stored = password::hash("correct horse battery staple").await?;
//! assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
//! assert!(password::verify("correct horse battery staple", &stored).await);
//! assert!(!password::verify("guess", &stored).await);
//! # Ok(())
//! # }
//! ```

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use crate::session::random_bytes;
use crate::{Error, Result};

/// A hash takes a whole core and 19 MiB.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

/// The hash of a new password, to be stored: a text of 97 characters, another one each time.
///
/// # Errors
///
/// When the runtime is shutting down, or the password has more than 4 GiB.
///
/// # Cancel safety
///
/// Hashing ends by itself when this future is dropped.
pub async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    let hashed = in_turn(move || hash_now(&password)).await?;
    hashed.map_err(|error| Error::msg(format!("the password cannot be hashed: {error}")))
}

/// Whether `password` is the one that was hashed. A hash that is none, or of another algorithm, is of no password; that is logged.
///
/// # Cancel safety
///
/// Hashing ends by itself when this future is dropped.
pub async fn verify(password: &str, hash: &str) -> bool {
    let (password, hash) = (password.to_owned(), hash.to_owned());
    in_turn(move || verify_now(&password, &hash)).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a password was not checked");
        false
    })
}

/// Takes as long as [`verify`] and finds nothing: for a log-in whose user does not exist, so that the time it takes does not tell so.
///
/// # Cancel safety
///
/// Hashing ends by itself when this future is dropped.
pub async fn verify_nothing() -> bool {
    drop(in_turn(|| hash_now("nobody's password")).await);
    false
}

/// Whether a hash was made with other parameters than those of today, or by another algorithm: after a log-in, when the password is at hand, hash it anew.
pub fn needs_rehash(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return true };
    let today = Params::DEFAULT;
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    hash.algorithm.as_str() != "argon2id"
        || Params::try_from(&hash).map_or(true, |params| costs(&params) != costs(&today))
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    // The semaphore is never closed; the turn is held until the work is done, even when nobody waits for it any more.
    let turn = TURNS.acquire().await;
    spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = random_bytes::<16>();
    Ok(Argon2::default().hash_password_with_salt(password.as_bytes(), &salt)?.to_string())
}

fn verify_now(password: &str, hash: &str) -> bool {
    use argon2::password_hash::Error;
    let verified = PasswordHash::new(hash)
        .map_err(|_| Error::EncodingInvalid)
        .and_then(|hash| Argon2::default().verify_password(password.as_bytes(), &hash));
    match verified {
        Ok(()) => true,
        Err(Error::PasswordInvalid) => false,
        Err(error) => {
            tracing::error!(%error, "a stored password hash is unusable");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{hash, needs_rehash, verify, verify_nothing};

    #[tokio::test]
    async fn a_password_is_verified_by_its_hash_alone() {
        let (one, two) = (hash("geheim ä").await.expect("a hash"), hash("geheim ä").await.expect("a hash"));
        assert_ne!(one, two, "each has a salt of its own");
        assert!(verify("geheim ä", &one).await && verify("geheim ä", &two).await);
        for wrong in ["", "geheim", "Geheim ä", "geheim ä "] {
            assert!(!verify(wrong, &one).await, "{wrong:?}");
        }
    }

    /// From the tests of the reference implementation.
    #[tokio::test]
    async fn hashes_of_other_programs_and_parameters_verify_and_want_to_be_made_anew() {
        let other = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify("password", other).await);
        assert!(!verify("passwort", other).await);
        assert!(needs_rehash(other));
        assert!(!needs_rehash(&hash("password").await.expect("a hash")));
    }

    #[tokio::test]
    async fn what_is_no_hash_is_of_no_password() {
        for broken in ["", "password", "$2b$12$abc", "$argon2id$v=19$m=1,t=1,p=1$c29t$", "$argon2id$"] {
            assert!(!verify("password", broken).await, "{broken}");
            assert!(needs_rehash(broken), "{broken}");
        }
    }

    #[tokio::test]
    async fn nobody_takes_as_long_as_somebody() {
        let stored = hash("password").await.expect("a hash");
        let (mut somebody, mut nobody) = (Duration::MAX, Duration::MAX);
        for _ in 0..3 {
            let began = Instant::now();
            assert!(!verify("wrong", &stored).await);
            somebody = somebody.min(began.elapsed());
            let began = Instant::now();
            assert!(!verify_nothing().await);
            nobody = nobody.min(began.elapsed());
        }
        // Wide, because other tests run at the same time; without the work it would be a thousand times shorter.
        assert!(nobody * 8 > somebody && somebody * 8 > nobody, "{somebody:?} and {nobody:?}");
    }
}
