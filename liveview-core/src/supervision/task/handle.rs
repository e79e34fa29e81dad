//! One task, as its starter holds it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::supervision::exit::ExitReason;
use crate::supervision::process::Process;

/// Why a task has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// It ended before it had one.
    #[error("the task ended: {0}")]
    Exit(ExitReason),
    /// It took too long, and was ended.
    #[error("the task took longer than {0:?}")]
    TimedOut(Duration),
    /// It was not started: there are as many as there may be.
    #[error("{name} runs {limit} tasks, as many as its max_children allows")]
    MaxChildren {
        /// The task supervisor.
        name: Arc<str>,
        /// How many it may run.
        limit: usize,
    },
}

type Outcome<T> = Pin<Box<dyn Future<Output = Result<T, TaskError>> + Send>>;

/// A task that was started; a future of its result.
#[must_use = "a linked task ends when this is dropped"]
pub struct Task<T> {
    process: Option<Process>,
    link: Option<Link>,
    outcome: Outcome<T>,
}

/// That a task ends when its [`Task`] is dropped; and the process that it is linked to, if it was started in one.
pub(super) struct Link(pub(super) Option<Process>);

impl<T: Send + 'static> Task<T> {
    pub(super) fn new(started: Result<(Process, oneshot::Receiver<T>), TaskError>, link: Option<Link>) -> Self {
        match started {
            Err(error) => Self { process: None, link, outcome: Box::pin(std::future::ready(Err(error))) },
            Ok((process, result)) => {
                let ended = process.clone();
                let outcome = async move {
                    match result.await {
                        Ok(value) => Ok(value),
                        Err(_) => Err(TaskError::Exit(ended.ended().await)),
                    }
                };
                Self { process: Some(process), link, outcome: Box::pin(outcome) }
            }
        }
    }

    /// The result, if it comes within so long; then the task is ended.
    ///
    /// # Errors
    /// As for awaiting it, and [`TaskError::TimedOut`].
    pub async fn within(mut self, limit: Duration) -> Result<T, TaskError> {
        if let Ok(outcome) = tokio::time::timeout(limit, &mut self).await {
            return outcome;
        }
        self.shut_down().await;
        Err(TaskError::TimedOut(limit))
    }

    /// Ends it, and waits until it has.
    pub async fn shut_down(self) {
        self.give_up();
        if let Some(process) = &self.process {
            process.ended().await;
        }
    }
}

impl<T> Task<T> {
    /// Ends it; whoever started it does not hear of that.
    fn give_up(&self) {
        let Some(process) = &self.process else { return };
        if let Some(Link(Some(caller))) = &self.link {
            caller.unlink(process);
        }
        process.exit(ExitReason::Shutdown);
    }

    /// Its process; `None` when it was not started.
    pub fn process(&self) -> Option<&Process> {
        self.process.as_ref()
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, TaskError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.outcome.as_mut().poll(cx)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if self.link.is_some() {
            self.give_up();
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("process", &self.process).finish_non_exhaustive()
    }
}
