//! How often children may fail before their supervisor gives up.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// So many restarts within so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) restarts: usize,
    pub(super) within: Duration,
}

impl Default for Bound {
    fn default() -> Self {
        Self { restarts: 3, within: Duration::from_secs(5) }
    }
}

/// The restarts that still count.
pub(super) struct Intensity {
    bound: Bound,
    recent: VecDeque<Instant>,
}

impl Intensity {
    pub(super) fn new(bound: Bound) -> Self {
        Self { bound, recent: VecDeque::new() }
    }

    /// Counts one more. Whether it is one too many.
    pub(super) fn exceeds(&mut self, now: Instant) -> bool {
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|at| now.duration_since(*at) > self.bound.within) {
            self.recent.pop_front();
        }
        self.recent.len() > self.bound.restarts
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Bound, Intensity};

    #[test]
    fn the_fourth_restart_in_five_seconds_is_one_too_many_and_older_ones_do_not_count() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut intensity = Intensity::new(Bound::default());
        assert_eq!([0, 1, 2, 3].map(|second| intensity.exceeds(at(second))), [false, false, false, true]);
        let mut intensity = Intensity::new(Bound::default());
        assert_eq!([0, 1, 2, 6, 7].map(|second| intensity.exceeds(at(second))), [false; 5]);
        assert!(Intensity::new(Bound { restarts: 0, within: Duration::from_secs(1) }).exceeds(start));
    }
}
