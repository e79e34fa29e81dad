//! What is too old goes.

use bennu::ecto::prelude::*;

use super::Reading;

/// Deletes the readings from before a time, in milliseconds since 1970, `batch` of them by each statement, so that
/// nobody waits long for the database meanwhile. Says how many there were.
///
/// # Errors
/// When the database fails; what was deleted by then stays so.
pub async fn delete_before(repo: &Repo, before_ms: i64, batch: u64) -> Result<u64, RepoError> {
    let mut deleted = 0;
    loop {
        match delete_batch(repo, before_ms, batch).await? {
            0 => return Ok(deleted),
            count => deleted += count,
        }
    }
}

/// The oldest of them, `batch` at the most; 0 when none is left.
pub(super) async fn delete_batch(repo: &Repo, before_ms: i64, batch: u64) -> Result<u64, RepoError> {
    repo.delete_all(from!(r in Reading, where: r.at_ms < before_ms, order_by: r.at_ms, limit: batch.max(1))).await
}
