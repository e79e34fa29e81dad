//! Reading: queries in, structs out.

use std::collections::HashMap;

use super::{Operation, Repo, preload};
use crate::RepoError;
use crate::query::{
    Attached, Bindings, Comparable, Core, Distinct, Expr, IntoExpr, IntoQuery, Node, Operator, Query, Select, Source,
    SourceKind, SqlOf, functions, value,
};
use crate::schema::{Field, Schema};
use crate::types::{DumpError, REDACTED, Type, Value};

/// The primary key of a row: a value, or a tuple of them in the order of the fields.
pub trait Key {
    /// The values.
    fn into_values(self) -> Result<Vec<Value>, DumpError>;
}

impl<T: Type> Key for T {
    fn into_values(self) -> Result<Vec<Value>, DumpError> {
        Ok(vec![self.dump()?])
    }
}

impl Key for &str {
    fn into_values(self) -> Result<Vec<Value>, DumpError> {
        Ok(vec![Value::Text(self.to_owned())])
    }
}

macro_rules! keys {
    ($($name:ident)+) => {
        impl<$($name: Type),+> Key for ($($name,)+) {
            #[allow(non_snake_case)]
            fn into_values(self) -> Result<Vec<Value>, DumpError> {
                let ($($name,)+) = self;
                Ok(vec![$($name.dump()?),+])
            }
        }
    };
}

keys!(A B);
keys!(A B C);
keys!(A B C D);

impl Repo {
    /// All rows, in the query's order.
    pub async fn all<Q: IntoQuery<Out: Send + Sync + 'static>>(&self, query: Q) -> Result<Vec<Q::Out>, RepoError> {
        let plan = self.plan(Operation::All, query.into_query())?;
        plan.all(self).await
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    ///
    /// [`RepoError::MultipleResults`] if there are more: say `first()` or `limit(1)` where that is no mistake.
    pub async fn one<Q: IntoQuery<Out: Send + Sync + 'static>>(&self, query: Q) -> Result<Option<Q::Out>, RepoError> {
        let plan = self.plan(Operation::All, query.into_query())?;
        let mut rows = plan.all(self).await?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            count => Err(RepoError::MultipleResults { schema: plan.source, count }),
        }
    }

    /// The only row; [`RepoError::NotFound`] if there is none.
    pub async fn fetch_one<Q: IntoQuery<Out: Send + Sync + 'static>>(&self, query: Q) -> Result<Q::Out, RepoError> {
        let query = query.into_query();
        let schema = query.core.source_name();
        self.one(query).await?.ok_or(RepoError::NotFound { schema })
    }

    /// The row whose primary key is `key`, if there is one.
    pub async fn get<S: Schema>(&self, key: impl Key) -> Result<Option<S>, RepoError> {
        self.one(by_key::<S>(key.into_values()?)?).await
    }

    /// The row whose primary key is `key`; [`RepoError::NotFound`] if there is none, which a web layer answers by 404.
    pub async fn fetch<S: Schema>(&self, key: impl Key) -> Result<S, RepoError> {
        self.fetch_one(by_key::<S>(key.into_values()?)?).await
    }

    /// The only row whose field has this value, if there is one.
    pub async fn get_by<S, T, E>(&self, field: Field<S, T>, value: E) -> Result<Option<S>, RepoError>
    where
        S: Schema,
        T: Type<Sql: Comparable<SqlOf<E>>>,
        E: IntoExpr,
    {
        self.one(by_field(field, value)).await
    }

    /// The only row whose field has this value; [`RepoError::NotFound`] if there is none.
    pub async fn fetch_by<S, T, E>(&self, field: Field<S, T>, value: E) -> Result<S, RepoError>
    where
        S: Schema,
        T: Type<Sql: Comparable<SqlOf<E>>>,
        E: IntoExpr,
    {
        self.fetch_one(by_field(field, value)).await
    }

    /// All rows whose field has this value.
    pub async fn all_by<S, T, E>(&self, field: Field<S, T>, value: E) -> Result<Vec<S>, RepoError>
    where
        S: Schema,
        T: Type<Sql: Comparable<SqlOf<E>>>,
        E: IntoExpr,
    {
        self.all(by_field(field, value)).await
    }

    /// Whether the query has rows.
    pub async fn exists<Q: IntoQuery<Out: Send + Sync + 'static>>(&self, query: Q) -> Result<bool, RepoError> {
        let query = self.prepared(Operation::All, query.into_query())?;
        Ok(!query.presence().plan(self.dialect())?.all(self).await?.is_empty())
    }

    /// How many rows the query has, its limit included.
    pub async fn count<Q: IntoQuery<Out: Send + Sync + 'static>>(&self, query: Q) -> Result<i64, RepoError> {
        let query = self.prepared(Operation::All, query.into_query())?;
        let counted = query.counted().plan(self.dialect())?.all(self).await?;
        Ok(counted.into_iter().sum())
    }

    /// Calculates over all rows: `repo.aggregate(Robot::query(), |r| r.battery.avg())`.
    ///
    /// # Errors
    ///
    /// [`RepoError::Query`] for a query with a limit, an offset, `distinct` or groups, whose rows an aggregate cannot see:
    /// make it a subquery.
    pub async fn aggregate<Q, S>(
        &self,
        query: Q,
        calculate: impl FnOnce(<Q::Bindings as Bindings>::Handles) -> S,
    ) -> Result<S::Out, RepoError>
    where
        Q: IntoQuery<Out: Send + Sync + 'static>,
        S: Select<Out: Send + Sync>,
    {
        let mut query = self.prepared(Operation::All, query.into_query())?;
        if query.core.is_shaped() {
            return Err(RepoError::Query(
                "an aggregate does not see a query's limit, offset, distinct or groups: aggregate over it as a subquery"
                    .to_owned(),
            ));
        }
        // An order means nothing to one row, and PostgreSQL refuses it.
        query.core.orders.clear();
        query.attached = Attached::default();
        self.fetch_one(query.select(calculate)).await
    }

    /// The row as it is now.
    ///
    /// # Errors
    ///
    /// [`RepoError::NotFound`] if it is gone.
    pub async fn reload<S: Schema>(&self, row: &S) -> Result<S, RepoError> {
        self.fetch_one(by_key::<S>(key_of(row)?)?).await
    }

    /// The rows as they are now, in their order; none for those that are gone. One query, whatever their number, for
    /// schemas whose primary key is one field.
    pub async fn reload_all<S: Schema>(&self, rows: &[S]) -> Result<Vec<Option<S>>, RepoError> {
        let keys = rows.iter().map(key_of).collect::<Result<Vec<_>, _>>()?;
        let &[key] = S::meta().primary_key else {
            let mut found = Vec::with_capacity(rows.len());
            for key in keys {
                found.push(self.one(by_key::<S>(key)?).await?);
            }
            return Ok(found);
        };
        let keys: Vec<Value> = keys.into_iter().flatten().collect();
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(self.dialect().max_parameters()) {
            found.extend(self.all(S::query().filter_in(key, some.to_vec())).await?);
        }
        let found = found.into_iter().map(|row| Ok((preload::Key(row.get(key)?), row)));
        let found = found.collect::<Result<HashMap<_, _>, DumpError>>()?;
        Ok(keys.into_iter().map(|key| found.get(&preload::Key(key)).cloned()).collect())
    }

    /// The SQL of a query and the values that it binds, as this repo would run it.
    pub fn to_sql<Q: IntoQuery<Out: Send + Sync + 'static>>(
        &self,
        query: Q,
    ) -> Result<crate::adapter::Statement, RepoError> {
        self.prepared(Operation::All, query.into_query())?.to_statement(self.dialect())
    }
}

/// What a query can be asked directly: `Robot::query().filter(…).all(&repo)`.
impl<B: Bindings, O: Send + Sync + 'static> Query<B, O> {
    /// See [`Repo::all`].
    pub async fn all(self, repo: &Repo) -> Result<Vec<O>, RepoError> {
        repo.all(self).await
    }

    /// See [`Repo::one`].
    pub async fn one(self, repo: &Repo) -> Result<Option<O>, RepoError> {
        repo.one(self).await
    }

    /// See [`Repo::fetch_one`].
    pub async fn fetch_one(self, repo: &Repo) -> Result<O, RepoError> {
        repo.fetch_one(self).await
    }

    /// See [`Repo::exists`].
    pub async fn exists(self, repo: &Repo) -> Result<bool, RepoError> {
        repo.exists(self).await
    }

    /// See [`Repo::count`].
    pub async fn count(self, repo: &Repo) -> Result<i64, RepoError> {
        repo.count(self).await
    }

    /// One row if there is any.
    fn presence(self) -> Query<B, i32> {
        let mut query = self.reshaped(|| value(&1_i32));
        query.core.limit = Some(Node::Value(Value::Int(1)));
        query
    }

    fn counted(self) -> Query<B, i64> {
        self.reshaped(functions::count_all)
    }

    /// Reads something else instead of the rows. Their order does not matter to it, but how they are limited or grouped does.
    fn reshaped<T: Type + Sync>(self, select: impl FnOnce() -> Expr<T>) -> Query<B, T> {
        let rows = self.core.clone();
        let mut query = Query::<B, O>::new(self.core, self.decode).select(|_| select());
        if rows.is_shaped() {
            let selected = std::mem::take(&mut query.core.selected);
            *query.core = Core { selected, ..rows.into_source() };
        } else {
            query.core.orders.clear();
        }
        query
    }
}

impl Core {
    /// Whether its rows are others than those of its sources: fewer, or groups of them.
    fn is_shaped(&self) -> bool {
        self.limit.is_some()
            || self.offset.is_some()
            || !matches!(self.distinct, Distinct::No)
            || !self.groups.is_empty()
            || self.having.is_some()
            || !self.combinations.is_empty()
    }

    /// A query whose only source are the rows of this one, of which it can name no column.
    fn into_source(self: Box<Self>) -> Self {
        let (prefix, comment) = (self.prefix.clone(), self.comment.clone());
        let rows = SourceKind::Rows(Box::new(Self { comment: None, ..*self }));
        Self { sources: vec![Source::new(rows, None)], prefix, comment, ..Self::default() }
    }
}

fn by_key<S: Schema>(key: Vec<Value>) -> Result<Query<S>, RepoError> {
    let meta = S::meta();
    if meta.primary_key.is_empty() || meta.primary_key.len() != key.len() {
        return Err(RepoError::Query(format!(
            "the primary key of {} has {} fields and {} values were given",
            meta.name,
            meta.primary_key.len(),
            key.len()
        )));
    }
    let mut query = S::query();
    for (&index, value) in meta.primary_key.iter().zip(key) {
        let field = &meta.fields[index];
        if value.is_null() || value.db_type() != field.db {
            let value = if field.redact { REDACTED.to_owned() } else { format!("{value:?}") };
            return Err(RepoError::Query(format!(
                "{}.{} is {} and no row can be got by {value}",
                meta.name, field.name, field.type_name
            )));
        }
        query = query.filter_equal(field.column, Node::Value(value));
    }
    Ok(query)
}

fn by_field<S, T, E>(field: Field<S, T>, value: E) -> Query<S>
where
    S: Schema,
    T: Type<Sql: Comparable<SqlOf<E>>>,
    E: IntoExpr,
{
    S::query().filter_equal(S::meta().fields[field.index()].column, value.into_expr().node)
}

impl<S: Schema> Query<S> {
    fn filter_equal(mut self, column: &'static str, value: Node) -> Self {
        let column = Node::Column(self.core.root().id, column);
        self.core.and_filter(Node::binary(Operator::Eq, column, value));
        self
    }
}

fn key_of<S: Schema>(row: &S) -> Result<Vec<Value>, DumpError> {
    S::meta().primary_key.iter().map(|&index| row.get(index)).collect()
}
