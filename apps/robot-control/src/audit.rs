//! The audit log: every command that somebody gave, what came of it, and why.
//!
//! [`record`] writes an entry, [`record_drive`] counts in a row what is held down, [`page`] reads a page of what a
//! [`Filter`] lets through, the newest first. Entries are never changed otherwise, and outlive their users' accounts,
//! whose names they keep.

mod entry;
mod filter;

use bennu::ecto::prelude::*;

pub use entry::{AuditEntry, Outcome};
pub use filter::{Filter, Page};

/// How long after its latest command a row of equal drive commands is closed.
const ROW_LASTS: TimeDelta = TimeDelta::seconds(5);

/// Writes an entry.
///
/// # Errors
/// When the database fails.
pub async fn record(repo: &Repo, entry: AuditEntry) -> Result<AuditEntry, RepoError> {
    // Neither cast nor checked, so there is nothing that could be invalid.
    repo.insert(entry).await.map_err(|error| match error {
        WriteError::Repo(error) => error,
        WriteError::Invalid(changeset) => RepoError::Query(changeset.errors_json().to_string()),
    })
}

/// Writes many entries at once.
///
/// # Errors
/// When the database fails; then none is written.
pub async fn record_all(repo: &Repo, entries: Vec<AuditEntry>) -> Result<u64, RepoError> {
    repo.insert_all(entries).await
}

/// Writes an entry of a command that is repeated while a key is down. If the robot's latest entry is of the same, it is
/// counted there.
///
/// # Errors
/// When the database fails.
pub async fn record_drive(repo: &Repo, entry: AuditEntry) -> Result<AuditEntry, RepoError> {
    let Some(robot) = entry.robot_id else {
        return record(repo, entry).await;
    };
    let latest: Option<AuditEntry> =
        repo.one(from!(a in AuditEntry, where: a.robot_id == robot, order_by: [desc: a.id], limit: 1)).await?;
    match latest {
        Some(row) if row.is_row_of(&entry) && entry.at - row.last_at < ROW_LASTS => {
            let counted = from!(a in AuditEntry,
                where: a.id == row.id,
                update: { a.times += entry.times, a.last_at = entry.last_at });
            repo.update_all(counted).await?;
            Ok(AuditEntry { times: row.times + entry.times, last_at: entry.last_at, ..row })
        }
        _ => record(repo, entry).await,
    }
}

/// A page of what the filter lets through, the newest first, and how many there are in all.
///
/// # Errors
/// When the database fails.
pub async fn page(repo: &Repo, filter: &Filter) -> Result<Page, RepoError> {
    let (number, size) = (filter.page.max(1), filter.per_page.clamp(1, filter::MOST_PER_PAGE));
    let found = from!(a in AuditEntry, where: filter.condition());
    let total = repo.count(found.clone()).await?;
    let entries = repo
        .all(from!(a in found,
            order_by: [desc: a.at, desc: a.id],
            limit: u64::from(size),
            offset: u64::from(number - 1) * u64::from(size)))
        .await?;
    Ok(Page { entries, total: total.unsigned_abs(), page: number, per_page: size })
}

#[cfg(test)]
mod tests;
