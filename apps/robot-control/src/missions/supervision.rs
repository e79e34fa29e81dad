//! Who starts runners, and again after a crash: a supervisor below which they come and go, and what ends their missions with the program.

use std::sync::Arc;
use std::time::Duration;

use bennu::prelude::{Child, Supervisor};
use bennu::supervision::{Shutdown, ShutdownSignal, SupervisorRef};

use super::board::Board;
use super::runner::{Job, Runner};
use super::service;

/// How long a runner is left alone after a crash.
const PAUSE: Duration = Duration::from_secs(1);
/// Restarts that the supervisor puts up with within [`WINDOW`] before it gives up: every runner has few lives anyway.
const MAX_RESTARTS: usize = 200;
const WINDOW: Duration = Duration::from_mins(1);
/// How long the ends of missions may take to be written, at the end of the program.
const LAST_WRITES: Duration = Duration::from_mins(1);

/// The missions' supervisor, and the one of their runners below it.
pub(super) fn tree(board: &Arc<Board>) -> (Supervisor, SupervisorRef) {
    let runners = Supervisor::dynamic("runners").intensity(MAX_RESTARTS, WINDOW);
    let handle = runners.handle();
    // The last to start, so that it is the first to end: the runners are there to be told.
    let tree = Supervisor::one_for_one("missions").child(Child::supervisor(runners)).child(interrupter(board));
    (tree, handle)
}

/// Ends all runs as interrupted, when the program ends.
fn interrupter(board: &Arc<Board>) -> Child {
    let board = Arc::clone(board);
    let child = Child::graceful("interrupter", move |shutdown: ShutdownSignal| {
        let board = Arc::clone(&board);
        async move {
            shutdown.requested().await;
            service::interrupt_all(&board).await;
        }
    });
    child.shutdown(Shutdown::Within(LAST_WRITES))
}

/// The runner of a job.
pub(super) fn runner(job: &Arc<Job>) -> Child {
    // One that has done its work ends by itself.
    Child::actor::<Runner>(job.name.clone(), Arc::clone(job)).transient().restart_after(PAUSE)
}
