//! What one robot measured at one moment.

use bennu::ecto::prelude::*;

use crate::robots::{FleetFrame, RobotId, Status};

/// A row: a robot, a time, and what was measured. Its key is the first two.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "readings")]
pub struct Reading {
    /// Which robot.
    #[schema(primary_key, default = RobotId(0))]
    pub robot_id: RobotId,
    /// Milliseconds since 1970, UTC: a number, so that both databases calculate with it alike.
    #[schema(primary_key)]
    pub at_ms: i64,
    /// Metres per second; negative backwards.
    pub speed: f64,
    /// Percent.
    pub battery: f64,
    /// Metres.
    pub x: f64,
    /// Metres.
    pub y: f64,
}

/// The readings of a frame. A robot that is offline measures nothing: a chart has a gap there.
pub(super) fn of_frame(frame: &FleetFrame, at_ms: i64) -> impl Iterator<Item = Reading> {
    frame.robots.iter().filter(|robot| robot.status != Status::Offline).map(move |robot| Reading {
        robot_id: robot.id,
        at_ms,
        speed: robot.velocity.linear,
        battery: robot.battery,
        x: robot.pose.at.x,
        y: robot.pose.at.y,
    })
}
