//! Named tasks of a view (`start_async`/`handle_async` of `Phoenix.LiveView`).
//!
//! A task runs on the endpoint's runtime, beside the view. Its name is free again when a later task takes it: the older one is
//! aborted and its result never arrives. All of a view's tasks are aborted when the view ends.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::message::Message;
use crate::mailbox::Address;

/// What a task came to.
pub type AsyncResult<T> = Result<T, AsyncError>;

/// Why a task has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AsyncError {
    /// It panicked with this message. The view lives on.
    #[error("the task panicked: {0}")]
    Panicked(String),
    /// [`crate::Cx::cancel_async`] ended it.
    #[error("the task was cancelled")]
    Cancelled,
}

/// The end of a task, on its way to `handle_async`.
pub struct AsyncDone {
    name: Box<str>,
    generation: u64,
    value: Result<Box<dyn Any + Send>, AsyncError>,
}

impl AsyncDone {
    /// The name that the task was started with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The result, if the task's value is a `T`.
    ///
    /// # Errors
    /// The message itself, if it is of another type.
    pub fn take<T: 'static>(self) -> Result<AsyncResult<T>, Self> {
        match self.value {
            Err(error) => Ok(Err(error)),
            Ok(value) => match value.downcast() {
                Ok(value) => Ok(Ok(*value)),
                Err(value) => Err(Self { value: Ok(value), ..self }),
            },
        }
    }
}

/// The running tasks of one view.
#[derive(Default)]
pub(super) struct AsyncTasks {
    running: HashMap<Box<str>, (u64, AbortHandle)>,
    generations: u64,
}

impl AsyncTasks {
    pub(super) fn start<T: Any + Send>(
        &mut self,
        name: &str,
        runtime: &Handle,
        mailbox: Address<Message>,
        task: impl Future<Output = T> + Send + 'static,
    ) {
        self.generations += 1;
        let generation = self.generations;
        let key: Box<str> = name.into();
        let done = key.clone();
        let handle = runtime.spawn(async move {
            let value = AssertUnwindSafe(task).catch_unwind().await;
            let value = value
                .map(|value| Box::new(value) as Box<dyn Any + Send>)
                .map_err(|panic| AsyncError::Panicked(crate::panic_message(&*panic)));
            // The view may be gone: then nobody waits for the value.
            mailbox.push(Message::Async(AsyncDone { name: done, generation, value })).ok();
        });
        if let Some((_, older)) = self.running.insert(key, (generation, handle.abort_handle())) {
            older.abort();
        }
    }

    /// Aborts the task; its end reaches `handle_async` as [`AsyncError::Cancelled`].
    pub(super) fn cancel(&mut self, name: &str, mailbox: &Address<Message>) {
        if let Some((generation, task)) = self.running.get(name) {
            task.abort();
            let value = Err(AsyncError::Cancelled);
            mailbox.push(Message::Async(AsyncDone { name: name.into(), generation: *generation, value })).ok();
        }
    }

    /// Whether this is the end of the task that has the name now; if so, the name is free.
    pub(super) fn finish(&mut self, done: &AsyncDone) -> bool {
        let current = self.running.get(done.name()).is_some_and(|(generation, _)| *generation == done.generation);
        if current {
            self.running.remove(done.name());
        }
        current
    }
}

impl Drop for AsyncTasks {
    fn drop(&mut self) {
        for (_, task) in self.running.values() {
            task.abort();
        }
    }
}
