//! Who is started again, how often, and who gives up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{Log, counted, idle, logged, next_life, seconds, until};
use crate::supervision::{
    AutoShutdown, Child, ChildError, ExitReason, Partitions, Restart, StartError, Supervisor, SupervisorRef,
};

/// Kills the second of three children; how often each was started.
async fn starts_after_a_kill(supervisor: Supervisor) -> [usize; 3] {
    let starts: [Arc<AtomicUsize>; 3] = Default::default();
    let children = ["a", "b", "c"].iter().zip(&starts).map(|(name, starts)| counted(name, starts));
    let tree = supervisor.children(children).start().await.expect("it starts");
    let second = tree.child("b").expect("it runs");
    second.kill();
    next_life(&tree, "b", &second).await;
    until("all run", || ["a", "b", "c"].iter().all(|name| tree.child(name).is_some())).await;
    tree.shut_down().await;
    starts.map(|starts| starts.load(Ordering::SeqCst))
}

#[tokio::test(start_paused = true)]
async fn one_for_one_starts_only_the_child_that_ended_again() {
    assert_eq!(starts_after_a_kill(Supervisor::one_for_one("tree")).await, [1, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn one_for_all_starts_all_children_again() {
    assert_eq!(starts_after_a_kill(Supervisor::one_for_all("tree")).await, [2, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn rest_for_one_starts_the_child_and_those_after_it_again() {
    assert_eq!(starts_after_a_kill(Supervisor::rest_for_one("tree")).await, [1, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn the_others_end_in_reverse_order_before_all_start_again_in_order() {
    let log = Log::default();
    let tree =
        Supervisor::one_for_all("tree").child(logged("a", &log)).child(logged("b", &log)).child(logged("c", &log));
    let tree = tree.start().await.unwrap();
    assert_eq!(log.take(), ["a starts", "b starts", "c starts"]);
    let second = tree.child("b").unwrap();
    second.kill();
    next_life(&tree, "b", &second).await;
    until("all run", || tree.child("c").is_some()).await;
    assert_eq!(log.take(), ["c ends", "a ends", "a starts", "b starts", "c starts"]);
}

/// A child that ends as it is told, and how often it was started.
fn ending(restart: Restart, reason: ExitReason) -> (Child, Arc<AtomicUsize>) {
    let starts = Arc::<AtomicUsize>::default();
    let counter = starts.clone();
    let child = Child::worker("child", move || {
        let is_first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        let reason = reason.clone();
        async move { if is_first { reason } else { std::future::pending().await } }
    });
    (child.restart(restart), starts)
}

#[tokio::test(start_paused = true)]
async fn permanent_children_always_come_back_transient_ones_after_a_failure_temporary_ones_never() {
    let failed = ExitReason::failed("out of order");
    let cases = [
        (Restart::Permanent, ExitReason::Normal, 2),
        (Restart::Permanent, failed.clone(), 2),
        (Restart::Transient, ExitReason::Normal, 1),
        (Restart::Transient, ExitReason::Shutdown, 1),
        (Restart::Transient, failed.clone(), 2),
        (Restart::Temporary, failed, 1),
    ];
    for (restart, reason, expected) in cases {
        let (child, starts) = ending(restart, reason.clone());
        let tree = Supervisor::one_for_one("tree").child(child).start().await.unwrap();
        tokio::time::sleep(seconds(1)).await;
        assert_eq!(starts.load(Ordering::SeqCst), expected, "{restart:?} after {reason}");
        // Its specification stays, unless it is temporary.
        assert_eq!(tree.count_children(), usize::from(restart != Restart::Temporary));
        tree.shut_down().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_and_a_panic_are_reasons_with_their_text() {
    let failing = Child::worker("failing", || async { Err::<(), _>(std::io::Error::other("no such device")) });
    let panicking = Child::worker("panicking", || async {
        assert!(std::hint::black_box(false), "out of order");
    });
    let tree = Supervisor::one_for_one("tree").child(failing.restart_after(seconds(9)));
    let tree = tree.child(panicking.restart_after(seconds(9))).start().await.unwrap();
    until("both have ended", || tree.child("failing").is_none() && tree.child("panicking").is_none()).await;
    let info = tree.inspect();
    assert_eq!(info.children[0].last_exit, Some(ExitReason::failed("no such device")));
    let panicked = info.children[1].last_exit.clone().unwrap();
    assert!(matches!(&panicked, ExitReason::Panicked(text) if text.starts_with("out of order (")), "{panicked}");
}

#[tokio::test(start_paused = true)]
async fn the_fourth_crash_within_five_seconds_ends_the_supervisor_and_its_parent_starts_it_again() {
    let starts = Arc::<AtomicUsize>::default();
    let (fleet, sibling) = (Supervisor::one_for_one("fleet").child(counted("robot", &starts)), Arc::default());
    let robots = fleet.handle();
    let tree = Supervisor::one_for_one("tree").child(counted("sibling", &sibling)).child(Child::supervisor(fleet));
    let tree = tree.start().await.unwrap();
    let first = tree.child("fleet").unwrap();

    let mut robot = robots.child("robot").unwrap();
    for _ in 0..3 {
        robot.kill();
        robot = next_life(&robots, "robot", &robot).await;
    }
    assert_eq!(tree.child("fleet"), Some(first.clone()), "three are put up with");
    robot.kill();
    next_life(&tree, "fleet", &first).await;
    let reason = first.exit_reason().unwrap();
    assert_eq!(reason, ExitReason::failed("more than 3 restarts within 5s, the last of robot: killed"));
    next_life(&robots, "robot", &robot).await;
    assert_eq!((starts.load(Ordering::SeqCst), sibling.load(Ordering::SeqCst)), (5, 1));
    assert_eq!(tree.inspect().find("fleet").unwrap().restarts, 1);
}

#[tokio::test(start_paused = true)]
async fn crashes_that_are_far_apart_do_not_add_up() {
    let tree = Supervisor::one_for_one("tree").child(idle("robot")).start().await.unwrap();
    let mut robot = tree.child("robot").unwrap();
    for _ in 0..10 {
        robot.kill();
        robot = next_life(&tree, "robot", &robot).await;
        tokio::time::sleep(seconds(2)).await;
    }
    assert!(tree.process().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_root_that_gives_up_has_ended_with_all_its_children() {
    let tree = Supervisor::one_for_one("tree").intensity(0, seconds(5)).child(idle("a")).child(idle("b"));
    let tree = tree.start().await.unwrap();
    let other = tree.child("a").unwrap();
    tree.child("b").unwrap().kill();
    assert!(matches!(tree.ended().await, ExitReason::Failed(_)));
    assert_eq!(other.exit_reason(), Some(ExitReason::Shutdown));
    assert!(tree.process().is_none());
    assert!(matches!(tree.start_child(idle("c")).await, Err(StartError::NotRunning { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_child_may_be_left_alone_for_a_while_before_it_is_started_again() {
    let tree = Supervisor::one_for_one("tree").child(idle("robot").restart_after(seconds(60))).start().await.unwrap();
    let robot = tree.child("robot").unwrap();
    robot.kill();
    robot.ended().await;
    tokio::time::sleep(seconds(59)).await;
    assert!(tree.child("robot").is_none());
    assert_eq!(tree.inspect().children[0].state.to_string(), "restarting");
    tokio::time::sleep(seconds(2)).await;
    assert!(tree.child("robot").is_some());
}

/// Two significant children, of which the first ends when it is told.
async fn significant(auto_shutdown: AutoShutdown) -> (SupervisorRef, [crate::supervision::Process; 2]) {
    let child = |name| idle(name).transient().significant();
    let tree = Supervisor::one_for_one("tree").auto_shutdown(auto_shutdown).child(child("a")).child(child("b"));
    let tree = tree.child(idle("c")).start().await.unwrap();
    let children = ["a", "b"].map(|name| tree.child(name).unwrap());
    (tree, children)
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_ends_when_any_or_when_all_of_its_significant_children_have() {
    let (tree, [first, _]) = significant(AutoShutdown::AnySignificant).await;
    first.exit(ExitReason::Normal);
    assert_eq!(tree.ended().await, ExitReason::Shutdown);

    let (tree, [first, second]) = significant(AutoShutdown::AllSignificant).await;
    first.exit(ExitReason::Normal);
    tokio::time::sleep(seconds(1)).await;
    assert!(tree.process().is_some(), "one is left");
    second.exit(ExitReason::Normal);
    assert_eq!(tree.ended().await, ExitReason::Shutdown);
}

#[tokio::test(start_paused = true)]
async fn a_significant_child_that_is_started_again_ends_nobody() {
    let (tree, [first, _]) = significant(AutoShutdown::AnySignificant).await;
    first.kill();
    next_life(&tree, "a", &first).await;
    assert!(tree.process().is_some());
}

#[tokio::test(start_paused = true)]
async fn contradictions_are_refused_with_what_to_do_about_them() {
    let permanent = Supervisor::one_for_one("tree").auto_shutdown(AutoShutdown::AnySignificant);
    let error = permanent.child(idle("a").significant()).start().await.unwrap_err().to_string();
    assert!(error.starts_with("a: a permanent child cannot be significant"), "{error}");
    let error = Supervisor::one_for_one("tree").child(idle("a").transient().significant()).start().await;
    assert!(error.unwrap_err().to_string().contains("needs a supervisor with `auto_shutdown`"));
    let error = Supervisor::one_for_one("tree").child(idle("a")).child(idle("a")).start().await.unwrap_err();
    assert_eq!(error.to_string(), "tree has a child `a` already");
}

#[tokio::test(start_paused = true)]
async fn when_a_child_does_not_come_up_those_before_it_are_ended_again() {
    let log = Log::default();
    let broken = Supervisor::one_for_one("broken").child(idle("x").significant());
    let tree = Supervisor::one_for_one("tree").child(logged("a", &log)).child(logged("b", &log));
    let error = tree.child(Child::supervisor(broken)).start().await.unwrap_err();
    assert!(error.to_string().starts_with("tree did not start: failed: broken: failed: x: a permanent"), "{error}");
    assert_eq!(log.take(), ["a starts", "b starts", "b ends", "a ends"]);
}

#[tokio::test(start_paused = true)]
async fn children_are_terminated_restarted_and_deleted_by_name() {
    let tree = Supervisor::one_for_one("tree").child(idle("a")).start().await.unwrap();
    let first = tree.child("a").unwrap();
    assert_eq!(tree.restart_child("a").await, Err(ChildError::Running("a".into())));
    tree.terminate_child("a").await.unwrap();
    assert_eq!(first.exit_reason(), Some(ExitReason::Shutdown));
    tokio::time::sleep(seconds(1)).await;
    assert!(tree.child("a").is_none(), "it is not started again by itself");
    let second = tree.restart_child("a").await.unwrap();
    assert_eq!(tree.child("a"), Some(second));
    assert_eq!(tree.delete_child("a").await, Err(ChildError::Running("a".into())));
    tree.terminate_child("a").await.unwrap();
    tree.delete_child("a").await.unwrap();
    assert_eq!(tree.terminate_child("a").await, Err(ChildError::NotFound("a".into())));
    let error = tree.start_child(idle("b")).await.and(tree.start_child(idle("b")).await).unwrap_err();
    assert_eq!(error.to_string(), "tree has a child `b` already");
}

#[tokio::test(start_paused = true)]
async fn dynamic_children_come_and_go_up_to_a_limit_that_the_error_names() {
    let tree = Supervisor::dynamic("robots").max_children(2).start().await.unwrap();
    let first = tree.start_child(idle("robot").transient()).await.unwrap();
    tree.start_child(idle("robot")).await.unwrap();
    let error = tree.start_child(idle("robot")).await.unwrap_err();
    assert_eq!(error.to_string(), "robots has 2 children, as many as its max_children allows");
    first.exit(ExitReason::Normal);
    until("it is forgotten", || tree.count_children() == 1).await;
    tree.start_child(idle("robot")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dynamic_child_that_fails_is_started_again_alone() {
    let starts = Arc::<AtomicUsize>::default();
    let tree = Supervisor::dynamic("robots").start().await.unwrap();
    let (robot, other) = (tree.start_child(counted("robot", &starts)).await.unwrap(), tree.start_child(idle("other")));
    let other = other.await.unwrap();
    robot.kill();
    next_life(&tree, "robot", &robot).await;
    assert_eq!(starts.load(Ordering::SeqCst), 2);
    assert!(other.is_alive());
}

#[tokio::test(start_paused = true)]
async fn keys_lead_to_the_same_partition_always_and_to_all_of_them_together() {
    let make = || Partitions::new("shards", 4, |index| Supervisor::dynamic(format!("shards/{index}")));
    let ((shards, supervisor), (others, _)) = (make(), make());
    let tree = Supervisor::one_for_one("tree").child(Child::supervisor(supervisor)).start().await.unwrap();
    let mut used = std::collections::BTreeSet::new();
    for robot in 0..100_i64 {
        let shard = shards.of(&robot);
        assert_eq!(shard.name(), others.of(&robot).name());
        used.insert(shard.name());
        shard.start_child(idle(&format!("robot {robot}"))).await.unwrap();
    }
    assert_eq!(used.len(), 4);
    assert_eq!(shards.all().iter().map(SupervisorRef::count_children).sum::<usize>(), 100);
    // Known values: the same in every build.
    assert_eq!(shards.of("robots:7").name(), shards.of(&String::from("robots:7")).name());
    // A partition that is started again is found by the same key.
    let name = shards.of("robots:7").name();
    let root = tree.inspect();
    assert_eq!(root.children[0].children.len(), 4);
    let shard = shards.of("robots:7").process().unwrap();
    shard.kill();
    until("it is started again", || shards.of("robots:7").process().is_some_and(|now| now != shard)).await;
    assert_eq!(shards.of("robots:7").name(), name);
    shards.of("robots:7").start_child(idle("robot")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_the_second_time_counts_as_another_crash() {
    use crate::supervision::{Actor, ActorCx};

    struct Moody;
    impl Actor for Moody {
        type Args = Arc<AtomicBool>;
        type Message = ();
        async fn init(may_start: Arc<AtomicBool>, _: &mut ActorCx<Self>) -> crate::Result<Self> {
            if may_start.load(Ordering::SeqCst) { Ok(Self) } else { Err(crate::Error::msg("not today")) }
        }
        async fn handle(&mut self, (): (), _: &mut ActorCx<Self>) -> crate::Result<()> {
            Ok(())
        }
    }

    let may_start = Arc::new(AtomicBool::new(true));
    let tree = Supervisor::one_for_one("tree").child(Child::actor::<Moody>("moody", may_start.clone()));
    let tree = tree.start().await.unwrap();
    may_start.store(false, Ordering::SeqCst);
    tree.child("moody").unwrap().kill();
    let reason = tree.ended().await.to_string();
    assert_eq!(reason, "failed: more than 3 restarts within 5s, the last of moody: failed: not today");
}
