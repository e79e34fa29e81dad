//! E35: transactions, savepoints, checkouts.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use ecto_lite::adapter::{AdapterError, Dialect, TransactionOptions};
use ecto_lite::{Repo, RepoError, Schema};
use tokio::sync::{Barrier, Notify, oneshot};

use super::schemas::Site;

/// A site by name; the same name may come twice.
async fn add(repo: &Repo, name: &str) -> Result<(), RepoError> {
    repo.execute_script(&format!("INSERT INTO sites (name) VALUES ('{name}')")).await
}

/// Violates `robots_name_index`.
async fn clash(repo: &Repo) -> Result<(), RepoError> {
    repo.command("INSERT INTO robots (name) VALUES ('twice'), ('twice')", vec![]).await.map(drop)
}

async fn names(repo: &Repo) -> Vec<String> {
    repo.all(Site::query().select(|s| s.name).order_by(|s| s.name)).await.unwrap()
}

const NONE: [&str; 0] = [];

pub async fn a_transaction_commits_what_it_did(repo: Repo) {
    let outside = repo.clone();
    let answer = repo
        .transaction(|tx| async move {
            assert!(tx.in_transaction() && tx.is_checked_out());
            add(&tx, "a").await?;
            assert_eq!(names(&tx).await, ["a"]);
            assert_eq!(names(&outside).await, NONE, "others do not see it before it is committed");
            Ok::<_, RepoError>(42)
        })
        .await;
    assert_eq!(answer.unwrap(), 42);
    assert!(!repo.in_transaction());
    assert_eq!(names(&repo).await, ["a"]);
}

pub async fn an_error_rolls_back(repo: Repo) {
    let answer: Result<(), RepoError> = repo
        .transaction(|tx| async move {
            add(&tx, "a").await?;
            Err(tx.rollback("no"))
        })
        .await;
    assert!(matches!(answer, Err(RepoError::Rollback(why)) if why == "no"));
    assert_eq!(names(&repo).await, NONE);
}

pub async fn an_error_may_be_of_any_type(repo: Repo) {
    #[derive(Debug, PartialEq)]
    enum Refused {
        Tired,
        Repo(String),
    }
    impl From<RepoError> for Refused {
        fn from(error: RepoError) -> Self {
            Self::Repo(error.to_string())
        }
    }
    let answer: Result<(), Refused> = repo
        .transaction(|tx| async move {
            add(&tx, "a").await?;
            Err(Refused::Tired)
        })
        .await;
    assert_eq!(answer, Err(Refused::Tired));
    let answer: Result<(), Refused> = repo.transaction(|tx| async move { Ok(clash(&tx).await?) }).await;
    assert_eq!(answer, Err(Refused::Repo("the database failed".to_owned())));
    assert_eq!(names(&repo).await, NONE);
}

pub async fn a_panic_rolls_back(repo: Repo) {
    let task = tokio::spawn({
        let repo = repo.clone();
        async move {
            repo.transaction(|tx| async move {
                add(&tx, "a").await?;
                assert!(!tx.in_transaction(), "the panic that this is about");
                Ok::<_, RepoError>(())
            })
            .await
        }
    });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(names(&repo).await, NONE);
    // And the connection is as good as new.
    repo.transaction(|tx| async move { add(&tx, "b").await }).await.unwrap();
    assert_eq!(names(&repo).await, ["b"]);
}

pub async fn an_inner_transaction_joins_the_outer_one(repo: Repo) {
    repo.transaction(|tx| async move {
        add(&tx, "outer").await?;
        tx.transaction(|tx| async move { add(&tx, "inner").await }).await
    })
    .await
    .unwrap();
    assert_eq!(names(&repo).await, ["inner", "outer"]);
}

pub async fn an_inner_failure_rolls_back_the_outer_one(repo: Repo) {
    let answer: Result<(), RepoError> = repo
        .transaction(|tx| async move {
            add(&tx, "outer").await?;
            let inner: Result<(), RepoError> = tx.transaction(|tx| async move { Err(tx.rollback("inner")) }).await;
            assert!(matches!(inner, Err(RepoError::Rollback(why)) if why == "inner"));
            add(&tx, "later").await?;
            // Although this one is content.
            Ok(())
        })
        .await;
    assert!(matches!(answer, Err(RepoError::Rollback(_))), "{answer:?}");
    assert_eq!(names(&repo).await, NONE);
}

pub async fn a_savepoint_fails_by_itself(repo: Repo) {
    repo.transaction(|tx| async move {
        add(&tx, "before").await?;
        let failed: Result<(), RepoError> = tx
            .savepoint(|sp| async move {
                add(&sp, "inside").await?;
                clash(&sp).await
            })
            .await;
        let Err(RepoError::Adapter(AdapterError::Constraint { columns, name, .. })) = failed else { panic!("{failed:?}") };
        assert!(columns == ["name"] || name == "robots_name_index", "{name} {columns:?}");
        add(&tx, "after").await?;
        tx.savepoint(|sp| async move {
            add(&sp, "kept").await?;
            let _: Result<(), RepoError> = sp
                .savepoint(|sp| async move {
                    add(&sp, "deeper").await?;
                    Err(RepoError::Query("no".to_owned()))
                })
                .await;
            Ok::<_, RepoError>(())
        })
        .await
    })
    .await
    .unwrap();
    assert_eq!(names(&repo).await, ["after", "before", "kept"]);
}

pub async fn a_joined_transaction_fails_its_savepoint_alone(repo: Repo) {
    repo.transaction(|tx| async move {
        add(&tx, "outer").await?;
        let savepoint: Result<(), RepoError> = tx
            .savepoint(|sp| async move {
                add(&sp, "inside").await?;
                let _: Result<(), RepoError> = sp.transaction(|tx| async move { Err(tx.rollback("no")) }).await;
                Ok(())
            })
            .await;
        assert!(matches!(savepoint, Err(RepoError::Rollback(_))), "{savepoint:?}");
        Ok::<_, RepoError>(())
    })
    .await
    .unwrap();
    assert_eq!(names(&repo).await, ["outer"]);
}

pub async fn a_savepoint_outside_of_a_transaction_is_one(repo: Repo) {
    let _: Result<(), RepoError> = repo
        .savepoint(|sp| async move {
            assert!(sp.in_transaction());
            add(&sp, "a").await?;
            Err(RepoError::Query("no".to_owned()))
        })
        .await;
    assert_eq!(names(&repo).await, NONE);
}

pub async fn a_dropped_savepoint_is_undone_before_anything_else(repo: Repo) {
    repo.transaction(|tx| async move {
        let inside = Arc::new(Notify::new());
        let (sp, entered) = (tx.clone(), Arc::clone(&inside));
        let mut savepoint = Box::pin(async move {
            sp.savepoint(|sp| async move {
                add(&sp, "dropped").await?;
                entered.notify_one();
                std::future::pending::<Result<(), RepoError>>().await
            })
            .await
        });
        tokio::select! {
            _ = &mut savepoint => unreachable!("it waits for ever"),
            () = inside.notified() => {}
        }
        drop(savepoint);
        add(&tx, "after").await
    })
    .await
    .unwrap();
    assert_eq!(names(&repo).await, ["after"]);
}

pub async fn savepoints_side_by_side_wait_for_one_another(repo: Repo) {
    repo.transaction(|tx| async move {
        let one = |name: &'static str, fails: bool| {
            let tx = tx.clone();
            async move {
                tx.savepoint(|sp| async move {
                    add(&sp, name).await?;
                    tokio::task::yield_now().await;
                    add(&sp, name).await?;
                    if fails { Err(RepoError::Query("no".to_owned())) } else { Ok(()) }
                })
                .await
            }
        };
        let (a, b, c) = tokio::join!(one("a", false), one("b", true), one("c", false));
        assert!(a.is_ok() && b.is_err() && c.is_ok());
        Ok::<_, RepoError>(())
    })
    .await
    .unwrap();
    assert_eq!(names(&repo).await, ["a", "a", "c", "c"]);
}

pub async fn a_dropped_transaction_rolls_back_and_leaks_nothing(repo: Repo) {
    for round in 0..60 {
        let inserted = AtomicBool::new(false);
        let mut inside = Box::pin(repo.transaction(async |tx| {
            add(&tx, "never").await?;
            inserted.store(true, Ordering::Relaxed);
            std::future::pending::<Result<(), RepoError>>().await
        }));
        // Woken a few times and dropped wherever it is then: before, in or after `begin`, in the insert, after it.
        let mut polls = 0;
        std::future::poll_fn(|context| {
            assert!(inside.as_mut().poll(context).is_pending());
            polls += 1;
            if polls > round % 4 || inserted.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        drop(inside);
    }
    repo.transaction(|tx| async move { add(&tx, "real").await }).await.unwrap();
    assert_eq!(names(&repo).await, ["real"]);
    repo.close().await;
    assert_eq!(repo.pool_status().connections, 0);
}

pub async fn handles_that_outlive_their_transaction_are_refused(repo: Repo) {
    let leaked = repo.transaction(|tx| async move { Ok::<_, RepoError>(tx) }).await.unwrap();
    assert!(matches!(add(&leaked, "late").await, Err(RepoError::Query(_))));
    let leaked = repo.checkout(|one| async move { Ok::<_, RepoError>(one) }).await.unwrap();
    assert!(matches!(add(&leaked, "late").await, Err(RepoError::Query(_))));
    assert_eq!(names(&repo).await, NONE);
}

pub async fn a_time_out_rolls_back(repo: Repo) {
    let options = TransactionOptions::new().timeout(Duration::from_millis(100));
    let answer = repo
        .transaction_with(options, |tx| async move {
            add(&tx, "never").await?;
            std::future::pending::<Result<(), RepoError>>().await
        })
        .await;
    assert!(matches!(answer, Err(RepoError::Timeout { limit }) if limit == Duration::from_millis(100)), "{answer:?}");
    add(&repo, "after").await.unwrap();
    assert_eq!(names(&repo).await, ["after"]);
}

pub async fn a_transaction_that_only_reads_may_not_write_on_postgres_and_does_not_wait_on_sqlite(repo: Repo) {
    let (say_begun, begun) = oneshot::channel();
    let (release, finish) = oneshot::channel::<()>();
    let writer = tokio::spawn({
        let repo = repo.clone();
        async move {
            repo.transaction(|tx| async move {
                add(&tx, "written").await?;
                say_begun.send(()).unwrap();
                finish.await.unwrap();
                Ok::<_, RepoError>(())
            })
            .await
        }
    });
    begun.await.unwrap();
    let read_only = TransactionOptions::new().read_only();
    let seen = repo.transaction_with(read_only, |tx| async move { Ok::<_, RepoError>(names(&tx).await) }).await;
    assert_eq!(seen.unwrap(), NONE);
    release.send(()).unwrap();
    writer.await.unwrap().unwrap();
    if repo.dialect() == Dialect::Postgres {
        let refused = repo.transaction_with(read_only, |tx| async move { add(&tx, "x").await }).await;
        assert!(matches!(refused, Err(RepoError::Adapter(AdapterError::ReadOnly(_)))));
    }
}

pub async fn a_failed_statement_that_was_swallowed_is_never_committed_as_success(repo: Repo) {
    let answer: Result<(), RepoError> = repo
        .transaction(|tx| async move {
            add(&tx, "before").await?;
            assert!(clash(&tx).await.is_err());
            Ok(())
        })
        .await;
    if repo.dialect() == Dialect::Postgres {
        // Which answers such a `commit` by a rollback that looks like success.
        assert!(matches!(answer, Err(RepoError::Rollback(_))), "{answer:?}");
        assert_eq!(names(&repo).await, NONE);
    } else {
        assert!(answer.is_ok());
        assert_eq!(names(&repo).await, ["before"]);
    }
}

pub async fn a_checkout_is_one_connection_and_no_transaction(repo: Repo) {
    let answer: Result<(), RepoError> = repo
        .checkout(|one| async move {
            assert!(one.is_checked_out() && !one.in_transaction());
            let table = if one.dialect() == Dialect::Sqlite { "TEMP TABLE mine" } else { "TEMPORARY TABLE mine" };
            one.execute_script(&format!("CREATE {table} (id bigint)")).await?;
            // Another connection would not have it.
            assert_eq!(one.command("INSERT INTO mine VALUES (1)", vec![]).await?, 1);
            let rolled_back: Result<(), RepoError> = one
                .transaction(|tx| async move {
                    assert!(tx.in_transaction());
                    tx.command("INSERT INTO mine VALUES (2)", vec![]).await?;
                    add(&tx, "in the transaction").await?;
                    Err(tx.rollback("no"))
                })
                .await;
            assert!(rolled_back.is_err());
            one.transaction(|tx| async move { tx.command("INSERT INTO mine VALUES (3)", vec![]).await }).await?;
            assert_eq!(one.query("SELECT id FROM mine", vec![]).await?.rows.len(), 2);
            add(&one, "not in one").await?;
            one.execute_script("DROP TABLE mine").await?;
            Err(RepoError::Query("an error does not roll back a checkout".to_owned()))
        })
        .await;
    assert!(answer.is_err());
    assert_eq!(names(&repo).await, ["not in one"]);
}

pub async fn a_commit_that_began_is_carried_out_though_nobody_waits(repo: Repo) {
    for round in 0..20 {
        let (sent, inside) = oneshot::channel();
        let mut transaction = Box::pin(repo.transaction(|tx| async move {
            add(&tx, "maybe").await?;
            sent.send(()).unwrap();
            Ok::<_, RepoError>(())
        }));
        tokio::select! {
            biased;
            answer = &mut transaction => answer.unwrap(),
            // The closure has returned within the same poll, so the commit has been handed to its task.
            _ = inside => {}
        }
        drop(transaction);
        // Behind the commit, whoever is first.
        repo.transaction(|tx| async move { add(&tx, "probe").await }).await.unwrap();
        eventually(&repo, (round + 1) * 2).await;
    }
}

/// Waits until there are `count` sites.
async fn eventually(repo: &Repo, count: i64) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while repo.count(Site::query()).await.unwrap() != count {
        assert!(tokio::time::Instant::now() < deadline, "still not {count} sites");
        tokio::task::yield_now().await;
    }
}

pub async fn a_thousand_transactions_on_ten_connections_lose_and_double_nothing(repo: Repo) {
    repo.execute_script("INSERT INTO sites (id, name) VALUES (1, '0'), (2, '1000')").await.unwrap();
    let all = (0..1_000).map(|_| {
        let repo = repo.clone();
        tokio::spawn(async move {
            repo.transaction(|tx| async move {
                // What one takes the other gets.
                tx.execute_script(
                    "UPDATE sites SET name = CAST(CAST(name AS integer) + 1 AS text) WHERE id = 1;
                     UPDATE sites SET name = CAST(CAST(name AS integer) - 1 AS text) WHERE id = 2",
                )
                .await
            })
            .await
        })
    });
    for task in futures_util::future::join_all(all).await {
        task.unwrap().unwrap();
    }
    assert_eq!(names(&repo).await, ["0", "1000"]);
    assert_eq!(repo.get::<Site>(1_i64).await.unwrap().unwrap().name, "1000");
    assert!(repo.pool_status().connections <= 10);
}

pub async fn two_that_wait_for_each_other_are_told_that_it_is_busy(repo: Repo) {
    if repo.dialect() == Dialect::Sqlite {
        // One writes at a time: nobody can wait for each other.
        return;
    }
    repo.execute_script("INSERT INTO sites (id, name) VALUES (1, 'a'), (2, 'b')").await.unwrap();
    let both = Arc::new(Barrier::new(2));
    let swap = |first: i64, second: i64| {
        let (repo, both) = (repo.clone(), Arc::clone(&both));
        tokio::spawn(async move {
            repo.transaction(|tx| async move {
                let touch = |id| format!("UPDATE sites SET name = name WHERE id = {id}");
                tx.execute_script(&touch(first)).await?;
                both.wait().await;
                tx.execute_script(&touch(second)).await
            })
            .await
        })
    };
    let (one, other) = (swap(1, 2), swap(2, 1));
    let answers = [one.await.unwrap(), other.await.unwrap()];
    let busy = |answer: &Result<(), RepoError>| matches!(answer, Err(RepoError::Adapter(AdapterError::Busy(_))));
    assert_eq!(answers.iter().filter(|answer| busy(answer)).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
}
