//! Whether a value is taken, asked early.

use std::borrow::Cow;
use std::sync::Arc;

use super::relations;
use crate::RepoError;
use crate::changeset::{Changeset, Data, ErrorKey, FieldError};
use crate::repo::Repo;
use crate::schema::{FieldSet, Schema};
use crate::sql;
use crate::types::Value;

/// Options of [`Changeset::unsafe_validate_unique_with`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct UniqueOptions {
    message: Option<Cow<'static, str>>,
    error_key: Option<Cow<'static, str>>,
    prefix: Option<Arc<str>>,
    nulls_are_equal: bool,
}

impl UniqueOptions {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// The error's message.
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The field, or other name, under which the error stands, instead of the first field.
    pub fn error_key(mut self, key: impl ErrorKey) -> Self {
        self.error_key = Some(key.error_key());
        self
    }

    /// Asks the table of this prefix.
    pub fn prefix(mut self, prefix: impl Into<Arc<str>>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Whether nulls are unlike each other, as they are in a unique index unless it says otherwise. If not, two rows with
    /// null are a clash.
    pub fn nulls_distinct(mut self, distinct: bool) -> Self {
        self.nulls_are_equal = !distinct;
        self
    }
}

impl<S: Schema> Changeset<S> {
    /// Adds the error `has already been taken` if another row has these values, so that a form can say so while it is filled
    /// in. Unsafe, because another row can be written between the question and the write: have a unique index and
    /// [`Self::unique_constraint`] too.
    ///
    /// Asks nothing if none of the fields changed, one of them has an error, or one of them is null.
    ///
    /// # Errors
    ///
    /// When the repo cannot answer.
    pub async fn unsafe_validate_unique(self, fields: impl FieldSet<S>, repo: &Repo) -> Result<Self, RepoError> {
        self.unsafe_validate_unique_with(fields, repo, UniqueOptions::new()).await
    }

    /// [`Self::unsafe_validate_unique`], with options.
    pub async fn unsafe_validate_unique_with(
        mut self,
        fields: impl FieldSet<S>,
        repo: &Repo,
        options: UniqueOptions,
    ) -> Result<Self, RepoError> {
        let meta = S::meta();
        let indexes = super::indexes(fields);
        let value = |index: usize| match self.change_at(index) {
            Some(change) => Ok(change.clone()),
            None => self.data.get(index),
        };
        let values: Vec<Value> = indexes.iter().map(|&index| value(index)).collect::<Result<_, _>>()?;
        let unchanged = indexes.iter().all(|&index| self.change_at(index).is_none());
        let faulty = indexes.iter().any(|&index| self.has_error(index));
        let incomparable = !options.nulls_are_equal && values.iter().any(Value::is_null);
        if unchanged || faulty || incomparable {
            return Ok(self);
        }
        let Some(table) = meta.source else { return Ok(self) };
        let own = relations::own_prefix(&self.data, options.prefix.as_ref());
        let place = (relations::table_prefix(repo, own.as_deref(), meta.prefix), table);
        let cells = indexes.iter().map(|&index| meta.fields[index].column).zip(values).collect();
        if !self.is_taken(repo, place, cells).await? {
            return Ok(self);
        }
        let names: Vec<_> = indexes.iter().map(|&index| meta.fields[index].name).collect();
        let message = options.message.unwrap_or(Cow::Borrowed("has already been taken"));
        let error = FieldError::new(message).with("validation", "unsafe_unique").with("fields", names.clone());
        let key = options.error_key.or_else(|| names.first().map(|&name| Cow::Borrowed(name)));
        self.errors.push((key.unwrap_or(Cow::Borrowed("base")), error));
        Ok(self)
    }

    /// Whether a row other than this one has the values.
    async fn is_taken(
        &self,
        repo: &Repo,
        place: (Option<&str>, &'static str),
        cells: Vec<sql::by_key::Cell>,
    ) -> Result<bool, RepoError> {
        let meta = S::meta();
        let keys: Vec<_> = meta.primary_key.iter().map(|&index| &meta.fields[index]).collect();
        let mut columns: Vec<_> = keys.iter().map(|field| field.column).collect();
        if columns.is_empty() {
            columns.extend(cells.iter().map(|(column, _)| *column));
        }
        let own = meta.primary_key.iter().map(|&index| self.data.get(index)).collect::<Result<Vec<_>, _>>()?;
        let is_new = keys.is_empty() || self.data.is_new();
        // Two, for one of them may be this one.
        let statement = sql::by_key::select(repo.dialect(), place, &columns, cells, Some(2))?;
        let mut taken = false;
        repo.fetch_rows(meta.name, &statement, &mut |row| {
            let key = keys
                .iter()
                .enumerate()
                .map(|(column, field)| row.value(column, field.db).map_err(|source| field.unfit(meta.name, source)));
            let found = key.collect::<Result<Vec<_>, _>>()?;
            taken |= is_new || found != own;
            Ok(())
        })
        .await?;
        Ok(taken)
    }
}
