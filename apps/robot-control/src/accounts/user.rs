//! Somebody with an account.

use bennu::ecto::changeset::{CastOptions, FieldError};
use bennu::ecto::prelude::*;

/// What a user may do; each role may do what those before it may. [`super::may`] says what that is.
#[derive(DbEnum, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks.
    #[default]
    Viewer,
    /// Drives robots and plans missions.
    Operator,
    /// Says who may do what.
    Admin,
}

/// An account.
#[derive(Schema, Clone, PartialEq)]
#[schema(source = "users", timestamps)]
pub struct User {
    /// Made by the database.
    #[schema(primary_key)]
    pub id: i64,
    /// 2 to 40 small letters, digits, dots, dashes and underscores. Unique.
    pub name: String,
    /// Argon2id, as a PHC string.
    #[schema(redact)]
    pub password_hash: String,
    /// What was typed; in memory only, until it is hashed.
    #[schema(virtual, redact)]
    pub password: Option<String>,
    /// What it may do.
    pub role: Role,
    /// Whether the password was made by the program, and is good for choosing another one only.
    pub must_change_password: bool,
    /// When it registered.
    pub inserted_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// How long a name is, and a password, in characters. A password longer than a sentence only costs time to hash.
const NAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=40;
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

impl User {
    /// A new account from `name`, `password` and `password_confirmation`.
    pub fn registration_changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let named = self
            .cast_with(params, User::name, &CastOptions::default().trim())
            .update_change(User::name, |name| normal(&name))
            .validate_required(User::name)
            .validate_length(User::name, NAME_LENGTH)
            .validate_change(User::name, |name| check_name(name))
            .unique_constraint(User::name);
        cast_password(named, params)
    }

    /// A new password from `password` and `password_confirmation`.
    pub fn password_changeset(self, params: &impl ToParams) -> Changeset<Self> {
        cast_password(self.change(), params)
    }
}

fn cast_password(changeset: Changeset<User>, params: &impl ToParams) -> Changeset<User> {
    // White space counts in a password.
    changeset
        .cast_with(params, User::password, &CastOptions::default().empty_values([]))
        .validate_required(User::password)
        .validate_length(User::password, PASSWORD_LENGTH)
        .validate_confirmation_required(User::password)
}

/// A name as it is stored and looked up.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_lowercase()
}

fn check_name(name: &str) -> Result<(), FieldError> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_fit = name.starts_with(is_plain) && name.chars().all(|c| is_plain(c) || ".-_".contains(c));
    if is_fit { Ok(()) } else { Err("takes letters a to z, digits and . - _, a letter or digit first".into()) }
}
