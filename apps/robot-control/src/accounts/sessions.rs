//! Being logged in: tokens of browsers, for two weeks at most.

use std::fmt;

use bennu::ecto::prelude::*;

use super::{AccountError, Changed, Context, User, UserToken, token};
use crate::store::now;

/// How long a browser stays logged in.
pub const SESSION_LASTS: TimeDelta = TimeDelta::days(14);

/// The secret that a browser keeps in its session. It is not in the database, and cannot be had a second time.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// The token, for the session.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(**redacted**)")
    }
}

/// Logs a user in. Forgets tokens that have expired, whoever had them.
///
/// # Errors
/// When the database fails, or has the user no more.
pub async fn create_session(repo: &Repo, user: &User) -> Result<SessionToken, RepoError> {
    delete_expired_tokens(repo).await?;
    let secret = token::random();
    let row = UserToken {
        user_id: user.id,
        token_hash: token::hash(&secret),
        context: Context::Session,
        expires_at: now() + SESSION_LASTS,
        ..UserToken::default()
    };
    repo.insert(row).await.map_err(repo_error)?;
    Ok(SessionToken(secret))
}

/// Who is logged in by that token.
///
/// # Errors
/// When the database fails.
pub async fn get_user_by_session_token(repo: &Repo, token: &str) -> Result<Option<User>, RepoError> {
    user_of(repo, Context::Session, token).await
}

/// Logs a browser out. Answers with the `live_socket_id` of its pages; none if it was not logged in.
///
/// # Errors
/// When the database fails.
pub async fn delete_session(repo: &Repo, token: &str) -> Result<Option<String>, RepoError> {
    let hash = token::hash(token);
    let gone =
        repo.delete_all(from!(t in UserToken, where: t.token_hash == &hash && t.context == Context::Session)).await?;
    Ok((gone > 0).then(|| socket_id(&hash)))
}

/// Logs a user out everywhere. Answers with the `live_socket_id`s of all its pages, to be disconnected.
///
/// # Errors
/// When the database fails.
pub async fn delete_all_sessions(repo: &Repo, user: &User) -> Result<Vec<String>, RepoError> {
    let hashes: Vec<String> = repo
        .delete_all_returning(
            from!(t in UserToken, where: t.user_id == user.id && t.context == Context::Session, select: t.token_hash),
        )
        .await?;
    Ok(hashes.iter().map(|hash| socket_id(hash)).collect())
}

/// The `live_socket_id`s of all pages of a user that is logged in.
///
/// # Errors
/// When the database fails.
pub async fn live_socket_ids(repo: &Repo, user: &User) -> Result<Vec<String>, RepoError> {
    let hashes: Vec<String> = repo
        .all(from!(t in UserToken, where: t.user_id == user.id && t.context == Context::Session, select: t.token_hash))
        .await?;
    Ok(hashes.iter().map(|hash| socket_id(hash)).collect())
}

/// The `live_socket_id` of the pages of one session: for the session, when it begins.
pub fn live_socket_id(token: &SessionToken) -> String {
    socket_id(&token::hash(&token.0))
}

/// Forgets tokens of any kind that are good for nothing any more, and says how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired_tokens(repo: &Repo) -> Result<u64, RepoError> {
    repo.delete_all(from!(t in UserToken, where: t.expires_at <= Utc::now())).await
}

/// Writes a change of a user and ends its sessions, both or neither.
pub(super) async fn end_with(repo: &Repo, changeset: Changeset<User>) -> Result<Changed, AccountError> {
    repo.transaction(|tx| async move {
        let user = tx.update(changeset).await?;
        let disconnect = delete_all_sessions(&tx, &user).await?;
        Ok(Changed { user, disconnect })
    })
    .await
}

pub(super) async fn user_of(repo: &Repo, context: Context, token: &str) -> Result<Option<User>, RepoError> {
    let hash = token::hash(token);
    repo.one(from!(t in UserToken,
        join: u in t.user,
        where: t.token_hash == hash && t.context == context && t.expires_at > Utc::now(),
        select: u))
        .await
}

fn socket_id(hash: &str) -> String {
    format!("users_sessions:{hash}")
}

/// The error of a write whose changeset cannot be invalid: it has neither input nor checks.
pub(super) fn repo_error<S>(error: WriteError<S>) -> RepoError
where
    WriteError<S>: std::fmt::Display,
{
    match error {
        WriteError::Repo(error) => error,
        invalid @ WriteError::Invalid(_) => RepoError::Query(invalid.to_string()),
    }
}
