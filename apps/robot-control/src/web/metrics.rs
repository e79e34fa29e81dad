//! Counts what the framework does for this application, for tools and tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bennu::telemetry::{self, Mount, SocketConnected, Stop};
use serde::Serialize;

/// The counters. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    mounts: AtomicU64,
    sockets: AtomicU64,
    views: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Views that were mounted since the start; a page load whose socket takes over its view is one.
    pub mounts: u64,
    /// Sockets that were opened since the start.
    pub sockets: u64,
    /// Views that live now, connected or not.
    pub views: u64,
}

/// Held by a view while it lives.
#[derive(Debug)]
pub struct Seat(Metrics);

impl Metrics {
    /// Counters that follow the framework's telemetry from now on, to the end of the process.
    pub fn attach() -> Self {
        let metrics = Self::default();
        let mounts = Arc::clone(&metrics.0);
        telemetry::attach(move |_: &Stop<Mount>| {
            mounts.mounts.fetch_add(1, Ordering::Relaxed);
        })
        .forever();
        let sockets = Arc::clone(&metrics.0);
        telemetry::attach(move |socket: &SocketConnected| {
            if socket.refused.is_none() {
                sockets.sockets.fetch_add(1, Ordering::Relaxed);
            }
        })
        .forever();
        metrics
    }

    /// Counts a view until the seat is dropped.
    pub fn seat(&self) -> Seat {
        self.0.views.fetch_add(1, Ordering::Relaxed);
        Seat(self.clone())
    }

    /// The counters now.
    pub fn counts(&self) -> Counts {
        Counts {
            mounts: self.0.mounts.load(Ordering::Relaxed),
            sockets: self.0.sockets.load(Ordering::Relaxed),
            views: self.0.views.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.0.views.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_counted_while_they_live() {
        let metrics = Metrics::default();
        let seats = [metrics.seat(), metrics.seat()];
        assert_eq!(metrics.counts().views, 2);
        drop(seats);
        assert_eq!(metrics.counts().views, 0);
    }
}
