//! A plug that tells a developer of migrations that have not run (`Phoenix.Ecto.CheckRepoStatus`, `phoenix_ecto` 4.6).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use liveview_core::{Conn, Error, Plug, Result};

use crate::migration::Migrator;

/// The database is older than the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database is older than the application; pending migrations: {count}")]
pub struct PendingMigrations {
    /// How many.
    pub count: usize,
}

/// Refuses requests as long as there are migrations that have not run: status 503, and on the page for developers a button that runs them. For
/// development, before whatever needs the database; one who migrates at the start needs no such plug.
///
/// Once nothing is pending the database is not asked again.
pub fn check_repo_status(migrator: Migrator) -> impl Plug {
    let (migrator, is_up) = (Arc::new(migrator), Arc::new(AtomicBool::new(false)));
    move |_: Conn| {
        let (migrator, is_up) = (migrator.clone(), is_up.clone());
        async move {
            if is_up.load(Ordering::Relaxed) {
                return Ok::<_, Error>(());
            }
            check(migrator).await?;
            is_up.store(true, Ordering::Relaxed);
            Ok(())
        }
    }
}

async fn check(migrator: Arc<Migrator>) -> Result<()> {
    let count = migrator.status().await?.pending();
    if count == 0 {
        return Ok(());
    }
    let run = move || {
        let migrator = migrator.clone();
        async move { Ok(migrator.up().await.map(drop)?) }
    };
    Err(Error::from(PendingMigrations { count }).with_status(503).with_action("Run migrations", run))
}
