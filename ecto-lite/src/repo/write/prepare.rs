//! What a changeset has to do in the transaction of its write.

use super::WriteError;
use crate::changeset::Changeset;
use crate::repo::Repo;
use crate::schema::Schema;

impl<S: Schema> Changeset<S> {
    /// Whether code is to run in the transaction of its write.
    pub(super) fn is_prepared(&self) -> bool {
        !self.prepare.0.is_empty()
    }
}

/// Runs the functions of `prepare_changes`, in their order.
pub(super) async fn run<S: Schema>(repo: &Repo, mut changeset: Changeset<S>) -> Result<Changeset<S>, WriteError<S>> {
    if changeset.is_prepared() {
        for prepare in std::mem::take(&mut changeset.prepare).0 {
            changeset = prepare(changeset, repo.clone()).await?;
        }
        changeset = super::relations::check(changeset)?;
    }
    Ok(changeset)
}
