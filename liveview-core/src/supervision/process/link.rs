//! Monitors and links: how processes learn of each other's end, and share it.

use std::future::Future;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll};

use tokio::sync::{mpsc, oneshot};

use super::Process;
use super::observers::Observer;
use crate::supervision::exit::ExitReason;

/// Takes exit signals in place of the process's end.
pub(super) type Trap = Box<dyn Fn(Exit) + Send + Sync>;

/// A process that was watched has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Down {
    /// Which.
    pub process: Process,
    /// Why.
    pub reason: ExitReason,
}

/// A linked process has ended, and whoever is told traps exits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// Which.
    pub from: Process,
    /// Why.
    pub reason: ExitReason,
}

/// Waits for the end of a process; resolves exactly once, at once if it has ended already. Dropping it ends the watch.
#[must_use = "a monitor ends when it is dropped"]
#[derive(Debug)]
pub struct Monitor {
    process: Process,
    number: Option<u64>,
    down: oneshot::Receiver<ExitReason>,
}

/// The exit signals of a process that traps them.
#[derive(Debug)]
pub struct Exits(mpsc::UnboundedReceiver<Exit>);

impl Process {
    /// Watches it from afar: the watcher learns why it ended, and nothing else happens to it.
    pub fn monitor(&self) -> Monitor {
        let (tell, down) = oneshot::channel();
        let number = self.on_down(move |reason| drop(tell.send(reason)));
        Monitor { process: self.clone(), number, down }
    }

    /// Links two processes: when one ends other than normally, the other ends for the same reason, unless it [traps](Self::trap_exits) exits.
    /// Does nothing when they are linked already.
    pub fn link(&self, other: &Self) {
        if self == other || self.observers().is_linked(other.id()) {
            return;
        }
        for (one, peer) in [(self, other), (other, self)] {
            let added = one.observers().add(Observer::Link(peer.downgrade()));
            if let Err(late) = added {
                one.tell(late, &one.exit_reason().unwrap_or(ExitReason::Killed));
            }
        }
    }

    /// Takes a link away.
    pub fn unlink(&self, other: &Self) {
        self.observers().unlink(other.id());
        other.observers().unlink(self.id());
    }

    /// From now on, the ends of linked processes are received as values in place of being shared. [`exit`](Self::exit) and
    /// [`kill`](Self::kill) work as before. A second call replaces the first.
    pub fn trap_exits(&self) -> Exits {
        let (send, exits) = mpsc::unbounded_channel();
        self.trap(Box::new(move |exit| drop(send.send(exit))));
        Exits(exits)
    }

    pub(in crate::supervision) fn trap(&self, trap: Trap) {
        *self.0.trap.lock().unwrap_or_else(PoisonError::into_inner) = Some(trap);
    }

    /// A linked process has ended.
    pub(super) fn signal(&self, from: &Self, reason: &ExitReason) {
        self.observers().unlink(from.id());
        let trap = self.0.trap.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trap) = &*trap {
            trap(Exit { from: from.clone(), reason: reason.clone() });
        } else if *reason != ExitReason::Normal {
            drop(trap);
            self.exit(reason.clone());
        }
    }

    /// Calls `tell` when it ends, or now if it has. The number for [`forget`](Self::forget), unless it was called.
    pub(in crate::supervision) fn on_down(&self, tell: impl FnOnce(ExitReason) + Send + 'static) -> Option<u64> {
        self.observe(Observer::Down(Box::new(tell)))
    }

    /// The same, before anybody else is told.
    pub(in crate::supervision) fn on_release(&self, release: impl FnOnce() + Send + 'static) -> Option<u64> {
        self.observe(Observer::Release(Box::new(release)))
    }

    pub(in crate::supervision) fn forget(&self, number: u64) {
        self.observers().remove(number);
    }

    fn observe(&self, observer: Observer) -> Option<u64> {
        let added = self.observers().add(observer);
        match added {
            Ok(number) => Some(number),
            Err(late) => {
                self.tell(late, &self.exit_reason().unwrap_or(ExitReason::Killed));
                None
            }
        }
    }
}

impl Monitor {
    /// Whom it watches.
    pub fn process(&self) -> &Process {
        &self.process
    }
}

impl Future for Monitor {
    type Output = Down;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Down> {
        Pin::new(&mut self.down).poll(cx).map(|told| {
            // The sender is dropped untold only with the process's own memory, which this keeps.
            let reason = told.unwrap_or(ExitReason::Killed);
            Down { process: self.process.clone(), reason }
        })
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.process.forget(number);
        }
    }
}

impl Exits {
    /// The next linked process that ended; `None` once somebody else traps.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn recv(&mut self) -> Option<Exit> {
        self.0.recv().await
    }
}
