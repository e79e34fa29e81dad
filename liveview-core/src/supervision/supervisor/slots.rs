//! What of a supervisor can be seen from outside while it works: its children, and the way to reach it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::{ChildError, StartError, Strategy};
use crate::supervision::child::Child;
use crate::supervision::exit::ExitReason;
use crate::supervision::process::{Probe, Process, ProcessInfo, ProcessKind, ProcessState};

/// What a supervisor is asked to do.
pub(super) enum Command {
    Start(Child, oneshot::Sender<Result<Process, StartError>>),
    Terminate(Arc<str>, oneshot::Sender<Result<(), ChildError>>),
    Restart(Arc<str>, oneshot::Sender<Result<Process, ChildError>>),
    Delete(Arc<str>, oneshot::Sender<Result<(), ChildError>>),
}

/// What a supervisor hears.
pub(super) enum Message {
    Command(Command),
    /// A life of a child is over.
    Ended {
        slot: u64,
        process: u64,
        reason: ExitReason,
    },
}

/// A supervisor over all its lives.
pub(super) struct Shared {
    pub(super) name: Arc<str>,
    pub(super) strategy: Strategy,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: BTreeMap<u64, Slot>,
    last_slot: u64,
    /// Its present life, or its last one.
    process: Option<Process>,
    /// Where that life hears, until it ends its children.
    to: Option<mpsc::UnboundedSender<Message>>,
}

/// A child over all its lives.
pub(super) struct Slot {
    pub(super) child: Child,
    /// Its present life.
    pub(super) process: Option<Process>,
    pub(super) restarts: u64,
    pub(super) last_exit: Option<ExitReason>,
    /// It will be started again in a while.
    pub(super) is_due: bool,
}

impl Shared {
    pub(super) fn new(name: Arc<str>, strategy: Strategy) -> Self {
        Self { name, strategy, state: Mutex::default() }
    }

    /// A life begins, without children.
    pub(super) fn begin(&self, process: &Process, to: mpsc::UnboundedSender<Message>) {
        let mut state = self.lock();
        state.slots.clear();
        state.process = Some(process.clone());
        state.to = Some(to);
    }

    /// A life ends. Those children that it left are killed, and end before it does.
    pub(super) fn end(&self, myself: &Process) {
        let mut state = self.lock();
        state.to = None;
        let left = state.slots.values_mut().filter_map(|slot| slot.process.take()).collect();
        drop(state);
        myself.kill_first(left);
    }

    /// Its present life, or its last one.
    pub(super) fn process(&self) -> Option<Process> {
        self.lock().process.clone()
    }

    /// Asks the supervisor; `None` when it does not run, or ends before it answers.
    pub(super) async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let to = self.lock().to.clone()?;
        to.send(Message::Command(command(reply))).ok()?;
        drop(to);
        answer.await.ok()
    }

    pub(super) fn add(&self, child: Child) -> u64 {
        let mut state = self.lock();
        state.last_slot += 1;
        let id = state.last_slot;
        let slot = Slot { child, process: None, restarts: 0, last_exit: None, is_due: false };
        state.slots.insert(id, slot);
        id
    }

    pub(super) fn remove(&self, id: u64) {
        self.lock().slots.remove(&id);
    }

    /// Looks at a slot, or changes it.
    pub(super) fn with<T>(&self, id: u64, look: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.lock().slots.get_mut(&id).map(look)
    }

    /// The slots, in the order of their start.
    pub(super) fn ids(&self) -> Vec<u64> {
        self.lock().slots.keys().copied().collect()
    }

    pub(super) fn find(&self, name: &str) -> Option<u64> {
        self.lock().slots.iter().find(|(_, slot)| *slot.child.name == *name).map(|(id, _)| *id)
    }

    pub(super) fn count(&self) -> usize {
        self.lock().slots.len()
    }

    pub(super) fn child(&self, name: &str) -> Option<Process> {
        self.lock().slots.values().find(|slot| *slot.child.name == *name)?.process.clone().filter(Process::is_alive)
    }

    /// Whether a significant child still runs, or is about to.
    pub(super) fn has_significant(&self) -> bool {
        let state = self.lock();
        state.slots.values().any(|slot| slot.child.is_significant && (slot.process.is_some() || slot.is_due))
    }

    pub(super) fn inspect(&self) -> ProcessInfo {
        match self.process() {
            Some(process) => process.info(),
            None => down(&self.name, ProcessKind::Supervisor(self.strategy), ProcessState::Ended),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every section leaves the state whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The supervisor's children, as its process shows them.
pub(super) struct Children(pub(super) Arc<Shared>);

impl Probe for Children {
    fn children(&self) -> Vec<ProcessInfo> {
        // Copied first: a child may be a supervisor that looks at its own.
        let slots: Vec<_> = self.0.lock().slots.values().map(Slot::copy).collect();
        slots.iter().map(Slot::inspect).collect()
    }
}

impl Slot {
    fn copy(&self) -> Self {
        Self {
            child: self.child.clone(),
            process: self.process.clone(),
            restarts: self.restarts,
            last_exit: self.last_exit.clone(),
            is_due: self.is_due,
        }
    }

    fn inspect(&self) -> ProcessInfo {
        let state = if self.is_due { ProcessState::Restarting } else { ProcessState::Ended };
        let info = self.process.as_ref().map(Process::info);
        let mut info = info.unwrap_or_else(|| down(&self.child.name, self.child.kind, state));
        info.restarts = self.restarts;
        info.last_exit = info.last_exit.or_else(|| self.last_exit.clone());
        info
    }
}

fn down(name: &str, kind: ProcessKind, state: ProcessState) -> ProcessInfo {
    ProcessInfo {
        process: None,
        name: name.to_owned(),
        kind,
        state,
        mailbox: 0,
        restarts: 0,
        uptime: std::time::Duration::ZERO,
        last_exit: None,
        children: Vec::new(),
    }
}
