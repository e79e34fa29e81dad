//! What stands for a user: in a browser's session, or in a program's requests.

use bennu::ecto::prelude::*;

use super::User;

/// What a token is for.
#[derive(DbEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Context {
    /// A browser that is logged in.
    #[default]
    Session,
    /// A program that uses the JSON API.
    Api,
}

/// A token that was given out. Who steals the table has no token: only its hash is here.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "user_tokens", timestamps(updated_at = false))]
pub struct UserToken {
    /// Made by the database.
    #[schema(primary_key)]
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// SHA-256 of the token.
    pub token_hash: String,
    /// What it is for.
    pub context: Context,
    /// What its owner calls it; API tokens have one.
    pub label: Option<String>,
    /// From when on it is good for nothing.
    #[schema(default = DateTime::UNIX_EPOCH)]
    pub expires_at: DateTime<Utc>,
    /// When it was given out.
    pub inserted_at: DateTime<Utc>,
    /// Whose.
    #[schema(belongs_to)]
    pub user: BelongsTo<User>,
}
