//! The statements of an `insert_all`, each made when it is asked for: while the database runs one, the next is made.

use std::sync::Arc;
use std::vec;

use futures_util::future::join;

use super::columns::Cells;
use super::form::{Form, at_a_time};
use crate::RepoError;
use crate::adapter::{Dialect, EachRow, Statement};
use crate::repo::Repo;
use crate::sql::insert::{Action, Conflict, Insert, Source};
use crate::types::Value;

/// How many parameters are kept free for what an update on conflict binds.
const RESERVE: usize = 256;

/// Where rows are inserted, and how.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) dialect: Dialect,
    pub(super) prefix: Option<Arc<str>>,
    pub(super) table: &'static str,
    pub(super) columns: Vec<&'static str>,
    pub(super) conflict: Option<Conflict>,
    pub(super) returning: Vec<&'static str>,
    /// Values that several cells share.
    pub(super) shared: Vec<Value>,
}

impl Target {
    /// How many values of rows a statement may bind.
    fn parameters(&self) -> usize {
        let reserved = match &self.conflict {
            Some(Conflict { action: Action::Update(_), .. }) => RESERVE,
            _ => 0,
        };
        self.dialect.max_parameters().saturating_sub(self.shared.len() + reserved)
    }

    fn insert(&self, source: Source<'_>) -> Result<Statement, RepoError> {
        let insert = Insert {
            prefix: self.prefix.as_deref(),
            table: self.table,
            columns: &self.columns,
            source,
            conflict: self.conflict.clone(),
            returning: &self.returning,
        };
        insert.into_statement(self.dialect)
    }
}

/// An iterator over statements. `F` adds the cells of a row to those of the others.
pub(super) struct Statements<R, F> {
    target: Target,
    rows: vec::IntoIter<R>,
    cells_of: F,
    /// Whether all rows are to go into one statement.
    single: bool,
    /// The cells of the rows before.
    made: Form,
    /// The text of a statement that inserts so many values: it is the same for all of them.
    text: Option<(usize, Arc<str>)>,
}

impl<R, F: FnMut(R, &mut Cells) -> Result<(), RepoError>> Statements<R, F> {
    /// Makes the cells of the first one.
    pub(super) fn new(target: Target, rows: Vec<R>, single: bool, cells_of: F) -> Result<Self, RepoError> {
        let (rows, made) = (rows.into_iter(), Form::none());
        let mut statements = Self { target, rows, cells_of, single, made, text: None };
        statements.make()?;
        Ok(statements)
    }

    /// Whether there is more than one.
    pub(super) fn are_several(&self) -> bool {
        self.rows.len() > 0 || self.made.len() > self.size()
    }

    fn width(&self) -> usize {
        self.target.columns.len()
    }

    /// How many of the cells that were made go into the next statement.
    fn size(&self) -> usize {
        let most = self.made.most(self.target.parameters()) / self.width().max(1);
        if self.single { self.made.len() } else { self.made.len().min(most.max(1) * self.width()) }
    }

    /// Makes cells, if there are none and rows are left.
    fn make(&mut self) -> Result<(), RepoError> {
        let width = self.width();
        if width == 0 || self.made.len() > 0 {
            return Ok(());
        }
        let at_a_time = at_a_time(self.target.dialect, &self.target.shared) / width;
        let count = if self.single { self.rows.len() } else { self.rows.len().min(at_a_time.max(1)) };
        let mut cells = Cells(Vec::with_capacity(count * width));
        for row in self.rows.by_ref().take(count) {
            (self.cells_of)(row, &mut cells)?;
        }
        self.made = Form::of(cells.0, width, self.target.dialect);
        Ok(())
    }

    fn statement(&mut self) -> Result<Statement, RepoError> {
        let size = self.size();
        match (self.made.take(size, &self.target.shared), &self.text) {
            (Source::Values(values), Some((of, sql))) if *of == size => Ok(Statement { sql: Arc::clone(sql), values }),
            (source, _) => {
                let is_values = matches!(source, Source::Values(_));
                let statement = self.target.insert(source)?;
                // What an update on conflict binds comes after the values, and is not in the text.
                if is_values && statement.values.len() == size {
                    self.text = Some((size, Arc::clone(&statement.sql)));
                }
                Ok(statement)
            }
        }
    }

    fn next(&mut self) -> Result<Option<Statement>, RepoError> {
        // Without a column there is one way to write a row, and it writes one.
        if self.width() == 0 {
            return self.rows.next().map(|_| self.target.insert(Source::Values(Vec::new()))).transpose();
        }
        self.make()?;
        if self.made.len() == 0 { Ok(None) } else { self.statement().map(Some) }
    }

    /// Runs them one after the other, shows `each` the rows that they return, if anybody wants them, and says how many
    /// were written.
    pub(super) async fn run(
        mut self,
        repo: &Repo,
        source: &'static str,
        mut each: Option<&mut EachRow<'_>>,
    ) -> Result<u64, RepoError> {
        let mut written = 0;
        let mut made = self.next()?;
        while let Some(statement) = made {
            // This one goes to the database and waits for it; then the next one is made.
            let ran = run(repo, source, &statement, each.as_deref_mut());
            let (ran, next) = join(ran, async { self.next() }).await;
            written += ran?;
            made = next?;
        }
        Ok(written)
    }
}

/// Runs one statement, as [`Statements::run`] does all.
pub(super) async fn run(
    repo: &Repo,
    source: &'static str,
    statement: &Statement,
    each: Option<&mut EachRow<'_>>,
) -> Result<u64, RepoError> {
    let Some(each) = each else { return repo.execute(source, statement).await };
    let mut returned = 0;
    repo.fetch_rows(source, statement, &mut |row| {
        returned += 1;
        each(row)
    })
    .await?;
    Ok(returned)
}
