//! Who starts whom: one supervisor, below it a task per robot and the publisher of the whole fleet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bennu::prelude::PubSub;
use ractor::{ActorRef, SpawnErr};
use ractor_supervisor::{
    ChildBackoffFn, ChildSpec, Restart, SpawnFn, Supervisor, SupervisorArguments, SupervisorMsg, SupervisorOptions,
    SupervisorStrategy,
};
use tokio::task::JoinHandle;

use super::super::driver::{Chassis, Driver};
use super::super::model::RobotId;
use super::super::publisher::Publisher;

/// How long a robot is left alone after a crash. Also what frees the name of the crashed task for the next one.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// Restarts that the supervisor puts up with within [`WINDOW`] before it gives up: every robot ten times.
const MAX_RESTARTS: usize = 200;
const WINDOW: Duration = Duration::from_mins(1);

/// A prefix for the names of one fleet's tasks that no other fleet of this process has.
pub(super) fn unique_prefix() -> String {
    static FLEETS: AtomicU64 = AtomicU64::new(1);
    format!("fleet-{}", FLEETS.fetch_add(1, Ordering::Relaxed))
}

/// The name under which the task of a robot is found.
pub(super) fn driver_name(prefix: &str, id: RobotId) -> String {
    format!("{prefix}/robot-{id}")
}

/// Starts the supervisor, and it starts the rest. All of them run when this returns.
pub(super) async fn start(
    prefix: &str,
    robots: &Arc<[Arc<Chassis>]>,
    pubsub: &PubSub,
) -> Result<(ActorRef<SupervisorMsg>, JoinHandle<()>), SpawnErr> {
    let mut child_specs: Vec<_> = robots.iter().map(|robot| driver(prefix, robot, robots)).collect();
    child_specs.push(publisher(prefix, robots, pubsub));
    let options = SupervisorOptions {
        strategy: SupervisorStrategy::OneForOne,
        max_restarts: MAX_RESTARTS,
        max_window: WINDOW,
        reset_after: Some(WINDOW),
    };
    let arguments = SupervisorArguments { child_specs, options };
    let (supervisor, task) = Supervisor::spawn(format!("{prefix}/supervisor"), arguments).await?;
    // It starts its children before it reads its first message, so that an answer says that they run.
    let answer = supervisor.call(SupervisorMsg::InspectState, None).await;
    answer.map_err(|error| SpawnErr::StartupFailed(error.to_string().into()))?;
    Ok((supervisor, task))
}

fn driver(prefix: &str, chassis: &Arc<Chassis>, fleet: &Arc<[Arc<Chassis>]>) -> ChildSpec {
    let name = driver_name(prefix, chassis.spec.id);
    let (chassis, fleet) = (Arc::clone(chassis), Arc::clone(fleet));
    let started = Arc::new(AtomicBool::new(false));
    child(name, move |supervisor, name| {
        let driver = Driver { chassis: Arc::clone(&chassis), fleet: Arc::clone(&fleet) };
        let first = !started.swap(true, Ordering::Relaxed);
        async move { Ok(Supervisor::spawn_linked(name, driver, first, supervisor).await?.0.get_cell()) }
    })
}

fn publisher(prefix: &str, robots: &Arc<[Arc<Chassis>]>, pubsub: &PubSub) -> ChildSpec {
    let (robots, pubsub) = (Arc::clone(robots), pubsub.clone());
    child(format!("{prefix}/publisher"), move |supervisor, name| {
        let publisher = Publisher { robots: Arc::clone(&robots), pubsub: pubsub.clone() };
        async move { Ok(Supervisor::spawn_linked(name, publisher, (), supervisor).await?.0.get_cell()) }
    })
}

fn child<F, Fut>(name: String, spawn: F) -> ChildSpec
where
    F: Fn(ractor::ActorCell, String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<ractor::ActorCell, SpawnErr>> + Send + 'static,
{
    ChildSpec {
        id: name,
        restart: Restart::Permanent,
        spawn_fn: SpawnFn::new(spawn),
        backoff_fn: Some(ChildBackoffFn::new(|_, _, _, _| Some(PAUSE))),
        reset_after: Some(WINDOW),
    }
}
