//! One new row.

use chrono::Utc;

use super::options::InsertOptions;
use super::row::{self, Sent};
use super::{WriteError, relations, returned};
use crate::RepoError;
use crate::changeset::{Action, Changeset};
use crate::repo::Repo;
use crate::schema::{Loader, Schema, State};
use crate::sql;
use crate::sql::insert::{Insert, Source, Target};

/// How often an insert that is to give the existing row is tried, where that row is gone by the time it is read.
const ATTEMPTS: usize = 5;

pub(super) async fn insert<S: Schema>(
    repo: &Repo,
    mut changeset: Changeset<S>,
    options: InsertOptions<S>,
) -> Result<S, WriteError<S>> {
    changeset.action = Some(Action::Insert);
    changeset.surface_associations();
    let changeset = relations::check(changeset)?;
    let several = relations::has_associations(&changeset) || changeset.is_prepared() || options.returning_existing;
    let savepoint = options.savepoint;
    relations::together(repo, several, savepoint, |repo| Box::pin(async move { now(&repo, changeset, options).await }))
        .await
}

async fn now<S: Schema>(repo: &Repo, changeset: Changeset<S>, options: InsertOptions<S>) -> Result<S, WriteError<S>> {
    let table = row::table::<S>("insert")?;
    let mut changeset = super::prepare::run(repo, changeset).await?;
    let prefix = relations::own_prefix(&changeset.data, options.prefix.as_ref());
    let place = (relations::table_prefix(repo, prefix.as_deref(), S::meta().prefix), table);
    let now = Utc::now();
    let made = match relations::before(repo, &mut changeset, prefix.as_ref(), now).await {
        Ok(made) => made,
        Err(failed) => return Err(relations::failed(changeset, failed)),
    };
    let mut sent = Sent::insert(&changeset, made, &options.returning, now)?;
    let target = options.conflict_target.target.clone();
    let conflict = options.on_conflict.to_clause::<S>(target.clone(), &sent.returning)?;
    let cells = std::mem::take(&mut sent.cells);
    let existing = options.returning_existing.then(|| existing_cells(&target, &cells)).transpose()?;
    let (columns, values): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    let insert = Insert {
        prefix: place.0,
        table: place.1,
        columns: &columns,
        source: Source::Values(values),
        conflict,
        returning: &sent.returning_columns::<S>(),
    };
    let statement = insert.into_statement(repo.dialect())?;

    let mut attempt = 0;
    let returned = loop {
        let returned = match returned::run::<S>(repo, &statement, &sent.returning).await {
            Ok(returned) => returned,
            Err(error) => return Err(returned::failed(changeset, error)),
        };
        let Some(cells) = existing.as_ref().filter(|_| returned.rows == 0) else { break returned };
        if let Some(row) = read::<S>(repo, place, cells.clone()).await? {
            return Ok(row);
        }
        attempt += 1;
        if attempt == ATTEMPTS {
            return Err(RepoError::StaleEntry { schema: S::meta().name, action: "insert" }.into());
        }
    };

    let mut written = sent.made;
    written.extend(returned.values);
    if let Err(failed) = relations::after(repo, &mut changeset, prefix.as_ref(), true, &written).await {
        return Err(relations::failed(changeset, failed));
    }
    Ok(returned::stored(changeset, written, State::Loaded, options.prefix)?)
}

/// By which columns an existing row is found.
fn existing_cells(target: &Target, cells: &[sql::by_key::Cell]) -> Result<Vec<sql::by_key::Cell>, RepoError> {
    let unfit = || {
        RepoError::Query(
            "`returning_existing` needs a conflict target of fields, and each of them set: it finds the row by them"
                .to_owned(),
        )
    };
    let Target::Columns(columns, None) = target else { return Err(unfit()) };
    let cell = |column: &&'static str| cells.iter().find(|(known, _)| known == column).cloned();
    columns.iter().map(cell).collect::<Option<Vec<_>>>().ok_or_else(unfit)
}

async fn read<S: Schema>(
    repo: &Repo,
    place: (Option<&str>, &'static str),
    cells: Vec<sql::by_key::Cell>,
) -> Result<Option<S>, RepoError> {
    let columns: Vec<_> = S::meta().loaded().map(|(_, field)| field.column).collect();
    let statement = sql::by_key::select(repo.dialect(), place, &columns, cells, None)?;
    let mut found = None;
    repo.fetch_rows(S::meta().name, &statement, &mut |row| {
        found = Some(S::load(&mut Loader::new(row, 0))?);
        Ok(())
    })
    .await?;
    Ok(found)
}
