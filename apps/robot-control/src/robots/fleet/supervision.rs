//! Who starts whom: one supervisor, below it an actor per robot and the publisher of the whole fleet.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bennu::prelude::{Child, PubSub, Supervisor};

use super::super::driver::{Chassis, Driver, Drivers, Seat};
use super::super::publisher::Publisher;

/// How long a robot is left alone after a crash, as if it took a while to boot.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// Restarts that the supervisor puts up with within [`WINDOW`] before it gives up: every robot ten times.
const MAX_RESTARTS: usize = 200;
const WINDOW: Duration = Duration::from_mins(1);

/// The fleet's supervisor, with all that it is to start.
pub(super) fn tree(robots: &Arc<[Arc<Chassis>]>, drivers: &Drivers, pubsub: &PubSub) -> Supervisor {
    let publisher = Publisher { robots: Arc::clone(robots), pubsub: pubsub.clone() };
    Supervisor::one_for_one("fleet")
        .intensity(MAX_RESTARTS, WINDOW)
        .children(robots.iter().map(|robot| driver(robot, robots, drivers)))
        .child(Child::actor::<Publisher>("publisher", publisher).restart_after(PAUSE))
}

fn driver(chassis: &Arc<Chassis>, fleet: &Arc<[Arc<Chassis>]>, drivers: &Drivers) -> Child {
    let name = format!("robot-{}", chassis.spec.id);
    let seat = Seat {
        chassis: Arc::clone(chassis),
        fleet: Arc::clone(fleet),
        drivers: drivers.clone(),
        was_started: Arc::new(AtomicBool::new(false)),
    };
    Child::actor::<Driver>(name, seat).restart_after(PAUSE)
}
