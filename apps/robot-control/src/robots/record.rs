//! The last known state of one robot, which outlives the robot's task.
//!
//! The task writes after every step; everybody else reads. When the task crashes, the record is what is left: it
//! becomes [`Status::Offline`] by itself when nothing was written for a while, and the next task starts from it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::geometry::Pose;
use super::history::{History, Sample};
use super::model::{Status, Telemetry};
use super::physics::Velocity;

/// A robot that wrote nothing for this long is offline.
pub const SILENCE: Duration = Duration::from_millis(400);

/// Shared between a robot's task and its readers. The lock is held for a copy at most, never over an `await`.
#[derive(Debug)]
pub struct Record(Mutex<Known>);

#[derive(Debug)]
struct Known {
    telemetry: Telemetry,
    at: Instant,
    history: History,
}

impl Record {
    /// A record that begins with `first`, as of now.
    pub fn new(first: Telemetry) -> Self {
        Self(Mutex::new(Known { telemetry: first, at: Instant::now(), history: History::default() }))
    }

    /// Notes what the robot said just now.
    pub fn write(&self, telemetry: Telemetry) {
        let mut known = self.known();
        known.history.record(&telemetry);
        known.telemetry = telemetry;
        known.at = Instant::now();
    }

    /// What the robot said last, whenever that was.
    pub fn last(&self) -> Telemetry {
        self.known().telemetry.clone()
    }

    /// Where the robot was last.
    pub fn pose(&self) -> Pose {
        self.known().telemetry.pose
    }

    /// What is true now: the last telemetry, or the same marked as offline and at rest when it is too old.
    pub fn now(&self) -> Telemetry {
        let known = self.known();
        let mut telemetry = known.telemetry.clone();
        if known.at.elapsed() > SILENCE {
            telemetry.status = Status::Offline;
            telemetry.velocity = Velocity::REST;
        }
        telemetry
    }

    /// The last minutes, the oldest sample first.
    pub fn history(&self) -> Vec<Sample> {
        self.known().history.samples().collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Every write is a whole one, so that what a panic left behind is still consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::robot::tests::parked;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_robot_is_offline_and_stays_where_it_was() {
        let mut telemetry = parked().telemetry();
        telemetry.velocity = Velocity::new(1.0, 0.0);
        let record = Record::new(telemetry.clone());
        assert_eq!(record.now(), telemetry);

        tokio::time::advance(SILENCE + Duration::from_millis(1)).await;
        let now = record.now();
        assert_eq!((now.status, now.velocity), (Status::Offline, Velocity::REST));
        assert_eq!(now.pose, telemetry.pose);
        assert_eq!(record.last(), telemetry);

        record.write(telemetry.clone());
        assert_eq!(record.now(), telemetry);
    }
}
