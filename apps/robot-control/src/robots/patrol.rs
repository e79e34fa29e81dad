//! The rounds of a robot that has its own: stops that it visits one after the other, waiting a little at each.

use std::time::Duration;

use super::geometry::Point;

/// How long a robot waits at a stop.
const DWELL: Duration = Duration::from_secs(3);

/// Stops without end. A patrol without stops asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Patrol {
    stops: Vec<Point>,
    next: usize,
    dwell: Duration,
}

impl Patrol {
    /// A patrol that begins with the first of `stops`, at once.
    pub fn new(stops: Vec<Point>) -> Self {
        Self { stops, next: 0, dwell: Duration::ZERO }
    }

    /// Whether the robot has rounds at all.
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    /// Lets `dt` pass while the robot has nothing else to do, and answers the stop to go to when it is time.
    pub fn wait(&mut self, dt: Duration) -> Option<Point> {
        self.dwell = self.dwell.saturating_sub(dt);
        let stop = *self.stops.get(self.next)?;
        if !self.dwell.is_zero() {
            return None;
        }
        self.next = (self.next + 1) % self.stops.len();
        self.dwell = DWELL;
        Some(stop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_follow_one_another_with_a_wait_between_them() {
        let stops = [Point::new(1.0, 1.0), Point::new(2.0, 2.0)];
        let mut patrol = Patrol::new(stops.to_vec());
        assert_eq!(patrol.wait(Duration::ZERO), Some(stops[0]));
        assert_eq!(patrol.wait(DWELL / 2), None);
        assert_eq!(patrol.wait(DWELL / 2), Some(stops[1]));
        assert_eq!(patrol.wait(DWELL), Some(stops[0]));
    }

    #[test]
    fn an_empty_patrol_asks_for_nothing() {
        assert_eq!(Patrol::default().wait(DWELL), None);
    }
}
