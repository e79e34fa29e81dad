//! Who starts runners, and again after a crash: a supervisor of their own, below which they come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ractor::{ActorProcessingErr, ActorRef, SpawnErr};
use ractor_supervisor::{
    ChildBackoffFn, ChildSpec, DynamicSupervisor, DynamicSupervisorMsg, DynamicSupervisorOptions, Restart, SpawnFn,
};
use tokio::task::JoinHandle;

use super::runner::{Job, Runner};

/// How long a runner is left alone after a crash. Also what frees its name for the next one.
const PAUSE: Duration = Duration::from_secs(1);
/// Restarts that the supervisor puts up with within [`WINDOW`] before it gives up: every runner has few lives anyway.
const MAX_RESTARTS: usize = 200;
const WINDOW: Duration = Duration::from_mins(1);

/// A name that nobody else in this process has.
pub(super) fn unique_name(what: &str) -> String {
    static NAMES: AtomicU64 = AtomicU64::new(1);
    format!("missions-{}/{what}", NAMES.fetch_add(1, Ordering::Relaxed))
}

pub(super) async fn start() -> Result<(ActorRef<DynamicSupervisorMsg>, JoinHandle<()>), SpawnErr> {
    let options = DynamicSupervisorOptions {
        max_children: None,
        max_restarts: MAX_RESTARTS,
        max_window: WINDOW,
        reset_after: Some(WINDOW),
    };
    DynamicSupervisor::spawn(unique_name("supervisor"), options).await
}

/// Starts the runner of a job; it runs when this returns.
pub(super) async fn run(supervisor: &ActorRef<DynamicSupervisorMsg>, job: &Arc<Job>) -> Result<(), ActorProcessingErr> {
    let name = job.name.clone();
    let job = Arc::clone(job);
    let spawn = SpawnFn::new(move |supervisor, name| {
        let runner = Runner(Arc::clone(&job));
        async move { Ok(DynamicSupervisor::spawn_linked(name, runner, (), supervisor).await?.0.get_cell()) }
    });
    let spec = ChildSpec {
        id: name,
        // A runner that has done its work ends by itself.
        restart: Restart::Transient,
        spawn_fn: spawn,
        backoff_fn: Some(ChildBackoffFn::new(|_, _, _, _| Some(PAUSE))),
        reset_after: Some(WINDOW),
    };
    DynamicSupervisor::spawn_child(supervisor.clone(), spec).await
}
