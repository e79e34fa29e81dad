//! Being a program: tokens for the JSON API, which their owner names and takes back.

use std::fmt;

use bennu::ecto::changeset::CastOptions;
use bennu::ecto::prelude::*;

use super::sessions::user_of;
use super::{Context, User, UserToken, token};
use crate::store::now;

/// How long an API token is good.
const LASTS: TimeDelta = TimeDelta::days(365);
/// What every token begins with, so that a scanner finds one that was published.
const PREFIX: &str = "rc_";

/// The secret that a program sends as `Authorization: Bearer …`. Shown once, when it is made.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken(String);

impl ApiToken {
    /// The token, to be shown to its owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(**redacted**)")
    }
}

impl UserToken {
    /// An API token's `label`: 1 to 60 characters.
    pub fn api_changeset(self, params: &impl ToParams) -> Changeset<Self> {
        self.cast_with(params, UserToken::label, &CastOptions::default().trim())
            .validate_required(UserToken::label)
            .validate_length(UserToken::label, 1..=60)
    }
}

/// Makes a token for a program of this user, called `label` in the input. It may what the user may.
///
/// # Errors
/// [`WriteError::Invalid`] without a label.
pub async fn create_api_token(
    repo: &Repo,
    user: &User,
    params: &impl ToParams,
) -> Result<(ApiToken, UserToken), WriteError<UserToken>> {
    let secret = format!("{PREFIX}{}", token::random());
    let changeset = UserToken::default()
        .api_changeset(params)
        .put_change(UserToken::user_id, user.id)
        .put_change(UserToken::token_hash, token::hash(&secret))
        .put_change(UserToken::context, Context::Api)
        .put_change(UserToken::expires_at, now() + LASTS);
    Ok((ApiToken(secret), repo.insert(changeset).await?))
}

/// Whose program sent that token.
///
/// # Errors
/// When the database fails.
pub async fn get_user_by_api_token(repo: &Repo, token: &str) -> Result<Option<User>, RepoError> {
    user_of(repo, Context::Api, token).await
}

/// The API tokens of a user, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_api_tokens(repo: &Repo, user: &User) -> Result<Vec<UserToken>, RepoError> {
    repo.all(from!(t in UserToken,
        where: t.user_id == user.id && t.context == Context::Api,
        order_by: [desc: t.inserted_at, desc: t.id]))
        .await
}

/// Takes a token back. Answers whether the user had it.
///
/// # Errors
/// When the database fails.
pub async fn delete_api_token(repo: &Repo, user: &User, id: i64) -> Result<bool, RepoError> {
    let gone = repo
        .delete_all(from!(t in UserToken, where: t.id == id && t.user_id == user.id && t.context == Context::Api))
        .await?;
    Ok(gone > 0)
}
