//! E35: transactions, savepoints, checkouts.

use ecto_lite::{Repo, RepoError, Value};

async fn add(repo: &Repo, name: &'static str) -> Result<(), RepoError> {
    let sql = if repo.dialect() == ecto_lite::adapter::Dialect::Sqlite {
        "INSERT INTO sites (name) VALUES (?)"
    } else {
        "INSERT INTO sites (name) VALUES ($1)"
    };
    repo.command(sql, vec![Value::Text(name.to_owned())]).await.map(drop)
}

async fn names(repo: &Repo) -> Vec<String> {
    let found = repo.query("SELECT name FROM sites ORDER BY name", vec![]).await.unwrap();
    found.rows.into_iter().map(|row| if let Value::Text(name) = &row[0] { name.clone() } else { panic!() }).collect()
}

pub async fn a_transaction_commits_what_it_did(repo: Repo) {
    let answer = repo
        .transaction(|tx| async move {
            assert!(tx.in_transaction());
            add(&tx, "a").await?;
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
    assert_eq!(names(&repo).await, [""; 0]);
}
