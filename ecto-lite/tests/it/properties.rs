//! Random rows and random conditions: SQLite, PostgreSQL and the definition agree on which rows are found.

mod generate;
mod model;

use std::future::Future;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use ecto_lite::adapter::Dialect;
use ecto_lite::query::{AnyField, Dynamic, dynamic, from};
use ecto_lite::{Repo, Schema, Value};
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::support::Database;
use model::{Comparison, Condition, Pattern, Test};

/// A column of every type that conditions are asked about.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "samples")]
pub struct Sample {
    #[schema(primary_key)]
    pub id: i64,
    pub flag: Option<bool>,
    pub whole: Option<i64>,
    pub other: Option<i64>,
    pub real: Option<f64>,
    pub exact: Option<Decimal>,
    pub text: Option<String>,
    pub name: String,
    pub bytes: Option<Vec<u8>>,
    pub token: Option<Uuid>,
    pub day: Option<NaiveDate>,
    pub clock: Option<NaiveTime>,
    pub at: Option<DateTime<Utc>>,
}

const SQLITE: &str =
    "CREATE TABLE samples (id INTEGER PRIMARY KEY, flag INTEGER, whole INTEGER, other INTEGER, real REAL,
    exact TEXT, text TEXT, name TEXT NOT NULL, bytes BLOB, token TEXT, day TEXT, clock TEXT, at TEXT)";
const POSTGRES: &str = "CREATE TABLE samples (id bigint PRIMARY KEY, flag boolean, whole bigint, other bigint,
    real double precision, exact numeric, text text, name text NOT NULL, bytes bytea, token uuid, day date, clock time,
    at timestamptz)";

const INSERT: &str =
    "INSERT INTO samples (id, flag, whole, other, real, exact, text, name, bytes, token, day, clock, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

macro_rules! compared {
    ($sample:ident.$field:ident, $comparison:expr, $other:expr) => {
        match $comparison {
            Comparison::Eq => $sample.$field.eq($other),
            Comparison::Ne => $sample.$field.ne($other),
            Comparison::Lt => $sample.$field.lt($other),
            Comparison::Lte => $sample.$field.lte($other),
            Comparison::Gt => $sample.$field.gt($other),
            Comparison::Gte => $sample.$field.gte($other),
        }
    };
}

macro_rules! tested {
    ($field:ident, $test:expr) => {
        dynamic::<Sample>(|sample| match $test.clone() {
            Test::Compare(comparison, other) => compared!(sample.$field, comparison, other),
            Test::In(list) => sample.$field.is_in(list),
            Test::NotIn(list) => sample.$field.not_in(list),
            Test::Between(low, high) => sample.$field.between(low, high),
            Test::IsNull => sample.$field.is_null(),
            Test::IsNotNull => sample.$field.is_not_null(),
        })
    };
}

/// The condition as a query has it.
fn built(condition: &Condition) -> Dynamic<Sample> {
    match condition {
        Condition::All(terms) => Dynamic::all(terms.iter().map(built)),
        Condition::Any(terms) => Dynamic::any(terms.iter().map(built)),
        Condition::Not(term) => built(term).not(),
        Condition::Flag(test) => tested!(flag, test),
        Condition::Whole(test) => tested!(whole, test),
        Condition::Real(test) => tested!(real, test),
        Condition::Text(test) => tested!(text, test),
        Condition::Name(test) => tested!(name, test),
        Condition::Bytes(test) => tested!(bytes, test),
        Condition::Token(test) => tested!(token, test),
        Condition::Exact(test) => tested!(exact, test),
        Condition::Day(test) => tested!(day, test),
        Condition::Clock(test) => tested!(clock, test),
        Condition::At(test) => tested!(at, test),
        Condition::Columns(comparison) => dynamic::<Sample>(|sample| compared!(sample.whole, comparison, sample.other)),
        Condition::Pattern(pattern) => dynamic::<Sample>(|sample| match pattern {
            Pattern::Like(pattern) => sample.text.like(pattern),
            Pattern::NotLike(pattern) => sample.text.not_like(pattern),
            Pattern::Ilike(pattern) => sample.text.ilike(pattern),
            Pattern::Contains(part) => sample.text.contains(part),
            Pattern::StartsWith(part) => sample.text.starts_with(part),
            Pattern::EndsWith(part) => sample.text.ends_with(part),
        }),
    }
}

async fn store(repo: &Repo, rows: &[Sample]) {
    repo.execute_script("DELETE FROM samples").await.expect("the table is there");
    for row in rows {
        let values = (0..Sample::meta().fields.len()).map(|field| row.get(field).expect("a value")).collect();
        repo.command(INSERT, values).await.expect("the row fits");
    }
}

/// The databases that the properties are about.
struct Databases {
    repos: Vec<Repo>,
    databases: Vec<Database>,
}

impl Databases {
    async fn new() -> Self {
        let mut this = Self { repos: Vec::new(), databases: Vec::new() };
        for (dialect, table) in [(Dialect::Sqlite, SQLITE), (Dialect::Postgres, POSTGRES)] {
            let database = Database::of(dialect).await;
            let repo = Repo::connect(&database.url).await.expect("the database opens");
            repo.execute_script(table).await.expect("the table can be made");
            this.repos.push(repo);
            this.databases.push(database);
        }
        this
    }

    async fn remove(self) {
        for (repo, database) in self.repos.into_iter().zip(self.databases) {
            repo.close().await;
            database.remove().await;
        }
    }
}

/// Runs `property` for `cases` of what `strategy` makes; on the first failure tells the smallest one found.
fn check<S, F>(cases: u32, strategy: &S, property: impl Fn(&Runtime, S::Value) -> F)
where
    S: Strategy,
    F: Future<Output = Result<(), TestCaseError>>,
{
    let runtime = Runtime::new();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let result = runner.run(strategy, |value| runtime.tokio.block_on(property(&runtime, value)));
    runtime.end();
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

struct Runtime {
    tokio: tokio::runtime::Runtime,
    databases: Databases,
}

impl Runtime {
    fn new() -> Self {
        let tokio = tokio::runtime::Runtime::new().expect("a runtime");
        let databases = tokio.block_on(Databases::new());
        Self { tokio, databases }
    }

    fn end(self) {
        self.tokio.block_on(self.databases.remove());
    }
}

#[test]
fn databases_and_the_definition_find_the_same_rows() {
    let strategy = (generate::rows(), proptest::collection::vec(generate::condition(), 1..6));
    check(96, &strategy, |runtime, (rows, conditions)| {
        let repos = runtime.databases.repos.clone();
        async move {
            for repo in &repos {
                store(repo, &rows).await;
                for condition in &conditions {
                    let expected: Vec<_> =
                        rows.iter().filter(|row| condition.holds(row, repo.dialect()) == Some(true)).cloned().collect();
                    let query = from::<Sample>().filter_dynamic(built(condition)).order_by(|s| s.id);
                    let sql = query.to_statement(repo.dialect()).map_err(|e| TestCaseError::fail(e.to_string()))?;
                    let found = repo.all(query).await;
                    let found = found.map_err(|e| TestCaseError::fail(format!("{e:?}\n{}", sql.sql)))?;
                    if found != expected {
                        let ids = |rows: &[Sample]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
                        let (found, expected) = (ids(&found), ids(&expected));
                        let what =
                            format!("{condition:?}\nfound {found:?} not {expected:?}\n{} {:?}", sql.sql, sql.values);
                        return Err(TestCaseError::fail(format!("{:?}: {what}", repo.dialect())));
                    }
                }
            }
            Ok(())
        }
    });
}

#[test]
fn hostile_text_is_only_ever_text() {
    let runtime = Runtime::new();
    let texts = generate::HOSTILE;
    let rows: Vec<_> = (1..)
        .zip(texts)
        .map(|(id, text)| Sample { id, text: Some((*text).into()), name: (*text).into(), ..Sample::default() })
        .collect();
    for repo in &runtime.databases.repos {
        runtime.tokio.block_on(async {
            store(repo, &rows).await;
            for row in &rows {
                let text = row.name.as_str();
                let found = |query: ecto_lite::query::Query<Sample>| async move {
                    let rows = repo.all(query.order_by(|s| s.id)).await.unwrap_or_else(|e| panic!("{text:?}: {e:?}"));
                    rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
                };
                let one = vec![row.id];
                assert_eq!(found(from::<Sample>().filter(|s| s.name.eq(text))).await, one, "{text:?}");
                assert_eq!(found(from::<Sample>().filter(|s| s.text.is_in([text]))).await, one, "{text:?}");
                assert!(found(from::<Sample>().filter(|s| s.text.contains(text))).await.contains(&row.id), "{text:?}");
                assert!(found(from::<Sample>().filter(|s| s.text.ends_with(text))).await.contains(&row.id), "{text:?}");
                // As a name it names nothing: of a column, of a prefix.
                assert!(AnyField::<Sample>::named(text).is_none(), "{text:?}");
                let elsewhere = repo.all(from::<Sample>().prefix(text)).await;
                assert!(elsewhere.is_err(), "a prefix called {text:?} was found");
                assert_eq!(repo.all(from::<Sample>().comment(text)).await.unwrap().len(), rows.len(), "{text:?}");
            }
            assert_eq!(repo.all(from::<Sample>().order_by(|s| s.id)).await.unwrap(), rows);
        });
    }
    runtime.end();
}

#[test]
fn a_raw_value_is_bound_whatever_it_is() {
    let runtime = Runtime::new();
    for repo in &runtime.databases.repos {
        runtime.tokio.block_on(async {
            for text in generate::HOSTILE {
                let rows = repo.query("SELECT $1", vec![Value::Text((*text).into())]).await.unwrap();
                assert_eq!(rows.rows, [[Value::Text((*text).into())]]);
            }
        });
    }
    runtime.end();
}
