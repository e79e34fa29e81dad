//! Who may, what is done, and what is written down.

use bennu::prelude::PubSub;
use serde_json::json;

use super::*;
use crate::audit::Filter;
use crate::missions::create_mission;
use crate::robots::Point;
use crate::testing::{on_databases, user};

on_databases!(paused:
    a_command_is_sent_and_written_down,
    a_viewer_commands_nothing_and_that_is_written_down,
    what_a_robot_refuses_is_written_down_with_the_reason,
    an_emergency_stop_of_all_is_an_entry_for_each,
    missions_are_started_and_cancelled_by_operators,
    roles_are_changed_by_administrators,
    only_administrators_crash_robots,
    what_nobody_waits_for_is_written_down,
);

const IBIS: RobotId = RobotId(1);

struct Site {
    repo: Repo,
    fleet: Fleet,
    missions: Missions,
    commands: Commands,
}

impl Site {
    async fn start(repo: Repo) -> Self {
        let pubsub = PubSub::local();
        let fleet = Fleet::launch(pubsub.clone()).await.unwrap();
        let missions = Missions::launch(&repo, &fleet, &pubsub).await.unwrap();
        let commands = Commands::new(&repo, &fleet, &missions);
        Self { repo, fleet, missions, commands }
    }

    /// The log, the oldest entry first.
    async fn log(&self) -> Vec<AuditEntry> {
        let mut entries = audit::page(&self.repo, &Filter::default()).await.unwrap().entries;
        entries.sort_by_key(|entry| entry.id);
        entries
    }

    /// Who, what, and what came of it.
    async fn lines(&self) -> Vec<(String, String, Outcome)> {
        self.log().await.into_iter().map(|entry| (entry.user_name, entry.command, entry.result)).collect()
    }

    async fn stop(self) {
        self.commands.shut_down().await;
        self.missions.shut_down().await;
        self.fleet.shut_down().await;
    }
}

fn line(who: &str, what: &str, result: Outcome) -> (String, String, Outcome) {
    (who.to_owned(), what.to_owned(), result)
}

async fn a_command_is_sent_and_written_down(repo: Repo) {
    let site = Site::start(repo).await;
    let kim = user(&site.repo, "kim", Role::Operator).await;
    let goal = Command::GoTo(Point::new(2.0, 12.0));
    let answer = site.commands.issue(&kim, IBIS, goal).await.unwrap();
    assert!(matches!(answer, Ok(Accepted::Route { .. })), "{answer:?}");
    assert_eq!(&*site.fleet.journal(IBIS).unwrap()[0].operator, "kim");
    let log = site.log().await;
    assert_eq!((log[0].robot_id, log[0].user_id, log[0].result), (Some(IBIS), Some(kim.id), Outcome::Ok));
    assert_eq!(log[0].detail, json!({ "command": "go_to", "x": 2.0, "y": 12.0 }));
    let forward = Command::Drive { linear: 0.1, angular: 0.0 };
    for _ in 0..3 {
        site.commands.issue(&kim, IBIS, forward).await.unwrap().unwrap();
    }
    assert_eq!(site.log().await[1].times, 3);
    site.stop().await;
}

async fn a_viewer_commands_nothing_and_that_is_written_down(repo: Repo) {
    let site = Site::start(repo).await;
    let lee = user(&site.repo, "lee", Role::Viewer).await;
    for command in [Command::Stop, Command::EmergencyStop] {
        let answer = site.commands.issue(&lee, IBIS, command).await.unwrap();
        assert!(matches!(answer, Err(Rejected::NotAllowed(Refused::Role { .. }))), "{answer:?}");
    }
    let all = site.commands.issue_all(&lee, Command::EmergencyStop).await.unwrap();
    assert!(all.is_err());
    assert!(site.fleet.journal(IBIS).unwrap().is_empty(), "nothing was sent");
    let refused = |what| line("lee", what, Outcome::Refused);
    assert_eq!(site.lines().await, ["stop", "emergency_stop", "emergency_stop"].map(refused));
    let reason = site.log().await[0].reason.clone().unwrap();
    assert!(reason.contains("operator") && reason.contains("viewer"), "{reason}");
    site.stop().await;
}

async fn what_a_robot_refuses_is_written_down_with_the_reason(repo: Repo) {
    let site = Site::start(repo).await;
    let kim = user(&site.repo, "kim", Role::Operator).await;
    site.commands.issue(&kim, IBIS, Command::Reset).await.unwrap().unwrap_err();
    site.commands.issue(&kim, RobotId(99), Command::Stop).await.unwrap().unwrap_err();
    let log = site.log().await;
    assert_eq!((log[0].result, log[0].reason.as_deref()), (Outcome::Refused, Some("nothing to reset")));
    assert_eq!((log[1].result, log[1].reason.as_deref()), (Outcome::Failed, Some("no such robot")));
    site.stop().await;
}

async fn an_emergency_stop_of_all_is_an_entry_for_each(repo: Repo) {
    let site = Site::start(repo).await;
    let kim = user(&site.repo, "kim", Role::Operator).await;
    let answers = site.commands.issue_all(&kim, Command::EmergencyStop).await.unwrap().unwrap();
    assert!(answers.len() == 20 && answers.iter().all(|(_, answer)| answer.is_ok()));
    let robots: Vec<_> = site.log().await.into_iter().filter_map(|entry| entry.robot_id).collect();
    assert_eq!(robots, (1..=20).map(RobotId).collect::<Vec<_>>());
    site.stop().await;
}

async fn missions_are_started_and_cancelled_by_operators(repo: Repo) {
    let site = Site::start(repo).await;
    let (kim, lee) = (user(&site.repo, "kim", Role::Operator).await, user(&site.repo, "lee", Role::Viewer).await);
    let input = json!({ "name": "Round", "status": "ready", "waypoints": [{ "x": 2, "y": 12 }] });
    let mission = create_mission(&site.repo, site.fleet.world(), RobotId(3), &input).await.unwrap();

    assert!(matches!(site.commands.start_mission(&lee, &mission).await, Err(Rejected::NotAllowed(_))));
    let running = site.commands.start_mission(&kim, &mission).await.unwrap();
    let twice = site.commands.start_mission(&kim, &mission).await;
    assert!(matches!(twice, Err(Rejected::Start(StartError::Running))), "{twice:?}");
    site.commands.cancel_mission(&kim, &running).await.unwrap();
    assert_eq!(
        site.lines().await,
        [
            line("lee", "start_mission", Outcome::Refused),
            line("kim", "start_mission", Outcome::Ok),
            line("kim", "start_mission", Outcome::Refused),
            line("kim", "cancel_mission", Outcome::Ok),
        ]
    );
    let log = site.log().await;
    assert_eq!((log[1].robot_id, &log[1].detail["name"]), (Some(RobotId(3)), &json!("Round")));
    site.stop().await;
}

async fn roles_are_changed_by_administrators(repo: Repo) {
    let site = Site::start(repo).await;
    let (ada, lee) = (user(&site.repo, "ada", Role::Admin).await, user(&site.repo, "lee", Role::Viewer).await);
    assert!(matches!(site.commands.change_role(&lee, &lee, Role::Admin).await, Err(Rejected::NotAllowed(_))));
    let changed = site.commands.change_role(&ada, &lee, Role::Operator).await.unwrap();
    assert_eq!(changed.user.role, Role::Operator);
    let last = site.commands.change_role(&ada, &ada, Role::Viewer).await;
    assert!(matches!(last, Err(Rejected::Account(AccountError::LastAdmin))), "{last:?}");
    let (reset, _) = site.commands.reset_password(&ada, &lee).await.unwrap();
    assert!(reset.user.must_change_password);
    let log = site.log().await;
    assert_eq!(log[1].detail, json!({ "user": "lee", "from": "viewer", "to": "operator" }));
    let results: Vec<_> = log.iter().map(|entry| entry.result).collect();
    assert_eq!(results, [Outcome::Refused, Outcome::Ok, Outcome::Refused, Outcome::Ok]);
    site.stop().await;
}

async fn only_administrators_crash_robots(repo: Repo) {
    let site = Site::start(repo).await;
    let (ada, kim) = (user(&site.repo, "ada", Role::Admin).await, user(&site.repo, "kim", Role::Operator).await);
    assert!(site.commands.crash(&kim, IBIS).await.is_err());
    site.commands.crash(&ada, IBIS).await.unwrap();
    assert_eq!(site.lines().await, [line("kim", "crash", Outcome::Refused), line("ada", "crash", Outcome::Ok)]);
    site.stop().await;
}

async fn what_nobody_waits_for_is_written_down(repo: Repo) {
    let site = Site::start(repo).await;
    let kim = user(&site.repo, "kim", Role::Operator).await;
    drop(site.commands.issue(&kim, IBIS, Command::Stop));
    drop(site.commands.issue_all(&kim, Command::EmergencyStop));
    site.commands.shut_down().await;
    assert_eq!(site.log().await.len(), 21);
    site.stop().await;
}
