//! How a presence keeps time.

use std::time::Duration;

/// Times between nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) batch: Duration,
    pub(super) heartbeat: Duration,
    pub(super) down_after: Duration,
    pub(super) forget_after: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: Duration::from_millis(20),
            heartbeat: Duration::from_millis(1_500),
            down_after: Duration::from_secs(6),
            forget_after: Duration::from_mins(20),
        }
    }
}
