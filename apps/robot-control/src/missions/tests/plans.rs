//! Making, changing and deleting missions.

use super::*;
use crate::testing::{errors, on_databases};

on_databases!(
    a_mission_has_its_waypoints_in_the_order_of_the_input,
    waypoints_are_sorted_dropped_changed_and_added,
    what_is_wrong_with_a_mission_is_said,
    ready_is_what_has_a_waypoint,
    a_running_mission_is_neither_changed_nor_deleted,
    a_mission_that_was_started_meanwhile_is_not_overwritten,
    missions_go_with_their_waypoints,
    what_ran_when_the_program_stopped_was_interrupted,
);

async fn a_mission_has_its_waypoints_in_the_order_of_the_input(repo: Repo) {
    // As a form sends them.
    let form = Params::from_pairs([
        ("name", " Night round "),
        ("repeat", "true"),
        ("waypoints[1][x]", "6.8"),
        ("waypoints[1][y]", "8"),
        ("waypoints[0][x]", "2"),
        ("waypoints[0][y]", "12"),
        ("waypoints[0][wait_s]", "30"),
        ("waypoints[0][note]", "look at the door"),
        ("robot_id", "7"),
    ]);
    let made = create_mission(&repo, &world(), FALCON, &form).await.unwrap();
    let found = fetch_mission(&repo, made.id).await.unwrap();
    assert_eq!((found.name.as_str(), found.robot_id, found.repeat), ("Night round", FALCON, true));
    assert_eq!(found.status, Status::Draft);
    assert_eq!(places(&found), [(2.0, 12.0), (6.8, 8.0)]);
    let waypoints = found.waypoints.get().unwrap();
    assert_eq!((waypoints[0].wait_s, waypoints[0].note.as_deref()), (30, Some("look at the door")));
    assert_eq!((waypoints[1].wait_s, waypoints[1].note.as_deref()), (0, None));
    let listed = list_missions(&repo, FALCON).await.unwrap();
    assert_eq!(listed, [found]);
    assert!(list_missions(&repo, RobotId(7)).await.unwrap().is_empty());
}

async fn waypoints_are_sorted_dropped_changed_and_added(repo: Repo) {
    let mission = ready(&repo, "Round", json!([{ "x": 2, "y": 3 }, { "x": 2, "y": 12 }, { "x": 2, "y": 22 }])).await;
    let id = |at: usize| mission.waypoints.get().unwrap()[at].id.to_string();
    let input = json!({
        "waypoints": {
            "0": { "id": id(0), "x": "2", "y": "3" },
            "1": { "id": id(1), "x": "2.5", "y": "12" },
            "2": { "id": id(2), "x": "2", "y": "22" },
            "3": { "x": "6.8", "y": "12" },
        },
        "waypoints_sort": ["3", "2", "1", "0"],
        "waypoints_drop": ["0"],
    });
    let kept = (id(1), id(2));
    let changed = update_mission(&repo, &world(), mission, &input).await.unwrap();
    let found = fetch_mission(&repo, changed.id).await.unwrap();
    assert_eq!(places(&found), [(6.8, 12.0), (2.0, 22.0), (2.5, 12.0)]);
    assert_eq!(places(&changed), places(&found));
    let waypoints = found.waypoints.get().unwrap();
    assert_eq!((waypoints[2].id.to_string(), waypoints[1].id.to_string()), kept);
    assert_eq!(repo.count(Waypoint::query()).await.unwrap(), 3, "the dropped one is gone");
}

async fn what_is_wrong_with_a_mission_is_said(repo: Repo) {
    let wrong = async |input: Value| errors(create_mission(&repo, &world(), FALCON, &input).await);
    assert_eq!(wrong(json!({ "name": " " })).await, json!({ "name": ["can't be blank"] }));
    let long = wrong(json!({ "name": "x".repeat(61) })).await;
    assert_eq!(long, json!({ "name": ["should be at most 60 character(s)"] }));
    let running = wrong(json!({ "name": "x", "status": "running" })).await;
    assert_eq!(running, json!({ "status": ["is invalid"] }), "nobody declares it running");

    let waypoints = json!([
        { "x": 2, "y": 12 },
        { "x": "40.5", "y": -1 },
        { "x": "here" },
        { "x": 4.8, "y": 7 },
        { "x": 2, "y": 12, "wait_s": 3601, "note": "x".repeat(201) },
    ]);
    let expected = json!({ "waypoints": [
        {},
        { "x": ["must be less than or equal to 40.0"], "y": ["must be greater than or equal to 0.0"] },
        { "x": ["is invalid"], "y": ["can't be blank"] },
        { "x": ["leaves no room for a robot: choose a point away from shelves and walls"] },
        { "wait_s": ["must be less than or equal to 3600"], "note": ["should be at most 200 character(s)"] },
    ] });
    assert_eq!(wrong(json!({ "name": "x", "waypoints": waypoints })).await, expected);
    assert_eq!(repo.count(Mission::query()).await.unwrap(), 0);
}

async fn ready_is_what_has_a_waypoint(repo: Repo) {
    let input = json!({ "name": "x", "status": "ready" });
    let nowhere = json!({ "waypoints": ["should have at least one to be ready"] });
    assert_eq!(errors(create_mission(&repo, &world(), FALCON, &input).await), nowhere);

    let draft = create_mission(&repo, &world(), FALCON, &json!({ "name": "x" })).await.unwrap();
    let draft = fetch_mission(&repo, draft.id).await.unwrap();
    assert_eq!(errors(update_mission(&repo, &world(), draft.clone(), &json!({ "status": "ready" })).await), nowhere);
    let input = json!({ "status": "ready", "waypoints": [{ "x": 2, "y": 12 }] });
    let mission = update_mission(&repo, &world(), draft, &input).await.unwrap();
    assert_eq!(mission.status, Status::Ready);

    // The last one of a ready mission.
    let mission = fetch_mission(&repo, mission.id).await.unwrap();
    let id = mission.waypoints.get().unwrap()[0].id;
    let input = json!({ "waypoints": { "0": { "id": id } }, "waypoints_drop": ["0"] });
    assert_eq!(errors(update_mission(&repo, &world(), mission, &input).await), nowhere);
}

async fn a_running_mission_is_neither_changed_nor_deleted(repo: Repo) {
    let mission = ready(&repo, "x", json!([{ "x": 2, "y": 12 }])).await;
    repo.update_all(from!(m in Mission, update: { m.status = Status::Running })).await.unwrap();
    let mission = fetch_mission(&repo, mission.id).await.unwrap();
    let running = json!({ "status": ["is running: cancel it first"] });
    let renamed = update_mission(&repo, &world(), mission.clone(), &json!({ "name": "y" })).await;
    assert_eq!(errors(renamed), running);
    assert_eq!(errors(delete_mission(&repo, mission.clone()).await), running);
    assert_eq!(fetch_mission(&repo, mission.id).await.unwrap(), mission);
}

async fn a_mission_that_was_started_meanwhile_is_not_overwritten(repo: Repo) {
    let mission = ready(&repo, "x", json!([{ "x": 2, "y": 12 }])).await;
    repo.update_all(from!(m in Mission, update: { m.status = Status::Running })).await.unwrap();
    let running = json!({ "status": ["is running: cancel it first"] });
    // `mission` is as it was before.
    let renamed = update_mission(&repo, &world(), mission.clone(), &json!({ "name": "y" })).await;
    assert_eq!(errors(renamed), running);
    let moved = json!({ "waypoints": [{ "x": 2, "y": 22 }] });
    assert_eq!(errors(update_mission(&repo, &world(), mission.clone(), &moved).await), running);
    assert_eq!(errors(delete_mission(&repo, mission.clone()).await), running);
    let found = fetch_mission(&repo, mission.id).await.unwrap();
    assert_eq!((found.name.as_str(), places(&found)), ("x", vec![(2.0, 12.0)]));
}

async fn missions_go_with_their_waypoints(repo: Repo) {
    let (one, other) =
        (ready(&repo, "x", json!([{ "x": 2, "y": 12 }])).await, ready(&repo, "y", json!([{ "x": 2, "y": 3 }])).await);
    delete_mission(&repo, one.clone()).await.unwrap();
    assert!(matches!(fetch_mission(&repo, one.id).await, Err(RepoError::NotFound { .. })));
    assert_eq!(repo.count(Waypoint::query()).await.unwrap(), 1);
    assert_eq!(list_missions(&repo, FALCON).await.unwrap().len(), 1);
    assert_eq!(fetch_mission(&repo, other.id).await.unwrap().name, "y");
}

async fn what_ran_when_the_program_stopped_was_interrupted(repo: Repo) {
    let (one, other) =
        (ready(&repo, "x", json!([{ "x": 2, "y": 12 }])).await, ready(&repo, "y", json!([{ "x": 2, "y": 3 }])).await);
    repo.update_all(from!(m in Mission, where: m.id == one.id, update: { m.status = Status::Running })).await.unwrap();
    assert_eq!(interrupt_running(&repo).await.unwrap(), 1);
    let found = fetch_mission(&repo, one.id).await.unwrap();
    assert_eq!((found.status, found.reason.as_deref()), (Status::Failed, Some(INTERRUPTED)));
    assert!(found.finished_at.is_some());
    assert_eq!(fetch_mission(&repo, other.id).await.unwrap().status, Status::Ready);
    assert_eq!(interrupt_running(&repo).await.unwrap(), 0);
}
