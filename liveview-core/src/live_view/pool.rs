//! The threads on which views live.
//!
//! A `VirtualDom` is not `Send`, so a view stays on the thread where it began. Each new view goes to the thread that has the
//! fewest, among those that no callback blocks; one whose thread is blocked before it has begun begins on another. Those that live on a thread
//! that is blocked have to wait for it: nothing can take a future from the thread that polls it.

use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::task::LocalPoolHandle;

use super::watchdog::{self, Worker};

/// A callback that has held its thread for so long will go on for a while, for all that new views know.
const BLOCKED: Duration = Duration::from_millis(20);
/// How long a view waits for a thread that was busy when it came, before it tries another.
const PATIENCE: Duration = Duration::from_millis(50);

/// A cheap handle to the threads.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Threads>);

struct Threads {
    handle: LocalPoolHandle,
    /// What each thread is doing, as soon as it has run.
    workers: Vec<Arc<OnceLock<Arc<Worker>>>>,
}

impl Pool {
    pub(crate) fn new(threads: usize) -> Self {
        let handle = LocalPoolHandle::new(threads.max(1));
        let workers: Vec<Arc<OnceLock<_>>> = (0..threads.max(1)).map(|_| Arc::default()).collect();
        for (index, worker) in workers.iter().enumerate() {
            let worker = worker.clone();
            let note = move || async move { drop(worker.set(watchdog::current_worker())) };
            drop(handle.spawn_pinned_by_idx(note, index));
        }
        Self(Arc::new(Threads { handle, workers }))
    }

    /// Runs what `make` makes, to its end, on one of the threads.
    pub(crate) fn spawn<F: Future<Output = ()> + 'static>(&self, make: impl FnOnce() -> F + Send + 'static) {
        let index = self.best(&[]);
        // A view reports its own end; nobody waits for the task.
        if self.busy_for(index).is_none() {
            return drop(self.0.handle.spawn_pinned_by_idx(make, index));
        }
        let job = Arc::new(Mutex::new(Some(make)));
        self.offer(&job, index);
        tokio::spawn(self.clone().offer_elsewhere(job, index));
    }

    /// Lets a thread take a view that has not begun.
    fn offer<F: Future<Output = ()> + 'static>(&self, job: &Job<impl FnOnce() -> F + Send + 'static>, index: usize) {
        let job = job.clone();
        let take = move || async move {
            let make = take(&job);
            if let Some(make) = make {
                make().await;
            }
        };
        drop(self.0.handle.spawn_pinned_by_idx(take, index));
    }

    /// Offers it to one thread after the other, until one has taken it.
    async fn offer_elsewhere<F, M>(self, job: Job<M>, first: usize)
    where
        F: Future<Output = ()> + 'static,
        M: FnOnce() -> F + Send + 'static,
    {
        let mut tried = vec![first];
        while tried.len() < self.0.workers.len() {
            tokio::time::sleep(PATIENCE).await;
            if job.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
                return;
            }
            let next = self.best(&tried);
            self.offer(&job, next);
            tried.push(next);
        }
    }

    /// The thread for the next view: not blocked if there is such a one, and then the one with the fewest.
    fn best(&self, but: &[usize]) -> usize {
        let loads = self.0.handle.get_task_loads_for_each_worker();
        let candidates = loads.into_iter().enumerate().filter(|(index, _)| !but.contains(index));
        let rank = |(index, load): &(usize, usize)| (self.busy_for(*index).is_some_and(|busy| busy > BLOCKED), *load);
        candidates.min_by_key(rank).map_or(0, |(index, _)| index)
    }

    /// How long a callback has held a thread, if one does now.
    fn busy_for(&self, index: usize) -> Option<Duration> {
        self.0.workers[index].get()?.busy_for()
    }
}

type Job<M> = Arc<Mutex<Option<M>>>;

fn take<M>(job: &Job<M>) -> Option<M> {
    job.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread::ThreadId;
    use std::time::Duration;

    use super::Pool;
    use crate::live_view::watchdog::{Label, watch_sync};

    const LABEL: Label = Label { view: "test", callback: "loop" };

    /// Blocks a thread until the sender is dropped; says which.
    async fn block(pool: &Pool) -> (ThreadId, mpsc::Sender<()>) {
        let (release, held) = mpsc::channel::<()>();
        let (say, began) = tokio::sync::oneshot::channel();
        pool.spawn(move || async move {
            watch_sync(LABEL, || {
                say.send(std::thread::current().id()).expect("the test waits");
                held.recv().expect_err("it is dropped");
            });
        });
        (began.await.expect("it begins"), release)
    }

    async fn where_it_runs(pool: &Pool) -> ThreadId {
        let (say, began) = tokio::sync::oneshot::channel();
        pool.spawn(move || async move {
            let _ = say.send(std::thread::current().id());
        });
        began.await.expect("it begins")
    }

    #[tokio::test]
    async fn nothing_new_is_put_on_a_thread_that_is_blocked() {
        let pool = Pool::new(2);
        let (blocked, release) = block(&pool).await;
        // At once, when nobody can know yet that it will last, and later.
        for pause in [0, 30] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            for _ in 0..10 {
                assert_ne!(where_it_runs(&pool).await, blocked);
            }
        }
        drop(release);
    }

    #[tokio::test]
    async fn where_all_are_blocked_a_view_begins_on_the_first_that_is_free() {
        let pool = Pool::new(2);
        let ((_, first), (second_id, second)) = (block(&pool).await, block(&pool).await);
        let (say, mut began) = tokio::sync::oneshot::channel();
        pool.spawn(move || async move {
            let _ = say.send(std::thread::current().id());
        });
        assert!(tokio::time::timeout(Duration::from_millis(200), &mut began).await.is_err());
        drop(second);
        assert_eq!(began.await, Ok(second_id));
        drop(first);
    }
}
