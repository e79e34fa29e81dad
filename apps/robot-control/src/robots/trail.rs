//! Where a robot was in the last ten seconds, for the map.

use std::collections::VecDeque;
use std::sync::Arc;

use super::geometry::Point;

/// Steps of time between two points.
const EVERY: u64 = 8;
/// Points that are kept.
const KEPT: usize = 25;

/// The points, the oldest first. A robot that stands has no trail.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    points: VecDeque<Point>,
    shown: Arc<[Point]>,
    /// The period that the last point is of.
    period: u64,
}

impl Trail {
    /// Notes that the robot is `at` a point at step `tick`.
    pub fn leave(&mut self, tick: u64, at: Point) {
        if tick / EVERY == self.period {
            return;
        }
        self.period = tick / EVERY;
        if self.points.len() == KEPT {
            self.points.pop_front();
        }
        self.points.push_back(at);
        if self.points.iter().any(|&point| point != at) {
            self.shown = self.points.iter().copied().collect();
        } else if !self.shown.is_empty() {
            self.shown = Arc::default();
        }
    }

    /// The points to be shown.
    pub fn points(&self) -> Arc<[Point]> {
        Arc::clone(&self.shown)
    }
}

/// The trail that was shown, to be gone on with.
impl From<&Arc<[Point]>> for Trail {
    fn from(shown: &Arc<[Point]>) -> Self {
        Self { points: shown.iter().copied().collect(), shown: Arc::clone(shown), period: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_has_the_last_points_and_ends_when_the_robot_stands() {
        let mut trail = Trail::default();
        let x = |step: u64| Point::new(step as f64, 1.0);
        (1..=400).for_each(|step| trail.leave(step, x(step)));
        assert_eq!((trail.points().len(), trail.points()[0], trail.points()[24]), (KEPT, x(208), x(400)));
        (401..=800).for_each(|step| trail.leave(step, x(400)));
        assert!(trail.points().is_empty());
    }
}
