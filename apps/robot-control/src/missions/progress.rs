//! What a running mission says about itself, and where.

use bennu::prelude::{Topic, topic};
use bennu::pubsub::OnFull;

use super::Ending;
use crate::robots::RobotId;

/// What the robot is doing for its mission.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// On its way to the waypoint.
    UnderWay,
    /// At the waypoint, waiting.
    Waiting,
    /// Its task is down; it goes on when it is back.
    Offline,
    /// The run is over.
    Ended(Ending),
}

/// How far a mission is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Which mission.
    pub mission_id: i64,
    /// What it is called.
    pub name: String,
    /// Which robot.
    pub robot: RobotId,
    /// The waypoint that it goes to or waits at, from 0.
    pub waypoint: usize,
    /// How many waypoints there are.
    pub waypoints: usize,
    /// How often it has been everywhere already.
    pub rounds: u32,
    /// What the robot is doing for it.
    pub phase: Phase,
}

/// Something about a robot's missions is other than it was: one was made, changed, deleted, started, or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissionsChanged(pub RobotId);

/// Where the [`Progress`] of a robot's mission is published whenever it changes. A slow reader gets the newest.
pub fn progress_topic(robot: RobotId) -> Topic<Progress> {
    topic(format!("robot:{robot}:mission")).on_full(OnFull::Latest)
}

/// Where [`MissionsChanged`] is published, for pages that list missions. A slow reader hears of it once.
pub fn missions_topic(robot: RobotId) -> Topic<MissionsChanged> {
    topic(format!("robot:{robot}:missions")).on_full(OnFull::Latest)
}
