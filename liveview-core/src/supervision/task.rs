//! Tasks: work beside the caller's, whose result, failure or panic comes back as a value.
//!
//! ```
//! use liveview_core::supervision::TaskSupervisor;
//! use futures_util::StreamExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let tasks = TaskSupervisor::new("tasks");
//! let answer = tasks.async_nolink(async { 6 * 7 }).await;
//! assert_eq!(answer, Ok(42));
//!
//! let squares = tasks.async_stream(1..=4, |n| async move { n * n }).max_concurrency(2);
//! assert_eq!(squares.collect::<Vec<_>>().await, [Ok(1), Ok(4), Ok(9), Ok(16)]);
//! # }
//! ```
//!
//! A [`TaskSupervisor`] is a handle that works at once; as a [child](super::Child::tasks) of a supervisor, its tasks end with the tree.
//!
//! After Elixir's `Task.Supervisor`.

mod handle;
mod stream;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::oneshot;

use self::handle::Link;
pub use self::handle::{Task, TaskError};
pub use self::stream::TaskStream;
use super::child::interruptible;
use super::exit::ExitReason;
use super::process::{Probe, Process, ProcessInfo, ProcessKind};

/// Starts tasks and knows those that run. Clones are the same one.
#[derive(Clone)]
pub struct TaskSupervisor(Arc<Inner>);

struct Inner {
    name: Arc<str>,
    max_children: Option<usize>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    tasks: BTreeMap<u64, Process>,
    /// Its child has ended, with the tree.
    is_closed: bool,
}

impl TaskSupervisor {
    /// Without a limit.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(Arc::new(Inner { name: name.into(), max_children: None, running: Mutex::default() }))
    }

    /// With at most so many tasks at a time; one more is [`TaskError::MaxChildren`].
    pub fn with_max_children(name: impl Into<Arc<str>>, limit: usize) -> Self {
        Self(Arc::new(Inner { name: name.into(), max_children: Some(limit), running: Mutex::default() }))
    }

    /// Its name.
    pub fn name(&self) -> Arc<str> {
        self.0.name.clone()
    }

    /// Starts a task that shares the caller's fate: it ends when the [`Task`] is dropped, or with the process that the caller runs in; and when it
    /// fails, that process ends for the same reason, unless it traps exits. A live view is no process: it gets the failure as a value.
    pub fn async_<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        let (task, caller) = (self.spawn(work), Process::current());
        if let (Some(caller), Ok((process, _))) = (&caller, &task) {
            caller.link(process);
        }
        Task::new(task, Some(Link(caller)))
    }

    /// Starts a task whose failure is a value and nothing else. It goes on when the [`Task`] is dropped.
    pub fn async_nolink<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task::new(self.spawn(work), None)
    }

    /// Starts a task that nobody waits for. Its failure is in the log.
    ///
    /// # Errors
    /// When there are as many as there may be, or the supervisor has ended.
    pub fn start_child(&self, work: impl Future<Output = ()> + Send + 'static) -> Result<Process, TaskError> {
        self.spawn(work).map(|(process, _)| process)
    }

    /// Starts a task for each item, some at a time, and gives their results as a stream, in the order of the items. Nothing is started before the
    /// stream is polled; dropping it ends the tasks that run.
    pub fn async_stream<I, F, M, T>(&self, items: I, work: M) -> TaskStream<I::IntoIter, M, T>
    where
        I: IntoIterator,
        M: FnMut(I::Item) -> F,
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        TaskStream::new(self.clone(), items.into_iter(), work)
    }

    /// The tasks that run.
    pub fn children(&self) -> Vec<Process> {
        self.lock().tasks.values().cloned().collect()
    }

    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<(Process, oneshot::Receiver<T>), TaskError> {
        let process = Process::new(self.0.name.clone(), ProcessKind::Task);
        {
            let mut running = self.lock();
            if running.is_closed {
                return Err(TaskError::Exit(ExitReason::Shutdown));
            }
            if let Some(limit) = self.0.max_children.filter(|limit| running.tasks.len() >= *limit) {
                return Err(TaskError::MaxChildren { name: self.name(), limit });
            }
            running.tasks.insert(process.id(), process.clone());
        }
        let (inner, number) = (Arc::downgrade(&self.0), process.id());
        process.on_release(move || forget(&inner, number));
        let (send, result) = oneshot::channel();
        let myself = process.clone();
        process.set_up();
        process.run(async move { interruptible(&myself, async { drop(send.send(work.await)) }).await });
        Ok((process, result))
    }

    fn set_closed(&self, is_closed: bool) {
        self.lock().is_closed = is_closed;
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        // Every section leaves the map whole.
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget(inner: &Weak<Inner>, number: u64) {
    if let Some(inner) = inner.upgrade() {
        TaskSupervisor(inner).lock().tasks.remove(&number);
    }
}

/// Runs as the given process, which ends the tasks when it ends.
pub(super) fn run_as(process: &Process, tasks: &TaskSupervisor) {
    tasks.set_closed(false);
    process.set_probe(Tasks(tasks.clone()));
    process.set_up();
    let (myself, open) = (process.clone(), Open(tasks.clone(), process.clone()));
    process.run(async move {
        let reason = myself.asked().await;
        open.0.set_closed(true);
        let running = open.0.children();
        for task in &running {
            task.exit(reason.clone());
        }
        futures_util::future::join_all(running.iter().map(Process::ended)).await;
        reason
    });
}

/// Also when it is killed, no task outlives it.
struct Open(TaskSupervisor, Process);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.set_closed(true);
        self.1.kill_first(self.0.children());
    }
}

/// The tasks as their supervisor's process shows them.
struct Tasks(TaskSupervisor);

impl Probe for Tasks {
    fn children(&self) -> Vec<ProcessInfo> {
        self.0.children().iter().map(Process::info).collect()
    }
}

impl std::fmt::Debug for TaskSupervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskSupervisor").field("name", &self.0.name).finish_non_exhaustive()
    }
}
