//! The last minute and a half of a robot, for charts.

use std::collections::VecDeque;

use super::model::Telemetry;

/// Steps of the simulation between two samples: a sample every quarter of a second.
const EVERY: u64 = 5;
/// Samples that are kept.
const KEPT: usize = 360;
/// Seconds that one sample stands for.
pub const PERIOD: f64 = 0.25;
/// Seconds that the whole history spans.
pub const SPAN: f64 = PERIOD * KEPT as f64;

/// One point of the charts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Metres per second; negative backwards.
    pub speed: f64,
    /// Percent.
    pub battery: f64,
}

/// A ring of samples, the oldest first. Memory is bounded by the number that is kept.
#[derive(Clone, Debug, Default)]
pub struct History {
    samples: VecDeque<Sample>,
    /// The period that the last sample was taken in.
    period: u64,
}

impl History {
    /// Takes a sample if there is none yet of this period. A device that says little is taken to have stayed as it is.
    pub fn record(&mut self, now: &Telemetry) {
        let period = now.tick / EVERY;
        let missed = if period < self.period { 1 } else { period - self.period };
        self.period = period;
        for _ in 0..missed.min(KEPT as u64) {
            if self.samples.len() == KEPT {
                self.samples.pop_front();
            }
            self.samples.push_back(Sample { speed: now.velocity.linear, battery: now.battery });
        }
    }

    /// The samples, the oldest first.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = Sample> + '_ {
        self.samples.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::robot::tests::parked;
    use super::*;

    #[test]
    fn the_history_keeps_the_newest_samples_only() {
        let mut history = History::default();
        let mut now = parked().telemetry();
        let last = EVERY * KEPT as u64 + 50;
        for tick in 1..=last {
            now.tick = tick;
            now.velocity.linear = tick as f64;
            history.record(&now);
        }
        let speeds: Vec<_> = history.samples().map(|sample| sample.speed).collect();
        assert_eq!(speeds.len(), KEPT);
        assert_eq!(speeds.last(), Some(&(last as f64)));
        assert_eq!(speeds[0], 55.0);
    }

    #[test]
    fn a_robot_that_says_little_has_samples_for_all_of_its_time() {
        let mut history = History::default();
        let mut now = parked().telemetry();
        for tick in [7, 12, 33, 2, 6] {
            now.tick = tick;
            history.record(&now);
        }
        // Periods 1, 2, 3 to 6, then 0 and 1 of a new start.
        assert_eq!(history.samples().len(), 1 + 1 + 4 + 1 + 1);
    }
}
