//! E37 to E40: hooks, prefixes, telemetry, plans.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ecto_lite::adapter::{Dialect, Isolation, TransactionOptions};
use ecto_lite::query::functions::{coalesce, exists};
use ecto_lite::query::{JoinKind, cte, from_source, subquery};
use ecto_lite::repo::{Explain, InsertAllOptions, Operation, RepoBuilder};
use ecto_lite::{Repo, RepoError, Schema, Value};

use crate::conformance::schemas::{self, Mission, Robot, Site, Tag};
use crate::support::Database;

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// A repo with these options for a database that has the tables for tests, two sites, three robots and three missions.
async fn with(database: &Database, options: impl FnOnce(RepoBuilder) -> RepoBuilder) -> Repo {
    let plain = Repo::connect(&database.url).await.unwrap();
    plain.execute_script(schemas::tables(plain.dialect())).await.unwrap();
    plain
        .execute_script(
            "INSERT INTO sites (id, name) VALUES (1, 'north'), (2, 'south');
             INSERT INTO robots (id, name, battery, site_id) VALUES (1, 'Ada', 80, 1), (2, 'Bob', 20, 1), (3, 'Cyd', 40, 2);
             INSERT INTO missions (id, title, robot_id) VALUES (1, 'dig', 1), (2, 'fly', 2), (3, 'sit', 3)",
        )
        .await
        .unwrap();
    plain.close().await;
    options(Repo::builder(&database.url)).connect().await.unwrap()
}

async fn names(repo: &Repo) -> Vec<String> {
    repo.all(Robot::query().order_by(|r| r.name).select(|r| r.name)).await.unwrap()
}

/// Whose robots they are; hooks know it from the handle.
struct Tenant(i64);

/// A handle that asks for everybody's.
struct EveryTenant;

fn tenancy(repo: RepoBuilder) -> RepoBuilder {
    repo.prepare_query(|query| {
        if query.option::<EveryTenant>().is_some() || !query.has_field("site_id") {
            return Ok(());
        }
        let Some(&Tenant(id)) = query.option::<Tenant>() else {
            return Err(RepoError::Query(format!("whose {}?", query.schema().map_or("rows", |schema| schema.name))));
        };
        query.filter_equal("site_id", id);
        Ok(())
    })
}

#[tokio::test]
async fn a_hook_keeps_tenants_apart_unless_it_is_told_not_to() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let repo = with(&database, tenancy).await;
        let refused = repo.all(Robot::query()).await;
        assert!(matches!(&refused, Err(RepoError::Query(why)) if why == "whose Robot?"), "{refused:?}");
        assert!(repo.count(Robot::query()).await.is_err());
        assert!(repo.exists(Robot::query().limit(1)).await.is_err());
        assert!(repo.get::<Robot>(1_i64).await.is_err());
        assert!(repo.aggregate(Robot::query(), |r| r.battery.sum()).await.is_err());
        assert!(repo.delete_all(Robot::query()).await.is_err());
        assert!(repo.update_all(Robot::query().set(Robot::battery, 0.0)).await.is_err());
        // What belongs to nobody is not refused.
        assert_eq!(repo.count(Site::query()).await.unwrap(), 2);

        let north = repo.with_option(Tenant(1));
        assert_eq!(names(&north).await, ["Ada", "Bob"]);
        assert_eq!(north.get::<Robot>(3_i64).await.unwrap(), None);
        assert_eq!(north.count(Robot::query().limit(5)).await.unwrap(), 2);
        assert_eq!(names(&repo.with_option(Tenant(2))).await, ["Cyd"]);
        assert_eq!(names(&repo.with_option(EveryTenant)).await, ["Ada", "Bob", "Cyd"]);

        // In a transaction as outside, and for what is joined.
        let joined = Mission::query().join(|m| m.robot).select(|(m, _)| m.title).order_by(|(m, _)| m.title);
        let titles = north.transaction(async |tx| tx.all(joined).await).await.unwrap();
        assert_eq!(titles, ["dig", "fly"]);

        assert_eq!(north.update_all(Robot::query().set(Robot::battery, 1.0)).await.unwrap(), 2);
        assert_eq!(north.delete_all(Robot::query().filter(|r| r.id.eq(3))).await.unwrap(), 0);
        database.remove().await;
    }
}

#[tokio::test]
async fn a_hook_sees_the_queries_inside_of_a_query() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let repo = with(&database, tenancy).await;
        let robots = || Robot::query().select(|r| r.name);
        let ids = || Robot::query().select(|r| r.id);
        let sites = || Site::query().order_by(|s| s.id).select(|s| s.id);
        let within = || sites().filter(|s| s.id.is_in(Robot::query().select(|r| r.site_id)));
        let existing = || sites().filter(|s| exists(Robot::query().filter(|r| r.site_id.eq(s.id))));
        let most = || Robot::query().select(|r| r.battery.min());
        let selected = || Site::query().filter(|s| s.id.eq(1)).select(|_| most());
        let from_rows = || from_source(subquery(Robot::query())).select(|r| r.id).order_by(|r| r.id);
        let joined = || {
            let robots = subquery(Robot::query());
            Mission::query().join_source(JoinKind::Inner, robots, |(m, r)| m.robot_id.eq(r.id)).select(|(m, _)| m.id)
        };
        let named = || from_source(cte::<Robot>("all")).with_cte("all", Robot::query()).select(|r| r.id);
        let busy = || Mission::query().filter(|m| m.robot_id.is_in(ids()));
        assert!(matches!(repo.all(within()).await, Err(RepoError::Query(why)) if why == "whose Robot?"));

        let north = repo.with_option(Tenant(1));
        assert_eq!(north.all(within()).await.unwrap(), [1]);
        assert_eq!(north.all(existing()).await.unwrap(), [1]);
        assert_eq!(north.all(selected()).await.unwrap(), [Some(20.0)]);
        assert_eq!(north.all(from_rows()).await.unwrap(), [1, 2]);
        assert_eq!(north.count(joined()).await.unwrap(), 2);
        assert_eq!(north.count(named()).await.unwrap(), 2);
        assert_eq!(north.count(robots().union(robots())).await.unwrap(), 2);
        assert_eq!(repo.with_option(Tenant(2)).all(selected()).await.unwrap(), [Some(40.0)]);
        let sites = Site::query().order_by(|s| s.id).preload(Site::robots.limit_per_parent(5));
        let counts: Vec<_> =
            north.all(sites).await.unwrap().iter().map(|site| site.robots.get().unwrap().len()).collect();
        assert_eq!(counts, [2, 0]);

        let tags = north.insert_all_from(Tag::name, robots(), InsertAllOptions::new()).await.unwrap();
        assert_eq!(tags.count, 2);
        let best = || Robot::query().select(|r| r.battery.max());
        let charged = Robot::query().filter(|r| r.id.eq(2)).set_with(Robot::battery, |_| coalesce(best(), 0.0));
        assert_eq!(north.update_all(charged).await.unwrap(), 1);
        assert_eq!(north.all(ids().filter(|r| r.id.eq(2).and(r.battery.eq(80.0)))).await.unwrap(), [2]);
        assert_eq!(north.delete_all(busy()).await.unwrap(), 2);
        database.remove().await;
    }
}

#[tokio::test]
async fn a_hook_is_told_what_is_nested_and_does_not_see_its_own_queries() {
    let database = Database::sqlite();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = Arc::clone(&seen);
    let repo = with(&database, |repo| {
        repo.prepare_query(move |query| {
            see.lock().unwrap().push((query.schema().map(|of| of.name), query.is_nested()));
            // A query of the hook's own, whose table has the field too.
            query.filter_equal("site_id", Robot::query().select(|r| r.site_id.max()));
            Ok(())
        })
    })
    .await;
    let sites = Site::query().filter(|s| exists(Robot::query().filter(|r| r.site_id.eq(s.id)))).select(|s| s.id);
    assert_eq!(repo.all(sites).await.unwrap(), [2]);
    assert_eq!(*seen.lock().unwrap(), [(Some("Robot"), true), (Some("Site"), false)]);
}

#[tokio::test]
async fn a_hook_sees_what_is_preloaded() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let repo = with(&database, tenancy).await;
        let sites = Site::query().order_by(|s| s.id).preload(Site::robots);
        assert!(repo.all(&sites).await.is_err());
        let sites = repo.with_option(Tenant(1)).all(&sites).await.unwrap();
        let robots: Vec<_> = sites.iter().map(|site| site.robots.get().unwrap().len()).collect();
        assert_eq!(robots, [2, 0]);
        database.remove().await;
    }
}

#[tokio::test]
async fn a_hook_is_told_what_for_and_may_comment() {
    use Operation::{All, DeleteAll, Preload, Stream, UpdateAll};
    use futures_util::TryStreamExt;

    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (operations, texts) = (Arc::clone(&seen), Arc::new(Mutex::new(Vec::new())));
        let sql = Arc::clone(&texts);
        let repo = with(&database, |repo| {
            repo.prepare_query(move |query| {
                operations.lock().unwrap().push(query.operation());
                query.comment("from a */ test");
                Ok(())
            })
            .on_query(move |event| sql.lock().unwrap().push(event.sql.to_owned()))
        })
        .await;
        repo.all(Site::query().preload(Site::robots)).await.unwrap();
        let _: Vec<Site> = repo.stream(Site::query()).try_collect().await.unwrap();
        repo.update_all(Robot::query().set(Robot::battery, 1.0)).await.unwrap();
        repo.delete_all(Mission::query()).await.unwrap();
        let wanted = [All, Preload, Stream, UpdateAll, DeleteAll];
        assert_eq!(*seen.lock().unwrap(), wanted);
        let first = texts.lock().unwrap()[0].clone();
        assert!(first.starts_with("/* from a / test */ SELECT"), "{first}");
        database.remove().await;
    }
}

#[tokio::test]
async fn a_hook_decides_about_transactions() {
    let database = Database::postgres().await;
    let repo =
        with(&database, |repo| repo.prepare_transaction(|options| options.isolation = Some(Isolation::Serializable)))
            .await;
    let level = repo.transaction(async |tx| tx.query("SHOW transaction_isolation", vec![]).await).await.unwrap();
    assert_eq!(level.rows, [[Value::Text("serializable".to_owned())]]);
    database.remove().await;
}

#[tokio::test]
async fn the_same_code_serves_two_schemas_of_the_database() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let repo = with(&database, |repo| repo.max_connections(1)).await;
        let other = if dialect == Dialect::Postgres {
            "CREATE SCHEMA tenant_b; CREATE TABLE tenant_b.sites (LIKE sites); CREATE TABLE tenant_b.robots (LIKE robots);"
        } else {
            "ATTACH ':memory:' AS tenant_b; CREATE TABLE tenant_b.sites AS SELECT * FROM sites WHERE id < 0;
             CREATE TABLE tenant_b.robots AS SELECT * FROM robots WHERE id < 0;"
        };
        let time = if dialect == Dialect::Postgres { "now()" } else { "datetime('now')" };
        repo.execute_script(&format!(
            "{other} INSERT INTO tenant_b.sites (id, name) VALUES (1, 'east');
             INSERT INTO tenant_b.robots (id, name, battery, site_id, inserted_at, updated_at)
             VALUES (9, 'Zoe', 1, 1, {time}, {time});"
        ))
        .await
        .unwrap();
        let tenant = repo.with_prefix("tenant_b");
        assert_eq!(tenant.prefix(), Some("tenant_b"));
        assert_eq!(names(&repo).await, ["Ada", "Bob", "Cyd"]);
        assert_eq!(names(&tenant).await, ["Zoe"]);
        let east = tenant.fetch_one(Site::query().preload(Site::robots)).await.unwrap();
        assert_eq!((&*east.name, east.robots.get().unwrap().len()), ("east", 1));
        assert_eq!(tenant.transaction(async |tx| tx.count(Robot::query()).await).await.unwrap(), 1);
        assert_eq!(tenant.delete_all(Robot::query()).await.unwrap(), 1);
        assert_eq!(repo.count(Robot::query()).await.unwrap(), 3);
        database.remove().await;
    }
}

/// What a handler was told, without the times.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    source: &'static str,
    params: Option<Vec<Value>>,
    rows: Result<u64, String>,
    is_new: bool,
    adds_up: bool,
    backtrace: bool,
}

fn telling(repo: RepoBuilder) -> (RepoBuilder, Arc<Mutex<Vec<Told>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let repo = repo.name("fleet").on_query(move |event| {
        assert_eq!(event.repo, "fleet");
        tell.lock().unwrap().push(Told {
            source: event.source,
            params: event.params.map(<[Value]>::to_vec),
            rows: event.result.map_err(ToString::to_string),
            is_new: event.idle.is_none(),
            adds_up: event.queue + event.query + event.decode == event.total && event.query > Duration::ZERO,
            backtrace: event.backtrace.is_some_and(|trace| trace.to_string().contains("repo_options")),
        });
    });
    (repo, told)
}

#[tokio::test]
async fn every_query_is_told_of() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let mut told = None;
        let repo = with(&database, |repo| {
            let (repo, tell) = telling(repo);
            told = Some(tell);
            repo
        })
        .await;
        let told = told.unwrap();
        repo.all(Robot::query().filter(|r| r.battery.lt(50.0))).await.unwrap();
        repo.update_all(Robot::query().set(Robot::battery, 3.0)).await.unwrap();
        repo.query("SELECT nothing FROM nowhere", vec![]).await.unwrap_err();
        let told = told.lock().unwrap().clone();
        let rows: Vec<_> = told.iter().map(|it| (it.source, it.rows.clone().unwrap_or(99))).collect();
        assert_eq!(rows, [("Robot", 2), ("Robot", 3), ("raw", 99)]);
        // The pool has opened one connection for itself, so none of these was new.
        assert!(told.iter().all(|it| it.params.is_none() && !it.is_new && it.adds_up && !it.backtrace), "{told:?}");
        database.remove().await;
    }
}

#[tokio::test]
async fn what_begins_and_ends_transactions_is_told_of() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let repo = with(&database, |repo| {
            repo.on_query(move |event| {
                let first = event.sql.split(' ').next().unwrap_or_default();
                let sql = if event.source == "transaction" { event.sql } else { first };
                tell.lock().unwrap().push(format!("{}: {sql}", event.source));
            })
        })
        .await;
        let heard = || std::mem::take(&mut *told.lock().unwrap());
        let (write, read) = match dialect {
            Dialect::Sqlite => ("transaction: BEGIN IMMEDIATE", "transaction: BEGIN DEFERRED"),
            _ => ("transaction: BEGIN", "transaction: BEGIN READ ONLY"),
        };
        repo.transaction(async |tx| tx.count(Site::query()).await).await.unwrap();
        assert_eq!(heard(), [write, "Site: SELECT", "transaction: COMMIT"]);

        let options = TransactionOptions::new().read_only();
        repo.transaction_with(options, async |tx| Err::<(), _>(tx.rollback("no"))).await.unwrap_err();
        assert_eq!(heard(), [read, "transaction: ROLLBACK"]);

        let parts = repo.transaction(async |tx| {
            let failed = tx.savepoint(async |_| Err::<(), _>(RepoError::Query("no".to_owned()))).await;
            failed.unwrap_err();
            tx.savepoint(async |_| Ok::<_, RepoError>(())).await
        });
        parts.await.unwrap();
        let savepoints = ["SAVEPOINT s0", "ROLLBACK TO s0; RELEASE s0", "SAVEPOINT s1", "RELEASE s1"];
        let savepoints = savepoints.map(|sql| format!("transaction: {sql}"));
        assert_eq!(heard(), [&[write.to_owned()], &savepoints[..], &["transaction: COMMIT".to_owned()]].concat());
        database.remove().await;
    }
}

#[tokio::test]
async fn values_and_backtraces_are_told_on_request() {
    let database = Database::sqlite();
    let mut told = None;
    let repo = with(&database, |repo| {
        let (repo, tell) = telling(repo.log_params(true).backtraces(true));
        told = Some(tell);
        repo
    })
    .await;
    repo.all(Robot::query().filter(|r| r.battery.lt(50.0))).await.unwrap();
    let told = told.unwrap().lock().unwrap().clone();
    assert_eq!(told[0].params, Some(vec![Value::Float(50.0)]));
    assert!(told[0].backtrace);
}

/// Collects what is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn slow_queries_are_warned_about() {
    let database = Database::sqlite();
    let repo = with(&database, |repo| repo.slow_query(Duration::ZERO)).await;
    let quiet = Repo::builder(&database.url).slow_query(None).connect().await.unwrap();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::WARN)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    quiet.query("SELECT 'not this'", vec![]).await.unwrap();
    repo.query("SELECT 'slow', ?", vec![Value::Text("secret".to_owned())]).await.unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("slow query: SELECT 'slow', ?"), "{log}");
    assert!(!log.contains("not this") && !log.contains("secret"), "{log}");
}

#[tokio::test]
async fn plans_are_explained() {
    for dialect in BOTH {
        let database = Database::of(dialect).await;
        let repo = with(&database, |repo| repo).await;
        let query = Robot::query().filter(|r| r.battery.lt(50.0)).order_by(|r| r.battery);
        let plan = repo.explain(&query, Explain::new()).await.unwrap();
        let analyzed = repo.explain(&query, Explain::new().analyze().buffers()).await;
        if dialect == Dialect::Postgres {
            assert!(plan.contains("Seq Scan on robots") && plan.contains("Sort"), "{plan}");
            let analyzed = analyzed.unwrap();
            assert!(analyzed.contains("actual time"), "{analyzed}");
            let json = repo.explain(&query, Explain::new().json()).await.unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap()[0]["Plan"].is_object(), "{json}");
        } else {
            assert!(plan.contains("SCAN r0") && plan.contains("USE TEMP B-TREE FOR ORDER BY"), "{plan}");
            assert!(matches!(analyzed, Err(RepoError::Query(_))));
        }
        let statement = repo.to_sql(&query).unwrap();
        assert_eq!(statement.values, [Value::Float(50.0)]);
        assert!(statement.sql.starts_with("SELECT"));
        database.remove().await;
    }
}
