//! What applications rely on, on tokio's paused clock.

mod actor;
mod inspect;
mod limits;
mod process;
mod registry;
mod strategy;
mod task;

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Child, Process, ShutdownSignal, SupervisorRef};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A child that waits until it is ended, and never returns.
fn idle(name: &str) -> Child {
    Child::worker(name, || async { pending::<()>().await })
}

/// The same, which counts its starts.
fn counted(name: &str, starts: &Arc<AtomicUsize>) -> Child {
    let starts = starts.clone();
    Child::worker(name, move || {
        starts.fetch_add(1, Ordering::SeqCst);
        async { pending::<()>().await }
    })
}

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn say(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A child that logs its start and, when it is told to end, its end.
fn logged(name: &'static str, log: &Log) -> Child {
    let log = log.clone();
    Child::graceful(name, move |shutdown: ShutdownSignal| {
        let log = log.clone();
        log.say(format!("{name} starts"));
        async move {
            shutdown.requested().await;
            log.say(format!("{name} ends"));
        }
    })
}

/// Waits for what no message tells; the clock is paused, so it costs no time.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..100_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("still not so: {what}");
}

/// The next life of a child.
async fn next_life(tree: &SupervisorRef, name: &str, last: &Process) -> Process {
    until("the child is started again", || tree.child(name).is_some_and(|process| process != *last)).await;
    tree.child(name).expect("it lives")
}
