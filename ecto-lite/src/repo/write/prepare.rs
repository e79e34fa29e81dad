//! What a changeset has to do in the transaction of its write.

use super::WriteError;
use crate::changeset::Changeset;
use crate::repo::Repo;
use crate::schema::Schema;

impl<S: Schema> Changeset<S> {
    /// Whether code is to run in the transaction of its write.
    pub(super) fn is_prepared(&self) -> bool {
        false
    }
}

/// Runs the functions of `prepare_changes`, in their order.
pub(super) async fn run<S: Schema>(repo: &Repo, changeset: Changeset<S>) -> Result<Changeset<S>, WriteError<S>> {
    let _ = repo;
    super::relations::check(changeset)
}
