//! A process: a task with a name, that can be observed, linked and told to end, and whose end has a reason.
//!
//! ```text
//! spawn -> runs -> its future is dropped with all that it owns -> its names are free -> monitors and links are told -> ended
//! ```
//!
//! That order is what restarts rely on: whoever is told that a process has ended finds nothing of it any more, no name that is taken, no socket
//! that is bound. The future runs on tokio's own threads; nobody can interrupt it between two of its `.await`s.
//!
//! After Erlang's processes, without their heaps.

mod info;
mod link;
mod observers;

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) use self::info::Probe;
pub use self::info::{ProcessInfo, ProcessKind, ProcessState};
use self::link::Trap;
pub use self::link::{Down, Exit, Exits, Monitor};
use self::observers::{Observer, Observers};
use super::exit::ExitReason;
use crate::panics::watch_future;

/// How long one that was killed may take to come to an `.await`, before it is left behind.
pub(super) const LAST: Duration = Duration::from_secs(1);

tokio::task_local! {
    static CURRENT: Process;
}

/// A process, alive or ended. Clones are the same one; they compare by identity.
#[derive(Clone)]
pub struct Process(Arc<Inner>);

struct Inner {
    id: u64,
    name: Arc<str>,
    kind: ProcessKind,
    started_at: Instant,
    is_up: AtomicBool,
    /// Why it is to end, once somebody wants it to.
    asked: OnceLock<ExitReason>,
    stopping: CancellationToken,
    killed: CancellationToken,
    exit: OnceLock<ExitReason>,
    ended: CancellationToken,
    observers: Mutex<Observers>,
    /// Those below it that were killed with it, and end first.
    wards: Mutex<Vec<Process>>,
    trap: Mutex<Option<Trap>>,
    probe: OnceLock<Box<dyn Probe>>,
}

impl Process {
    pub(super) fn new(name: impl Into<Arc<str>>, kind: ProcessKind) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Inner {
            id: LAST.fetch_add(1, Ordering::Relaxed) + 1,
            name: name.into(),
            kind,
            started_at: Instant::now(),
            is_up: AtomicBool::new(false),
            asked: OnceLock::new(),
            stopping: CancellationToken::new(),
            killed: CancellationToken::new(),
            exit: OnceLock::new(),
            ended: CancellationToken::new(),
            observers: Mutex::default(),
            wards: Mutex::default(),
            trap: Mutex::default(),
            probe: OnceLock::new(),
        }))
    }

    /// The process that the caller runs in: a worker, an actor, a supervised task. Live views and request handlers are none.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Its number, which no other process of this program ever has.
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// Its name, for people: two may have the same.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it has not ended. What is true now may be false a moment later.
    pub fn is_alive(&self) -> bool {
        self.0.exit.get().is_none()
    }

    /// Why it ended; `None` while it lives.
    pub fn exit_reason(&self) -> Option<ExitReason> {
        self.0.exit.get().cloned()
    }

    /// Asks it to end. An actor finishes the message that it handles and is [terminated](super::Actor::terminate); a worker that does not look
    /// out for it is dropped at its next `.await`. Only the first asker's reason counts.
    pub fn exit(&self, reason: ExitReason) {
        self.0.asked.get_or_init(|| reason);
        self.0.stopping.cancel();
    }

    /// Drops its future at its next `.await`, whatever it is doing.
    pub fn kill(&self) {
        self.0.killed.cancel();
    }

    /// Waits until it has ended, and everything that it owned is gone.
    ///
    /// # Cancel safety
    /// It only waits.
    pub async fn ended(&self) -> ExitReason {
        self.0.ended.cancelled().await;
        self.exit_reason().unwrap_or(ExitReason::Killed)
    }

    /// Waits until somebody asks it to end, with the reason.
    pub(super) async fn asked(&self) -> ExitReason {
        self.0.stopping.cancelled().await;
        self.0.asked.get().cloned().unwrap_or(ExitReason::Shutdown)
    }

    pub(super) fn is_asked(&self) -> bool {
        self.0.stopping.is_cancelled()
    }

    /// It has been started and does its work.
    pub(super) fn set_up(&self) {
        self.0.is_up.store(true, Ordering::Release);
    }

    pub(super) fn set_probe(&self, probe: impl Probe) {
        // Each process is made by one starter, who sets it once.
        let _ = self.0.probe.set(Box::new(probe));
    }

    pub(super) fn downgrade(&self) -> WeakProcess {
        WeakProcess(Arc::downgrade(&self.0))
    }

    /// Runs the future as this process.
    pub(super) fn run(&self, body: impl Future<Output = ExitReason> + Send + 'static) {
        let process = self.clone();
        tokio::spawn(CURRENT.scope(self.clone(), async move {
            let ending = Ending(process);
            let reason = {
                let body = pin!(body);
                let watched = pin!(watch_future(body));
                // Being dropped is what killing is.
                tokio::select! {
                    biased;
                    () = ending.0.0.killed.cancelled() => ExitReason::Killed,
                    outcome = watched => outcome.unwrap_or_else(|panic| ExitReason::Panicked(panic.to_string().into())),
                }
            };
            ending.0.wards_ended().await;
            // What the future owned is gone; only now may anybody know.
            ending.0.finish(&reason);
        }));
    }

    /// Kills others, whose end comes before its own: for supervisors that are dropped themselves.
    pub(super) fn kill_first(&self, wards: Vec<Process>) {
        for ward in &wards {
            ward.kill();
        }
        self.0.wards.lock().unwrap_or_else(PoisonError::into_inner).extend(wards);
    }

    /// Waits for those that were killed with it, but not for one that holds its thread.
    async fn wards_ended(&self) {
        let wards = std::mem::take(&mut *self.0.wards.lock().unwrap_or_else(PoisonError::into_inner));
        let ended = futures_util::future::join_all(wards.iter().map(Self::ended));
        if !wards.is_empty() && tokio::time::timeout(LAST, ended).await.is_err() {
            tracing::error!(process = self.name(), "a process ends, and somebody below it that was killed does not");
        }
    }

    /// Records the end, once, and tells everybody.
    fn finish(&self, reason: &ExitReason) {
        let observers = {
            let mut observers = self.observers();
            if self.0.exit.set(reason.clone()).is_err() {
                return;
            }
            observers.close()
        };
        if matches!(reason, ExitReason::Failed(_) | ExitReason::Panicked(_)) {
            tracing::error!(process = self.name(), %reason, "a process ended");
        }
        for observer in observers {
            self.tell(observer, reason);
        }
        self.0.ended.cancel();
    }

    fn tell(&self, observer: Observer, reason: &ExitReason) {
        match observer {
            Observer::Release(release) => release(),
            Observer::Down(tell) => tell(reason.clone()),
            Observer::Link(other) => {
                if let Some(other) = other.upgrade() {
                    other.signal(self, reason);
                }
            }
        }
    }

    fn observers(&self) -> std::sync::MutexGuard<'_, Observers> {
        // Every section leaves the list whole.
        self.0.observers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a process whose task was dropped with its runtime, or panicked while its future was dropped.
struct Ending(Process);

impl Drop for Ending {
    fn drop(&mut self) {
        let reason = if std::thread::panicking() {
            ExitReason::Panicked("a panic while the process was dropped".into())
        } else {
            ExitReason::Killed
        };
        self.0.finish(&reason);
    }
}

/// A process that nobody keeps in memory.
#[derive(Clone)]
pub(super) struct WeakProcess(Weak<Inner>);

impl WeakProcess {
    pub(super) fn upgrade(&self) -> Option<Process> {
        self.0.upgrade().map(Process)
    }
}

impl PartialEq for Process {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Process {}

impl std::hash::Hash for Process {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.0.name, self.0.id)
    }
}
