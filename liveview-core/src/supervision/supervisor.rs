//! Supervisors: they start children in order, start again those that fail, and end them in reverse.
//!
//! ```text
//! Supervisor (a value)  --start-->  a process that owns its children
//! a child ends  -> restart? (its Restart) -> too many within the window? -> end all, fail: the parent's turn
//!                                         -> else restart it, all, or it and those after it (the strategy)
//! told to end   -> children in reverse order, each within its own limit
//! ```
//!
//! A [`SupervisorRef`] names the supervisor and not one life of it: it stays good when its parent starts the supervisor again.
//!
//! After OTP's `supervisor`, with one difference: who gives up ends with [`ExitReason::Failed`], not with `shutdown`, so that a transient supervisor is
//! started again by its parent.

mod intensity;
mod plan;
mod running;
mod slots;
mod stop;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::intensity::Bound;
pub(super) use self::plan::Plan;
use self::slots::{Command, Shared};
use super::child::Child;
use super::exit::ExitReason;
use super::process::{Process, ProcessInfo, ProcessKind};

/// Who is started again besides the child that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// Nobody.
    OneForOne,
    /// All the others.
    OneForAll,
    /// Those that were started after it.
    RestForOne,
    /// Nobody; children come and go while it runs, and end all at once.
    Dynamic,
}

/// Whether a supervisor ends when its [significant](Child::significant) children have, and are not started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoShutdown {
    /// Never.
    #[default]
    Never,
    /// As soon as one of them has.
    AnySignificant,
    /// When all of them have.
    AllSignificant,
}

/// Why a supervisor or an actor did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A specification contradicts itself.
    #[error("{name}: {problem}")]
    Invalid {
        /// The supervisor, or the child.
        name: Arc<str>,
        /// What to change.
        problem: &'static str,
    },
    /// It, or one of its children, did not come up; those before it were ended again.
    #[error("{name} did not start: {reason}")]
    Failed {
        /// What was to be started.
        name: Arc<str>,
        /// Why it was not.
        reason: ExitReason,
    },
    /// The supervisor has as many children as it may.
    #[error("{name} has {limit} children, as many as its max_children allows")]
    MaxChildren {
        /// The supervisor.
        name: Arc<str>,
        /// How many it may have.
        limit: usize,
    },
    /// It has a child of this name, which may have to be deleted first.
    #[error("{name} has a child `{child}` already")]
    AlreadyPresent {
        /// The supervisor.
        name: Arc<str>,
        /// The child.
        child: Arc<str>,
    },
    /// The supervisor does not run.
    #[error("{name} does not run")]
    NotRunning {
        /// The supervisor.
        name: Arc<str>,
    },
}

/// Why nothing was done to a child.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChildError {
    /// There is none of this name.
    #[error("there is no child `{0}`")]
    NotFound(Arc<str>),
    /// It runs.
    #[error("the child `{0}` runs: terminate it first")]
    Running(Arc<str>),
    /// The supervisor does not run.
    #[error("the supervisor does not run")]
    NotRunning,
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// A supervisor in the making: children and rules. [`start`](Self::start) it, or make it the [child](Child::supervisor) of another.
pub struct Supervisor {
    shared: Arc<Shared>,
    children: Vec<Child>,
    bound: Bound,
    auto_shutdown: AutoShutdown,
    max_children: Option<usize>,
}

impl Supervisor {
    /// Only the child that failed is started again.
    pub fn one_for_one(name: impl Into<Arc<str>>) -> Self {
        Self::new(name, Strategy::OneForOne)
    }

    /// When a child fails, all are ended and started again: none can do without the others.
    pub fn one_for_all(name: impl Into<Arc<str>>) -> Self {
        Self::new(name, Strategy::OneForAll)
    }

    /// When a child fails, it and those after it are started again: they rely on it.
    pub fn rest_for_one(name: impl Into<Arc<str>>) -> Self {
        Self::new(name, Strategy::RestForOne)
    }

    /// For children that come and go while it runs, by [`SupervisorRef::start_child`]. They share no order: at the end, all are told at once.
    /// A child that is not started again is forgotten.
    pub fn dynamic(name: impl Into<Arc<str>>) -> Self {
        Self::new(name, Strategy::Dynamic)
    }

    fn new(name: impl Into<Arc<str>>, strategy: Strategy) -> Self {
        Self {
            shared: Arc::new(Shared::new(name.into(), strategy)),
            children: Vec::new(),
            bound: Bound::default(),
            auto_shutdown: AutoShutdown::default(),
            max_children: None,
        }
    }

    /// One more child, started after those before it and ended before them.
    #[must_use]
    pub fn child(mut self, child: Child) -> Self {
        self.children.push(child);
        self
    }

    /// Several, in their order.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Child>) -> Self {
        self.children.extend(children);
        self
    }

    /// How many restarts it puts up with `within` this time; one more, and it ends its children and fails. Default: 3 in 5 seconds.
    #[must_use]
    pub fn intensity(mut self, restarts: usize, within: Duration) -> Self {
        self.bound = Bound { restarts, within };
        self
    }

    /// Whether it ends by itself.
    #[must_use]
    pub fn auto_shutdown(mut self, auto_shutdown: AutoShutdown) -> Self {
        self.auto_shutdown = auto_shutdown;
        self
    }

    /// How many children it may have at a time. Default: no limit.
    #[must_use]
    pub fn max_children(mut self, limit: usize) -> Self {
        self.max_children = Some(limit);
        self
    }

    /// What will name it once it runs, and does nothing before.
    pub fn handle(&self) -> SupervisorRef {
        SupervisorRef(self.shared.clone())
    }

    /// Its name.
    pub fn name(&self) -> Arc<str> {
        self.shared.name.clone()
    }

    pub(super) fn strategy(&self) -> Strategy {
        self.shared.strategy
    }

    pub(super) fn into_plan(self) -> Plan {
        let Self { shared, children, bound, auto_shutdown, max_children } = self;
        Plan { shared, children: children.into(), bound, auto_shutdown, max_children }
    }

    /// Starts it with no parent. All its children are up when this returns.
    ///
    /// # Errors
    /// When a child does not come up, or the specification is not sound. What was started is ended again.
    pub async fn start(self) -> Result<SupervisorRef, StartError> {
        let handle = self.handle();
        let plan = self.into_plan();
        plan.check()?;
        let process = Process::new(handle.name(), ProcessKind::Supervisor(handle.0.strategy));
        match plan.run_as(&process).await {
            Ok(()) => Ok(handle),
            Err(reason) => Err(StartError::Failed { name: handle.name(), reason }),
        }
    }
}

/// Names a supervisor, whichever life it is in. Clones name the same one.
#[derive(Clone)]
pub struct SupervisorRef(Arc<Shared>);

impl SupervisorRef {
    /// Its name.
    pub fn name(&self) -> Arc<str> {
        self.0.name.clone()
    }

    /// The process that it is now; `None` while it does not run.
    pub fn process(&self) -> Option<Process> {
        self.0.process().filter(Process::is_alive)
    }

    /// Starts one more child, after those that it has. The child is up when this returns.
    ///
    /// # Errors
    /// When it does not come up, there are too many, one of this name is there already (unless the supervisor is
    /// [dynamic](Supervisor::dynamic)), or the supervisor does not run.
    pub async fn start_child(&self, child: Child) -> Result<Process, StartError> {
        let answer = self.0.ask(|reply| Command::Start(child, reply)).await;
        answer.unwrap_or_else(|| Err(StartError::NotRunning { name: self.name() }))
    }

    /// Ends a child, by its name, and does not start it again. It can be [restarted](Self::restart_child); one that is temporary, or of a dynamic
    /// supervisor, is forgotten.
    ///
    /// # Errors
    /// When there is none.
    pub async fn terminate_child(&self, name: &str) -> Result<(), ChildError> {
        self.0.ask(|reply| Command::Terminate(name.into(), reply)).await.unwrap_or(Err(ChildError::NotRunning))
    }

    /// Starts a child that has been terminated, or has ended and was not started again.
    ///
    /// # Errors
    /// When there is none, it runs, or it does not come up.
    pub async fn restart_child(&self, name: &str) -> Result<Process, ChildError> {
        self.0.ask(|reply| Command::Restart(name.into(), reply)).await.unwrap_or(Err(ChildError::NotRunning))
    }

    /// Forgets a child that does not run.
    ///
    /// # Errors
    /// When there is none, or it runs.
    pub async fn delete_child(&self, name: &str) -> Result<(), ChildError> {
        self.0.ask(|reply| Command::Delete(name.into(), reply)).await.unwrap_or(Err(ChildError::NotRunning))
    }

    /// How many children it has, those that do not run at the moment included.
    pub fn count_children(&self) -> usize {
        self.0.count()
    }

    /// The process of a child, by its name; `None` when it does not run.
    pub fn child(&self, name: &str) -> Option<Process> {
        self.0.child(name)
    }

    /// The supervisor and all below it, now. Never waits, whatever they do.
    pub fn inspect(&self) -> ProcessInfo {
        self.0.inspect()
    }

    /// Ends the children in reverse order, each within its limit, and then itself. Done when this returns; at once when it does not run.
    pub async fn shut_down(&self) {
        if let Some(process) = self.process() {
            process.exit(ExitReason::Shutdown);
            process.ended().await;
        }
    }

    /// Waits until the supervisor ends, by itself or not, and says why; at once when it does not run any more.
    ///
    /// # Cancel safety
    /// It only waits.
    pub async fn ended(&self) -> ExitReason {
        match self.0.process() {
            Some(process) => process.ended().await,
            None => ExitReason::Shutdown,
        }
    }
}

impl fmt::Debug for SupervisorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SupervisorRef").field(&self.0.name).finish()
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervisor")
            .field("name", &self.shared.name)
            .field("children", &self.children)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneForOne => "one for one",
            Self::OneForAll => "one for all",
            Self::RestForOne => "rest for one",
            Self::Dynamic => "dynamic",
        })
    }
}
