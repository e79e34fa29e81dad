//! What a device says of itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::geometry::{Point, Pose, wrap};
use super::super::model::{Status, Telemetry};
use super::super::physics::Velocity;
use super::super::world::World;

/// Faster than anything on this floor, in metres and in radians per second.
const MAX_LINEAR: f64 = 20.0;
const MAX_ANGULAR: f64 = 50.0;
/// Points that a route may have.
const MAX_ROUTE: usize = 256;

/// Where a device is and how it fares. Lengths in metres, angles in radians, the battery in percent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Where it is, from the left edge of the floor.
    pub x: f64,
    /// Where it is, from the lower edge.
    pub y: f64,
    /// Where it looks: counter-clockwise from the x axis.
    pub heading: f64,
    /// How fast it drives, per second; negative backwards.
    pub linear: f64,
    /// How fast it turns, per second; counter-clockwise.
    pub angular: f64,
    /// The level of its battery, 0 to 100.
    pub battery: f64,
    /// What it is doing; not `offline`.
    pub status: Status,
    /// The way ahead of it, its goal last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub route: Vec<Point>,
    /// How far it drove, as it counts; without it, the way between its reports is added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odometer: Option<f64>,
    /// How often it ran into something, as it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collisions: Option<u32>,
}

/// Why a report was not taken. `Display` is for whoever programs the device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A value that cannot be.
    #[error("`{field}` {problem}")]
    Invalid {
        /// Which one.
        field: &'static str,
        /// What it should be.
        problem: String,
    },
    /// The device is attached by another connection now, or is registered no more.
    #[error("this connection does not speak for the robot any more: attach again")]
    Detached,
}

impl Report {
    /// Whether all values can be, on that floor.
    ///
    /// # Errors
    /// [`ReportError::Invalid`] with the first that cannot.
    pub fn check(&self, world: &World) -> Result<(), ReportError> {
        within("x", self.x, 0.0, world.width)?;
        within("y", self.y, 0.0, world.height)?;
        within("heading", self.heading, f64::MIN, f64::MAX)?;
        within("linear", self.linear, -MAX_LINEAR, MAX_LINEAR)?;
        within("angular", self.angular, -MAX_ANGULAR, MAX_ANGULAR)?;
        within("battery", self.battery, 0.0, 100.0)?;
        within("odometer", self.odometer.unwrap_or_default(), 0.0, f64::MAX)?;
        if self.status == Status::Offline {
            return Err(invalid("status", "is what the robot does: who reports is not offline"));
        }
        if self.route.len() > MAX_ROUTE {
            return Err(invalid("route", format!("has at most {MAX_ROUTE} points")));
        }
        if !self.route.iter().all(|&point| world.contains(point)) {
            return Err(invalid("route", "has a point that is not on the floor"));
        }
        Ok(())
    }

    /// What is known of the device by this report, after `last`, at step `tick`. The trail stays as it was.
    pub(super) fn telemetry(self, last: Telemetry, tick: u64) -> Telemetry {
        let at = Point::new(self.x, self.y);
        let way = if last.is_known() { at.distance(last.pose.at) } else { 0.0 };
        Telemetry {
            pose: Pose { at, heading: wrap(self.heading) },
            velocity: Velocity::new(self.linear, self.angular),
            battery: self.battery,
            status: self.status,
            route: if self.route.is_empty() { Arc::default() } else { self.route.into() },
            odometer: self.odometer.unwrap_or(last.odometer + way),
            collisions: self.collisions.unwrap_or(last.collisions),
            tick,
            ..last
        }
    }
}

/// What a simulated robot says of itself where it is a device.
impl From<&Telemetry> for Report {
    fn from(robot: &Telemetry) -> Self {
        Self {
            x: robot.pose.at.x,
            y: robot.pose.at.y,
            heading: robot.pose.heading,
            linear: robot.velocity.linear,
            angular: robot.velocity.angular,
            battery: robot.battery,
            status: robot.status,
            route: robot.route.to_vec(),
            odometer: Some(robot.odometer),
            collisions: Some(robot.collisions),
        }
    }
}

fn within(field: &'static str, value: f64, low: f64, high: f64) -> Result<(), ReportError> {
    // What is no number is in no range.
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let bounded = low > f64::MIN && high < f64::MAX;
    let range = if bounded { format!("from {low} to {high}") } else { "that is finite".to_owned() };
    Err(invalid(field, format!("is a number {range}")))
}

fn invalid(field: &'static str, problem: impl Into<String>) -> ReportError {
    ReportError::Invalid { field, problem: problem.into() }
}
