//! One process migrates at a time.
//!
//! In SQLite whoever migrates in a transaction holds the only right to write (`begin immediate`). In PostgreSQL it holds
//! an advisory lock until its transaction ends, however it ends; a migration that runs outside of a transaction is
//! guarded by a transaction beside it. The lock is asked for again and again and never waited for by the server: a
//! statement that waits holds a snapshot, for which `CREATE INDEX CONCURRENTLY` would wait in turn.

use std::future::Future;
use std::time::Duration;

use super::MigrationError;
use super::support::{self, Reading};
use crate::adapter::{AdapterError, Dialect, Isolation, TransactionOptions};
use crate::error::RepoError;
use crate::repo::Repo;
use crate::types::Value;

/// Between one question and the next.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Runs `work` in a transaction that holds the lock called `name`; none: without a lock. Waits for whoever else has it.
pub(super) async fn transaction<T, F, Fut>(repo: &Repo, name: Option<&str>, work: F) -> Result<T, MigrationError>
where
    F: Fn(Repo) -> Fut,
    Fut: Future<Output = Result<T, MigrationError>>,
{
    // What others committed while this one waited has to be seen.
    let options = TransactionOptions::new().isolation(Isolation::ReadCommitted);
    let mut pause = FIRST_PAUSE;
    loop {
        let begun = std::sync::atomic::AtomicBool::new(false);
        let (begun_in, work) = (&begun, &work);
        let attempt = repo
            .transaction_with(options, |tx| async move {
                begun_in.store(true, std::sync::atomic::Ordering::Relaxed);
                if let Some(name) = name
                    && !acquire(&tx, name).await?
                {
                    return Ok(None);
                }
                work(tx).await.map(Some)
            })
            .await;
        match attempt {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {}
            // SQLite: another process writes.
            Err(MigrationError::Repo(RepoError::Adapter(AdapterError::Busy(_))))
                if !begun.load(std::sync::atomic::Ordering::Relaxed) => {}
            Err(error) => return Err(error),
        }
        if pause == FIRST_PAUSE {
            tracing::info!("waiting for another process that migrates");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the transaction `tx` has the lock now.
async fn acquire(tx: &Repo, name: &str) -> Result<bool, MigrationError> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(true);
    }
    // The lock must not end with an idle transaction that the server has enough of.
    support::run(tx, vec!["set local idle_in_transaction_session_timeout = 0".into()]).await?;
    let key = vec![Value::Int(key(name))];
    let got = support::rows(tx, "select pg_try_advisory_xact_lock($1)", key, |row| row.bool(0)).await?;
    Ok(got.first() == Some(&true))
}

/// A number for a name (FNV-1a): advisory locks have no names.
fn key(name: &str) -> i64 {
    let hash = format!("ecto_lite migrations {name}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash.cast_signed()
}
