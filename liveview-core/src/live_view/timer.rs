//! Timers of a view: `send_after` and `interval`.
//!
//! A timer is a task on the endpoint's runtime that puts a message into the view's mailbox. An interval never has two ticks
//! queued: a view that is busy misses ticks instead of piling them up. All timers end with the view.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval_at, sleep};

use super::message::Message;
use crate::mailbox::Address;

/// Names a running timer, for [`crate::Cx::cancel_timer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimerRef(u64);

/// A timer's message on its way to `handle_info`.
pub(crate) struct Tick {
    timer: TimerRef,
    pub(super) message: Box<dyn Any + Send>,
    /// Set while an interval's tick is queued.
    queued: Option<Arc<AtomicBool>>,
}

/// The running timers of one view.
#[derive(Default)]
pub(super) struct Timers {
    running: HashMap<TimerRef, AbortHandle>,
    last: u64,
}

impl Timers {
    pub(super) fn after<T: Any + Send>(
        &mut self,
        runtime: &Handle,
        mailbox: Address<Message>,
        message: T,
        delay: Duration,
    ) -> TimerRef {
        let timer = self.next();
        let task = runtime.spawn(async move {
            sleep(delay).await;
            mailbox.push(Message::Tick(Tick { timer, message: Box::new(message), queued: None })).ok();
        });
        self.running.insert(timer, task.abort_handle());
        timer
    }

    pub(super) fn every<T: Any + Send + Clone>(
        &mut self,
        runtime: &Handle,
        mailbox: Address<Message>,
        message: T,
        period: Duration,
    ) -> TimerRef {
        let timer = self.next();
        let task = runtime.spawn(async move {
            let queued = Arc::new(AtomicBool::new(false));
            let mut ticks = interval_at(tokio::time::Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                if queued.swap(true, Ordering::AcqRel) {
                    continue;
                }
                let tick = Tick { timer, message: Box::new(message.clone()), queued: Some(queued.clone()) };
                if mailbox.push(Message::Tick(tick)).is_err() {
                    return;
                }
            }
        });
        self.running.insert(timer, task.abort_handle());
        timer
    }

    pub(super) fn cancel(&mut self, timer: TimerRef) -> bool {
        self.running.remove(&timer).map(|task| task.abort()).is_some()
    }

    /// Whether the tick's timer still runs: one that was cancelled while its tick was queued says nothing any more.
    pub(super) fn take(&mut self, tick: &Tick) -> bool {
        match &tick.queued {
            Some(queued) => {
                queued.store(false, Ordering::Release);
                self.running.contains_key(&tick.timer)
            }
            None => self.running.remove(&tick.timer).is_some(),
        }
    }

    fn next(&mut self) -> TimerRef {
        self.last += 1;
        TimerRef(self.last)
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
    }
}
