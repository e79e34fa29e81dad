//! What comes back from a write.

use super::WriteError;
use crate::RepoError;
use crate::adapter::{AdapterError, Statement};
use crate::changeset::Changeset;
use crate::repo::Repo;
use crate::schema::{Schema, State};
use crate::types::Value;

/// What a database made of a write.
pub(super) struct Returned {
    /// How many rows it wrote.
    pub(super) rows: u64,
    /// The fields that were read back, of the last of them.
    pub(super) values: Vec<(usize, Value)>,
}

/// Runs a write that reads `returning` back.
pub(super) async fn run<S: Schema>(
    repo: &Repo,
    statement: &Statement,
    returning: &[usize],
) -> Result<Returned, RepoError> {
    let meta = S::meta();
    if returning.is_empty() {
        return Ok(Returned { rows: repo.execute(meta.name, statement).await?, values: Vec::new() });
    }
    let mut returned = Returned { rows: 0, values: Vec::with_capacity(returning.len()) };
    repo.fetch_rows(meta.name, statement, &mut |row| {
        returned.rows += 1;
        returned.values.clear();
        for (column, &index) in returning.iter().enumerate() {
            let field = &meta.fields[index];
            let value = row.value(column, field.db).map_err(|source| load_error::<S>(index, source))?;
            returned.values.push((index, value));
        }
        Ok(())
    })
    .await?;
    Ok(returned)
}

/// The struct as it is stored: the old one with all that was written and read back.
pub(super) fn stored<S: Schema>(
    changeset: Changeset<S>,
    written: impl IntoIterator<Item = (usize, Value)>,
    state: State,
    prefix: Option<std::sync::Arc<str>>,
) -> Result<S, RepoError> {
    let Changeset { mut data, changes, relations, .. } = changeset;
    for (index, value) in changes.into_iter().chain(written) {
        data.put(index, value).map_err(|source| load_error::<S>(index, source))?;
    }
    for mut relation in relations {
        super::relations::settle(relation.children_mut(), &mut data);
    }
    if let Some(meta) = data.state_mut() {
        meta.state = state;
        meta.prefix = prefix.or(meta.prefix.take());
    }
    Ok(data)
}

fn load_error<S: Schema>(index: usize, source: crate::types::LoadError) -> RepoError {
    S::meta().fields[index].unfit(S::meta().name, source)
}

/// A constraint that failed is the changeset's error, if it has that constraint.
pub(super) fn failed<S: Schema>(mut changeset: Changeset<S>, error: RepoError) -> WriteError<S> {
    let RepoError::Adapter(constraint) = error else { return error.into() };
    if changeset.constraint_to_error(&constraint) {
        return WriteError::Invalid(Box::new(changeset));
    }
    let AdapterError::Constraint { kind, name, columns, .. } = constraint else {
        return RepoError::Adapter(constraint).into();
    };
    let name = if name.is_empty() { columns.join(", ") } else { name };
    let defined = changeset.constraints.iter().map(|known| format!("{} {}", known.kind(), known.name())).collect();
    RepoError::Constraint { kind, name, schema: S::meta().name.to_owned(), defined }.into()
}
