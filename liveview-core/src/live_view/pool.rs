//! The threads on which views live.
//!
//! A `VirtualDom` is not `Send`, so a view stays on the thread where it began. Each new view goes to the thread that has the
//! fewest.

use std::future::Future;

use tokio_util::task::LocalPoolHandle;

/// A cheap handle to the threads.
#[derive(Clone)]
pub(crate) struct Pool(LocalPoolHandle);

impl Pool {
    pub(crate) fn new(threads: usize) -> Self {
        Self(LocalPoolHandle::new(threads.max(1)))
    }

    /// Runs what `make` makes, to its end, on one of the threads.
    pub(crate) fn spawn<F: Future<Output = ()> + 'static>(&self, make: impl FnOnce() -> F + Send + 'static) {
        // A view reports its own end; nobody waits for the task.
        drop(self.0.spawn_pinned(make));
    }
}
