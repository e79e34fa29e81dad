//! Where the fleet speaks: a topic for the whole of it, and two for each robot.

use bennu::prelude::{Topic, topic};
use bennu::pubsub::OnFull;

use super::journal::Entries;
use super::model::{FleetFrame, RobotId, Telemetry};

/// Where [`FleetFrame`]s are published, 10 a second. A slow reader gets the newest one.
pub fn fleet_topic() -> Topic<FleetFrame> {
    topic("fleet").on_full(OnFull::Latest)
}

/// Where the [`Telemetry`] of one robot is published, 20 times a second. A slow reader gets the newest one.
pub fn robot_topic(id: RobotId) -> Topic<Telemetry> {
    topic(format!("robot:{id}")).on_full(OnFull::Latest)
}

/// Where the [`Entries`] of one robot's journal are published whenever they change.
pub fn journal_topic(id: RobotId) -> Topic<Entries> {
    topic(format!("robot:{id}:commands")).on_full(OnFull::Latest)
}
