//! A task for each of many items, some at a time.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use tokio::time::{Sleep, sleep};

use super::{Link, Task, TaskError, TaskSupervisor};

/// How long a task may take, unless it is said otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The results of [`TaskSupervisor::async_stream`]: one for each item, a failure in the place of its item.
#[must_use = "nothing is started before it is polled"]
pub struct TaskStream<I, M, T> {
    tasks: TaskSupervisor,
    items: I,
    work: M,
    running: VecDeque<Slot<T>>,
    max_concurrency: usize,
    timeout: Option<Duration>,
    is_ordered: bool,
    is_exhausted: bool,
}

/// A task that was started, until its result is taken.
struct Slot<T> {
    task: Task<T>,
    limit: Option<(Duration, Pin<Box<Sleep>>)>,
    outcome: Option<Result<T, TaskError>>,
}

impl<I, M, T> TaskStream<I, M, T> {
    pub(super) fn new(tasks: TaskSupervisor, items: I, work: M) -> Self {
        Self {
            tasks,
            items,
            work,
            running: VecDeque::new(),
            max_concurrency: std::thread::available_parallelism().map_or(1, usize::from),
            timeout: Some(TIMEOUT),
            is_ordered: true,
            is_exhausted: false,
        }
    }

    /// How many run at a time, at least one. Default: one for each core.
    pub fn max_concurrency(mut self, tasks: usize) -> Self {
        self.max_concurrency = tasks.max(1);
        self
    }

    /// How long each may take, before it is ended and its result is [`TaskError::TimedOut`]; `None` for no limit. Default: 5 seconds.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Whether results come in the order of the items, which is the default, or as they are ready.
    pub fn ordered(mut self, is_ordered: bool) -> Self {
        self.is_ordered = is_ordered;
        self
    }
}

impl<T> Slot<T> {
    fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        if self.outcome.is_some() {
            return true;
        }
        if let Poll::Ready(outcome) = Pin::new(&mut self.task).poll(cx) {
            self.outcome = Some(outcome);
        } else if let Some((limit, sleep)) = &mut self.limit
            && sleep.as_mut().poll(cx).is_ready()
        {
            if let Some(process) = self.task.process() {
                process.kill();
            }
            self.outcome = Some(Err(TaskError::TimedOut(*limit)));
        }
        self.outcome.is_some()
    }
}

impl<I, F, M, T> Stream for TaskStream<I, M, T>
where
    I: Iterator + Unpin,
    M: FnMut(I::Item) -> F + Unpin,
    F: Future<Output = T> + Send + 'static,
    T: Send + Unpin + 'static,
{
    type Item = Result<T, TaskError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        // Those that have ended and wait for their turn do not count: they run no more.
        loop {
            let running = this.running.iter().filter(|slot| slot.outcome.is_none()).count();
            let room = this.running.len() < this.max_concurrency.saturating_mul(2) && running < this.max_concurrency;
            if this.is_exhausted || !room {
                break;
            }
            match this.items.next() {
                None => this.is_exhausted = true,
                Some(item) => {
                    let task = this.tasks.async_stream_task((this.work)(item));
                    let limit = this.timeout.map(|limit| (limit, Box::pin(sleep(limit))));
                    let mut slot = Slot { task, limit, outcome: None };
                    slot.poll(cx);
                    this.running.push_back(slot);
                }
            }
        }
        // All are polled, so that each can wake the stream.
        let mut ready = None;
        for (index, slot) in this.running.iter_mut().enumerate() {
            if slot.poll(cx) && (index == 0 || !this.is_ordered) {
                ready.get_or_insert(index);
            }
        }
        match ready.and_then(|index| this.running.remove(index)).and_then(|slot| slot.outcome) {
            Some(outcome) => {
                // A place is free now: the next poll fills it.
                Poll::Ready(Some(outcome))
            }
            None if this.running.is_empty() && this.is_exhausted => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl TaskSupervisor {
    /// A task that ends when its stream is dropped, and whose failure is a value.
    fn async_stream_task<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task::new(self.spawn(work), Some(Link(None)))
    }
}
