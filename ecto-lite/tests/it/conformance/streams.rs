//! E34: rows as they are asked for, at flat memory.

use std::sync::atomic::{AtomicUsize, Ordering};

use ecto_lite::query::from;
use ecto_lite::{Repo, RepoError, Schema};
use futures_util::{StreamExt, TryStreamExt};

use super::schemas::{Mission, Site};

/// Rows that there are at this moment, and the most that there were at any.
#[derive(Default)]
struct Census {
    alive: AtomicUsize,
    most: AtomicUsize,
}

struct Counted<'a> {
    id: i64,
    census: &'a Census,
}

impl Census {
    fn born(&'static self, id: i64) -> Counted<'static> {
        let alive = self.alive.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(alive, Ordering::SeqCst);
        Counted { id, census: self }
    }

    /// One that outlives the query, whose rows refer to it.
    fn leaked() -> &'static Self {
        Box::leak(Box::default())
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.census.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

const ROWS: i64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

async fn fill(repo: &Repo, sites: i64) {
    let numbers = format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sites})");
    let sql = format!("INSERT INTO sites (id, name) {numbers} SELECT i, 'site ' || i FROM n");
    repo.execute_script(&sql).await.expect("the rows fit the table");
}

async fn all_ids_in_order(repo: &Repo, rows: i64) -> Result<usize, RepoError> {
    let census = Census::leaked();
    let query = from::<Site>().order_by(|s| s.id).select(|s| s.id).map(|id| census.born(id));
    let mut stream = repo.stream(query);
    let mut next = 1;
    while let Some(row) = stream.try_next().await? {
        assert_eq!(row.id, next);
        next += 1;
    }
    assert_eq!(next, rows + 1);
    assert_eq!(census.alive.load(Ordering::SeqCst), 0);
    Ok(census.most.load(Ordering::SeqCst))
}

pub async fn many_rows_need_the_memory_of_few(repo: Repo) {
    fill(&repo, ROWS).await;
    let most = all_ids_in_order(&repo, ROWS).await.unwrap();
    assert!(most <= 501, "{most} rows were in memory at once");
}

pub async fn many_rows_need_the_memory_of_few_in_a_transaction(repo: Repo) {
    fill(&repo, ROWS / 10).await;
    let most = repo.transaction(|tx| async move { all_ids_in_order(&tx, ROWS / 10).await }).await.unwrap();
    assert!(most <= 501, "{most} rows were in memory at once");
}

pub async fn whatever_the_size_of_a_chunk_every_row_comes(repo: Repo) {
    fill(&repo, 10).await;
    for max_rows in [0, 1, 3, 5, 10, 11, 1_000] {
        let query = || from::<Site>().order_by(|s| s.id).select(|s| s.id);
        let ids: Vec<i64> = repo.stream_by(query(), max_rows).try_collect().await.unwrap();
        assert_eq!(ids, (1..=10).collect::<Vec<_>>(), "{max_rows}");
        let in_transaction = repo.transaction(|tx| async move {
            let ids: Vec<i64> = tx.stream_by(query(), max_rows).try_collect().await?;
            Ok::<_, RepoError>(ids)
        });
        assert_eq!(in_transaction.await.unwrap(), ids, "{max_rows}");
    }
}

pub async fn values_are_bound_and_rows_are_whole(repo: Repo) {
    fill(&repo, 10).await;
    let query = || from::<Site>().filter(|s| s.name.is_in(vec!["site 3", "'; DROP TABLE sites; --", "site 7"])).order_by(|s| s.id);
    let expected = repo.all(query()).await.unwrap();
    assert_eq!(expected.len(), 2);
    let alone: Vec<Site> = query().stream(&repo).try_collect().await.unwrap();
    assert_eq!(alone, expected);
    let inside = repo.transaction(|tx| async move { tx.stream(query()).try_collect::<Vec<Site>>().await });
    assert_eq!(inside.await.unwrap(), expected);
}

pub async fn a_stream_dropped_early_frees_its_connection(repo: Repo) {
    fill(&repo, 50_000).await;
    // More often than the pool has connections.
    for _ in 0..25 {
        let mut stream = repo.stream(from::<Site>());
        stream.try_next().await.unwrap().expect("a row");
    }
    assert_eq!(repo.count(from::<Site>()).await.unwrap(), 50_000);
}

pub async fn a_transaction_goes_on_while_it_streams(repo: Repo) {
    fill(&repo, 20).await;
    let written = repo.transaction(|tx| async move {
        let mut sites = tx.stream_by(from::<Site>().order_by(|s| s.id), 3);
        while let Some(site) = sites.try_next().await? {
            // The stream keeps to the rows that there were when it began.
            tx.execute_script(&format!("INSERT INTO sites (id, name) VALUES ({}, 'copy')", site.id + 1_000)).await?;
        }
        tx.count(from::<Site>()).await
    });
    assert_eq!(written.await.unwrap(), 40);
    assert_eq!(repo.count(from::<Site>()).await.unwrap(), 40);
}

pub async fn a_transaction_outlives_a_stream_dropped_early(repo: Repo) {
    fill(&repo, 2_000).await;
    let count = repo.transaction(|tx| async move {
        for _ in 0..3 {
            let mut sites = tx.stream_by(from::<Site>(), 10);
            sites.try_next().await?.expect("a row");
        }
        tx.execute_script("DELETE FROM sites WHERE id > 1").await?;
        tx.count(from::<Site>()).await
    });
    assert_eq!(count.await.unwrap(), 1);
    assert_eq!(repo.count(from::<Site>()).await.unwrap(), 1);
}

pub async fn a_stream_sees_what_its_transaction_wrote(repo: Repo) {
    let names = repo.transaction(|tx| async move {
        fill(&tx, 2).await;
        let names: Vec<String> = tx.stream(from::<Site>().order_by(|s| s.id).select(|s| s.name)).try_collect().await?;
        Ok::<_, RepoError>(names)
    });
    assert_eq!(names.await.unwrap(), ["site 1", "site 2"]);
}

pub async fn nothing_runs_before_the_first_row_is_asked_for(repo: Repo) {
    let stream = repo.stream(from::<Site>().select(|s| s.id));
    fill(&repo, 3).await;
    assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap().len(), 3);
}

pub async fn an_error_ends_a_stream(repo: Repo) {
    fill(&repo, 3).await;
    repo.execute_script("DROP TABLE log_entries; DROP TABLE missions").await.unwrap();
    let mut stream = repo.stream(from::<Mission>());
    assert!(stream.next().await.expect("an error").is_err());
    assert!(stream.next().await.is_none());
    assert_eq!(repo.count(from::<Site>()).await.unwrap(), 3);
}

pub async fn a_stream_does_not_preload(repo: Repo) {
    let mut stream = repo.stream(from::<Site>().preload(Site::robots));
    let error = stream.next().await.expect("an error").unwrap_err();
    assert!(matches!(&error, RepoError::Query(why) if why.contains("preload")), "{error:?}");
}

/// A row that does not fit what is read of it.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "sites")]
pub struct Numbered {
    #[schema(primary_key)]
    pub id: i64,
    #[schema(source = "name")]
    pub number: uuid::Uuid,
}

pub async fn rows_come_before_the_error_that_ends_them(repo: Repo) {
    if repo.dialect() == ecto_lite::adapter::Dialect::Postgres {
        // PostgreSQL knows the column's type before the first row.
        return;
    }
    repo.execute_script(
        "INSERT INTO sites (id, name) VALUES (1, '00000000-0000-0000-0000-000000000001'), (2, 'no uuid')",
    )
    .await
    .unwrap();
    let mut stream = repo.stream_by(from::<Numbered>().order_by(|n| n.id), 1);
    assert_eq!(stream.next().await.expect("a row").unwrap().id, 1);
    assert!(matches!(stream.next().await.expect("an error"), Err(RepoError::Load { .. })));
    assert!(stream.next().await.is_none());
}
