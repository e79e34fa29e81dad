//! Publishes the whole fleet as one message, ten times a second, whatever became of its robots.

use std::sync::Arc;
use std::time::Duration;

use bennu::prelude::PubSub;
use ractor::{Actor, ActorProcessingErr, ActorRef};

use super::driver::Chassis;
use super::model::FleetFrame;
use super::topics::fleet_topic;

/// The time between two frames.
const PERIOD: Duration = Duration::from_millis(100);

/// The actor. It has no state: every frame is read from the robots' records.
pub struct Publisher {
    /// All robots, in the order of their numbers.
    pub robots: Arc<[Arc<Chassis>]>,
    /// Where the frames go.
    pub pubsub: PubSub,
}

/// All robots as they are now.
pub fn frame(robots: &[Arc<Chassis>]) -> FleetFrame {
    FleetFrame { robots: robots.iter().map(|robot| robot.record.now()).collect() }
}

impl Actor for Publisher {
    /// Time for a frame.
    type Msg = ();
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, myself: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
        myself.send_interval(PERIOD, || ());
        Ok(())
    }

    async fn handle(&self, _: ActorRef<()>, (): (), (): &mut ()) -> Result<(), ActorProcessingErr> {
        self.pubsub.broadcast(&fleet_topic(), frame(&self.robots));
        Ok(())
    }
}
