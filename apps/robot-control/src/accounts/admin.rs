//! The first administrator, and passwords that are good for one log-in.

use std::fmt;

use bennu::ecto::prelude::*;

use super::{AccountError, Changed, Role, User, password, sessions, token};

/// What the first administrator is called.
pub const FIRST_ADMIN: &str = "admin";

/// Letters and digits that nobody takes for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password that the program made: with it one can log in and choose another one, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimePassword(String);

impl OneTimePassword {
    /// 20 random letters in groups of five: 100 bits.
    fn random() -> Self {
        let letters = token::random_bytes::<20>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
        Self(groups.join("-"))
    }

    /// The password, to be shown once.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OneTimePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimePassword(**redacted**)")
    }
}

/// Makes the administrator [`FIRST_ADMIN`] if there is none at all, and answers with its password, which is to be shown
/// now or never.
///
/// # Errors
/// When the database or the hashing fails, or when somebody who is no administrator has that name.
pub async fn ensure_admin(repo: &Repo) -> Result<Option<OneTimePassword>, AccountError> {
    if repo.exists(from!(u in User, where: u.role == Role::Admin)).await? {
        return Ok(None);
    }
    let password = OneTimePassword::random();
    let admin = User {
        name: FIRST_ADMIN.to_owned(),
        password_hash: password::hash(password.as_str()).await?,
        role: Role::Admin,
        must_change_password: true,
        ..User::default()
    };
    repo.insert(admin.change().unique_constraint(User::name)).await?;
    Ok(Some(password))
}

/// Gives a user who forgot the password another one, and ends all its sessions. Whether the caller may is for
/// [`super::may`] to say.
///
/// # Errors
/// When there is no such user, or the database or the hashing fails.
pub async fn reset_password(repo: &Repo, user_id: i64) -> Result<(Changed, OneTimePassword), AccountError> {
    let password = OneTimePassword::random();
    let user: User = repo.fetch(user_id).await?;
    let changeset = user
        .change()
        .put_change(User::password_hash, password::hash(password.as_str()).await?)
        .put_change(User::must_change_password, true);
    Ok((sessions::end_with(repo, changeset).await?, password))
}
