//! E36: named steps, all or none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ecto_lite::changeset::Entry;
use ecto_lite::repo::multi::Failure;
use ecto_lite::{Change, Multi, Repo, RepoError, Schema};

use super::schemas::{Mission, Robot, Tag};

fn robot(name: &str) -> Robot {
    Robot { name: name.into(), ..Robot::default() }
}

fn tag(name: &str) -> Tag {
    Tag { name: name.into(), ..Tag::default() }
}

async fn robots(repo: &Repo) -> Vec<String> {
    repo.all(Robot::query().order_by(|r| r.name).select(|r| r.name)).await.unwrap()
}

pub async fn steps_see_the_results_before_them(repo: Repo) {
    let multi = Multi::new()
        .put("title", "Map".to_owned())
        .insert("robot", robot("Ada"))
        .insert_then("mission", |changes| {
            let (robot, title) = (changes.fetch::<Robot>("robot")?, changes.fetch::<String>("title")?);
            Ok(Mission { title: title.clone(), robot_id: Some(robot.id), ..Mission::default() })
        })
        .update_then("renamed", |changes| {
            Ok(changes.fetch::<Robot>("robot")?.clone().change().put_change(Robot::name, "Bob"))
        })
        .one_then("found", |changes| {
            let id = changes.fetch::<Robot>("robot")?.id;
            Ok(Mission::query().filter(move |m| m.robot_id.eq(id)))
        })
        .run("count", |repo, _| async move { repo.count(Robot::query()).await })
        .exists("exists", Tag::query())
        .all("robots", Robot::query());
    assert_eq!(
        multi.names().collect::<Vec<_>>(),
        ["title", "robot", "mission", "renamed", "found", "count", "exists", "robots"]
    );
    let changes = repo.transact_multi(multi).await.unwrap();
    let robot = changes.fetch::<Robot>("renamed").unwrap();
    assert_eq!(robot.name, "Bob");
    assert_eq!(changes.fetch::<Mission>("mission").unwrap().robot_id, Some(robot.id));
    assert_eq!(changes.fetch::<Option<Mission>>("found").unwrap().as_ref().unwrap().title, "Map");
    assert_eq!((changes.get::<i64>("count"), changes.get::<bool>("exists")), (Some(&1), Some(&false)));
    assert_eq!(changes.get::<Vec<Robot>>("robots").unwrap().len(), 1);
    assert!(changes.get::<Mission>("robot").is_none());
    assert!(changes.fetch::<Mission>("robot").unwrap_err().to_string().contains("Mission"));
    assert!(changes.fetch::<Robot>("nobody").unwrap_err().to_string().contains("nobody"));
}

pub async fn the_step_that_failed_is_named_and_nothing_is_stored(repo: Repo) {
    repo.insert(robot("Taken")).await.unwrap();
    let taken = Robot::default().change().put_change(Robot::name, "Taken").unique_constraint(Robot::name);
    let after = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&after);
    let multi = Multi::new().insert("first", robot("Ada")).insert("second", taken).run("third", move |_, _| async move {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok::<_, RepoError>(())
    });
    let error = repo.transact_multi(multi).await.unwrap_err();
    assert_eq!(error.step, "second");
    let changeset = error.changeset::<Robot>().unwrap();
    assert_eq!(changeset.errors_json(), serde_json::json!({"name": ["has already been taken"]}));
    assert_eq!(error.changes_so_far.get::<Robot>("first").unwrap().name, "Ada");
    assert!(error.to_string().contains("\"second\""), "{error}");
    assert_eq!(robots(&repo).await, ["Taken"]);
    assert_eq!(after.load(Ordering::Relaxed), 0);
}

pub async fn an_error_of_the_programs_own_rolls_back(repo: Repo) {
    #[derive(Debug, PartialEq)]
    struct TooMany(usize);
    let multi = Multi::new().insert("robot", robot("Ada")).run("limit", |_, changes| async move {
        changes.fetch::<Robot>("robot").map_err(|_| TooMany(0))?;
        Err::<(), _>(TooMany(3))
    });
    let error = repo.transact_multi(multi).await.unwrap_err();
    assert_eq!((error.step.as_ref(), error.failed_with::<TooMany>()), ("limit", Some(&TooMany(3))));
    assert!(error.to_string().contains("TooMany(3)"), "{error}");
    let error = repo.transact_multi(Multi::new().insert("robot", robot("Ada")).error("no", "not now")).await.unwrap_err();
    assert_eq!(error.failed_with::<&str>(), Some(&"not now"));
    assert!(robots(&repo).await.is_empty());
}

pub async fn an_invalid_changeset_is_found_before_anything_is_begun(repo: Repo) {
    let ran = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&ran);
    let multi = Multi::new()
        .run("first", move |_, _| async move {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, RepoError>(())
        })
        .insert("second", robot("").change().validate_required(Robot::name));
    let error = repo.transact_multi(multi).await.unwrap_err();
    assert_eq!((error.step.as_ref(), ran.load(Ordering::Relaxed)), ("second", 0));
    let changeset = error.changeset::<Robot>().unwrap();
    assert_eq!(changeset.action(), Some(ecto_lite::changeset::Action::Insert));
}

pub async fn names_are_unique(repo: Repo) {
    let twice = Multi::new().insert("a", robot("Ada")).insert("a", robot("Bob"));
    let error = repo.transact_multi(twice).await.unwrap_err();
    assert_eq!(error.step, "a");
    assert!(matches!(error.value, Failure::Repo(RepoError::Query(_))));
    let merged = Multi::new().insert("a", robot("Ada")).merge(|_| Multi::new().insert("a", robot("Bob")));
    assert_eq!(repo.transact_multi(merged).await.unwrap_err().step, "a");
    assert!(robots(&repo).await.is_empty());
}

pub async fn multis_are_put_together(repo: Repo) {
    let seen = Arc::new(AtomicUsize::new(0));
    let inspected = Arc::clone(&seen);
    let multi = Multi::new()
        .insert("b", robot("Bob"))
        .prepend(Multi::new().insert("a", robot("Ada")))
        .append(Multi::new().insert("c", robot("Cyd")))
        .merge(|changes| {
            let names: Vec<_> = changes.names().map(str::to_owned).collect();
            names.into_iter().fold(Multi::new(), |multi, name| {
                let copy = name.clone() + "2";
                multi.insert(copy.clone(), robot(&copy))
            })
        })
        .inspect(move |changes| inspected.store(changes.names().count(), Ordering::Relaxed));
    let changes = repo.transact_multi(multi).await.unwrap();
    assert_eq!(changes.names().collect::<Vec<_>>(), ["a", "b", "c", "a2", "b2", "c2"]);
    assert_eq!(seen.load(Ordering::Relaxed), 6);
    assert_eq!(robots(&repo).await, ["Ada", "Bob", "Cyd", "a2", "b2", "c2"]);
}

pub async fn whole_tables_are_steps_too(repo: Repo) {
    let old = repo.insert(tag("old")).await.unwrap();
    let multi = Multi::new()
        .insert_all("tags", vec![tag("a"), tag("b")])
        .insert_all_then("more", |_| Ok(vec![Entry::new().set(Tag::name, "c")]))
        .update_all("renamed", Tag::query().filter(|t| t.name.eq("a")).set(Tag::name, "A"))
        .delete("old", old)
        .delete_all("gone", Tag::query().filter(|t| t.name.is_in(["b", "c"])))
        .insert_or_update("kept", tag("kept").change());
    let changes = repo.transact_multi(multi).await.unwrap();
    let count = |name| *changes.get::<u64>(name).unwrap();
    assert_eq!((count("tags"), count("more"), count("renamed"), count("gone")), (2, 1, 1, 2));
    let names = repo.all(Tag::query().order_by(|t| t.name).select(|t| t.name)).await.unwrap();
    assert_eq!(names, ["A", "kept"]);
}

pub async fn a_multi_in_a_transaction_is_part_of_it(repo: Repo) {
    let result = repo
        .transaction(|tx| async move {
            tx.transact_multi(Multi::new().insert("robot", robot("Ada"))).await.unwrap();
            Err::<(), _>(tx.rollback("no"))
        })
        .await;
    assert!(matches!(result, Err(RepoError::Rollback(_))));
    assert!(robots(&repo).await.is_empty());
}
