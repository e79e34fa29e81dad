//! E43: tests that share a database and leave nothing in it.

use std::sync::Arc;
use std::time::Duration;

use ecto_lite::adapter::Dialect;
use ecto_lite::repo::Sandbox;
use ecto_lite::{Repo, RepoError, Schema};
use tokio::sync::{Notify, oneshot};

use super::schemas::Site;

async fn add(repo: &Repo, name: &str) -> Result<(), RepoError> {
    repo.execute_script(&format!("INSERT INTO sites (name) VALUES ('{name}')")).await
}

async fn clash(repo: &Repo) -> Result<(), RepoError> {
    repo.command("INSERT INTO robots (name) VALUES ('twice'), ('twice')", vec![]).await.map(drop)
}

async fn names(repo: &Repo) -> Vec<String> {
    repo.all(Site::query().select(|s| s.name).order_by(|s| s.name)).await.unwrap()
}

const NONE: [&str; 0] = [];

pub async fn what_a_test_writes_it_sees_and_nobody_else(repo: Repo) {
    let sandbox = Sandbox::start(&repo).await.unwrap();
    let test = sandbox.repo();
    assert!(!test.in_transaction());
    add(test, "a").await.unwrap();
    // A task of the test has a clone: that is all that an allowance is.
    let task = tokio::spawn({
        let test = test.clone();
        async move { add(&test, "b").await }
    });
    task.await.unwrap().unwrap();
    assert_eq!(names(test).await, ["a", "b"]);
    assert_eq!(names(&repo).await, NONE);
    let late = test.clone();
    sandbox.stop().await.unwrap();
    assert_eq!(names(&repo).await, NONE);
    assert!(matches!(add(&late, "late").await, Err(RepoError::Query(_))));
}

pub async fn a_dropped_sandbox_rolls_back(repo: Repo) {
    let sandbox = repo.sandbox().await.unwrap();
    add(sandbox.repo(), "a").await.unwrap();
    drop(sandbox);
    add(&repo, "b").await.unwrap();
    assert_eq!(names(&repo).await, ["b"]);
}

pub async fn a_failed_statement_spoils_nothing(repo: Repo) {
    let sandbox = repo.sandbox().await.unwrap();
    let test = sandbox.repo();
    add(test, "before").await.unwrap();
    assert!(clash(test).await.is_err());
    assert!(test.query("SELECT nothing FROM nowhere", vec![]).await.is_err());
    add(test, "after").await.unwrap();
    assert_eq!(names(test).await, ["after", "before"]);
    sandbox.stop().await.unwrap();
}

pub async fn transactions_inside_commit_and_roll_back_as_ever(repo: Repo) {
    let sandbox = repo.sandbox().await.unwrap();
    let test = sandbox.repo();
    test.transaction(|tx| async move {
        assert!(tx.in_transaction());
        add(&tx, "kept").await?;
        let savepoint: Result<(), RepoError> = tx
            .savepoint(|sp| async move {
                add(&sp, "undone").await?;
                clash(&sp).await
            })
            .await;
        assert!(savepoint.is_err());
        tx.transaction(|tx| async move { add(&tx, "joined").await }).await
    })
    .await
    .unwrap();
    let failed: Result<(), RepoError> = test
        .transaction(|tx| async move {
            add(&tx, "rolled back").await?;
            Err(tx.rollback("no"))
        })
        .await;
    assert!(failed.is_err());
    let failed: Result<(), RepoError> = test
        .transaction(|tx| async move {
            add(&tx, "rolled back").await?;
            let _ = clash(&tx).await;
            Ok(())
        })
        .await;
    // As without a sandbox: PostgreSQL refuses the rest of a transaction after an error.
    assert_eq!(failed.is_err(), repo.dialect() == Dialect::Postgres);
    assert_eq!(names(test).await.into_iter().filter(|name| name != "rolled back").collect::<Vec<_>>(), ["joined", "kept"]);
    sandbox.stop().await.unwrap();
    assert_eq!(names(&repo).await, NONE);
}

pub async fn the_outer_repo_inside_of_a_transaction_finds_the_same_connection(repo: Repo) {
    let sandbox = repo.sandbox().await.unwrap();
    let test = sandbox.repo().clone();
    let outer = test.clone();
    test.transaction(|tx| async move {
        add(&tx, "a").await?;
        // Application code that has only the outer repo: another connection in production, here there is one.
        assert_eq!(names(&outer).await, ["a"]);
        outer.transaction(|tx| async move { add(&tx, "b").await }).await
    })
    .await
    .unwrap();
    assert_eq!(names(&test).await, ["a", "b"]);
    sandbox.stop().await.unwrap();
}

pub async fn another_tasks_statements_stay_out_of_a_transaction_that_rolls_back(repo: Repo) {
    let sandbox = repo.sandbox().await.unwrap();
    let test = sandbox.repo().clone();
    let inside = Arc::new(Notify::new());
    let (go_on, wait) = oneshot::channel::<()>();
    let transaction = tokio::spawn({
        let (test, inside) = (test.clone(), Arc::clone(&inside));
        async move {
            let result: Result<(), RepoError> = test
                .transaction(|tx| async move {
                    add(&tx, "undone").await?;
                    inside.notify_one();
                    wait.await.unwrap();
                    Err(tx.rollback("no"))
                })
                .await;
            result
        }
    });
    inside.notified().await;
    let mut other = tokio::spawn({
        let test = test.clone();
        async move { add(&test, "stays").await }
    });
    // It waits for the transaction's end, however often it is asked.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!other.is_finished());
    go_on.send(()).unwrap();
    assert!(transaction.await.unwrap().is_err());
    (&mut other).await.unwrap().unwrap();
    assert_eq!(names(&test).await, ["stays"]);
    sandbox.stop().await.unwrap();
}

pub async fn streams_and_checkouts_stay_inside(repo: Repo) {
    use futures_util::TryStreamExt;
    let sandbox = repo.sandbox().await.unwrap();
    let test = sandbox.repo();
    add(test, "a").await.unwrap();
    let streamed: Vec<Site> = test.stream(Site::query()).try_collect().await.unwrap();
    assert_eq!(streamed.len(), 1);
    let seen = test.checkout(|one| async move { Ok::<_, RepoError>(names(&one).await) }).await.unwrap();
    assert_eq!(seen, ["a"]);
    sandbox.stop().await.unwrap();
}

pub async fn a_browser_finds_its_tests_sandbox_by_its_user_agent(repo: Repo) {
    let sandbox = repo.sandbox().await.unwrap();
    add(sandbox.repo(), "a").await.unwrap();
    let agent = format!("Mozilla/5.0 (X11; Linux x86_64) {} Chrome/140", sandbox.metadata());
    let found = Sandbox::of_user_agent(&agent).expect("it is running");
    assert_eq!(names(&found).await, ["a"]);
    assert!(Sandbox::of_user_agent("Mozilla/5.0 (X11; Linux x86_64)").is_none());
    assert!(Sandbox::of_user_agent("EctoSandbox (0123456789abcdef0123456789abcdef)").is_none());
    assert!(Sandbox::of_user_agent("EctoSandbox (what").is_none());
    sandbox.stop().await.unwrap();
    assert!(Sandbox::of_user_agent(&agent).is_none());
}

pub async fn a_sandbox_that_is_kept_too_long_is_taken_back(repo: Repo) {
    let sandbox = Sandbox::start_for(&repo, Duration::from_millis(50)).await.unwrap();
    let test = sandbox.repo();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while add(test, "a").await.is_ok() {
        assert!(tokio::time::Instant::now() < deadline, "it is never taken back");
        tokio::task::yield_now().await;
    }
    assert_eq!(names(&repo).await, NONE);
    // And on SQLite its turn to write, too.
    add(&repo, "b").await.unwrap();
    sandbox.stop().await.unwrap();
}

pub async fn a_thousand_tests_at_once_leave_no_rows(repo: Repo) {
    let tests = (0..1_000).map(|number| {
        let repo = repo.clone();
        tokio::spawn(async move {
            let sandbox = repo.sandbox().await.unwrap();
            let test = sandbox.repo();
            let name = format!("test {number}");
            add(test, &name).await.unwrap();
            test.transaction(|tx| async move { add(&tx, "in a transaction").await }).await.unwrap();
            assert_eq!(names(test).await, ["in a transaction", &*name]);
            // Half of them forget to stop.
            if number % 2 == 0 {
                sandbox.stop().await.unwrap();
            }
        })
    });
    for test in futures_util::future::join_all(tests).await {
        test.unwrap();
    }
    assert_eq!(names(&repo).await, NONE);
}
