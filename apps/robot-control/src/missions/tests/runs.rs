//! Missions that drive the robots of a fleet. Time is paused and passes by itself: a minute's drive takes no minute.

use bennu::prelude::PubSub;
use bennu::pubsub::Receiver;

use super::*;
use crate::robots::driver::STEP;
use crate::robots::robot::Robot;
use crate::robots::{
    Command, Fleet, Link, Operator, Order, Point, Refusal, Report, Status as RobotStatus, Telemetry, crew, robot_topic,
};
use crate::testing::on_databases;

on_databases!(paused:
    a_mission_drives_its_robot_to_its_waypoints,
    an_operator_who_drives_the_robot_ends_the_mission,
    a_stop_at_the_same_moment_wins,
    a_cancelled_mission_leaves_its_robot_at_rest,
    a_robot_that_crashed_goes_on_with_its_mission,
    a_runner_that_crashed_goes_on_where_it_was,
    a_runner_that_crashes_always_gives_up,
    a_cancelled_mission_stays_so_though_its_runner_was_down,
    a_robot_has_one_mission_at_a_time,
    what_is_not_ready_is_not_started,
    a_mission_that_fails_says_why,
    what_runs_at_the_end_was_interrupted,
    what_ended_can_be_started_again,
    a_device_follows_a_mission_as_a_simulated_robot_does,
    a_device_that_is_away_for_a_moment_goes_on_and_one_that_refuses_ends_the_mission,
);

/// A fleet that takes missions.
struct Site {
    repo: Repo,
    pubsub: PubSub,
    fleet: Fleet,
    missions: Missions,
    progress: Receiver<Progress>,
}

impl Site {
    async fn start(repo: Repo) -> Self {
        let pubsub = PubSub::local();
        let fleet = Fleet::launch(pubsub.clone()).await.unwrap();
        let missions = Missions::launch(&repo, &fleet, &pubsub).await.unwrap();
        // Every step counts here, also where a page would be content with the newest.
        let progress = pubsub.receiver(&progress_topic(FALCON).on_full(bennu::pubsub::OnFull::DropOldest));
        Self { repo, pubsub, fleet, missions, progress }
    }

    /// A ready mission with these waypoints, started.
    async fn send(&self, waypoints: Value) -> Mission {
        let mission = ready(&self.repo, "Round", waypoints).await;
        self.missions.start(mission.id).await.expect("it starts")
    }

    /// The progress of which `wanted` is true.
    async fn progress(&mut self, wanted: impl Fn(&Progress) -> bool) -> Progress {
        loop {
            if let Some(progress) = self.progress.recv().await.message()
                && wanted(&progress)
            {
                return progress.clone();
            }
        }
    }

    async fn ending(&mut self) -> Ending {
        match self.progress(|progress| matches!(progress.phase, Phase::Ended(_))).await.phase {
            Phase::Ended(ending) => ending,
            other => unreachable!("{other:?} is no end"),
        }
    }

    /// The first telemetry of Falcon's of which `wanted` is true.
    async fn robot(&self, wanted: impl Fn(&Telemetry) -> bool) -> Telemetry {
        let mut telemetry = self.pubsub.receiver(&robot_topic(FALCON));
        loop {
            if let Some(now) = telemetry.recv().await.message()
                && wanted(&now)
            {
                return now.clone();
            }
        }
    }

    async fn under_way(&self) -> Telemetry {
        self.robot(|now| now.status == RobotStatus::GoingTo && now.velocity.linear > 0.5).await
    }

    async fn found(&self, mission: &Mission) -> Mission {
        fetch_mission(&self.repo, mission.id).await.unwrap()
    }

    /// Ends the tasks before the database goes.
    async fn stop(self) {
        self.missions.shut_down().await;
        self.fleet.shut_down().await;
    }
}

fn kim() -> Operator {
    "kim".into()
}

/// Away from Falcon's dock.
fn far() -> Value {
    json!([{ "x": 2, "y": 12 }])
}

async fn a_mission_drives_its_robot_to_its_waypoints(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mut changes = site.pubsub.receiver(&missions_topic(FALCON));
    let mission = site.send(json!([{ "x": 6.8, "y": 3.5 }, { "x": 10.8, "y": 3.2, "wait_s": 45 }])).await;
    assert_eq!((mission.status, mission.finished_at), (Status::Running, None));
    assert_eq!(site.found(&mission).await.status, Status::Running);
    assert_eq!(changes.recv().await.message().as_deref(), Some(&MissionsChanged(FALCON)));
    let now = site.missions.progress(FALCON).expect("it runs");
    assert_eq!(site.progress(|_| true).await, now);
    assert_eq!((now.mission_id, now.waypoint, now.waypoints), (mission.id, 0, 2));

    let first = site.progress(|progress| progress.waypoint == 1).await;
    assert_eq!(first.phase, Phase::UnderWay);
    let at = site.fleet.telemetry(FALCON).unwrap().pose.at;
    assert!(at.distance(Point::new(6.8, 3.5)) < 0.5, "{at:?}");
    site.progress(|progress| progress.phase == Phase::Waiting).await;
    let begun = tokio::time::Instant::now();

    assert_eq!(site.ending().await, Ending::Done);
    let waited = begun.elapsed().as_secs_f64();
    assert!((44.0..50.0).contains(&waited), "it waited for {waited} s");
    let at = site.fleet.telemetry(FALCON).unwrap().pose.at;
    assert!(at.distance(Point::new(10.8, 3.2)) < 0.3, "{at:?}");
    let done = site.found(&mission).await;
    assert_eq!((done.status, done.reason.clone()), (Status::Done, None));
    assert!(done.finished_at > done.started_at);
    assert_eq!(site.missions.progress(FALCON), None);
    assert!(changes.recv().await.message().is_some());
    site.stop().await;
}

async fn an_operator_who_drives_the_robot_ends_the_mission(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = site.send(far()).await;
    site.under_way().await;
    let drive = Command::Drive { linear: 0.3, angular: 0.0 };
    site.fleet.command(FALCON, &kim(), drive).await.unwrap();
    assert_eq!(site.ending().await, Ending::Interrupted { by: "kim".to_owned(), command: drive });
    let ended = site.found(&mission).await;
    assert_eq!((ended.status, ended.reason.as_deref()), (Status::Cancelled, Some("interrupted by kim: drive")));
    // It is kim's now: nobody told it to stop.
    let journal = site.fleet.journal(FALCON).unwrap();
    assert_eq!(journal[0].command, drive);
    site.stop().await;
}

async fn a_stop_at_the_same_moment_wins(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = ready(&site.repo, "Round", far()).await;
    // The runner has not looked yet when kim says stop; whichever comes first, the robot stands in the end.
    site.missions.start(mission.id).await.unwrap();
    site.fleet.command(FALCON, &kim(), Command::Stop).await.unwrap();
    assert!(matches!(site.ending().await, Ending::Interrupted { .. }));
    site.robot(|now| now.velocity.is_rest() && now.status != RobotStatus::GoingTo).await;
    site.stop().await;
}

async fn a_cancelled_mission_leaves_its_robot_at_rest(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = site.send(far()).await;
    site.under_way().await;
    site.missions.cancel(mission.id, "kim").await.unwrap();
    let ended = site.found(&mission).await;
    assert_eq!((ended.status, ended.reason.as_deref()), (Status::Cancelled, Some("cancelled by kim")));
    assert_eq!(site.ending().await, Ending::Cancelled { by: "kim".to_owned() });
    site.robot(|now| now.status == RobotStatus::Idle && now.velocity.is_rest()).await;
    assert!(matches!(site.missions.cancel(mission.id, "kim").await, Err(CancelError::NotRunning)));
    let nobodys = site.missions.cancel(mission.id + 1, "kim").await;
    assert!(matches!(nobodys, Err(CancelError::Repo(RepoError::NotFound { .. }))), "{nobodys:?}");
    site.stop().await;
}

async fn a_robot_that_crashed_goes_on_with_its_mission(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = site.send(far()).await;
    site.under_way().await;
    site.fleet.crash(FALCON).unwrap();
    site.progress(|progress| progress.phase == Phase::Offline).await;
    assert_eq!(site.found(&mission).await.status, Status::Running);
    site.progress(|progress| progress.phase == Phase::UnderWay).await;
    assert_eq!(site.ending().await, Ending::Done);
    let robot = site.fleet.telemetry(FALCON).unwrap();
    assert_eq!(robot.restarts, 1);
    assert!(robot.pose.at.distance(Point::new(2.0, 12.0)) < 0.3);
    site.stop().await;
}

async fn a_runner_that_crashed_goes_on_where_it_was(repo: Repo) {
    let mut site = Site::start(repo).await;
    site.send(json!([{ "x": 6.8, "y": 3.5 }, { "x": 10.8, "y": 3.2 }])).await;
    site.progress(|progress| progress.waypoint == 1).await;
    site.missions.crash_runner(FALCON).await;
    assert_eq!(site.ending().await, Ending::Done);
    let at = site.fleet.telemetry(FALCON).unwrap().pose.at;
    assert!(at.distance(Point::new(10.8, 3.2)) < 0.3, "{at:?}");
    let goals: Vec<_> = site.fleet.journal(FALCON).unwrap().iter().rev().map(|entry| entry.command).collect();
    let (first, second) = (Point::new(6.8, 3.5), Point::new(10.8, 3.2));
    assert_eq!(goals, [first, second, second].map(Command::GoTo), "the first is not gone to again");
    site.stop().await;
}

async fn a_runner_that_crashes_always_gives_up(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = site.send(json!([{ "x": 2, "y": 12, "wait_s": 3600 }])).await;
    for _ in 0..3 {
        site.missions.crash_runner(FALCON).await;
    }
    assert_eq!(site.ending().await.status(), Status::Failed);
    let reason = site.found(&mission).await.reason.unwrap();
    assert!(reason.contains("crashed again and again"), "{reason}");
    site.stop().await;
}

async fn a_cancelled_mission_stays_so_though_its_runner_was_down(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = site.send(far()).await;
    site.under_way().await;
    site.missions.crash_runner(FALCON).await;
    site.missions.cancel(mission.id, "kim").await.unwrap();
    assert_eq!(site.found(&mission).await.status, Status::Cancelled);
    assert!(matches!(site.ending().await, Ending::Cancelled { .. }));
    // Were the runner back at work, the robot would go on after its crash.
    site.fleet.command(FALCON, &kim(), Command::Stop).await.unwrap();
    let stopped = site.robot(|now| now.velocity.is_rest()).await;
    let later = site.robot(|now| now.tick > stopped.tick + 60).await;
    assert_eq!((later.status, later.pose), (RobotStatus::Idle, stopped.pose));
    site.stop().await;
}

async fn a_robot_has_one_mission_at_a_time(repo: Repo) {
    let site = Site::start(repo).await;
    let one = site.send(far()).await;
    assert!(matches!(site.missions.start(one.id).await, Err(StartError::Running)));
    let other = ready(&site.repo, "Other", far()).await;
    let refused = site.missions.start(other.id).await.unwrap_err();
    assert_eq!(refused.to_string(), "the robot follows another mission: cancel that one first");
    assert_eq!(site.found(&other).await.status, Status::Ready);
    site.missions.cancel(one.id, "kim").await.unwrap();
    site.missions.start(other.id).await.unwrap();
    site.stop().await;
}

async fn what_is_not_ready_is_not_started(repo: Repo) {
    let site = Site::start(repo).await;
    let draft = create_mission(&site.repo, &world(), FALCON, &json!({ "name": "x" })).await.unwrap();
    assert!(matches!(site.missions.start(draft.id).await, Err(StartError::Draft)));
    assert!(matches!(site.missions.start(draft.id + 1).await, Err(StartError::Repo(RepoError::NotFound { .. }))));
    let input = json!({ "name": "x", "status": "ready", "waypoints": [{ "x": 2, "y": 12 }] });
    let unknown = create_mission(&site.repo, &world(), RobotId(99), &input).await.unwrap();
    assert!(matches!(site.missions.start(unknown.id).await, Err(StartError::Robot(Refusal::UnknownRobot))));

    let mission = ready(&site.repo, "x", far()).await;
    site.fleet.command(FALCON, &kim(), Command::EmergencyStop).await.unwrap();
    let refused = site.missions.start(mission.id).await.unwrap_err();
    assert_eq!(refused.to_string(), Refusal::EmergencyStop.to_string());
    assert_eq!(site.found(&mission).await.status, Status::Ready);
    site.stop().await;
}

async fn a_mission_that_fails_says_why(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = ready(&site.repo, "x", far()).await;
    // A waypoint that was good when it was made, before the shelf was.
    repo_moves_waypoint(&site.repo).await;
    site.missions.start(mission.id).await.unwrap();
    assert_eq!(site.ending().await, Ending::Failed { reason: Refusal::Occupied.to_string() });
    let failed = site.found(&mission).await;
    assert_eq!((failed.status, failed.reason), (Status::Failed, Some(Refusal::Occupied.to_string())));
    site.stop().await;
}

async fn repo_moves_waypoint(repo: &Repo) {
    repo.update_all(from!(w in Waypoint, update: { w.x = 4.8, w.y = 7.0 })).await.unwrap();
}

async fn what_runs_at_the_end_was_interrupted(repo: Repo) {
    let site = Site::start(repo).await;
    let mission = site.send(far()).await;
    site.under_way().await;
    site.missions.shut_down().await;
    let ended = site.found(&mission).await;
    assert_eq!((ended.status, ended.reason.as_deref()), (Status::Failed, Some(INTERRUPTED)));
    assert!(matches!(site.missions.start(mission.id).await, Err(StartError::Stopped)));
    assert_eq!(site.found(&mission).await.status, Status::Failed);
    site.stop().await;
}

async fn what_ended_can_be_started_again(repo: Repo) {
    let mut site = Site::start(repo).await;
    let mission = site.send(json!([{ "x": 6.8, "y": 3.5 }])).await;
    assert_eq!(site.ending().await, Ending::Done);
    let again = site.missions.start(mission.id).await.unwrap();
    assert_eq!((again.status, again.finished_at), (Status::Running, None));
    assert_eq!(site.ending().await, Ending::Done);
    site.stop().await;
}

/// A device: a robot like Falcon, in a task of its own, that says what it does as devices do.
const SHOEBILL: RobotId = RobotId(21);

async fn device(fleet: Fleet, mut robot: Robot, refuses: Option<&'static str>) {
    let mut attachment = fleet.attach(SHOEBILL, Link::Channel).unwrap();
    let mut clock = tokio::time::interval(STEP);
    loop {
        let order = tokio::select! {
            _ = clock.tick() => None,
            order = attachment.orders().recv() => order,
        };
        if let Some(Order { number, command }) = order {
            let outcome = match refuses {
                Some(reason) => Err(Refusal::Device(reason.into())),
                None => robot.command(fleet.world(), command),
            };
            attachment.answer(number, outcome);
        }
        robot.step(fleet.world(), &[], STEP);
        attachment.report(Report::from(&robot.telemetry())).unwrap();
    }
}

fn shoebill(site: &Site) -> Robot {
    let mut spec = crew::crew(site.fleet.world())[2].clone();
    spec.id = SHOEBILL;
    Robot::new(spec)
}

async fn send_shoebill(site: &mut Site, waypoints: Value) -> Mission {
    site.progress = site.pubsub.receiver(&progress_topic(SHOEBILL).on_full(bennu::pubsub::OnFull::DropOldest));
    let mut telemetry = site.pubsub.receiver(&robot_topic(SHOEBILL));
    while telemetry.recv().await.message().is_none_or(|now| now.status == RobotStatus::Offline) {}
    let input = json!({ "name": "Round", "status": "ready", "waypoints": waypoints });
    let mission = create_mission(&site.repo, &world(), SHOEBILL, &input).await.unwrap();
    site.missions.start(mission.id).await.expect("it starts")
}

async fn a_device_follows_a_mission_as_a_simulated_robot_does(repo: Repo) {
    let mut site = Site::start(repo).await;
    site.fleet.add_device(SHOEBILL, "Shoebill").unwrap();
    let device = tokio::spawn(device(site.fleet.clone(), shoebill(&site), None));
    let mission =
        send_shoebill(&mut site, json!([{ "x": 6.8, "y": 3.5, "wait_s": 45 }, { "x": 10.8, "y": 3.2 }])).await;
    assert_eq!(site.ending().await, Ending::Done);
    assert_eq!(site.found(&mission).await.status, Status::Done);
    let end = site.fleet.telemetry(SHOEBILL).unwrap();
    assert!(end.pose.at.distance(Point::new(10.8, 3.2)) < 0.3, "it is at {:?}", end.pose);
    device.abort();
    site.stop().await;
}

async fn a_device_that_is_away_for_a_moment_goes_on_and_one_that_refuses_ends_the_mission(repo: Repo) {
    let mut site = Site::start(repo).await;
    site.fleet.add_device(SHOEBILL, "Shoebill").unwrap();
    let first = tokio::spawn(device(site.fleet.clone(), shoebill(&site), None));
    send_shoebill(&mut site, far()).await;
    let mut telemetry = site.pubsub.receiver(&robot_topic(SHOEBILL));
    while telemetry.recv().await.message().is_none_or(|now| now.status != RobotStatus::GoingTo) {}
    first.abort();
    site.progress(|progress| progress.phase == Phase::Offline).await;
    let second = tokio::spawn(device(site.fleet.clone(), shoebill(&site), None));
    site.progress(|progress| progress.phase == Phase::UnderWay).await;
    assert_eq!(site.ending().await, Ending::Done);
    second.abort();

    let _ = second.await;
    let third = tokio::spawn(device(site.fleet.clone(), shoebill(&site), Some("the gripper is open")));
    let mission = send_shoebill(&mut site, far()).await;
    assert_eq!(site.ending().await, Ending::Failed { reason: "the gripper is open".to_owned() });
    assert_eq!(site.found(&mission).await.status, Status::Failed);
    third.abort();
    site.stop().await;
}
