//! What a repo does to every query before it is run: tenancy, soft deletion, comments.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Repo;
use crate::RepoError;
use crate::query::{Core, IntoExpr, JoinKind, Nested, Node, Operator, Plan, Query, SourceKind, Update, each_assigned};
use crate::schema::SchemaMeta;

/// What a handle to a repo brings to every query: a prefix and options for hooks.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) prefix: Option<Arc<str>>,
    options: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("prefix", &self.prefix).field("options", &self.options.len()).finish()
    }
}

impl Settings {
    pub(super) fn put<T: Send + Sync + 'static>(&mut self, option: T) {
        self.options.insert(TypeId::of::<T>(), Arc::new(option));
    }

    fn option<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.options.get(&TypeId::of::<T>()).and_then(|option| option.downcast_ref())
    }
}

/// Changes or refuses queries. See [`super::RepoBuilder::prepare_query`].
pub(super) type Prepare = Arc<dyn Fn(&mut QueryContext<'_>) -> Result<(), RepoError> + Send + Sync>;

/// What a query is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Rows are read, or something is calculated over them.
    All,
    /// Rows are read that belong to others.
    Preload,
    /// Rows are read one by one.
    Stream,
    /// Rows are changed.
    UpdateAll,
    /// Rows are deleted.
    DeleteAll,
    /// What is read becomes new rows.
    InsertAll,
}

/// A query before it is run, for a hook to look at, change or refuse.
///
/// It concerns the query's own sources. The queries inside of it (subqueries, those that it is combined with, common table
/// expressions) come one by one before it, those that a hook brings along do not come.
#[derive(Debug)]
pub struct QueryContext<'a> {
    core: &'a mut Core,
    operation: Operation,
    settings: &'a Settings,
    is_nested: bool,
}

impl QueryContext<'_> {
    /// What it is run for. A query inside of another one is run for that one's purpose, unless it changes rows itself.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Whether it is inside of another query.
    pub fn is_nested(&self) -> bool {
        self.is_nested
    }

    /// The first source's schema.
    pub fn schema(&self) -> Option<&'static SchemaMeta> {
        self.core.root().meta()
    }

    /// What the handle brings along, by its type: [`Repo::with_option`].
    pub fn option<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.settings.option()
    }

    /// The prefix that the query is run with; of a nested one, if it has its own.
    pub fn prefix(&self) -> Option<&str> {
        self.core.prefix.as_deref()
    }

    /// A comment before the SQL. One that differs from query to query makes the database plan each anew.
    pub fn comment(&mut self, comment: impl Into<Arc<str>>) {
        self.core.comment = Some(comment.into());
    }

    /// Whether a source, the first or a joined one, is a table whose schema has this field.
    pub fn has_field(&self, field: &str) -> bool {
        self.core.sources.iter().any(|source| column(&source.kind, field).is_some())
    }

    /// Only rows with this value: of the first source, and of each joined one, if their schemas have the field. Rows of
    /// joined sources without it are as if they were not there.
    pub fn filter_equal(&mut self, field: &str, value: impl IntoExpr) {
        let value = value.into_expr().node;
        self.filter(field, |column| Node::binary(Operator::Eq, column, value.clone()));
    }

    /// Only rows without a value: `deleted_at`. Otherwise as [`Self::filter_equal`].
    pub fn filter_null(&mut self, field: &str) {
        self.filter(field, |column| Node::IsNull { value: Box::new(column), negated: false });
    }

    fn filter(&mut self, field: &str, condition: impl Fn(Node) -> Node) {
        let mut everywhere = Vec::new();
        for source in &mut self.core.sources {
            let Some(column) = column(&source.kind, field) else { continue };
            let condition = condition(Node::Column(source.id, column));
            match &mut source.join {
                Some(join) if join.kind != JoinKind::Cross => {
                    join.on = Some(match join.on.take() {
                        Some(on) => on.and(condition),
                        None => condition,
                    });
                }
                _ => everywhere.push(condition),
            }
        }
        for condition in everywhere {
            self.core.and_filter(condition);
        }
    }
}

/// The column of a table's field. Subqueries are filtered inside.
fn column(kind: &SourceKind, field: &str) -> Option<&'static str> {
    let SourceKind::Schema(meta) = kind else { return None };
    meta.fields.iter().find(|of| of.name == field && of.is_stored()).map(|of| of.column)
}

impl Repo {
    /// The same repo, whose tables are in `prefix` (PostgreSQL: a schema, SQLite: an attached database) where neither the
    /// query nor the schema names another one.
    #[must_use]
    pub fn with_prefix(&self, prefix: impl Into<Arc<str>>) -> Self {
        self.with_settings(|settings| settings.prefix = Some(prefix.into()))
    }

    /// The prefix of [`Self::with_prefix`].
    pub fn prefix(&self) -> Option<&str> {
        self.settings.prefix.as_deref()
    }

    /// The same repo, which brings `option` to the hooks of [`super::RepoBuilder::prepare_query`]: a tenant's id, or a marker that
    /// says `skip_tenant`. There is one of each type.
    #[must_use]
    pub fn with_option<T: Send + Sync + 'static>(&self, option: T) -> Self {
        self.with_settings(|settings| settings.put(option))
    }

    /// What [`Self::with_option`] has put there.
    pub fn option<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.settings.option()
    }

    fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::clone(&self.settings);
        change(&mut settings);
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The query as this repo runs it: with its prefix, after its hooks.
    pub(crate) fn prepared<B, O>(
        &self,
        operation: Operation,
        mut query: Query<B, O>,
    ) -> Result<Query<B, O>, RepoError> {
        if query.core.prefix.is_none() {
            query.core.prefix.clone_from(&self.settings.prefix);
        }
        self.prepare(&mut query.core, operation, false)?;
        Ok(query)
    }

    /// Shows a query to the hooks, after those inside of it.
    fn prepare(&self, core: &mut Core, operation: Operation, is_nested: bool) -> Result<(), RepoError> {
        if self.shared.prepare.is_empty() {
            return Ok(());
        }
        core.each_nested(&mut |nested, core| self.prepare_nested(operation, nested, core))?;
        for prepare in &self.shared.prepare {
            prepare(&mut QueryContext { core, operation, settings: &self.settings, is_nested })?;
        }
        Ok(())
    }

    fn prepare_nested(&self, outer: Operation, nested: Nested, core: &mut Core) -> Result<(), RepoError> {
        let operation = match nested {
            Nested::Select => outer,
            Nested::Update => Operation::UpdateAll,
            Nested::Delete => Operation::DeleteAll,
        };
        self.prepare(core, operation, true)
    }

    /// The update as this repo runs it: its query, and those that columns are set to.
    pub(crate) fn prepared_update<B, O>(&self, update: Update<B, O>) -> Result<Update<B, O>, RepoError> {
        let Update { query, mut assignments } = update;
        if !self.shared.prepare.is_empty() {
            each_assigned(&mut assignments, &mut |nested, core| {
                self.prepare_nested(Operation::UpdateAll, nested, core)
            })?;
        }
        Ok(Update { query: self.prepared(Operation::UpdateAll, query)?, assignments })
    }

    /// What is run of a query.
    pub(crate) fn plan<B, O>(&self, operation: Operation, query: Query<B, O>) -> Result<Plan<O>, RepoError> {
        self.prepared(operation, query)?.plan(self.dialect())
    }
}
