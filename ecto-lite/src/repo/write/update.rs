//! Changes of one row.

use chrono::Utc;

use super::options::WriteOptions;
use super::row::{self, Sent};
use super::{WriteError, relations, returned};
use crate::changeset::{Action, Changeset};
use crate::repo::Repo;
use crate::schema::{Schema, State};
use crate::sql;

pub(super) async fn update<S: Schema>(
    repo: &Repo,
    mut changeset: Changeset<S>,
    options: WriteOptions<S>,
) -> Result<S, WriteError<S>> {
    changeset.action = Some(Action::Update);
    let changeset = relations::check(changeset)?;
    let several = relations::has_associations(&changeset) || changeset.is_prepared();
    let savepoint = options.savepoint;
    relations::together(repo, several, savepoint, |repo| async move { now(&repo, changeset, options).await }).await
}

async fn now<S: Schema>(repo: &Repo, changeset: Changeset<S>, options: WriteOptions<S>) -> Result<S, WriteError<S>> {
    let table = row::table::<S>("update")?;
    // Nothing to do is nothing done: neither hooks nor statements.
    if !options.force && changeset.changes.is_empty() && changeset.relations.is_empty() {
        return Ok(changeset.data);
    }
    let mut changeset = super::prepare::run(repo, changeset).await?;
    let prefix = relations::own_prefix(&changeset.data, options.prefix.as_ref());
    let now = Utc::now();
    let made = match relations::before(repo, &mut changeset, prefix.as_ref(), now).await {
        Ok(made) => made,
        Err(failed) => return Err(relations::failed(changeset, failed)),
    };
    let forced = options.force || relations::force_update(&changeset);
    let mut sent = Sent::update(&changeset, made, &options.returning, forced, now)?;

    let mut written = std::mem::take(&mut sent.made);
    if !sent.cells.is_empty() {
        let place = (relations::table_prefix(repo, prefix.as_deref(), S::meta().prefix), table);
        let cells = std::mem::take(&mut sent.cells);
        let identity = row::identity(&changeset, "update")?;
        let columns = sent.returning_columns::<S>();
        let statement = sql::by_key::update(repo.dialect(), place, cells, identity, &columns)?;
        let returned = match returned::run::<S>(repo, &statement, &sent.returning).await {
            Ok(returned) => returned,
            Err(error) => return Err(returned::failed(changeset, error)),
        };
        if returned.rows == 0 {
            return options.on_stale(changeset, "update");
        }
        written.extend(returned.values);
    }
    if let Err(failed) = relations::after(repo, &mut changeset, prefix.as_ref(), false, &written).await {
        return Err(relations::failed(changeset, failed));
    }
    Ok(returned::stored(changeset, written, State::Loaded, options.prefix)?)
}
