//! The last known state of one robot, which outlives the robot's task.
//!
//! The task, or who speaks for a device, writes; everybody else reads. When the task crashes or the device is gone, the
//! record is what is left: it becomes [`Status::Offline`] by itself when nothing was written for a while, and the next
//! task starts from it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::geometry::Pose;
use super::history::{History, Sample};
use super::model::{Link, Status, Telemetry};
use super::physics::Velocity;

/// A simulated robot that wrote nothing for this long is offline.
pub const SILENCE: Duration = Duration::from_millis(400);

/// Shared between who speaks for a robot and its readers. The lock is held for a copy at most, never over an `await`.
#[derive(Debug)]
pub struct Record {
    known: Mutex<Known>,
    silence: Duration,
}

#[derive(Debug)]
struct Known {
    telemetry: Telemetry,
    /// When it was said; none where nobody is there to say anything.
    at: Option<Instant>,
    history: History,
}

impl Record {
    /// A record that begins with `first`, as of now. Whoever writes nothing for `silence` is offline.
    pub fn new(first: Telemetry, silence: Duration) -> Self {
        let known = Known { telemetry: first, at: Some(Instant::now()), history: History::default() };
        Self { known: Mutex::new(known), silence }
    }

    /// A record of a device that was not there yet.
    pub fn of_absent(first: Telemetry, silence: Duration) -> Self {
        let record = Self::new(first, silence);
        record.known().at = None;
        record
    }

    /// Notes what the robot said just now.
    pub fn write(&self, telemetry: Telemetry) {
        let mut known = self.known();
        known.history.record(&telemetry);
        known.telemetry = telemetry;
        known.at = Some(Instant::now());
    }

    /// Notes that a device is there, for the `count`th time. It is offline until it says something.
    pub fn attached(&self, link: Link, count: u32) {
        let mut known = self.known();
        known.telemetry.link = Some(link);
        known.telemetry.restarts = count.saturating_sub(1);
        known.telemetry.tick = 0;
        known.at = None;
    }

    /// Notes that a device is gone: it is offline at once.
    pub fn detached(&self) {
        let mut known = self.known();
        known.telemetry.link = None;
        known.at = None;
    }

    /// What the robot said last, whenever that was.
    pub fn last(&self) -> Telemetry {
        self.known().telemetry.clone()
    }

    /// Where the robot was last; none of a device that was never heard of.
    pub fn pose(&self) -> Option<Pose> {
        let known = self.known();
        known.telemetry.is_known().then_some(known.telemetry.pose)
    }

    /// What is true now: the last telemetry, or the same marked as offline and at rest when it is too old.
    pub fn now(&self) -> Telemetry {
        let known = self.known();
        let mut telemetry = known.telemetry.clone();
        if !known.is_heard(self.silence) {
            telemetry.status = Status::Offline;
            telemetry.velocity = Velocity::REST;
        }
        telemetry
    }

    /// Whether the robot is there and not silent.
    pub fn is_heard(&self) -> bool {
        self.known().is_heard(self.silence)
    }

    /// The last minutes, the oldest sample first.
    pub fn history(&self) -> Vec<Sample> {
        self.known().history.samples().collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Every write is a whole one, so that what a panic left behind is still consistent.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn is_heard(&self, silence: Duration) -> bool {
        self.at.is_some_and(|at| at.elapsed() <= silence)
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
        let record = Record::new(telemetry.clone(), SILENCE);
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
