//! Publishes the whole fleet as one message, ten times a second, whatever became of its robots.

use std::sync::Arc;
use std::time::Duration;

use bennu::prelude::{Actor, ActorCx, PubSub, Result};

use super::driver::Chassis;
use super::model::FleetFrame;
use super::topics::fleet_topic;

/// The time between two frames.
const PERIOD: Duration = Duration::from_millis(100);

/// The actor. It has no state of its own: every frame is read from the robots' records.
#[derive(Clone)]
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
    type Args = Self;
    /// Time for a frame.
    type Message = ();

    async fn init(publisher: Self, cx: &mut ActorCx<Self>) -> Result<Self> {
        cx.send_interval(PERIOD, || ());
        Ok(publisher)
    }

    async fn handle(&mut self, (): (), _: &mut ActorCx<Self>) -> Result<()> {
        self.pubsub.broadcast(&fleet_topic(), frame(&self.robots));
        Ok(())
    }
}
