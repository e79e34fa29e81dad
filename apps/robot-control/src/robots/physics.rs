//! One step of a differential drive: two wheels, limited speed and limited acceleration.
//!
//! A step first brings the velocity towards the wanted one as fast as the motors allow, then moves the pose along the
//! arc that this velocity describes. A step that would drive into something does not move: the robot stands where it
//! was, at rest, and the step says so.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::geometry::{Point, Pose, wrap};
use super::world::World;

/// How fast a robot moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// Metres per second along the heading; negative backwards.
    pub linear: f64,
    /// Radians per second, counter-clockwise.
    pub angular: f64,
}

impl Velocity {
    /// Standing still.
    pub const REST: Self = Self::new(0.0, 0.0);

    /// The velocity with these parts.
    pub const fn new(linear: f64, angular: f64) -> Self {
        Self { linear, angular }
    }

    /// Whether the robot stands, within what its odometry can tell.
    pub fn is_rest(self) -> bool {
        self.linear.abs() < 0.01 && self.angular.abs() < 0.01
    }
}

/// What the motors and the frame of a robot allow.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Half the robot's width, in metres.
    pub radius: f64,
    /// Distance between the wheels, in metres.
    pub track: f64,
    /// Fastest turn of one wheel over the floor, in metres per second.
    pub wheel: f64,
    /// Fastest turn on the spot, in radians per second.
    pub angular: f64,
    /// Speeding up, in metres per second squared.
    pub acceleration: f64,
    /// Slowing down and stopping, in metres per second squared.
    pub braking: f64,
    /// Braking in an emergency, in metres per second squared.
    pub emergency: f64,
    /// Change of the angular velocity, in radians per second squared.
    pub angular_acceleration: f64,
}

/// The one model of robot that this fleet has.
pub const LIMITS: Limits = Limits {
    radius: 0.35,
    track: 0.5,
    wheel: 1.5,
    angular: 2.4,
    acceleration: 1.5,
    braking: 3.0,
    emergency: 6.0,
    angular_acceleration: 6.0,
};

impl Limits {
    /// `wanted` scaled so that neither wheel is asked for more than it can do. The curve stays the same.
    pub fn saturate(&self, wanted: Velocity) -> Velocity {
        let angular = wanted.angular.clamp(-self.angular, self.angular);
        let turning = angular * self.track / 2.0;
        let fastest = (wanted.linear - turning).abs().max((wanted.linear + turning).abs());
        let scale = if fastest > self.wheel { self.wheel / fastest } else { 1.0 };
        Velocity::new(wanted.linear * scale, angular * scale)
    }
}

/// How hard a robot may brake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Braking {
    /// With the normal acceleration limit.
    Normal,
    /// With all that the brakes have.
    Emergency,
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// The pose after the step.
    pub pose: Pose,
    /// The velocity after the step.
    pub velocity: Velocity,
    /// Whether the step was refused because something stands there.
    pub collided: bool,
}

/// Moves a robot for `dt` towards the velocity `wanted`.
pub fn step(world: &World, pose: Pose, velocity: Velocity, wanted: Velocity, braking: Braking, dt: Duration) -> Motion {
    let seconds = dt.as_secs_f64();
    let wanted = LIMITS.saturate(wanted);
    let rate = match braking {
        Braking::Emergency => LIMITS.emergency,
        Braking::Normal if wanted.linear * velocity.linear < velocity.linear.powi(2) => LIMITS.braking,
        Braking::Normal => LIMITS.acceleration,
    };
    let velocity = Velocity::new(
        approach(velocity.linear, wanted.linear, rate * seconds),
        approach(velocity.angular, wanted.angular, LIMITS.angular_acceleration * seconds),
    );
    let next = integrate(pose, velocity, seconds);
    // A robot that already touches something may still move away from it.
    let clearance = world.clearance(next.at) - LIMITS.radius;
    if clearance < 0.0 && clearance < world.clearance(pose.at) - LIMITS.radius {
        return Motion { pose, velocity: Velocity::REST, collided: true };
    }
    Motion { pose: next, velocity, collided: false }
}

/// The pose after `seconds` at a constant velocity: a straight line or an arc, without the error of small steps.
fn integrate(pose: Pose, velocity: Velocity, seconds: f64) -> Pose {
    let turned = velocity.angular * seconds;
    let travelled = velocity.linear * seconds;
    let heading = pose.heading + turned;
    let (dx, dy) = if turned.abs() < 1e-9 {
        (travelled * pose.heading.cos(), travelled * pose.heading.sin())
    } else {
        let radius = travelled / turned;
        (radius * (heading.sin() - pose.heading.sin()), radius * (pose.heading.cos() - heading.cos()))
    };
    Pose { at: Point::new(pose.at.x + dx, pose.at.y + dy), heading: wrap(heading) }
}

/// `from` brought towards `to` by at most `most`.
fn approach(from: f64, to: f64, most: f64) -> f64 {
    from + (to - from).clamp(-most, most)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_PI_2, PI};

    use super::super::geometry::Rect;
    use super::*;

    const TICK: Duration = Duration::from_millis(50);

    fn run(world: &World, mut pose: Pose, wanted: Velocity, ticks: usize) -> Motion {
        let mut velocity = Velocity::REST;
        let mut collided = false;
        for _ in 0..ticks {
            let motion = step(world, pose, velocity, wanted, Braking::Normal, TICK);
            (pose, velocity) = (motion.pose, motion.velocity);
            collided |= motion.collided;
        }
        Motion { pose, velocity, collided }
    }

    #[test]
    fn speed_grows_no_faster_than_the_motors_allow() {
        let world = World::empty(10.0, 10.0);
        let motion =
            step(&world, Pose::new(5.0, 5.0, 0.0), Velocity::REST, Velocity::new(1.5, 0.0), Braking::Normal, TICK);
        assert!((motion.velocity.linear - LIMITS.acceleration * 0.05).abs() < 1e-12);
        assert!(motion.pose.at.x > 5.0 && (motion.pose.at.y - 5.0).abs() < 1e-12);
    }

    #[test]
    fn an_emergency_brakes_harder_than_a_stop() {
        let world = World::empty(10.0, 10.0);
        let from = Velocity::new(1.5, 0.0);
        let after =
            |braking| step(&world, Pose::new(5.0, 5.0, 0.0), from, Velocity::REST, braking, TICK).velocity.linear;
        assert!((after(Braking::Normal) - 1.35).abs() < 1e-9);
        assert!((after(Braking::Emergency) - 1.2).abs() < 1e-9);
    }

    #[test]
    fn no_wheel_turns_faster_than_it_can_and_the_curve_stays() {
        let limited = LIMITS.saturate(Velocity::new(3.0, 2.0));
        let outer = limited.linear + limited.angular * LIMITS.track / 2.0;
        assert!((outer - LIMITS.wheel).abs() < 1e-12);
        assert!((limited.angular / limited.linear - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_quarter_turn_of_one_metre_radius_ends_a_metre_ahead_and_aside() {
        let end = integrate(Pose::new(0.0, 0.0, 0.0), Velocity::new(1.0, 1.0), FRAC_PI_2);
        assert!((end.at.x - 1.0).abs() < 1e-12 && (end.at.y - 1.0).abs() < 1e-12);
        assert!((end.heading - FRAC_PI_2).abs() < 1e-12);
    }

    #[test]
    fn a_robot_stops_at_a_wall_and_can_back_away() {
        let world = World::new(20.0, 10.0, vec![Rect::new(8.0, 0.0, 1.0, 10.0)]);
        let crashed = run(&world, Pose::new(5.0, 5.0, 0.0), Velocity::new(1.5, 0.0), 100);
        assert!(crashed.collided);
        assert!(crashed.pose.at.x <= 8.0 - LIMITS.radius, "stopped at {}", crashed.pose.at.x);
        assert!(crashed.pose.at.x > 8.0 - LIMITS.radius - 0.1, "stopped at {}", crashed.pose.at.x);
        assert_eq!(crashed.velocity, Velocity::REST);

        let away = run(&world, crashed.pose, Velocity::new(-0.5, 0.0), 40);
        assert!(!away.collided && away.pose.at.x < crashed.pose.at.x - 0.5);
    }

    #[test]
    fn the_outer_wall_is_a_wall() {
        let motion = run(&World::empty(10.0, 10.0), Pose::new(5.0, 5.0, PI), Velocity::new(1.5, 0.0), 200);
        assert!(motion.collided && motion.pose.at.x >= LIMITS.radius);
    }
}
