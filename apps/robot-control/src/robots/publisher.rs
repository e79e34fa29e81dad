//! Publishes the whole fleet as one message, ten times a second, whatever became of its robots.

use std::time::Duration;

use bennu::prelude::{Actor, ActorCx, PubSub, Result};

use super::roster::Roster;
use super::topics::fleet_topic;

/// The time between two frames.
const PERIOD: Duration = Duration::from_millis(100);

/// The actor. It has no state of its own: every frame is read from the robots' records.
#[derive(Clone)]
pub struct Publisher {
    /// All robots.
    pub roster: Roster,
    /// Where the frames go.
    pub pubsub: PubSub,
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
        self.pubsub.broadcast(&fleet_topic(), self.roster.frame());
        Ok(())
    }
}
