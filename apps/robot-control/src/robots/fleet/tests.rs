//! The fleet with its tasks, in paused time.

use bennu::pubsub::Received;

use super::super::chassis::WAITING;
use super::super::command::Accepted;
use super::super::model::Status;
use super::super::topics::{fleet_topic, journal_topic, robot_topic};
use super::*;

const IBIS: RobotId = RobotId(1);

fn me() -> Operator {
    "me".into()
}

async fn launch() -> (Fleet, PubSub) {
    let pubsub = PubSub::local();
    (Fleet::launch(pubsub.clone()).await.unwrap(), pubsub)
}

/// The first telemetry of a robot of which `wanted` is true.
async fn until(pubsub: &PubSub, id: RobotId, wanted: impl Fn(&Telemetry) -> bool) -> Telemetry {
    let mut telemetry = pubsub.receiver(&robot_topic(id));
    loop {
        if let Received::Message(now) = telemetry.recv().await
            && wanted(&now)
        {
            return now.clone();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_robot_publishes_twenty_times_a_second_and_the_fleet_ten_times() {
    let (fleet, pubsub) = launch().await;
    let mut frames = pubsub.receiver(&fleet_topic());
    let first = until(&pubsub, IBIS, |_| true).await.tick;
    for _ in 0..10 {
        let frame = frames.recv().await.message().unwrap();
        assert_eq!(frame.robots.len(), 20);
    }
    let last = fleet.telemetry(IBIS).unwrap().tick;
    assert!((19..=21).contains(&(last - first)), "{} steps in a second", last - first);
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn a_driven_robot_moves_and_stops_by_itself() {
    let (fleet, pubsub) = launch().await;
    let turn = Command::Drive { linear: 0.0, angular: 1.0 };
    assert_eq!(fleet.command(IBIS, &me(), turn).await, Ok(Accepted::Done));
    let driving = until(&pubsub, IBIS, |now| now.velocity.angular > 0.9).await;
    assert_eq!(driving.status, Status::Driving);
    let stopped = until(&pubsub, IBIS, |now| now.status == Status::Idle && now.velocity.is_rest()).await;
    assert!(stopped.tick - driving.tick < 20, "it took {} steps", stopped.tick - driving.tick);
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn an_emergency_stop_reaches_all_of_them() {
    let (fleet, _) = launch().await;
    let outcomes = fleet.command_all(&me(), Command::EmergencyStop).await;
    assert_eq!(outcomes.len(), 20);
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
    assert!(fleet.frame().robots.iter().all(|robot| robot.status == Status::EmergencyStop));
    assert_eq!(fleet.command(IBIS, &me(), Command::Dock).await, Err(Refusal::EmergencyStop));
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn a_crashed_robot_comes_back_alone_where_it_was() {
    let (fleet, pubsub) = launch().await;
    fleet.command(IBIS, &me(), Command::EmergencyStop).await.unwrap();
    let before = until(&pubsub, IBIS, |now| now.velocity.is_rest()).await;
    let others: Vec<_> = fleet.frame().robots[1..].iter().map(|robot| robot.tick).collect();

    fleet.crash(IBIS).unwrap();
    let mut frames = pubsub.receiver(&fleet_topic());
    let offline = loop {
        let frame = frames.recv().await.message().unwrap();
        if frame.robots[0].status == Status::Offline {
            break frame.robots[0].clone();
        }
    };
    assert_eq!(offline.pose, before.pose);
    assert_eq!(fleet.command(IBIS, &me(), Command::Stop).await, Err(Refusal::Offline));

    let after = until(&pubsub, IBIS, |_| true).await;
    assert_eq!((after.pose, after.restarts, after.status), (before.pose, 1, Status::EmergencyStop));
    assert_eq!(fleet.command(IBIS, &me(), Command::Reset).await, Ok(Accepted::Done));
    for (robot, before) in fleet.frame().robots[1..].iter().zip(others) {
        assert!(robot.restarts == 0 && robot.tick > before, "{} was disturbed", robot.name);
    }
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn a_robot_that_is_asked_to_stay_is_left_alone_for_half_a_minute() {
    let (fleet, pubsub) = launch().await;
    assert!(until(&pubsub, IBIS, |_| true).await.resumes_in < 1.0);
    fleet.stay(IBIS).unwrap();
    until(&pubsub, IBIS, |now| now.resumes_in > 29.0).await;
    assert!(fleet.journal(IBIS).unwrap().is_empty(), "it is no command");
    assert_eq!(fleet.stay(RobotId(99)), Err(Refusal::UnknownRobot));
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn commands_to_nobody_and_too_many_commands_are_refused() {
    let (fleet, _) = launch().await;
    for id in [0, 21, u16::MAX] {
        assert_eq!(fleet.command(RobotId(id), &me(), Command::Stop).await, Err(Refusal::UnknownRobot));
        assert!(fleet.telemetry(RobotId(id)).is_none());
    }
    let waiting: Vec<_> = (0..=WAITING).map(|_| fleet.issue(IBIS, &me(), Command::Stop)).collect();
    let mut outcomes = Vec::new();
    for outcome in waiting {
        outcomes.push(outcome.await.unwrap());
    }
    assert_eq!(outcomes.pop(), Some(Err(Refusal::Busy)));
    assert!(outcomes.iter().all(Result::is_ok));
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn a_fleet_that_was_shut_down_refuses_commands() {
    let (fleet, _) = launch().await;
    fleet.shut_down().await;
    assert_eq!(fleet.command(IBIS, &me(), Command::Stop).await, Err(Refusal::Offline));
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn all_who_look_see_a_command_when_it_is_sent_and_when_it_is_answered() {
    let (fleet, pubsub) = launch().await;
    let mut journal = pubsub.receiver(&journal_topic(IBIS));
    let command = fleet.issue(IBIS, &me(), Command::Reset);
    let sent = journal.recv().await.message().unwrap();
    assert_eq!((sent[0].command, sent[0].answer.clone()), (Command::Reset, None));

    command.await.unwrap().unwrap_err();
    let answered = journal.recv().await.message().unwrap();
    assert_eq!(answered[0].operator, me());
    assert!(matches!(answered[0].answer, Some((Err(Refusal::NothingToReset), _))));
    assert_eq!(fleet.journal(IBIS).unwrap(), *answered);
    fleet.shut_down().await;
}
