//! Closing all sockets of a server that stops, batch by batch.
//!
//! ```text
//! batch 1 closed with 1012 --2 s--> batch 2 closed --2 s--> ... until none is open, or the time for it is over
//! ```
//!
//! Clients come back after 1012, to the next server. In batches, so that it is not asked by all of them in the same instant; until its turn comes,
//! a socket and its views go on as if nothing were.
//!
//! After `Phoenix.Socket`'s `drainer`, with its numbers ([`Limits`]).

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::host::Limits;
use crate::link::{HangUp, HangsUp};
use crate::telemetry::{self, SocketDrain};

/// RFC 6455 has no name for it, IANA's registry does: the server restarts, come back.
pub(super) const SERVICE_RESTART: u16 = 1012;

/// The sockets that are open.
#[derive(Default)]
pub(crate) struct OpenSockets {
    by_number: Mutex<ByNumber>,
    emptied: Notify,
}

type ByNumber = BTreeMap<u64, Weak<dyn HangsUp>>;

/// A socket's place among them, given back when dropped.
pub(super) struct OpenSocket {
    sockets: Arc<OpenSockets>,
    number: u64,
}

impl OpenSockets {
    pub(super) fn enter<O: HangsUp + 'static>(self: &Arc<Self>, number: u64, outbox: &Arc<O>) -> OpenSocket {
        let outbox: Weak<dyn HangsUp> = Arc::<O>::downgrade(outbox);
        self.lock().insert(number, outbox);
        OpenSocket { sockets: self.clone(), number }
    }

    /// Closes them in batches, the oldest first. Done when all are closed; to be given up when the time for it is over.
    pub(super) async fn drain(&self, limits: &Limits) {
        let (total, interval) = (self.count(), limits.drain_batch_interval);
        let mut last = None;
        let mut due = Instant::now();
        for round in 1.. {
            let told = self.hang_up_after(last, limits.drain_batch_size.max(1));
            if let Some((greatest, count)) = told {
                last = Some(greatest);
                telemetry::emit(&SocketDrain { count, total, round, interval });
            }
            due += interval;
            // Sockets that close take a moment; one that was opened meanwhile has a number of its own.
            tokio::select! {
                () = self.emptied() => return,
                () = sleep_until(due) => {}
            }
        }
    }

    /// Has so many close, of those with greater numbers. The greatest among them, and how many they are.
    fn hang_up_after(&self, last: Option<u64>, batch: usize) -> Option<(u64, usize)> {
        let next = last.map_or(0, |last| last + 1);
        let batch: Vec<_> = self.lock().range(next..).take(batch).map(|(n, outbox)| (*n, outbox.clone())).collect();
        for outbox in batch.iter().filter_map(|(_, outbox)| outbox.upgrade()) {
            outbox.hang_up(HangUp { code: SERVICE_RESTART, reason: "restart" });
        }
        batch.last().map(|(number, _)| (*number, batch.len()))
    }

    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    async fn emptied(&self) {
        let mut emptied = pin!(self.emptied.notified());
        loop {
            // Registered before the look, so that an end in between is not missed.
            emptied.as_mut().enable();
            if self.lock().is_empty() {
                return;
            }
            emptied.as_mut().await;
            emptied.set(self.emptied.notified());
        }
    }

    fn lock(&self) -> MutexGuard<'_, ByNumber> {
        // Every section leaves the map whole.
        self.by_number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        let mut sockets = self.sockets.lock();
        sockets.remove(&self.number);
        if sockets.is_empty() {
            drop(sockets);
            self.sockets.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{OpenSockets, SERVICE_RESTART};
    use crate::Limits;
    use crate::link::Outbox;

    #[tokio::test(start_paused = true)]
    async fn sockets_are_closed_in_batches_and_those_whose_turn_has_not_come_are_left_alone() {
        let (sockets, began) = (Arc::<OpenSockets>::default(), Instant::now());
        let tasks: Vec<_> = (0..25)
            .map(|number| {
                let outbox = Arc::<Outbox>::default();
                let open = sockets.enter(number, &outbox);
                tokio::spawn(async move {
                    let hang_up = outbox.next().await.err().expect("it is told to close");
                    assert_eq!(hang_up.code, SERVICE_RESTART);
                    drop(open);
                    began.elapsed().as_secs()
                })
            })
            .collect();
        let limits = Limits { drain_batch_size: 10, drain_batch_interval: Duration::from_secs(2), ..Limits::default() };
        sockets.drain(&limits).await;
        let mut closed_at = Vec::new();
        for task in tasks {
            closed_at.push(task.await.expect("it was closed"));
        }
        assert_eq!(closed_at, [vec![0; 10], vec![2; 10], vec![4; 5]].concat());
        assert_eq!((began.elapsed().as_secs(), sockets.count()), (4, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn phoenix_s_numbers_close_up_to_ten_thousand_at_once() {
        let (limits, began) = (Limits::default(), Instant::now());
        assert_eq!((limits.drain_batch_size, limits.drain_batch_interval.as_secs()), (10_000, 2));
        assert_eq!(limits.drain_timeout.as_secs(), 30);
        Arc::<OpenSockets>::default().drain(&limits).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
