//! The task of an actor.

use std::future::pending;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::address::{Envelope, Waiting};
use super::{Actor, ActorCx, ActorRef};
use crate::supervision::child::{Starter, started};
use crate::supervision::exit::ExitReason;
use crate::supervision::process::Process;

/// Runs an actor as the given process. It is initialised when this returns.
///
/// # Errors
/// Why it is not; the process has ended then.
pub(in crate::supervision) async fn run_as<A: Actor>(
    process: &Process,
    args: A::Args,
) -> Result<ActorRef<A>, ExitReason> {
    let (starter, outcome) = Starter::new();
    let (to, mailbox) = mpsc::channel(A::CAPACITY.max(1));
    process.set_probe(Waiting(to.downgrade()));
    let cx = ActorCx::new(process.clone(), to.downgrade());
    process.run(run(args, cx, to, mailbox, starter));
    started(process, outcome).await
}

async fn run<A: Actor>(
    args: A::Args,
    mut cx: ActorCx<A>,
    to_me: mpsc::Sender<Envelope<A>>,
    mut mailbox: mpsc::Receiver<Envelope<A>>,
    starter: Starter<ActorRef<A>>,
) -> ExitReason {
    let mut actor = match A::init(args, &mut cx).await {
        Ok(actor) => actor,
        Err(error) => {
            let reason = ExitReason::from(error);
            starter.failed(reason.clone());
            return reason;
        }
    };
    let process = cx.process().clone();
    starter.up(&process, ActorRef { to: to_me.clone(), process: process.clone() });
    let reason = loop {
        if let Some(reason) = cx.stop.take() {
            break reason;
        }
        let envelope = match wake(&process, &mut cx, &mut mailbox).await {
            ControlFlow::Continue(envelope) => envelope,
            ControlFlow::Break(reason) => break reason,
        };
        // Outside of `select!`: callbacks are not cancelled half-way, but by a kill.
        let handled = match envelope {
            Envelope::Message(message) => actor.handle(message, &mut cx).await,
            Envelope::Tick(message, is_waiting) => {
                is_waiting.store(false, Ordering::Release);
                actor.handle(message, &mut cx).await
            }
            Envelope::Down(down) => actor.handle_down(down, &mut cx).await,
            Envelope::Exit(exit) => actor.handle_exit(exit, &mut cx).await,
        };
        if let Err(error) = handled {
            break error.into();
        }
    };
    // Nobody is told any more that a message was taken.
    mailbox.close();
    actor.terminate(&reason).await;
    reason
}

async fn wake<A: Actor>(
    process: &Process,
    cx: &mut ActorCx<A>,
    mailbox: &mut mpsc::Receiver<Envelope<A>>,
) -> ControlFlow<ExitReason, Envelope<A>> {
    if process.is_asked() {
        return ControlFlow::Break(process.asked().await);
    }
    if let Some(message) = cx.next.pop_front() {
        return ControlFlow::Continue(Envelope::Message(message));
    }
    let quiet_at = cx.timeout.as_ref().map(|(at, _)| *at);
    // Every arm may be dropped: `recv` loses no message, the others only wait.
    let envelope = tokio::select! {
        biased;
        reason = process.asked() => return ControlFlow::Break(reason),
        Some(envelope) = mailbox.recv() => Some(envelope),
        () = sleep_or_never(quiet_at) => None,
    };
    let quiet = cx.timeout.take();
    match (envelope, quiet) {
        (Some(envelope), _) => ControlFlow::Continue(envelope),
        (None, Some((_, message))) => ControlFlow::Continue(Envelope::Message(message)),
        // The sleep ends only where there is a time-out.
        (None, None) => pending().await,
    }
}

async fn sleep_or_never(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
