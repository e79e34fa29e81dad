//! One life of a supervisor: the loop that starts, hears of ends, and starts again.

use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::intensity::Intensity;
use super::plan::Plan;
use super::slots::{Children, Command, Message, Shared};
use super::stop::stop;
use super::{AutoShutdown, ChildError, StartError, Strategy};
use crate::supervision::child::{Child, Restart, Starter};
use crate::supervision::exit::ExitReason;
use crate::supervision::process::Process;

pub(super) struct Running {
    plan: Plan,
    shared: Arc<Shared>,
    myself: Process,
    to_me: mpsc::UnboundedSender<Message>,
    messages: mpsc::UnboundedReceiver<Message>,
    intensity: Intensity,
    /// Who is to be started when, in order.
    due: Vec<(Instant, Vec<u64>)>,
}

enum Wake {
    Asked(ExitReason),
    Message(Message),
    Due,
}

/// Why it does not go on.
type Step = ControlFlow<ExitReason>;

impl Running {
    pub(super) fn new(plan: Plan, myself: Process) -> Self {
        let (to_me, messages) = mpsc::unbounded_channel();
        let shared = plan.shared.clone();
        let intensity = Intensity::new(plan.bound);
        Self { plan, shared, myself, to_me, messages, intensity, due: Vec::new() }
    }

    pub(super) async fn run(mut self, starter: Starter<()>) -> ExitReason {
        self.myself.set_probe(Children(self.shared.clone()));
        self.shared.begin(&self.myself, self.to_me.clone());
        if let Err(reason) = self.start_all().await {
            self.stop_all().await;
            starter.failed(reason.clone());
            return reason;
        }
        starter.up(&self.myself, ());
        let reason = loop {
            let step = match self.wake().await {
                Wake::Asked(reason) => ControlFlow::Break(reason),
                Wake::Message(Message::Ended { slot, process, reason }) => self.ended(slot, process, reason).await,
                Wake::Message(Message::Command(command)) => {
                    self.command(command).await;
                    ControlFlow::Continue(())
                }
                Wake::Due => {
                    self.start_due().await;
                    ControlFlow::Continue(())
                }
            };
            if let ControlFlow::Break(reason) = step {
                break reason;
            }
        };
        self.stop_all().await;
        reason
    }

    async fn wake(&mut self) -> Wake {
        let due = self.due.iter().map(|(at, _)| *at).min();
        // Every arm may be dropped: `recv` loses no message, the others only wait.
        tokio::select! {
            biased;
            reason = self.myself.asked() => Wake::Asked(reason),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Wake::Due,
            Some(message) = self.messages.recv() => Wake::Message(message),
        }
    }

    /// # Errors
    /// Why a child did not come up.
    async fn start_all(&mut self) -> Result<(), ExitReason> {
        for child in self.plan.children.clone().iter() {
            let id = self.shared.add(child.clone());
            self.start(id).await.map_err(|reason| ExitReason::failed(format_args!("{}: {reason}", child.name)))?;
        }
        Ok(())
    }

    /// Starts a child that does not run.
    ///
    /// # Errors
    /// Why it did not come up. Its end is heard of all the same.
    async fn start(&mut self, id: u64) -> Result<Process, ExitReason> {
        let Some(child) = self.shared.with(id, |slot| slot.child.clone()) else { return Err(ExitReason::Shutdown) };
        let process = Process::new(child.name.clone(), child.kind);
        let (to_me, number) = (self.to_me.clone(), process.id());
        process.on_down(move |reason| {
            // The supervisor may have ended before its child.
            to_me.send(Message::Ended { slot: id, process: number, reason }).ok();
        });
        self.shared.with(id, |slot| {
            slot.process = Some(process.clone());
            slot.is_due = false;
        });
        // The start first: what was polled once runs, and ends when it is told to.
        let outcome = tokio::select! {
            biased;
            outcome = (child.start)(process.clone()) => outcome,
            reason = self.myself.asked() => Err(reason),
        };
        outcome.map(|()| process)
    }

    /// A life of a child is over.
    async fn ended(&mut self, id: u64, process: u64, reason: ExitReason) -> Step {
        let child = self.shared.with(id, |slot| {
            // A life that was over before, when its child was stopped.
            slot.process.take_if(|present| present.id() == process)?;
            slot.last_exit = Some(reason.clone());
            Some(slot.child.clone())
        });
        let Some(Some(child)) = child else { return ControlFlow::Continue(()) };
        if child.comes_back(&reason) {
            return self.restart(id, &child, &reason).await;
        }
        if child.restart == Restart::Temporary || self.plan.shared.strategy == Strategy::Dynamic {
            self.shared.remove(id);
        }
        let ends = child.is_significant
            && match self.plan.auto_shutdown {
                AutoShutdown::Never => false,
                AutoShutdown::AnySignificant => true,
                AutoShutdown::AllSignificant => !self.shared.has_significant(),
            };
        if ends { ControlFlow::Break(ExitReason::Shutdown) } else { ControlFlow::Continue(()) }
    }

    /// Starts a child again, with those that the strategy says; or gives up.
    async fn restart(&mut self, id: u64, child: &Child, reason: &ExitReason) -> Step {
        let now = Instant::now();
        if self.intensity.exceeds(now) {
            let bound = self.plan.bound;
            return ControlFlow::Break(ExitReason::failed(format_args!(
                "more than {} restarts within {:?}, the last of {}: {reason}",
                bound.restarts, bound.within, child.name
            )));
        }
        tracing::warn!(supervisor = &*self.shared.name, child = &*child.name, %reason, "a child is started again");
        let group: Vec<u64> = match self.shared.strategy {
            Strategy::OneForOne | Strategy::Dynamic => vec![id],
            Strategy::OneForAll => self.shared.ids(),
            Strategy::RestForOne => self.shared.ids().into_iter().filter(|other| *other >= id).collect(),
        };
        self.stop_group(&group).await;
        let group: Vec<u64> = group.into_iter().filter(|id| self.stays(*id)).collect();
        // What waited to be started with others is started with these.
        for (_, waiting) in &mut self.due {
            waiting.retain(|id| !group.contains(id));
        }
        self.due.retain(|(_, waiting)| !waiting.is_empty());
        for id in &group {
            self.shared.with(*id, |slot| slot.is_due = true);
        }
        self.due.push((now + child.pause, group));
        if child.pause.is_zero() {
            self.start_due().await;
        }
        ControlFlow::Continue(())
    }

    /// Temporary children are not started again with the others, but forgotten.
    fn stays(&self, id: u64) -> bool {
        let stays = self.shared.with(id, |slot| slot.child.restart != Restart::Temporary).unwrap_or(false);
        if !stays {
            self.shared.remove(id);
        }
        stays
    }

    async fn start_due(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.due).into_iter().partition(|(at, _)| *at <= now);
        self.due = later;
        for (_, group) in due {
            self.start_group(group).await;
        }
    }

    /// Until one does not come up: its end, which will be heard of, starts the others with it, or those after it.
    async fn start_group(&mut self, group: Vec<u64>) {
        for id in group {
            let waits = self.shared.with(id, |slot| {
                slot.restarts += 1;
                slot.process.is_none()
            });
            if waits == Some(true) && self.start(id).await.is_err() {
                return;
            }
        }
    }

    async fn stop_group(&self, group: &[u64]) {
        for id in group.iter().rev() {
            self.stop(*id).await;
        }
    }

    /// Ends a child, if it runs. Its end is not heard of any more.
    async fn stop(&self, id: u64) {
        let running = self.shared.with(id, |slot| {
            slot.is_due = false;
            slot.process.clone().map(|process| (process, slot.child.shutdown))
        });
        let Some(Some((process, how))) = running else { return };
        stop(&process, how).await;
        self.shared.with(id, |slot| {
            slot.last_exit = process.exit_reason();
            slot.process = None;
        });
    }

    /// Ends all children: in reverse order, or all at once where they have none.
    async fn stop_all(&mut self) {
        self.due.clear();
        let ids = self.shared.ids();
        if self.shared.strategy == Strategy::Dynamic {
            for id in &ids {
                self.shared.with(*id, |slot| slot.process.as_ref().map(|process| process.exit(ExitReason::Shutdown)));
            }
            futures_util::future::join_all(ids.iter().map(|id| self.stop(*id))).await;
        } else {
            self.stop_group(&ids).await;
        }
    }

    /// Whoever asked may not wait for the answer any more.
    async fn command(&mut self, command: Command) {
        match command {
            Command::Start(child, reply) => drop(reply.send(self.start_new(child).await)),
            Command::Terminate(name, reply) => drop(reply.send(self.terminate(&name).await)),
            Command::Restart(name, reply) => drop(reply.send(self.restart_one(&name).await)),
            Command::Delete(name, reply) => drop(reply.send(self.delete(&name))),
        }
    }

    async fn start_new(&mut self, child: Child) -> Result<Process, StartError> {
        let supervisor = || self.shared.name.clone();
        self.plan.check_child(&child)?;
        if let Some(limit) = self.plan.max_children.filter(|limit| self.shared.count() >= *limit) {
            return Err(StartError::MaxChildren { name: supervisor(), limit });
        }
        if self.shared.strategy != Strategy::Dynamic && self.shared.find(&child.name).is_some() {
            return Err(StartError::AlreadyPresent { name: supervisor(), child: child.name });
        }
        let name = child.name.clone();
        let id = self.shared.add(child);
        let started = self.start(id).await;
        if started.is_err() {
            self.stop(id).await;
            self.shared.remove(id);
        }
        started.map_err(|reason| StartError::Failed { name, reason })
    }

    async fn terminate(&mut self, name: &Arc<str>) -> Result<(), ChildError> {
        let id = self.shared.find(name).ok_or_else(|| ChildError::NotFound(name.clone()))?;
        self.stop(id).await;
        for (_, waiting) in &mut self.due {
            waiting.retain(|other| *other != id);
        }
        let is_temporary = self.shared.with(id, |slot| slot.child.restart == Restart::Temporary);
        if is_temporary == Some(true) || self.shared.strategy == Strategy::Dynamic {
            self.shared.remove(id);
        }
        Ok(())
    }

    async fn restart_one(&mut self, name: &Arc<str>) -> Result<Process, ChildError> {
        let id = self.shared.find(name).ok_or_else(|| ChildError::NotFound(name.clone()))?;
        let is_down = self.shared.with(id, |slot| slot.process.is_none() && !slot.is_due);
        if is_down != Some(true) {
            return Err(ChildError::Running(name.clone()));
        }
        let started = self.start(id).await;
        started.map_err(|reason| StartError::Failed { name: name.clone(), reason }.into())
    }

    fn delete(&mut self, name: &Arc<str>) -> Result<(), ChildError> {
        let id = self.shared.find(name).ok_or_else(|| ChildError::NotFound(name.clone()))?;
        let is_down = self.shared.with(id, |slot| slot.process.is_none() && !slot.is_due);
        if is_down != Some(true) {
            return Err(ChildError::Running(name.clone()));
        }
        self.shared.remove(id);
        Ok(())
    }
}

/// Also when it is killed: no child outlives its supervisor.
impl Drop for Running {
    fn drop(&mut self) {
        self.shared.end(&self.myself);
    }
}
