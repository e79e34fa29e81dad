//! Who starts whom: one supervisor, below it an actor per robot and the publisher of the whole fleet.

use std::time::Duration;

use bennu::prelude::{Child, PubSub, Supervisor};

use super::super::driver::{Driver, Seat};
use super::super::publisher::Publisher;
use super::super::roster::Roster;

/// How long a robot is left alone after a crash, as if it took a while to boot.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// Restarts that the supervisor puts up with within [`WINDOW`] before it gives up: every simulated robot ten times.
const MAX_RESTARTS: usize = 200;
const WINDOW: Duration = Duration::from_mins(1);

/// The fleet's supervisor, with all that it is to start.
pub(super) fn tree(seats: Vec<Seat>, roster: &Roster, pubsub: &PubSub) -> Supervisor {
    let publisher = Publisher { roster: roster.clone(), pubsub: pubsub.clone() };
    Supervisor::one_for_one("fleet")
        .intensity(MAX_RESTARTS, WINDOW)
        .children(seats.into_iter().map(driver))
        .child(Child::actor::<Publisher>("publisher", publisher).restart_after(PAUSE))
}

fn driver(seat: Seat) -> Child {
    Child::actor::<Driver>(format!("robot-{}", seat.spec.id), seat).restart_after(PAUSE)
}
