//! Ending a child within its limit.

use tokio::time::timeout;

use crate::supervision::child::Shutdown;
use crate::supervision::exit::ExitReason;
use crate::supervision::process::{LAST, Process};

/// Ends it. When this returns it has ended, or holds its thread and was left behind, with a line in the log.
pub(super) async fn stop(process: &Process, how: Shutdown) {
    match how {
        Shutdown::BrutalKill => process.kill(),
        Shutdown::Infinity => {
            process.exit(ExitReason::Shutdown);
            process.ended().await;
        }
        Shutdown::Within(limit) => {
            process.exit(ExitReason::Shutdown);
            if timeout(limit, process.ended()).await.is_err() {
                tracing::error!(child = process.name(), ?limit, "a child did not end within its limit and is killed");
                process.kill();
            }
        }
    }
    if timeout(LAST, process.ended()).await.is_err() {
        tracing::error!(
            child = process.name(),
            "a child that was killed never waits, so it holds its thread and is left behind; do such work in spawn_blocking"
        );
    }
}
