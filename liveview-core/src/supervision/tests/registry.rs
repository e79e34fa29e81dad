//! Names that are free as soon as their process is known to have ended.

use std::future::pending;

use super::{idle, next_life, until};
use crate::supervision::{Child, ExitReason, Process, Registry, RegistryError, Supervisor};

#[tokio::test(start_paused = true)]
async fn a_unique_key_has_one_entry_and_a_duplicate_one_has_many() {
    let tree = Supervisor::one_for_one("tree").child(idle("a")).child(idle("b")).start().await.unwrap();
    let [a, b] = ["a", "b"].map(|name| tree.child(name).unwrap());
    let names = Registry::<&str, u8>::unique();
    names.register_for(&a, "robot", 1).unwrap();
    assert_eq!(names.register_for(&b, "robot", 2), Err(RegistryError::AlreadyRegistered(a.clone())));
    assert_eq!((names.lookup(&"robot"), names.whereis(&"robot")), (Some(1), Some(a.clone())));
    assert_eq!(names.lookup(&"nobody"), None);

    let groups = Registry::<&str, u8>::duplicate();
    groups.register_for(&a, "robots", 1).unwrap();
    groups.register_for(&b, "robots", 2).unwrap();
    let mut told = Vec::new();
    assert_eq!(groups.dispatch(&"robots", |process, value| told.push((process.clone(), *value))), 2);
    assert_eq!(told, [(a.clone(), 1), (b.clone(), 2)]);
    assert_eq!((groups.count(), groups.keys(&a)), (2, vec!["robots"]));
    b.kill();
    b.ended().await;
    assert_eq!(groups.lookup_all(&"robots"), [(a, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_free_when_the_end_of_its_process_is_known() {
    let names = Registry::<&str, ()>::unique();
    let registering = {
        let names = names.clone();
        Child::worker("robot", move || {
            let names = names.clone();
            async move {
                names.register("robot", ())?;
                pending::<Result<(), RegistryError>>().await
            }
        })
    };
    let tree =
        Supervisor::one_for_one("tree").intensity(100, super::seconds(5)).child(registering).start().await.unwrap();
    let mut robot = tree.child("robot").unwrap();
    for _ in 0..50 {
        until("it is registered", || names.whereis(&"robot").as_ref() == Some(&robot)).await;
        robot.kill();
        robot = next_life(&tree, "robot", &robot).await;
    }
    let info = tree.inspect();
    assert_eq!(info.children[0].last_exit, Some(ExitReason::Killed), "no register failed: {info}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_monitor_s_word_is_enough_to_take_the_name_over_on_any_thread() {
    let names = Registry::<&str, ()>::unique();
    let tree = Supervisor::dynamic("tree").start().await.unwrap();
    for _ in 0..200 {
        let robot = tree.start_child(idle("robot").temporary()).await.unwrap();
        names.register_for(&robot, "robot", ()).expect("the last one has ended");
        robot.kill();
        robot.monitor().await;
    }
    assert_eq!(names.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn entries_are_changed_and_taken_away_by_their_own_process() {
    let names = Registry::<&str, u32>::unique();
    let child = {
        let names = names.clone();
        Child::worker("robot", move || {
            let names = names.clone();
            async move {
                names.register("robot", 1).expect("it is free");
                assert_eq!(names.update_value(&"robot", |value| *value += 1), Some(()));
                assert_eq!(names.lookup(&"robot"), Some(2));
                names.unregister(&"robot");
                assert_eq!(names.lookup(&"robot"), None);
            }
        })
    };
    let tree = Supervisor::dynamic("tree").start().await.unwrap();
    let robot = tree.start_child(child.temporary()).await.unwrap();
    assert_eq!(robot.ended().await, ExitReason::Normal);
    assert_eq!(names.register("robot", 1), Err(RegistryError::NoProcess));
    assert_eq!(names.register_for(&robot, "robot", 1), Err(RegistryError::Ended(robot)));
    assert_eq!((names.count(), Process::current()), (0, None));
    names.put_meta("limit", 5_u8);
    assert_eq!(names.meta::<u8>("limit").as_deref(), Some(&5));
    assert_eq!(names.meta::<u16>("limit"), None);
}
