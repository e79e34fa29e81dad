//! Results, failures and ends of tasks.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::{Instant, sleep};

use super::{idle, seconds, until};
use crate::supervision::{Child, ExitReason, Supervisor, TaskError, TaskSupervisor};

async fn crash() {
    tokio::task::yield_now().await;
    panic!("out of order");
}

#[tokio::test(start_paused = true)]
async fn the_crash_of_an_unlinked_task_is_a_value() {
    let tasks = TaskSupervisor::new("tasks");
    let error = tasks.async_nolink(crash()).await.unwrap_err();
    assert!(
        matches!(&error, TaskError::Exit(ExitReason::Panicked(text)) if text.starts_with("out of order")),
        "{error}"
    );
    assert_eq!(tasks.async_nolink(async { 42 }).await, Ok(42));
    until("they are forgotten", || tasks.children().is_empty()).await;
}

/// A process that starts one task which never ends, and says which.
async fn caller(is_linked: bool) -> (crate::supervision::Process, crate::supervision::Process) {
    let tasks = TaskSupervisor::new("tasks");
    let started = Arc::new(Mutex::new(None));
    let child = {
        let started = started.clone();
        Child::worker("caller", move || {
            let (tasks, started) = (tasks.clone(), started.clone());
            async move {
                let work = pending::<()>();
                let task = if is_linked { tasks.async_(work) } else { tasks.async_nolink(work) };
                *started.lock().unwrap() = task.process().cloned();
                drop(task.await);
            }
        })
    };
    let tree = Supervisor::dynamic("tree").start().await.unwrap();
    let caller = tree.start_child(child.temporary()).await.unwrap();
    until("the task is started", || started.lock().unwrap().is_some()).await;
    let task = started.lock().unwrap().clone().unwrap();
    (caller, task)
}

#[tokio::test(start_paused = true)]
async fn a_linked_task_ends_with_its_caller_and_an_unlinked_one_does_not() {
    let (process, task) = caller(true).await;
    process.kill();
    assert!(task.ended().await.is_abnormal() || !task.is_alive());
    let (process, task) = caller(false).await;
    process.kill();
    process.ended().await;
    sleep(seconds(1)).await;
    assert!(task.is_alive());
    task.kill();
}

#[tokio::test(start_paused = true)]
async fn the_crash_of_a_linked_task_ends_its_caller() {
    let (process, task) = caller(true).await;
    task.exit(ExitReason::failed("no battery"));
    assert_eq!(process.ended().await, ExitReason::failed("no battery"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_given_up_or_takes_too_long_ends() {
    let tasks = TaskSupervisor::new("tasks");
    let task = tasks.async_(pending::<()>());
    let process = task.process().cloned().unwrap();
    drop(task);
    assert_eq!(process.ended().await, ExitReason::Shutdown);
    let task = tasks.async_nolink(pending::<()>());
    let process = task.process().cloned().unwrap();
    assert_eq!(task.within(seconds(3)).await, Err(TaskError::TimedOut(seconds(3))));
    assert!(!process.is_alive());
}

#[tokio::test(start_paused = true)]
async fn who_gives_a_linked_task_up_is_not_ended_by_that() {
    let tasks = TaskSupervisor::new("tasks");
    let child = Child::worker("caller", move || {
        let tasks = tasks.clone();
        async move {
            assert_eq!(tasks.async_(pending::<()>()).within(seconds(1)).await, Err(TaskError::TimedOut(seconds(1))));
            tasks.async_(pending::<()>()).shut_down().await;
            let task = tasks.async_(pending::<()>());
            let process = task.process().cloned().expect("it was started");
            // Wherever it is dropped.
            let elsewhere = tasks.async_(async move { drop(task) });
            assert_eq!(elsewhere.await, Ok(()));
            assert_eq!(process.ended().await, ExitReason::Shutdown);
            sleep(seconds(1)).await;
        }
    });
    let tree = Supervisor::dynamic("tree").start().await.unwrap();
    assert_eq!(tree.start_child(child.temporary()).await.unwrap().ended().await, ExitReason::Normal);
}

#[tokio::test(start_paused = true)]
async fn there_are_no_more_tasks_than_there_may_be() {
    let tasks = TaskSupervisor::with_max_children("tasks", 1);
    let first = tasks.async_(pending::<()>());
    let error = tasks.async_(async {}).await.unwrap_err();
    assert_eq!(error.to_string(), "tasks runs 1 tasks, as many as its max_children allows");
    first.shut_down().await;
    assert_eq!(tasks.async_(async {}).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn tasks_end_with_the_tree() {
    let tasks = TaskSupervisor::new("tasks");
    let tree = Supervisor::one_for_one("tree").child(Child::tasks(&tasks)).child(idle("other")).start().await.unwrap();
    let task = tasks.async_nolink(pending::<()>());
    assert_eq!(tree.inspect().find("tasks").unwrap().children.len(), 1);
    tree.shut_down().await;
    assert_eq!(task.await, Err(TaskError::Exit(ExitReason::Shutdown)));
    assert_eq!(tasks.async_(async {}).await, Err(TaskError::Exit(ExitReason::Shutdown)));
}

/// Works for `10 - n` seconds, and counts how many do at a time.
fn work(n: u64, running: &Arc<AtomicUsize>, most: &Arc<AtomicUsize>) -> impl Future<Output = u64> + Send + use<> {
    let (running, most) = (running.clone(), most.clone());
    async move {
        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        sleep(seconds(10 - n)).await;
        running.fetch_sub(1, Ordering::SeqCst);
        n
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_runs_so_many_at_a_time_and_keeps_the_order_unless_told_otherwise() {
    let tasks = TaskSupervisor::new("tasks");
    let (running, most) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let stream = |is_ordered| {
        let stream = tasks.async_stream(0..9_u64, |n| work(n, &running, &most)).max_concurrency(3);
        stream.timeout(None).ordered(is_ordered).map(Result::unwrap)
    };
    let (ordered, began) = (stream(true).collect::<Vec<_>>().await, Instant::now());
    assert_eq!(ordered, (0..9).collect::<Vec<_>>());
    assert_eq!(most.load(Ordering::SeqCst), 3);
    let unordered: Vec<_> = stream(false).collect().await;
    assert_eq!((unordered[0], unordered.len()), (2, 9), "the shortest of the first three");
    assert!(began.elapsed() < seconds(30), "{:?} in place of 54 s one after the other", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn in_a_stream_each_failure_is_in_the_place_of_its_item() {
    let tasks = TaskSupervisor::new("tasks");
    let stream = tasks.async_stream(0..4, |n| async move {
        match n {
            1 => panic!("out of order"),
            2 => pending().await,
            _ => n,
        }
    });
    let outcomes: Vec<_> = stream.max_concurrency(2).timeout(seconds(3)).collect().await;
    assert!(matches!(
        &outcomes[..],
        [Ok(0), Err(TaskError::Exit(ExitReason::Panicked(_))), Err(TaskError::TimedOut(_)), Ok(3)]
    ));
    until("all have ended", || tasks.children().is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_ends_its_tasks() {
    let tasks = TaskSupervisor::new("tasks");
    let mut stream = tasks.async_stream(0..9, |_| pending::<()>()).max_concurrency(4);
    assert!(tokio::time::timeout(Duration::from_millis(1), stream.next()).await.is_err());
    assert_eq!(tasks.children().len(), 4);
    drop(stream);
    until("all have ended", || tasks.children().is_empty()).await;
}
