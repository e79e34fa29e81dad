//! The whole of it, on a file.

use serde_json::json;

use super::*;
use crate::accounts::{Role, User};
use crate::missions::{INTERRUPTED, Status, create_mission, fetch_mission};
use crate::robots::{Command, RobotId};
use crate::testing::user;

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display())
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart_and_what_ran_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let system = System::start(&url(&folder), PubSub::local()).await.unwrap();
    let kim = user(&system.repo, "kim", Role::Operator).await;
    let input = json!({ "name": "Round", "status": "ready", "waypoints": [{ "x": 2, "y": 12 }] });
    let mission = create_mission(&system.repo, system.fleet.world(), RobotId(3), &input).await.unwrap();
    let mission = system.commands.start_mission(&kim, &mission).await.unwrap();
    system.commands.issue(&kim, RobotId(1), Command::Stop).await.unwrap().unwrap();
    // The program is killed: nothing of it is shut down. What its tasks would do later happens to nobody.
    let before: User = accounts::fetch_user(&system.repo, kim.id).await.unwrap();
    system.fleet.shut_down().await;

    let again = System::start(&url(&folder), PubSub::local()).await.unwrap();
    let found = fetch_mission(&again.repo, mission.id).await.unwrap();
    assert_eq!((found.status, found.reason.as_deref()), (Status::Failed, Some(INTERRUPTED)));
    assert_eq!(accounts::fetch_user(&again.repo, kim.id).await.unwrap(), before);
    let log = crate::audit::page(&again.repo, &crate::audit::Filter::default()).await.unwrap();
    assert_eq!(log.total, 2);
    again.shut_down().await;
    system.shut_down().await;
}

#[tokio::test]
async fn a_system_that_is_shut_down_has_stored_its_telemetry_and_lets_go_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let system = System::start(&url(&folder), PubSub::local()).await.unwrap();
    let mut stats = system.writer.stats();
    stats.wait_for(|stats| stats.waiting > 0 || stats.written > 0).await.unwrap();
    system.shut_down().await;
    assert_eq!(stats.borrow().waiting, 0);
    let repo = Repo::connect(&url(&folder)).await.unwrap();
    let rows = repo.count(crate::telemetry::Reading::query()).await.unwrap();
    assert_eq!(rows.unsigned_abs(), stats.borrow().written);
    repo.close().await;
}
