//! Who may do what, changed.

use bennu::ecto::adapter::{Isolation, TransactionOptions};
use bennu::ecto::prelude::*;

use super::{AccountError, Changed, Role, User, sessions};

/// Gives a user another role. Its pages are to be disconnected, so that they come back with what it may do now. Whether
/// the caller may is for [`super::may`] to say.
///
/// # Errors
/// [`AccountError::LastAdmin`] when nobody would be left who may change roles.
pub async fn change_role(repo: &Repo, user_id: i64, role: Role) -> Result<Changed, AccountError> {
    // Two administrators who take the role from each other at the same time must not both succeed.
    let options = TransactionOptions::new().isolation(Isolation::Serializable);
    repo.transaction_with(options, |tx| async move {
        let user: User = tx.fetch(user_id).await?;
        if user.role == Role::Admin && role != Role::Admin && is_last_admin(&tx, &user).await? {
            return Err(AccountError::LastAdmin);
        }
        let user = tx.update(user.change().put_change(User::role, role)).await?;
        let disconnect = sessions::live_socket_ids(&tx, &user).await?;
        Ok(Changed { user, disconnect })
    })
    .await
}

async fn is_last_admin(repo: &Repo, user: &User) -> Result<bool, RepoError> {
    let other = repo.exists(from!(u in User, where: u.role == Role::Admin && u.id != user.id)).await?;
    Ok(!other)
}
