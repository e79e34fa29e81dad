//! Changing and deleting all rows of a query at once.

use super::{Operation, Repo};
use crate::RepoError;
use crate::adapter::Statement;
use crate::query::{Bindings, Core, Decode, IntoQuery, Query, Selected, Update};
use crate::schema::Loader;

impl Repo {
    /// Changes all rows of the query, and says how many: `repo.update_all(Robot::query().set(Robot::battery, 100.0))`.
    ///
    /// The database does it alone: no changeset is asked, `updated_at` does not move.
    pub async fn update_all<B: Bindings, O>(&self, update: Update<B, O>) -> Result<u64, RepoError> {
        let mut update = self.prepared_update(update)?;
        update.query.core.selected.clear();
        self.execute(update.query.core.source_name(), &update.to_statement(self.dialect())?).await
    }

    /// The same, and gives what the update selects of each changed row, or else the row.
    pub async fn update_all_returning<B: Bindings, O: Send>(&self, update: Update<B, O>) -> Result<Vec<O>, RepoError> {
        let mut update = self.prepared_update(update)?;
        update.query.core.select_row();
        let statement = update.to_statement(self.dialect())?;
        self.changed(update.query.core.source_name(), &statement, &update.query.decode).await
    }

    /// Deletes all rows of the query, and says how many. The database does it alone: what belongs to them is its affair.
    pub async fn delete_all<Q: IntoQuery>(&self, query: Q) -> Result<u64, RepoError> {
        let mut query = self.prepared(Operation::DeleteAll, query.into_query())?;
        query.core.selected.clear();
        self.execute(query.core.source_name(), &query.to_delete_statement(self.dialect())?).await
    }

    /// The same, and gives what the query selects of each deleted row, or else the row.
    pub async fn delete_all_returning<Q: IntoQuery<Out: Send>>(&self, query: Q) -> Result<Vec<Q::Out>, RepoError> {
        let mut query = self.prepared(Operation::DeleteAll, query.into_query())?;
        query.core.select_row();
        let statement = query.to_delete_statement(self.dialect())?;
        self.changed(query.core.source_name(), &statement, &query.decode).await
    }

    async fn changed<O: Send>(
        &self,
        source: &'static str,
        statement: &Statement,
        decode: &Decode<O>,
    ) -> Result<Vec<O>, RepoError> {
        let mut rows = Vec::new();
        self.fetch_rows(source, statement, &mut |row| {
            rows.push(decode(&mut Loader::new(row, 0))?);
            Ok(())
        })
        .await?;
        Ok(rows)
    }
}

impl Core {
    /// Selects the first source's row, if nothing is selected.
    fn select_row(&mut self) {
        let root = self.root();
        if let (true, Some(meta)) = (self.selected.is_empty(), root.meta()) {
            self.selected = vec![Selected::Row(root.id, meta)];
        }
    }
}

/// See [`Repo::update_all`] and [`Repo::delete_all`].
impl<B: Bindings, O> Update<B, O> {
    /// See [`Repo::update_all`].
    pub async fn update_all(self, repo: &Repo) -> Result<u64, RepoError> {
        repo.update_all(self).await
    }
}

impl<B: Bindings, O> Query<B, O> {
    /// See [`Repo::delete_all`].
    pub async fn delete_all(self, repo: &Repo) -> Result<u64, RepoError> {
        repo.delete_all(self).await
    }
}
