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
}

impl History {
    /// Takes a sample when it is time for one; answers whether it was.
    pub fn record(&mut self, now: &Telemetry) -> bool {
        let due = now.tick.is_multiple_of(EVERY);
        if due {
            if self.samples.len() == KEPT {
                self.samples.pop_front();
            }
            self.samples.push_back(Sample { speed: now.velocity.linear, battery: now.battery });
        }
        due
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
}
