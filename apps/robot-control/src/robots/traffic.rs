//! Who waits for whom where robots meet.
//!
//! Robots that find their own way keep to the right of their line, so that they pass each other; this is for those that
//! come up behind another one or cross its way. Waiting ends after a while in any case, so that nobody waits for ever.

use std::time::Duration;

use super::geometry::{Pose, wrap};
use super::model::RobotId;

/// Another robot as one sees it.
pub type Neighbour = (RobotId, Pose);

/// How near another robot may be ahead, in metres between the centres.
const GAP: f64 = 1.2;
/// What counts as ahead, in radians to either side.
const AHEAD: f64 = 0.6;
/// Headings that differ by less go the same way, by more than [`ONCOMING`] the opposite way.
const SAME_WAY: f64 = 0.8;
const ONCOMING: f64 = 2.2;
/// How long a robot waits before it goes on regardless.
const PATIENCE: Duration = Duration::from_secs(3);

/// The patience of one robot.
#[derive(Clone, Debug, Default)]
pub struct Courtesy {
    waited: Duration,
}

impl Courtesy {
    /// Whether robot `id` at `pose`, which wants to drive on, waits for one of `others` during the next `dt`.
    pub fn waits(&mut self, id: RobotId, pose: Pose, others: &[Neighbour], dt: Duration) -> bool {
        if !others.iter().any(|other| gives_way(id, pose, other)) {
            self.waited = Duration::ZERO;
            return false;
        }
        self.waited += dt;
        self.waited < PATIENCE
    }
}

/// Behind another robot one waits; where ways cross, the robot with the smaller number goes first.
fn gives_way(id: RobotId, pose: Pose, &(other, at): &Neighbour) -> bool {
    let is_ahead = pose.at.distance(at.at) < GAP && wrap(pose.at.bearing(at.at) - pose.heading).abs() < AHEAD;
    let apart = wrap(at.heading - pose.heading).abs();
    is_ahead && (apart < SAME_WAY || (apart < ONCOMING && other < id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(50);
    const EAST: Pose = Pose::new(5.0, 5.0, 0.0);

    fn waits(id: u16, other: u16, pose: Pose) -> bool {
        Courtesy::default().waits(RobotId(id), EAST, &[(RobotId(other), pose)], STEP)
    }

    #[test]
    fn one_waits_behind_another_and_for_a_smaller_number_where_ways_cross() {
        assert!(waits(1, 2, Pose::new(6.0, 5.0, 0.1)), "behind another");
        assert!(waits(2, 1, Pose::new(6.0, 5.0, 1.6)), "number 1 crosses");
        assert!(!waits(1, 2, Pose::new(6.0, 5.0, 1.6)), "number 2 waits itself");
        assert!(!waits(2, 1, Pose::new(6.0, 5.4, 3.1)), "oncoming robots pass");
        assert!(!waits(2, 1, Pose::new(4.0, 5.0, 0.0)), "who is behind does not count");
        assert!(!waits(2, 1, Pose::new(7.0, 5.0, 0.0)), "far away");
    }

    #[test]
    fn nobody_waits_for_ever() {
        let mut courtesy = Courtesy::default();
        let ahead = [(RobotId(1), Pose::new(6.0, 5.0, 0.0))];
        let mut waited = Duration::ZERO;
        while courtesy.waits(RobotId(2), EAST, &ahead, STEP) {
            waited += STEP;
            assert!(waited <= PATIENCE);
        }
        assert!(!courtesy.waits(RobotId(2), EAST, &ahead, STEP), "once impatient, it goes on until the way is free");
        assert!(!courtesy.waits(RobotId(2), EAST, &[], STEP));
        assert!(courtesy.waits(RobotId(2), EAST, &ahead, STEP), "then it is patient again");
    }
}
