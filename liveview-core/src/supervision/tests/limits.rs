//! How trees end: in which order, and within which limits.

use std::future::pending;

use tokio::time::Instant;

use super::{Log, idle, logged, seconds};
use crate::supervision::{Child, ExitReason, Shutdown, Supervisor};

/// Never ends when it is told to.
fn stubborn(name: &str) -> Child {
    Child::graceful(name, |_| pending::<()>())
}

#[tokio::test(start_paused = true)]
async fn children_end_in_the_reverse_order_of_their_start_through_the_whole_tree() {
    let log = Log::default();
    let inner = Supervisor::one_for_one("inner").child(logged("repo", &log)).child(logged("fleet", &log));
    let tree = Supervisor::one_for_one("tree").child(logged("telemetry", &log)).child(Child::supervisor(inner));
    let tree = tree.child(logged("endpoint", &log)).start().await.unwrap();
    log.take();
    tree.shut_down().await;
    assert_eq!(log.take(), ["endpoint ends", "fleet ends", "repo ends", "telemetry ends"]);
}

#[tokio::test(start_paused = true)]
async fn a_stuck_child_is_killed_after_five_seconds_or_its_own_limit_and_the_others_end_all_the_same() {
    let log = Log::default();
    let tree = Supervisor::one_for_one("tree").child(logged("repo", &log)).child(stubborn("stuck"));
    let tree = tree.child(stubborn("slow").shutdown(Shutdown::Within(seconds(20)))).start().await.unwrap();
    let (stuck, began) = (tree.child("stuck").unwrap(), Instant::now());
    tree.shut_down().await;
    assert_eq!(began.elapsed().as_secs(), 25);
    assert_eq!(stuck.exit_reason(), Some(ExitReason::Killed));
    assert_eq!(log.take(), ["repo starts", "repo ends"]);
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_below_has_all_the_time_that_its_children_need() {
    let inner = Supervisor::one_for_one("inner").child(stubborn("slow").shutdown(Shutdown::Within(seconds(3_600))));
    let tree = Supervisor::one_for_one("tree").child(Child::supervisor(inner)).start().await.unwrap();
    let began = Instant::now();
    tree.shut_down().await;
    assert_eq!(began.elapsed().as_secs(), 3_600);
}

#[tokio::test(start_paused = true)]
async fn a_child_with_brutal_kill_is_not_asked() {
    let log = Log::default();
    let tree = Supervisor::one_for_one("tree").child(logged("a", &log).shutdown(Shutdown::BrutalKill));
    let tree = tree.start().await.unwrap();
    let child = tree.child("a").unwrap();
    tree.shut_down().await;
    assert_eq!(child.exit_reason(), Some(ExitReason::Killed));
    assert_eq!(log.take(), ["a starts"]);
}

#[tokio::test(start_paused = true)]
async fn no_child_outlives_a_supervisor_that_is_killed() {
    let inner = Supervisor::one_for_one("inner").child(idle("robot"));
    let robots = inner.handle();
    let tree = Supervisor::one_for_one("tree").child(Child::supervisor(inner)).start().await.unwrap();
    let robot = robots.child("robot").unwrap();
    tree.process().unwrap().kill();
    assert_eq!(tree.ended().await, ExitReason::Killed);
    assert_eq!(robot.exit_reason(), Some(ExitReason::Killed), "it had ended before, so that its name is free");
}

#[tokio::test(start_paused = true)]
async fn dynamic_children_share_one_limit() {
    let tree = Supervisor::dynamic("robots").children((0..100).map(|n| stubborn(&format!("robot {n}"))));
    let tree = tree.start().await.unwrap();
    let began = Instant::now();
    tree.shut_down().await;
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_holds_its_thread_is_left_behind() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (began, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let child = Child::worker("holder", move || {
        let (held, began) = (held.clone(), began.clone());
        async move {
            began.send(()).expect("the test waits");
            held.lock().expect("the only life").recv().expect_err("the other end is dropped");
        }
    });
    let tree = Supervisor::one_for_one("tree").child(child.shutdown(Shutdown::BrutalKill)).start().await.unwrap();
    has_begun.recv().await.expect("it begins");
    let holder = tree.child("holder").unwrap();
    tree.shut_down().await;
    assert!(holder.is_alive());
    drop(release);
    holder.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_is_told_to_end_while_it_starts_a_child_gives_that_up() {
    use crate::supervision::{Actor, ActorCx};

    struct Slow;
    impl Actor for Slow {
        type Args = ();
        type Message = ();
        async fn init((): (), _: &mut ActorCx<Self>) -> crate::Result<Self> {
            pending().await
        }
        async fn handle(&mut self, (): (), _: &mut ActorCx<Self>) -> crate::Result<()> {
            Ok(())
        }
    }

    let tree = Supervisor::dynamic("tree").start().await.unwrap();
    let starting = tokio::spawn({
        let tree = tree.clone();
        async move { tree.start_child(Child::actor::<Slow>("slow", ())).await }
    });
    super::until("it is being started", || tree.count_children() == 1).await;
    tree.shut_down().await;
    assert!(starting.await.unwrap().is_err());
}
