//! The battery of a robot: what motion takes out of it, and what a dock puts in.

use std::time::Duration;

use super::physics::Velocity;

/// Below this level, in percent, a robot goes to its dock by itself.
pub const LOW: f64 = 20.0;
/// Below this level, in percent, a robot refuses everything but docking.
pub const CRITICAL: f64 = 5.0;
/// From this level, in percent, a robot counts as charged and leaves its dock if it has something to do.
pub const CHARGED: f64 = 96.0;

/// Percent per second for the computer and the sensors.
const IDLE_DRAIN: f64 = 0.008;
/// Percent per metre.
const DRIVE_DRAIN: f64 = 0.1;
/// Percent per radian.
const TURN_DRAIN: f64 = 0.02;
/// Percent per second at the dock.
const CHARGE: f64 = 0.8;

/// A level in percent, always in `0..=100`. The reserve that brings a robot back to its dock is not counted in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery(f64);

impl Battery {
    /// A battery at `percent`; what is beyond the scale is cut off, and what is no number is empty.
    pub fn at(percent: f64) -> Self {
        Self(if percent.is_nan() { 0.0 } else { percent.clamp(0.0, 100.0) })
    }

    /// The level in percent.
    pub fn level(self) -> f64 {
        self.0
    }

    /// Whether the robot should go and charge.
    pub fn is_low(self) -> bool {
        self.0 < LOW
    }

    /// Whether the robot must not drive any more.
    pub fn is_critical(self) -> bool {
        self.0 < CRITICAL
    }

    /// Whether charging is done.
    pub fn is_charged(self) -> bool {
        self.0 >= CHARGED
    }

    /// The battery after `dt` at `velocity`.
    #[must_use]
    pub fn drained(self, velocity: Velocity, dt: Duration) -> Self {
        let rate = IDLE_DRAIN + DRIVE_DRAIN * velocity.linear.abs() + TURN_DRAIN * velocity.angular.abs();
        Self::at(self.0 - rate * dt.as_secs_f64())
    }

    /// The battery after `dt` at a dock.
    #[must_use]
    pub fn charged(self, dt: Duration) -> Self {
        Self::at(self.0 + CHARGE * dt.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn driving_takes_more_than_standing() {
        let stood = Battery::at(50.0).drained(Velocity::REST, MINUTE);
        let drove = Battery::at(50.0).drained(Velocity::new(1.0, 0.0), MINUTE);
        assert!(stood.level() < 50.0);
        assert!((stood.level() - drove.level() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn the_level_stays_on_the_scale() {
        assert_eq!(Battery::at(0.1).drained(Velocity::new(1.5, 0.0), MINUTE).level(), 0.0);
        assert_eq!(Battery::at(99.0).charged(MINUTE).level(), 100.0);
        assert_eq!(Battery::at(f64::NAN).level(), 0.0);
    }

    #[test]
    fn low_critical_and_charged_are_told_apart() {
        let levels = [4.9, 5.0, 19.9, 20.0, 96.0].map(Battery::at);
        assert_eq!(levels.map(Battery::is_critical), [true, false, false, false, false]);
        assert_eq!(levels.map(Battery::is_low), [true, true, true, false, false]);
        assert_eq!(levels.map(Battery::is_charged), [false, false, false, false, true]);
    }
}
