//! The whole of it, on a file.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

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
    let before: User = accounts::fetch_user(&system.repo, kim.id).await.unwrap();
    // The program is killed: nothing of it is shut down.
    system.tree.process().unwrap().kill();
    system.tree.ended().await;

    let again = System::start(&url(&folder), PubSub::local()).await.unwrap();
    let found = fetch_mission(&again.repo, mission.id).await.unwrap();
    assert_eq!((found.status, found.reason.as_deref()), (Status::Failed, Some(INTERRUPTED)));
    assert_eq!(accounts::fetch_user(&again.repo, kim.id).await.unwrap(), before);
    let log = crate::audit::page(&again.repo, &crate::audit::Filter::default()).await.unwrap();
    assert_eq!(log.total, 2);
    again.shut_down().await;
    system.repo.close().await;
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

/// Kills a robot, a runner, the publisher, a writer, a supervisor: whoever it happens to be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_stay_usable_while_actors_are_killed_at_random() {
    let unbound = bennu::Endpoint::new().addr(([127, 0, 0, 1], 0));
    let system = System::start("sqlite::memory:", unbound.pubsub()).await.unwrap();
    let server = crate::web::endpoint(unbound, &system).start().await.unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..12 {
        let process = chaos::random_process(&system.tree.inspect(), &mut random).expect("somebody runs");
        process.kill();
        process.ended().await;
        let robot = random.u16(1..=20);
        for path in ["/".to_owned(), format!("/robots/{robot}"), "/api/telemetry".to_owned()] {
            assert!(get(server.addr(), &path).await.starts_with("HTTP/1.1 200"), "{path} after the end of {process:?}");
        }
    }
    // Whoever was killed comes back, and the robots obey.
    let kim = user(&system.repo, "kim", Role::Operator).await;
    let mut outcome = system.commands.issue(&kim, RobotId(1), Command::Stop).await.unwrap();
    for _ in 0..400 {
        if outcome.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        outcome = system.commands.issue(&kim, RobotId(1), Command::Stop).await.unwrap();
    }
    outcome.expect("the robot is back");
    server.stop().await.unwrap();
    system.shut_down().await;
}

async fn get(addr: std::net::SocketAddr, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
