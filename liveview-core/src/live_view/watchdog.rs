//! Notices callbacks that block their thread.
//!
//! Views share a few threads. A callback that computes or waits without `.await` stops every view on its thread, so each poll
//! of a callback is timed: a thread looks at all workers every few milliseconds and logs the view and the callback that have
//! been at it for too long. `cx.blocking(..)` is the way to do such work.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// One per process: workers of all endpoints are watched by it.
static WORKERS: Mutex<Vec<Weak<Worker>>> = Mutex::new(Vec::new());

thread_local! {
    static WORKER: RefCell<Option<Arc<Worker>>> = const { RefCell::new(None) };
}

/// What one thread is doing.
pub(crate) struct Worker {
    started: Instant,
    /// Microseconds after `started` at which the present poll began, 0 when there is none.
    busy_since: AtomicU64,
    label: Mutex<Label>,
}

/// A view and a callback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) view: &'static str,
    pub(crate) callback: &'static str,
}

/// Runs a callback under watch.
pub(crate) async fn watch<T>(label: Label, callback: impl Future<Output = T>) -> T {
    let worker = current_worker();
    let mut callback = pin!(callback);
    std::future::poll_fn(|context| {
        let _busy = worker.begin(label);
        callback.as_mut().poll(context)
    })
    .await
}

/// The same for work without `.await`: a render.
pub(crate) fn watch_sync<T>(label: Label, work: impl FnOnce() -> T) -> T {
    let worker = current_worker();
    let _busy = worker.begin(label);
    work()
}

/// Starts the thread that looks at the workers. It ends when the returned guard is dropped.
pub(crate) fn start(limit: Duration) -> std::io::Result<Watchdog> {
    let alive = Arc::new(());
    let watched = Arc::downgrade(&alive);
    std::thread::Builder::new().name("bennu-watchdog".into()).spawn(move || {
        let mut reported = Vec::new();
        while watched.strong_count() > 0 {
            std::thread::sleep((limit / 4).clamp(Duration::from_millis(5), Duration::from_millis(250)));
            report_blocked(limit, &mut reported);
        }
    })?;
    Ok(Watchdog { _alive: alive })
}

/// Keeps the watching thread alive.
pub(crate) struct Watchdog {
    _alive: Arc<()>,
}

/// The poll of a callback that lasts.
struct Busy<'a>(&'a Worker);

impl Worker {
    fn begin(&self, label: Label) -> Busy<'_> {
        *self.label.lock().unwrap_or_else(PoisonError::into_inner) = label;
        self.busy_since.store(self.now().max(1), Ordering::Release);
        Busy(self)
    }

    /// How long the present poll of a callback has lasted, if there is one.
    pub(super) fn busy_for(&self) -> Option<Duration> {
        let since = self.busy_since.load(Ordering::Acquire);
        (since != 0).then(|| Duration::from_micros(self.now().saturating_sub(since)))
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_micros() as u64
    }
}

/// Also runs when the callback panics.
impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy_since.store(0, Ordering::Release);
    }
}

/// The worker of this thread.
pub(super) fn current_worker() -> Arc<Worker> {
    WORKER.with_borrow_mut(|slot| {
        slot.get_or_insert_with(|| {
            let worker =
                Arc::new(Worker { started: Instant::now(), busy_since: AtomicU64::new(0), label: Mutex::default() });
            let mut workers = WORKERS.lock().unwrap_or_else(PoisonError::into_inner);
            workers.retain(|worker| worker.strong_count() > 0);
            workers.push(Arc::downgrade(&worker));
            worker
        })
        .clone()
    })
}

/// Logs each poll that has lasted longer than `limit`, once. `reported` holds what was logged before.
fn report_blocked(limit: Duration, reported: &mut Vec<(usize, u64)>) {
    let workers: Vec<Arc<Worker>> =
        WORKERS.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).collect();
    let mut still = Vec::new();
    for worker in workers {
        let since = worker.busy_since.load(Ordering::Acquire);
        let lasted = Duration::from_micros(worker.now().saturating_sub(since));
        if since == 0 || lasted < limit {
            continue;
        }
        let poll = (Arc::as_ptr(&worker) as usize, since);
        if !reported.contains(&poll) {
            let label = *worker.label.lock().unwrap_or_else(PoisonError::into_inner);
            tracing::warn!(
                view = label.view,
                callback = label.callback,
                blocked_for = ?lasted,
                "a callback blocks its thread and every view on it; do such work in cx.blocking(..)"
            );
        }
        still.push(poll);
    }
    *reported = still;
}
