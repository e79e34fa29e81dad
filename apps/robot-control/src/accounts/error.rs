//! What can go wrong with accounts.

use bennu::ecto::prelude::*;

use super::User;
use super::password::HashError;

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The input is not fit: the changeset says what is wrong, for the form to show.
    #[error("the account is invalid: {}", .0.errors_json())]
    Invalid(Box<Changeset<User>>),
    /// Nobody would be left to say who may do what.
    #[error("this is the last administrator: make somebody else one first")]
    LastAdmin,
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database failed, or there is no such user.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

impl AccountError {
    /// The changeset for the form, if it is the input that is wrong; otherwise the error.
    ///
    /// # Errors
    /// With everything that is not about the input.
    pub fn into_changeset(self) -> Result<Changeset<User>, Self> {
        match self {
            Self::Invalid(changeset) => Ok(*changeset),
            other => Err(other),
        }
    }
}

impl From<WriteError<User>> for AccountError {
    fn from(error: WriteError<User>) -> Self {
        match error {
            WriteError::Invalid(changeset) => Self::Invalid(changeset),
            WriteError::Repo(error) => Self::Repo(error),
        }
    }
}
