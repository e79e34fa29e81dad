//! What an actor's callbacks can do besides changing their state.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::address::Envelope;
use super::{Actor, ActorRef};
use crate::pubsub::{Message, PubSub, Received, Topic};
use crate::supervision::exit::ExitReason;
use crate::supervision::process::Process;
use crate::supervision::registry::{Registry, RegistryError};

/// Names a running timer of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActorTimer(u64);

/// Handed to each callback.
pub struct ActorCx<A: Actor> {
    process: Process,
    to_me: mpsc::WeakSender<Envelope<A>>,
    pub(super) next: VecDeque<A::Message>,
    pub(super) stop: Option<ExitReason>,
    pub(super) timeout: Option<(Instant, A::Message)>,
    /// Timers and subscriptions, which end with it.
    tasks: HashMap<ActorTimer, AbortHandle>,
    monitors: Vec<(Process, u64)>,
    last: u64,
}

impl<A: Actor> ActorCx<A> {
    pub(super) fn new(process: Process, to_me: mpsc::WeakSender<Envelope<A>>) -> Self {
        Self {
            process,
            to_me,
            next: VecDeque::new(),
            stop: None,
            timeout: None,
            tasks: HashMap::new(),
            monitors: Vec::new(),
            last: 0,
        }
    }

    /// The actor's own address.
    ///
    /// # Panics
    /// Never in a callback: the mailbox is open as long as they run.
    pub fn myself(&self) -> ActorRef<A> {
        let to = self.to_me.upgrade().expect("the mailbox is open while its actor runs");
        ActorRef { to, process: self.process.clone() }
    }

    /// The actor's process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Ends the actor after this callback, with [`ExitReason::Normal`].
    pub fn stop(&mut self) {
        self.stop_with(ExitReason::Normal);
    }

    /// Ends the actor after this callback.
    pub fn stop_with(&mut self, reason: ExitReason) {
        self.stop = Some(reason);
    }

    /// Handles this message next, before all that wait: `handle_continue`. In [`init`](Actor::init), what takes longer than whoever starts the actor
    /// should wait.
    pub fn continue_with(&mut self, message: A::Message) {
        self.next.push_back(message);
    }

    /// Handles this message if nothing else comes for so long. Any message takes it away.
    pub fn timeout(&mut self, after: Duration, message: A::Message) {
        self.timeout = Some((Instant::now() + after, message));
    }

    /// Sends itself a message, later.
    pub fn send_after(&mut self, delay: Duration, message: A::Message) -> ActorTimer {
        let to = self.to_me.clone();
        self.spawn(async move {
            sleep(delay).await;
            if let Some(to) = to.upgrade() {
                to.send(Envelope::Message(message)).await.ok();
            }
        })
    }

    /// Sends itself a message again and again, the first one after a period. At most one of them waits: an actor that is busy misses ticks.
    pub fn send_interval(
        &mut self,
        period: Duration,
        make: impl Fn() -> A::Message + Send + Sync + 'static,
    ) -> ActorTimer {
        let to = self.to_me.clone();
        self.spawn(async move {
            let is_waiting = Arc::new(AtomicBool::new(false));
            let mut ticks = interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                let Some(to) = to.upgrade() else { return };
                if !is_waiting.swap(true, Ordering::AcqRel)
                    && to.send(Envelope::Tick(make(), is_waiting.clone())).await.is_err()
                {
                    return;
                }
            }
        })
    }

    /// Ends a timer. A message of it that waits already still comes.
    pub fn cancel_timer(&mut self, timer: ActorTimer) {
        if let Some(task) = self.tasks.remove(&timer) {
            task.abort();
        }
    }

    /// Receives the broadcasts of a topic as messages of its own, until it ends. When they come faster than they are handled, the topic's rule decides.
    pub fn subscribe<T: Send + Sync + 'static>(
        &mut self,
        pubsub: &PubSub,
        topic: &Topic<T>,
        make: impl Fn(Message<T>) -> A::Message + Send + Sync + 'static,
    ) {
        let mut receiver = pubsub.receiver(topic);
        let to = self.to_me.clone();
        self.spawn(async move {
            loop {
                match receiver.recv().await {
                    Received::Message(message) => {
                        let Some(to) = to.upgrade() else { return };
                        if to.send(Envelope::Message(make(message))).await.is_err() {
                            return;
                        }
                    }
                    Received::Lagged { missed } => {
                        tracing::warn!(topic = receiver.topic(), missed, "an actor was too slow for its topic");
                    }
                }
            }
        });
    }

    /// Watches a process: [`handle_down`](Actor::handle_down) is called once, when it has ended, or at once if it has already.
    pub fn monitor(&mut self, process: &Process) {
        self.monitors.retain(|(other, _)| other.is_alive());
        let (to, watched) = (self.to_me.clone(), process.clone());
        let number = process.on_down(move |reason| {
            deliver(&to, Envelope::Down(crate::supervision::process::Down { process: watched, reason }));
        });
        self.monitors.extend(number.map(|number| (process.clone(), number)));
    }

    /// Watches it no more.
    pub fn demonitor(&mut self, process: &Process) {
        let (ending, staying) = std::mem::take(&mut self.monitors).into_iter().partition(|(other, _)| other == process);
        self.monitors = staying;
        forget(ending);
    }

    /// [Links](Process::link) it to another process.
    pub fn link(&self, process: &Process) {
        self.process.link(process);
    }

    /// From now on the ends of linked processes are given to [`handle_exit`](Actor::handle_exit), and do not end it.
    pub fn trap_exits(&mut self) {
        let to = self.to_me.clone();
        self.process.trap(Box::new(move |exit| deliver(&to, Envelope::Exit(exit))));
    }

    /// Puts its address under a key, until it ends.
    ///
    /// # Errors
    /// When somebody else is there, and keys are unique.
    pub fn register<K>(&self, registry: &Registry<K, ActorRef<A>>, key: K) -> Result<(), RegistryError>
    where
        K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
    {
        registry.register_for(&self.process, key, self.myself())
    }

    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) -> ActorTimer {
        self.tasks.retain(|_, task| !task.is_finished());
        self.last += 1;
        let timer = ActorTimer(self.last);
        self.tasks.insert(timer, tokio::spawn(task).abort_handle());
        timer
    }
}

/// What must not be lost waits for a place in the mailbox.
fn deliver<A: Actor>(to: &mpsc::WeakSender<Envelope<A>>, envelope: Envelope<A>) {
    let Some(to) = to.upgrade() else { return };
    if let Err(mpsc::error::TrySendError::Full(envelope)) = to.try_send(envelope)
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        runtime.spawn(async move { to.send(envelope).await });
    }
}

fn forget(monitors: Vec<(Process, u64)>) {
    for (process, number) in monitors {
        process.forget(number);
    }
}

impl<A: Actor> Drop for ActorCx<A> {
    fn drop(&mut self) {
        for task in self.tasks.values() {
            task.abort();
        }
        forget(std::mem::take(&mut self.monitors));
    }
}
