//! Monitors, links, traps.

use std::future::pending;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;

use super::{idle, seconds, until};
use crate::supervision::{Child, Exit, ExitReason, Process, Supervisor, SupervisorRef};

/// Two processes that are not started again.
async fn pair() -> (SupervisorRef, Process, Process) {
    let tree = Supervisor::dynamic("tree").start().await.unwrap();
    let first = tree.start_child(idle("first").temporary()).await.unwrap();
    let second = tree.start_child(idle("second").temporary()).await.unwrap();
    (tree, first, second)
}

#[tokio::test(start_paused = true)]
async fn a_monitor_says_once_why_a_process_ended_also_when_it_had_before() {
    let (_tree, first, second) = pair().await;
    let mut monitor = first.monitor();
    assert!((&mut monitor).now_or_never().is_none());
    first.exit(ExitReason::failed("the first reason counts"));
    first.exit(ExitReason::Shutdown);
    let down = monitor.await;
    assert_eq!((down.process, down.reason), (first.clone(), ExitReason::failed("the first reason counts")));
    let late = first.monitor().now_or_never().expect("at once");
    assert_eq!(late.reason, ExitReason::failed("the first reason counts"));
    assert!(second.is_alive(), "who watches from afar is not harmed");
}

#[tokio::test(start_paused = true)]
async fn a_link_ends_both_for_the_same_reason_whichever_ends_first() {
    for is_first in [true, false] {
        let (_tree, first, second) = pair().await;
        first.link(&second);
        let (ending, other) = if is_first { (&first, &second) } else { (&second, &first) };
        ending.exit(ExitReason::failed("no battery"));
        assert_eq!(other.ended().await, ExitReason::failed("no battery"));
    }
    let (_tree, first, second) = pair().await;
    first.kill();
    first.ended().await;
    second.link(&first);
    assert_eq!(second.ended().await, ExitReason::Killed, "the other had ended before");
}

#[tokio::test(start_paused = true)]
async fn a_normal_end_and_an_unlinked_one_harm_nobody() {
    let (_tree, first, second) = pair().await;
    first.link(&second);
    first.exit(ExitReason::Normal);
    first.ended().await;
    tokio::time::sleep(seconds(1)).await;
    assert!(second.is_alive());

    let (_tree, first, second) = pair().await;
    first.link(&second);
    first.link(&second);
    second.unlink(&first);
    first.kill();
    first.ended().await;
    tokio::time::sleep(seconds(1)).await;
    assert!(second.is_alive());
}

#[tokio::test(start_paused = true)]
async fn who_traps_exits_gets_them_as_values_and_lives() {
    let heard = Arc::<Mutex<Vec<Exit>>>::default();
    let trapping = {
        let heard = heard.clone();
        Child::worker("trapping", move || {
            let heard = heard.clone();
            async move {
                let mut exits = Process::current().expect("a process").trap_exits();
                while let Some(exit) = exits.recv().await {
                    heard.lock().unwrap().push(exit);
                }
            }
        })
    };
    let (tree, first, second) = pair().await;
    let trapping = tree.start_child(trapping).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    trapping.link(&first);
    trapping.link(&second);
    first.kill();
    second.exit(ExitReason::Normal);
    until("both are heard of", || heard.lock().unwrap().len() == 2).await;
    assert!(trapping.is_alive());
    let reasons: Vec<_> = heard.lock().unwrap().iter().map(|exit| (exit.from.clone(), exit.reason.clone())).collect();
    assert!(reasons.contains(&(first, ExitReason::Killed)) && reasons.contains(&(second, ExitReason::Normal)));
    trapping.exit(ExitReason::Shutdown);
    assert_eq!(trapping.ended().await, ExitReason::Shutdown, "being told to end is no signal of a link");
}

#[tokio::test(start_paused = true)]
async fn what_a_process_owned_is_gone_when_its_end_is_known() {
    struct Owned(Arc<Mutex<bool>>);
    impl Drop for Owned {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = true;
        }
    }
    for is_panic in [true, false] {
        let is_gone = Arc::<Mutex<bool>>::default();
        let owned = Mutex::new(Some(Owned(is_gone.clone())));
        let child = Child::worker("owner", move || {
            let owned = owned.lock().unwrap().take();
            async move {
                let _owned = owned;
                if is_panic {
                    tokio::task::yield_now().await;
                    panic!("out of order");
                }
                pending::<()>().await;
            }
        });
        let tree = Supervisor::dynamic("tree").start().await.unwrap();
        let process = tree.start_child(child.temporary()).await.unwrap();
        if !is_panic {
            process.kill();
        }
        process.monitor().await;
        assert!(*is_gone.lock().unwrap());
    }
}

#[test]
fn processes_end_with_their_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let child = runtime.block_on(async {
        let tree = Supervisor::one_for_one("tree").child(idle("child")).start().await.unwrap();
        tree.child("child").unwrap()
    });
    drop(runtime);
    assert_eq!(child.exit_reason(), Some(ExitReason::Killed));
}
