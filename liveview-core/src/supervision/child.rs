//! What a supervisor starts, and how it is to be treated: the child specification of OTP.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::actor::{self, Actor};
use super::exit::{ExitReason, IntoExit};
use super::process::{Process, ProcessKind};
use super::supervisor::Supervisor;
use super::task::{self, TaskSupervisor};

/// How long a child may take to end, unless its own specification says otherwise.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a child that has ended is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Restart {
    /// Always.
    #[default]
    Permanent,
    /// When it ended [abnormally](ExitReason::is_abnormal).
    Transient,
    /// Never, and its specification is forgotten.
    Temporary,
}

/// How a child is ended when its supervisor does not want it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// It is asked, and killed when it has not ended after so long. The default, with 5 seconds, for all but supervisors.
    Within(Duration),
    /// It is asked, and waited for. The default for supervisors, whose children have their own limits.
    Infinity,
    /// It is killed without a word.
    BrutalKill,
}

/// Told to a [graceful](Child::graceful) worker when it is to end.
#[derive(Clone, Debug)]
pub struct ShutdownSignal(pub(super) Process);

impl ShutdownSignal {
    /// Waits until the worker is asked to end. It then has as long as its [`Shutdown`] says.
    ///
    /// # Cancel safety
    /// It only waits.
    pub async fn requested(&self) {
        self.0.asked().await;
    }

    /// Whether it was asked to end.
    pub fn is_requested(&self) -> bool {
        self.0.is_asked()
    }
}

type Starting = Pin<Box<dyn Future<Output = Result<(), ExitReason>> + Send>>;

/// The specification of one child: a name, how it is started, and how it is treated.
///
/// Its defaults are OTP's: [permanent](Restart::Permanent), 5 seconds to end, started again at once.
#[derive(Clone)]
pub struct Child {
    pub(super) name: Arc<str>,
    pub(super) kind: ProcessKind,
    pub(super) restart: Restart,
    pub(super) shutdown: Shutdown,
    pub(super) is_significant: bool,
    pub(super) pause: Duration,
    /// Runs the given process; resolves once it is up, or has failed to come up.
    pub(super) start: Arc<dyn Fn(Process) -> Starting + Send + Sync>,
}

impl Child {
    /// A plain future, made anew for each start. When the child is to end, the future is dropped at its next `.await`.
    pub fn worker<F, O>(name: impl Into<Arc<str>>, make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = O> + Send + 'static,
        O: IntoExit,
    {
        Self::new(name, ProcessKind::Worker, move |process| {
            let (future, myself) = (make(), process.clone());
            up(&process, async move { interruptible(&myself, future).await });
        })
    }

    /// A plain future that is told when it is to end, and tidies up before it does.
    pub fn graceful<F, O>(name: impl Into<Arc<str>>, make: impl Fn(ShutdownSignal) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = O> + Send + 'static,
        O: IntoExit,
    {
        Self::new(name, ProcessKind::Worker, move |process| {
            let (future, myself) = (make(ShutdownSignal(process.clone())), process.clone());
            up(&process, async move {
                let exit = future.await.into_exit();
                // It has ended because it was asked to, and no reason of its own.
                if exit == ExitReason::Normal && myself.is_asked() { myself.asked().await } else { exit }
            });
        })
    }

    /// An actor. The supervisor goes on once its `init` has returned.
    pub fn actor<A: Actor>(name: impl Into<Arc<str>>, args: A::Args) -> Self {
        let kind = ProcessKind::Actor(std::any::type_name::<A>());
        Self::starting(name, kind, move |process| {
            let args = args.clone();
            Box::pin(async move { actor::run_as::<A>(&process, args).await.map(drop) })
        })
    }

    /// A supervisor, with its name. It has all the time that it needs to end.
    pub fn supervisor(supervisor: Supervisor) -> Self {
        let (name, kind) = (supervisor.name(), ProcessKind::Supervisor(supervisor.strategy()));
        let plan = supervisor.into_plan();
        let start = move |process| -> Starting {
            let plan = plan.clone();
            Box::pin(async move { plan.run_as(&process).await })
        };
        Self { shutdown: Shutdown::Infinity, ..Self::starting(name, kind, start) }
    }

    /// The tasks of a [`TaskSupervisor`]: they end when this child does.
    pub fn tasks(tasks: &TaskSupervisor) -> Self {
        let tasks = tasks.clone();
        Self::new(tasks.name(), ProcessKind::Tasks, move |process| task::run_as(&process, &tasks))
    }

    /// Whether it is started again.
    #[must_use]
    pub fn restart(mut self, restart: Restart) -> Self {
        self.restart = restart;
        self
    }

    /// [`Restart::Transient`].
    #[must_use]
    pub fn transient(self) -> Self {
        self.restart(Restart::Transient)
    }

    /// [`Restart::Temporary`].
    #[must_use]
    pub fn temporary(self) -> Self {
        self.restart(Restart::Temporary)
    }

    /// How it is ended.
    #[must_use]
    pub fn shutdown(mut self, shutdown: Shutdown) -> Self {
        self.shutdown = shutdown;
        self
    }

    /// Its end, unless it is started again, may end its supervisor: see [`AutoShutdown`](super::AutoShutdown). A permanent child cannot be
    /// significant.
    #[must_use]
    pub fn significant(mut self) -> Self {
        self.is_significant = true;
        self
    }

    /// How long it is left alone after it has ended, before it is started again: for what cannot be had at once, such as a device that comes back.
    /// It counts as a restart all the same: see [`Supervisor::intensity`]. Default: not at all.
    #[must_use]
    pub fn restart_after(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    fn new(name: impl Into<Arc<str>>, kind: ProcessKind, start: impl Fn(Process) + Send + Sync + 'static) -> Self {
        Self::starting(name, kind, move |process| {
            start(process);
            Box::pin(std::future::ready(Ok(())))
        })
    }

    fn starting(
        name: impl Into<Arc<str>>,
        kind: ProcessKind,
        start: impl Fn(Process) -> Starting + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            kind,
            restart: Restart::default(),
            shutdown: Shutdown::Within(PATIENCE),
            is_significant: false,
            pause: Duration::ZERO,
            start: Arc::new(start),
        }
    }

    /// Whether it is to be started again after this.
    pub(super) fn comes_back(&self, reason: &ExitReason) -> bool {
        match self.restart {
            Restart::Permanent => true,
            Restart::Transient => reason.is_abnormal(),
            Restart::Temporary => false,
        }
    }
}

impl std::fmt::Debug for Child {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Child").field("name", &self.name).field("restart", &self.restart).finish_non_exhaustive()
    }
}

/// Runs a future that needs no start of its own.
fn up(process: &Process, body: impl Future<Output = ExitReason> + Send + 'static) {
    process.set_up();
    process.run(body);
}

/// A future that is dropped when its process is to end.
pub(super) async fn interruptible<O: IntoExit>(process: &Process, future: impl Future<Output = O>) -> ExitReason {
    tokio::select! {
        biased;
        reason = process.asked() => reason,
        output = future => output.into_exit(),
    }
}

/// Says how a start went, to whoever waits for it.
pub(super) struct Starter<T>(oneshot::Sender<Result<T, ExitReason>>);

impl<T> Starter<T> {
    pub(super) fn new() -> (Self, oneshot::Receiver<Result<T, ExitReason>>) {
        let (send, receive) = oneshot::channel();
        (Self(send), receive)
    }

    pub(super) fn up(self, process: &Process, value: T) {
        process.set_up();
        // Whoever started it may have given up.
        drop(self.0.send(Ok(value)));
    }

    pub(super) fn failed(self, reason: ExitReason) {
        drop(self.0.send(Err(reason)));
    }
}

/// Waits for a start, and for the end of a process that did not come up.
pub(super) async fn started<T>(
    process: &Process,
    outcome: oneshot::Receiver<Result<T, ExitReason>>,
) -> Result<T, ExitReason> {
    match outcome.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) | Err(_) => Err(process.ended().await),
    }
}
