//! People: who they are, how they log in, and what they may do.
//!
//! A [`User`] has a name, a password and a [`Role`]. Logging in makes a *session*, a token that the browser keeps;
//! programs have *API tokens*. The database knows hashes of both, never the tokens. [`may`] is the one place that
//! decides what a role allows.
//!
//! ```text
//! register_user ─┐
//! ensure_admin ──┴─> User ── create_session ──> SessionToken ── get_user_by_session_token ──> User
//!                      └──── create_api_token ─> ApiToken ────── get_user_by_api_token ─────> User
//! ```
//!
//! What ends sessions ([`delete_all_sessions`], [`change_password`], [`reset_password`]) answers with the
//! `live_socket_id`s of the pages to disconnect. In the manner of a Phoenix context (`mix phx.gen.auth`, Phoenix 1.8):
//! functions of the database, no web.

mod admin;
mod api_tokens;
mod error;
mod password;
mod permissions;
mod roles;
mod sessions;
pub(crate) mod token;
mod user;
mod user_token;

use bennu::ecto::prelude::*;

pub use admin::{FIRST_ADMIN, OneTimePassword, ensure_admin, reset_password};
pub use api_tokens::{ApiToken, create_api_token, delete_api_token, get_user_by_api_token, list_api_tokens};
pub use error::AccountError;
pub use permissions::{Act, Refused, may};
pub use roles::change_role;
pub use sessions::{
    SESSION_LASTS, SessionToken, create_session, delete_all_sessions, delete_expired_tokens, delete_session,
    get_user_by_session_token, live_socket_id, live_socket_ids,
};
pub use user::{Role, User};
pub use user_token::{Context, UserToken};

/// A user as it is now, and the pages that show it as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The user.
    pub user: User,
    /// The `live_socket_id`s of its sessions, to be disconnected.
    pub disconnect: Vec<String>,
}

/// A form for somebody new, without input or with it: to be shown while it is being filled in.
pub fn change_registration(params: &impl ToParams) -> Changeset<User> {
    User::default().registration_changeset(params)
}

/// Makes an account from `name`, `password` and `password_confirmation`. Whoever registers is a [`Role::Viewer`].
///
/// # Errors
/// [`AccountError::Invalid`] when the input is not fit, or the name is taken.
pub async fn register_user(repo: &Repo, params: &impl ToParams) -> Result<User, AccountError> {
    let changeset = User::default().registration_changeset(params);
    // Asked before the costly hash, and by the database itself when the row is written.
    let changeset = changeset.unsafe_validate_unique(User::name, repo).await?;
    Ok(repo.insert(password::hashed(changeset).await?).await?)
}

/// The user of that name and password. That takes as long when there is no such name as when the password is wrong.
///
/// # Errors
/// When the database or the hashing fails.
pub async fn get_user_by_name_and_password(
    repo: &Repo,
    name: &str,
    password: &str,
) -> Result<Option<User>, AccountError> {
    let Some(user) = get_user_by_name(repo, name).await? else {
        password::verify_nothing().await?;
        return Ok(None);
    };
    let is_right = password::verify(password, &user.password_hash).await?;
    Ok(is_right.then_some(user))
}

/// The user of that name, however it is capitalised.
///
/// # Errors
/// When the database fails.
pub async fn get_user_by_name(repo: &Repo, name: &str) -> Result<Option<User>, RepoError> {
    repo.get_by(User::name, user::normal(name)).await
}

/// The user of that id.
///
/// # Errors
/// [`RepoError::NotFound`] when there is none.
pub async fn fetch_user(repo: &Repo, id: i64) -> Result<User, RepoError> {
    repo.fetch(id).await
}

/// Everybody, by name.
///
/// # Errors
/// When the database fails.
pub async fn list_users(repo: &Repo) -> Result<Vec<User>, RepoError> {
    repo.all(from!(u in User, order_by: u.name)).await
}

/// Changes a user's password to `password` of the input, confirmed by `password_confirmation`, if `current` is the
/// right one. Ends all its sessions: whoever knew the old password is out.
///
/// # Errors
/// [`AccountError::Invalid`] when the input is not fit, equals the old password, or `current` is wrong (an error of
/// `current_password`).
pub async fn change_password(
    repo: &Repo,
    user: &User,
    current: &str,
    params: &impl ToParams,
) -> Result<Changed, AccountError> {
    let mut changeset = user.clone().password_changeset(params);
    if !password::verify(current, &user.password_hash).await? {
        changeset = changeset.add_error("current_password", "is not right");
    } else if changeset.get_change(User::password).flatten().as_deref() == Some(current) {
        changeset = changeset.add_error(User::password, "must not be the old one");
    }
    let changeset = password::hashed(changeset.put_change(User::must_change_password, false)).await?;
    sessions::end_with(repo, changeset).await
}

#[cfg(test)]
mod tests;
