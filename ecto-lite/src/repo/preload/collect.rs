//! Running a plan: rows in, what they become out, with everything that is preloaded.

use crate::error::RepoError;
use crate::query::Plan;
use crate::repo::Repo;
use crate::schema::Loader;

impl<O: Send + Sync + 'static> Plan<O> {
    /// Runs the statement and what is preloaded by statements of its own.
    pub(crate) async fn all(&self, repo: &Repo) -> Result<Vec<O>, RepoError> {
        let mut rows = self.rows(repo).await?;
        self.attached.preloads.run(repo, &mut rows).await?;
        Ok(rows)
    }

    /// Runs the statement alone.
    pub(crate) async fn rows(&self, repo: &Repo) -> Result<Vec<O>, RepoError> {
        if self.attached.joined.is_empty() {
            let mut rows = Vec::new();
            let mut each = |row: &dyn crate::adapter::Row| {
                rows.push((self.decode)(&mut Loader::new(row, 0).within(self.prefix.as_ref()))?);
                Ok(())
            };
            repo.fetch_rows(self.source, &self.statement, &mut each).await?;
            return Ok(rows);
        }
        let mut collect = self.attached.joined.collect(self.decode.clone(), self.prefix.clone())?;
        repo.fetch_rows(self.source, &self.statement, &mut |row| collect.take(row)).await?;
        Ok(collect.finish())
    }
}
