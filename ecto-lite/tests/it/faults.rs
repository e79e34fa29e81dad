//! E35, E39: what happens when the database is gone, busy, full or slow, and when nobody waits any more.

use std::time::{Duration, Instant};

use ecto_lite::adapter::{AdapterError, ConstraintKind, Dialect};
use ecto_lite::query::from;
use ecto_lite::repo::RepoBuilder;
use ecto_lite::{Repo, RepoError, Value};
use futures_util::{StreamExt, TryStreamExt};

use crate::conformance::schemas::{self, Site};
use crate::support::Database;

/// A database with the tables for tests, and a repo of its own kind for it.
async fn with(database: &Database, options: impl FnOnce(RepoBuilder) -> RepoBuilder) -> Repo {
    let repo = options(Repo::builder(&database.url)).connect().await.unwrap();
    repo.execute_script(schemas::tables(repo.dialect())).await.unwrap();
    repo
}

fn int(rows: &ecto_lite::repo::Rows) -> i64 {
    let Value::Int(number) = rows.rows[0][0] else { panic!("{rows:?}") };
    number
}

async fn backend(repo: &Repo) -> i64 {
    int(&repo.query("SELECT pg_backend_pid()", vec![]).await.unwrap())
}

/// Ends a server process and waits until it is gone.
async fn kill(admin: &Repo, backend: i64) {
    admin.query("SELECT pg_terminate_backend($1::integer, 10000)", vec![Value::Int(backend)]).await.unwrap();
}

/// Waits until `condition` holds of what the server says.
async fn until(admin: &Repo, sql: &'static str, wanted: i64) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while int(&admin.query(sql, vec![]).await.unwrap()) != wanted {
        assert!(Instant::now() < deadline, "still not {wanted}: {sql}");
        tokio::task::yield_now().await;
    }
}

const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

/// Endless in SQLite, unless interrupted.
const ENDLESS: &str =
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n WHERE i < 0";

#[tokio::test]
async fn an_idle_connection_that_broke_is_replaced_unnoticed() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    let admin = Repo::connect(&database.url).await.unwrap();
    for _ in 0..3 {
        kill(&admin, backend(&repo).await).await;
        assert_eq!(repo.query("SELECT 1", vec![]).await.unwrap().rows.len(), 1);
        kill(&admin, backend(&repo).await).await;
        let began = repo.transaction(|tx| async move { tx.query("SELECT 1", vec![]).await }).await;
        assert!(began.is_ok(), "{began:?}");
    }
    database.remove().await;
}

#[tokio::test]
async fn a_connection_that_breaks_in_a_transaction_is_an_error_and_the_pool_heals() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    let admin = Repo::connect(&database.url).await.unwrap();
    let answer: Result<(), RepoError> = repo
        .transaction(|tx| {
            let admin = admin.clone();
            async move {
                tx.execute_script("INSERT INTO sites (name) VALUES ('lost')").await?;
                kill(&admin, backend(&tx).await).await;
                tx.execute_script("INSERT INTO sites (name) VALUES ('lost too')").await
            }
        })
        .await;
    assert!(matches!(answer, Err(RepoError::Adapter(AdapterError::Disconnected(_)))), "{answer:?}");
    let swallowed: Result<(), RepoError> = repo
        .transaction(|tx| {
            let admin = admin.clone();
            async move {
                tx.execute_script("INSERT INTO sites (name) VALUES ('lost')").await?;
                kill(&admin, backend(&tx).await).await;
                Ok(())
            }
        })
        .await;
    assert!(matches!(swallowed, Err(RepoError::Adapter(AdapterError::Disconnected(_)))), "{swallowed:?}");
    assert_eq!(int(&repo.query("SELECT count(*) FROM sites", vec![]).await.unwrap()), 0);
    database.remove().await;
}

#[tokio::test]
async fn a_statement_that_may_have_run_is_never_sent_again() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    let admin = Repo::connect(&database.url).await.unwrap();
    repo.execute_script("CREATE SEQUENCE runs").await.unwrap();
    let victim = backend(&repo).await;
    let mut statement = None;
    admin
        .checkout(|holder| {
            let statement = &mut statement;
            let (repo, admin) = (repo.clone(), admin.clone());
            async move {
                holder.query("SELECT pg_advisory_lock(1)", vec![]).await?;
                *statement = Some(tokio::spawn(async move {
                    repo.query("SELECT nextval('runs'), pg_advisory_lock(1)", vec![]).await
                }));
                until(&admin, WAITING, 1).await;
                kill(&admin, victim).await;
                holder.query("SELECT pg_advisory_unlock(1)", vec![]).await
            }
        })
        .await
        .unwrap();
    let answer = statement.unwrap().await.unwrap();
    // Nothing of it was kept, as the goodbye came before its end; but `nextval` is never taken back.
    let runs = int(&repo.query("SELECT last_value FROM runs", vec![]).await.unwrap());
    assert!(matches!(answer, Err(RepoError::Adapter(AdapterError::Disconnected(_)))), "{answer:?}");
    assert_eq!(runs, 1);
    database.remove().await;
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_is_ended_at_the_server() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    let admin = Repo::connect(&database.url).await.unwrap();
    let before = backend(&repo).await;
    admin
        .checkout(|holder| {
            let (repo, admin) = (repo.clone(), admin.clone());
            async move {
                holder.query("SELECT pg_advisory_lock(1)", vec![]).await?;
                let statement = tokio::spawn({
                    let repo = repo.clone();
                    async move { repo.query("SELECT pg_advisory_lock(1)", vec![]).await }
                });
                until(&admin, WAITING, 1).await;
                statement.abort();
                until(&admin, WAITING, 0).await;
                // The connection itself is as good as before.
                assert_eq!(backend(&repo).await, before);
                Ok::<_, RepoError>(())
            }
        })
        .await
        .unwrap();
    database.remove().await;
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up_on_postgres() {
    let database = Database::postgres().await;
    let limit = Duration::from_millis(50);
    let repo = Repo::builder(&database.url).max_connections(1).query_timeout(limit).connect().await.unwrap();
    let admin = Repo::connect(&database.url).await.unwrap();
    let before = backend(&repo).await;
    admin
        .checkout(|holder| {
            let repo = repo.clone();
            async move {
                holder.query("SELECT pg_advisory_lock(1)", vec![]).await?;
                let answer = repo.query("SELECT pg_advisory_lock(1)", vec![]).await;
                assert!(matches!(answer, Err(RepoError::Timeout { limit: of }) if of == limit), "{answer:?}");
                assert_eq!(backend(&repo).await, before);
                // In a transaction, whoever swallows the error cannot commit.
                let answer = repo
                    .transaction(|tx| async move {
                        let _ = tx.query("SELECT pg_advisory_lock(1)", vec![]).await;
                        Ok::<_, RepoError>(())
                    })
                    .await;
                assert!(matches!(answer, Err(RepoError::Rollback(_))), "{answer:?}");
                Ok::<_, RepoError>(())
            }
        })
        .await
        .unwrap();
    database.remove().await;
}

#[tokio::test]
async fn a_stream_that_takes_too_long_is_given_up_as_a_query_is() {
    let database = Database::postgres().await;
    let limit = Duration::from_millis(50);
    let repo = with(&database, |repo| repo.max_connections(1).query_timeout(limit)).await;
    let admin = Repo::connect(&database.url).await.unwrap();
    admin
        .transaction(|holder| {
            let repo = repo.clone();
            async move {
                holder.execute_script("LOCK TABLE sites IN ACCESS EXCLUSIVE MODE").await?;
                let answer = repo.stream(from::<Site>()).next().await.expect("an error");
                assert!(matches!(answer, Err(RepoError::Timeout { limit: of }) if of == limit), "{answer:?}");
                Ok::<_, RepoError>(())
            }
        })
        .await
        .unwrap();
    database.remove().await;
}

#[tokio::test]
async fn what_was_prepared_before_a_table_changed_is_prepared_again() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    repo.insert(Site { name: "Mars".into(), ..Site::default() }).await.unwrap();
    let names = || from::<Site>().select(|s| s.name);
    assert_eq!(repo.all(names()).await.unwrap(), ["Mars"]);
    repo.execute_script("ALTER TABLE sites ALTER COLUMN name TYPE varchar(50)").await.unwrap();
    assert_eq!(repo.stream(names()).try_collect::<Vec<_>>().await.unwrap(), ["Mars"]);
    repo.execute_script("ALTER TABLE sites ALTER COLUMN name TYPE text").await.unwrap();
    assert_eq!(repo.all(names()).await.unwrap(), ["Mars"]);
    database.remove().await;
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up_on_sqlite() {
    let database = Database::sqlite();
    let limit = Duration::from_millis(200);
    let repo = with(&database, |repo| repo.max_connections(1).query_timeout(limit)).await;
    let answer = repo.query(ENDLESS, vec![]).await;
    assert!(matches!(answer, Err(RepoError::Timeout { limit: of }) if of == limit), "{answer:?}");
    assert_eq!(repo.query("SELECT 1", vec![]).await.unwrap().rows.len(), 1);
    let answer = repo
        .transaction(|tx| async move {
            tx.execute_script("INSERT INTO sites (name) VALUES ('lost')").await?;
            let _ = tx.query(ENDLESS, vec![]).await;
            tx.execute_script("INSERT INTO sites (name) VALUES ('outside')").await
        })
        .await;
    assert!(answer.is_err());
    assert_eq!(int(&repo.query("SELECT count(*) FROM sites", vec![]).await.unwrap()), 0);
}

#[tokio::test]
async fn an_endless_query_that_nobody_waits_for_is_interrupted() {
    let database = Database::sqlite();
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    let dropped = tokio::time::timeout(Duration::from_millis(20), repo.query(ENDLESS, vec![])).await;
    assert!(dropped.is_err());
    // The same connection, for there is only one.
    assert_eq!(repo.query("SELECT 1", vec![]).await.unwrap().rows.len(), 1);
    assert_eq!(repo.pool_status().connections, 1);
}

#[tokio::test]
async fn a_file_that_another_program_writes_to_is_busy_in_bounded_time() {
    let database = Database::sqlite();
    let limit = Duration::from_millis(100);
    let repo = with(&database, |repo| repo.busy_timeout(limit)).await;
    // As good as another program: it does not stand in this repo's queue.
    let other = Repo::connect(&database.url).await.unwrap();
    let answer: Result<(), RepoError> = other
        .transaction(|tx| {
            let repo = repo.clone();
            async move {
                tx.execute_script("INSERT INTO sites (name) VALUES ('theirs')").await?;
                let began = Instant::now();
                for answer in [
                    repo.execute_script("INSERT INTO sites (name) VALUES ('ours')").await,
                    repo.transaction(|tx| async move { tx.query("SELECT 1", vec![]).await.map(drop) }).await,
                ] {
                    assert!(matches!(answer, Err(RepoError::Adapter(AdapterError::Busy(_)))), "{answer:?}");
                }
                assert!(began.elapsed() >= 2 * limit && began.elapsed() < Duration::from_secs(20));
                // Reading does not wait.
                assert_eq!(int(&repo.query("SELECT count(*) FROM sites", vec![]).await?), 0);
                Ok(())
            }
        })
        .await;
    answer.unwrap();
    repo.execute_script("INSERT INTO sites (name) VALUES ('ours')").await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_said_and_nothing_is_half_done() {
    let database = Database::sqlite();
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    let pages = int(&repo.query("PRAGMA page_count", vec![]).await.unwrap());
    repo.execute_script(&format!("PRAGMA max_page_count = {}", pages + 4)).await.unwrap();
    let full = repo.command("INSERT INTO sites (name) VALUES (hex(zeroblob(60000)))", vec![]).await;
    assert!(matches!(full, Err(RepoError::Adapter(AdapterError::DiskFull(_)))), "{full:?}");
    let answer = repo
        .transaction(|tx| async move {
            tx.execute_script("INSERT INTO sites (name) VALUES ('before')").await?;
            let full = tx.command("INSERT INTO sites (name) VALUES (hex(zeroblob(60000)))", vec![]).await;
            assert!(matches!(full, Err(RepoError::Adapter(AdapterError::DiskFull(_)))), "{full:?}");
            // SQLite may have rolled back by itself: this must not be committed alone.
            let after = tx.execute_script("INSERT INTO sites (name) VALUES ('after')").await;
            assert!(matches!(after, Err(RepoError::Rollback(_))), "{after:?}");
            Ok::<_, RepoError>(())
        })
        .await;
    assert!(matches!(answer, Err(RepoError::Rollback(_))), "{answer:?}");
    assert_eq!(int(&repo.query("SELECT count(*) FROM sites", vec![]).await.unwrap()), 0);
    let check = repo.query("PRAGMA integrity_check", vec![]).await.unwrap();
    assert_eq!(check.rows, [[Value::Text("ok".to_owned())]]);
    repo.execute_script("INSERT INTO sites (name) VALUES ('small')").await.unwrap();
}

#[tokio::test]
async fn a_pool_that_is_used_up_says_how_long_was_waited() {
    let database = Database::sqlite();
    // The first connection is opened in it, too.
    let limit = Duration::from_millis(500);
    let repo = with(&database, |repo| repo.max_connections(1).acquire_timeout(limit)).await;
    repo.checkout(|_held| {
        let repo = repo.clone();
        async move {
            let answer = repo.query("SELECT 1", vec![]).await;
            let Err(RepoError::PoolTimeout { queued }) = answer else { panic!("{answer:?}") };
            assert!(queued >= limit);
            assert!(RepoError::PoolTimeout { queued }.to_string().contains("max_connections"));
            Ok::<_, RepoError>(())
        }
    })
    .await
    .unwrap();
    assert_eq!(repo.query("SELECT 1", vec![]).await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn a_wrong_url_says_what_is_right() {
    for url in ["robots.db", "mysql://localhost/x", ""] {
        let error = Repo::connect(url).await.unwrap_err();
        let RepoError::Adapter(AdapterError::Configuration(why)) = error else { panic!("{error:?}") };
        assert!(why.contains("sqlite://") && why.contains("postgres://"), "{why}");
    }
    let error = Repo::connect("mysql://root:secret@localhost/x").await.unwrap_err();
    assert!(!format!("{error:?}").contains("secret"));
    let folder = tempfile::tempdir().unwrap();
    let error = Repo::connect(&format!("sqlite://{}/none.db", folder.path().display())).await.unwrap_err();
    let RepoError::Adapter(AdapterError::Configuration(why)) = error else { panic!("{error:?}") };
    assert!(why.contains("mode=rwc"), "{why}");
    let error = Repo::connect("postgres://nobody@127.0.0.1:1/none").await.unwrap_err();
    assert!(matches!(error, RepoError::Adapter(AdapterError::Disconnected(_))), "{error:?}");
}

#[tokio::test]
async fn a_database_in_memory_is_one_and_stays() {
    let repo = Repo::connect("sqlite::memory:").await.unwrap();
    repo.execute_script("CREATE TABLE kept (id INTEGER); INSERT INTO kept VALUES (1)").await.unwrap();
    let reads = (0..20).map(|_| repo.query("SELECT count(*) FROM kept", vec![]));
    for found in futures_util::future::join_all(reads).await {
        assert_eq!(int(&found.unwrap()), 1);
    }
    assert_eq!(repo.pool_status().connections, 1);
}

#[tokio::test]
async fn tables_that_change_do_not_break_prepared_statements() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let database = Database::of(dialect).await;
        let repo = with(&database, |repo| repo.max_connections(1)).await;
        for columns in 2..5 {
            let found = repo.query("SELECT * FROM sites", vec![]).await;
            assert!(found.is_ok(), "{found:?}");
            repo.command("INSERT INTO sites (name) VALUES ('a')", vec![]).await.unwrap();
            let found = repo.query("SELECT * FROM sites", vec![]).await.unwrap();
            assert_eq!(found.columns.len(), columns);
            repo.execute_script(&format!("ALTER TABLE sites ADD COLUMN c{columns} text")).await.unwrap();
        }
        database.remove().await;
    }
}

#[tokio::test]
async fn the_same_text_may_bind_other_types() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(1)).await;
    for _ in 0..2 {
        for value in [Value::Int(7), Value::Text("seven".to_owned()), Value::Float(7.5), Value::Bool(true)] {
            let found = repo.query("SELECT $1", vec![value.clone()]).await.unwrap();
            assert_eq!(found.rows, [[value]]);
        }
    }
    database.remove().await;
}

#[tokio::test]
async fn constraints_are_told_apart() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let database = Database::of(dialect).await;
        let repo = with(&database, |repo| repo).await;
        let refused = async |sql: &'static str| match repo.command(sql, vec![]).await {
            Err(RepoError::Adapter(AdapterError::Constraint { kind, name, columns, .. })) => (kind, name, columns),
            other => panic!("{other:?}"),
        };
        let (kind, name, columns) = refused("INSERT INTO robots (name) VALUES ('a'), ('a')").await;
        assert_eq!(kind, ConstraintKind::Unique);
        assert!(name == "robots_name_index" || columns == ["name"], "{name} {columns:?}");
        let (kind, name, _) = refused("INSERT INTO robots (name, battery) VALUES ('a', 101)").await;
        assert_eq!((kind, &*name), (ConstraintKind::Check, "robots_battery_range"));
        let (kind, _, columns) = refused("INSERT INTO robots (name) VALUES (NULL)").await;
        assert_eq!((kind, &columns[..]), (ConstraintKind::NotNull, &["name".to_owned()][..]));
        let (kind, ..) = refused("INSERT INTO robots (name, site_id) VALUES ('a', 99)").await;
        assert_eq!(kind, ConstraintKind::ForeignKey);
        let (kind, _, columns) = refused("INSERT INTO robots_tags SELECT 1, 1 UNION ALL SELECT 1, 1").await;
        assert_eq!(kind, ConstraintKind::Unique);
        assert!(columns == ["robot_id", "tag_id"] || dialect == Dialect::Postgres);
        database.remove().await;
    }
}

#[tokio::test]
async fn a_repo_that_only_reads_is_kept_to_it() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let database = Database::of(dialect).await;
        let primary = with(&database, |repo| repo.replica(&database.url).replica(&database.url)).await;
        primary.execute_script("INSERT INTO sites (name) VALUES ('a')").await.unwrap();
        let read_only = Repo::builder(&database.url).read_only().connect().await.unwrap();
        for repo in [read_only, primary.replica(), primary.replica()] {
            assert_eq!(int(&repo.query("SELECT count(*) FROM sites", vec![]).await.unwrap()), 1);
            let answer = repo.execute_script("INSERT INTO sites (name) VALUES ('b')").await;
            assert!(matches!(answer, Err(RepoError::Adapter(AdapterError::ReadOnly(_)))), "{answer:?}");
        }
        // In a transaction there is one connection, and that is to the primary.
        let written = primary.transaction(|tx| async move {
            tx.replica().execute_script("INSERT INTO sites (name) VALUES ('c')").await
        });
        written.await.unwrap();
        database.remove().await;
    }
}

#[tokio::test]
async fn connections_are_replaced_on_demand_and_refused_after_the_end() {
    let database = Database::postgres().await;
    let repo = with(&database, |repo| repo.max_connections(2)).await;
    let before = backend(&repo).await;
    repo.disconnect_all();
    assert_eq!(repo.pool_status().idle, 0);
    assert_ne!(backend(&repo).await, before);
    let during = repo
        .checkout(|one| {
            let repo = repo.clone();
            async move {
                let during = backend(&one).await;
                repo.disconnect_all();
                assert_eq!(backend(&one).await, during, "what is in use is left alone");
                Ok::<_, RepoError>(during)
            }
        })
        .await
        .unwrap();
    assert_ne!(backend(&repo).await, during);
    repo.close().await;
    let answer = repo.query("SELECT 1", vec![]).await;
    assert!(matches!(answer, Err(RepoError::Adapter(AdapterError::Configuration(_)))), "{answer:?}");
    assert_eq!(repo.pool_status().connections, 0);
    database.remove().await;
}
