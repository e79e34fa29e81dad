//! Devices as the fleet and their transports see them, in paused time.

use bennu::prelude::PubSub;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use super::super::command::{Accepted, Command, Refusal};
use super::super::fleet::Fleet;
use super::super::journal::Operator;
use super::super::model::{Link, Status};
use super::super::topics::{fleet_topic, robot_topic};
use super::super::world::World;
use super::*;

const DEVICE: RobotId = RobotId(21);
const TENTH: Duration = Duration::from_millis(100);
const STOP: Command = Command::Stop;

fn me() -> Operator {
    "me".into()
}

/// A fleet with a device that nobody is attached for.
async fn launch() -> (Fleet, PubSub) {
    let pubsub = PubSub::local();
    let fleet = Fleet::launch(pubsub.clone()).await.unwrap();
    fleet.add_device(DEVICE, "Shoebill").unwrap();
    (fleet, pubsub)
}

fn report_at(x: f64) -> Report {
    serde_json::from_value(json!({
        "x": x, "y": 12.0, "heading": 0.5, "linear": 0.8, "angular": 0.0, "battery": 71.5, "status": "idle",
    }))
    .unwrap()
}

fn status(fleet: &Fleet) -> Status {
    fleet.telemetry(DEVICE).unwrap().status
}

#[tokio::test(start_paused = true)]
async fn a_device_that_reports_is_a_robot_like_the_others() {
    let (fleet, pubsub) = launch().await;
    let absent = fleet.telemetry(DEVICE).unwrap();
    assert_eq!((absent.status, absent.link, absent.is_known()), (Status::Offline, None, false));
    assert_eq!(fleet.command(DEVICE, &me(), STOP).await, Err(Refusal::Offline));

    let attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    assert_eq!(status(&fleet), Status::Offline, "it has not said anything yet");
    let (mut own, mut frames) = (pubsub.receiver(&robot_topic(DEVICE)), pubsub.receiver(&fleet_topic()));
    attachment.report(report_at(3.0)).unwrap();
    let shown = own.recv().await.message().unwrap().clone();
    assert_eq!((shown.pose, shown.battery, shown.status), (Pose::new(3.0, 12.0, 0.5), 71.5, Status::Idle));
    assert_eq!((&*shown.name, shown.link), ("Shoebill", Some(Link::Channel)));
    let frame = frames.recv().await.message().unwrap().clone();
    assert_eq!(frame.robots.len(), 21);
    assert_eq!(frame.robots[20], shown);

    for step in 1..=40 {
        advance(TENTH).await;
        attachment.report(report_at(3.0 + 0.1 * f64::from(step))).unwrap();
    }
    let now = fleet.telemetry(DEVICE).unwrap();
    assert!((now.odometer - 4.0).abs() < 1e-9, "its way is added up: {}", now.odometer);
    assert_eq!((now.trail.len(), fleet.history(DEVICE).unwrap().len()), (10, 16));

    // Twenty times a second all of it is shown, also where a report is a little early.
    let mut own = pubsub.receiver(&robot_topic(DEVICE).on_full(bennu::pubsub::OnFull::DropOldest));
    for _ in 0..20 {
        advance(Duration::from_millis(45)).await;
        attachment.report(report_at(8.0)).unwrap();
    }
    let mut shown = 0;
    while tokio::time::timeout(Duration::from_millis(1), own.recv()).await.is_ok() {
        shown += 1;
    }
    assert!((17..=19).contains(&shown), "{shown} of 20");
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_device_is_offline_in_a_second_and_a_half_and_one_that_is_gone_at_once() {
    let (fleet, pubsub) = launch().await;
    let attachment = fleet.attach(DEVICE, Link::Mqtt).unwrap();
    attachment.report(report_at(3.0)).unwrap();
    advance(SILENCE).await;
    assert_eq!(status(&fleet), Status::Idle);
    advance(Duration::from_millis(1)).await;
    let silent = fleet.telemetry(DEVICE).unwrap();
    assert_eq!((silent.status, silent.velocity, silent.link), (Status::Offline, Velocity::REST, Some(Link::Mqtt)));

    attachment.report(report_at(4.0)).unwrap();
    assert_eq!(status(&fleet), Status::Idle, "it speaks again");
    let mut own = pubsub.receiver(&robot_topic(DEVICE));
    drop(attachment);
    let gone = own.recv().await.message().unwrap().clone();
    assert_eq!((gone.status, gone.link, gone.pose.at.x), (Status::Offline, None, 4.0));
    assert_eq!(fleet.telemetry(DEVICE).unwrap(), gone);
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn a_command_is_an_order_to_the_device_and_its_answer_is_the_outcome() {
    let (fleet, _) = launch().await;
    let mut attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    attachment.report(report_at(3.0)).unwrap();
    for (number, said, wanted) in [
        (1, json!({ "ok": {} }), Ok(Accepted::Done)),
        (2, json!({ "ok": { "metres": 4.5 } }), Ok(Accepted::Route { metres: 4.5 })),
        (3, json!({ "error": "the gripper is open" }), Err(Refusal::Device("the gripper is open".into()))),
    ] {
        let outcome = fleet.issue(DEVICE, &me(), Command::Dock);
        let order = attachment.orders().recv().await.unwrap();
        assert_eq!(order, Order { number, command: Command::Dock });
        let mut said = said;
        said["id"] = number.into();
        let answer: Answer = serde_json::from_value(said).unwrap();
        assert!(attachment.answer(answer.number, answer.outcome));
        assert_eq!(outcome.await.unwrap(), wanted);
        assert_eq!(fleet.journal(DEVICE).unwrap()[0].answer.as_ref().unwrap().0, wanted);
    }
    assert!(!attachment.answer(3, Ok(Accepted::Done)), "it was answered already");
    assert!(!attachment.answer(99, Ok(Accepted::Done)), "there was none such");
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_answered_in_a_second_has_timed_out_and_is_not_carried_out_later() {
    let (fleet, _) = launch().await;
    let mut attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    attachment.report(report_at(3.0)).unwrap();
    let begun = Instant::now();
    assert_eq!(fleet.command(DEVICE, &me(), Command::Dock).await, Err(Refusal::TimedOut { seconds: 1 }));
    assert!((999..1010).contains(&begun.elapsed().as_millis()));
    // It was asleep, and wakes up now: the way to the dock is out of date.
    let outcome = fleet.issue(DEVICE, &me(), STOP);
    assert_eq!(attachment.orders().recv().await.unwrap().command, STOP);
    assert!(!attachment.answer(1, Ok(Accepted::Done)));
    assert_eq!(outcome.await.unwrap(), Err(Refusal::Offline), "silent for 1.5 s by the time");
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn orders_that_are_open_when_the_device_goes_away_are_refused_at_once() {
    let (fleet, _) = launch().await;
    let attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    attachment.report(report_at(3.0)).unwrap();
    let (begun, open) = (Instant::now(), fleet.issue(DEVICE, &me(), STOP));
    drop(attachment);
    assert_eq!(open.await.unwrap(), Err(Refusal::Offline));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn too_many_open_orders_are_refused() {
    let (fleet, _) = launch().await;
    let attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    attachment.report(report_at(3.0)).unwrap();
    let open: Vec<_> = (0..32).map(|_| fleet.issue(DEVICE, &me(), STOP)).collect();
    assert_eq!(fleet.command(DEVICE, &me(), STOP).await, Err(Refusal::Busy));
    drop((attachment, open));
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn the_newer_of_two_connections_takes_over_when_the_older_is_silent_and_not_before() {
    let (fleet, _) = launch().await;
    let mut old = fleet.attach(DEVICE, Link::Channel).unwrap();
    old.report(report_at(3.0)).unwrap();
    advance(TENTH).await;
    let refused = fleet.attach(DEVICE, Link::Zenoh).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "robot 21 is attached already (Channel) and was heard of 100 ms ago: end that connection, or wait until it has \
         said nothing for 1500 ms"
    );
    advance(SILENCE).await;
    let new = fleet.attach(DEVICE, Link::Zenoh).unwrap();
    new.report(report_at(4.0)).unwrap();
    assert_eq!(old.orders().recv().await, None, "it is told by the end of its orders");
    assert_eq!(old.report(report_at(5.0)), Err(ReportError::Detached));
    drop(old);
    let now = fleet.telemetry(DEVICE).unwrap();
    assert_eq!((now.status, now.link, now.pose.at.x, now.restarts), (Status::Idle, Some(Link::Zenoh), 4.0, 1));
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn orders_may_be_taken_to_another_task_and_do_not_keep_the_device() {
    let (fleet, _) = launch().await;
    let mut attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    let mut orders = attachment.take_orders();
    assert_eq!(attachment.orders().recv().await, None);
    drop(attachment);
    assert_eq!(orders.recv().await, None);
    assert!(fleet.attach(DEVICE, Link::Channel).is_ok());
    fleet.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn devices_come_and_go_and_numbers_are_nobody_elses() {
    let (fleet, _) = launch().await;
    let taken = fleet.add_device(RobotId(1), "Other").unwrap_err();
    assert_eq!(taken.to_string(), "number 1 is taken by Ibis: choose another one");
    assert!(fleet.add_device(DEVICE, "Other").is_err());
    assert_eq!(fleet.attach(RobotId(1), Link::Channel).unwrap_err(), AttachError::Simulated(RobotId(1)));
    assert_eq!(fleet.attach(RobotId(99), Link::Channel).unwrap_err(), AttachError::Unknown(RobotId(99)));

    let mut attachment = fleet.attach(DEVICE, Link::Channel).unwrap();
    attachment.report(report_at(3.0)).unwrap();
    assert_eq!(fleet.crash(DEVICE), Err(Refusal::NotSimulated));
    assert_eq!(fleet.stay(DEVICE), Ok(()));
    assert!(!fleet.remove_device(RobotId(1)), "a simulated robot stays");
    assert!(fleet.remove_device(DEVICE) && !fleet.remove_device(DEVICE));
    assert_eq!(attachment.orders().recv().await, None);
    assert_eq!(attachment.report(report_at(3.0)), Err(ReportError::Detached));
    assert!(fleet.telemetry(DEVICE).is_none());
    assert_eq!(fleet.command(DEVICE, &me(), STOP).await, Err(Refusal::UnknownRobot));

    // Another one of the same number is another one.
    fleet.add_device(DEVICE, "Hamerkop").unwrap();
    drop(attachment);
    assert!(!fleet.telemetry(DEVICE).unwrap().is_known());
    fleet.shut_down().await;
}

#[test]
fn a_report_that_cannot_be_names_the_field() {
    let world = World::warehouse();
    let good = serde_json::to_value(report_at(3.0)).unwrap();
    for (field, value, error) in [
        ("x", json!(40.1), "`x` is a number from 0 to 40"),
        ("y", json!(-0.1), "`y` is a number from 0 to 24"),
        ("linear", json!(-21), "`linear` is a number from -20 to 20"),
        ("angular", json!(51), "`angular` is a number from -50 to 50"),
        ("battery", json!(101), "`battery` is a number from 0 to 100"),
        ("odometer", json!(-1), "`odometer` is a number that is finite"),
        ("status", json!("offline"), "`status` is what the robot does: who reports is not offline"),
        ("route", json!([{ "x": 1, "y": 30 }]), "`route` has a point that is not on the floor"),
        ("route", json!(vec![json!({ "x": 1, "y": 3 }); 257]), "`route` has at most 256 points"),
    ] {
        let mut report = good.clone();
        report[field] = value;
        let report: Report = serde_json::from_value(report).unwrap();
        assert_eq!(report.check(&world).unwrap_err().to_string(), error);
    }
    for number in [f64::NAN, f64::INFINITY] {
        let report = Report { heading: number, ..report_at(3.0) };
        assert_eq!(report.check(&world).unwrap_err().to_string(), "`heading` is a number that is finite");
        assert!(Report { battery: number, ..report_at(3.0) }.check(&world).is_err());
    }
    assert_eq!(report_at(3.0).check(&world), Ok(()));
}

#[test]
fn what_devices_and_transports_say_to_each_other_is_json() {
    let order = Order { number: 7, command: Command::GoTo(super::super::geometry::Point::new(3.0, 4.5)) };
    let said = json!({ "id": 7, "command": "go_to", "x": 3.0, "y": 4.5 });
    assert_eq!(serde_json::to_value(order).unwrap(), said);
    assert_eq!(serde_json::from_value::<Order>(said).unwrap(), order);

    let answers = [
        (Ok(Accepted::Done), json!({ "id": 7, "ok": {} })),
        (Ok(Accepted::Route { metres: 4.5 }), json!({ "id": 7, "ok": { "metres": 4.5 } })),
        (Err(Refusal::Device("no".into())), json!({ "id": 7, "error": "no" })),
    ];
    for (outcome, said) in answers {
        let answer = Answer { number: 7, outcome };
        assert_eq!(serde_json::to_value(&answer).unwrap(), said);
        assert_eq!(serde_json::from_value::<Answer>(said).unwrap(), answer);
    }
    let error = |said: Value| serde_json::from_value::<Answer>(said).unwrap_err().to_string();
    assert_eq!(error(json!({ "id": 7 })), "an answer has either `ok` or `error`");
    assert_eq!(error(json!({ "id": 7, "ok": {}, "error": "no" })), "an answer has either `ok` or `error`");
    assert_eq!(error(json!({ "id": 7, "ok": { "metres": -1 } })), "`ok.metres` is a number from 0");
    let long: Answer = serde_json::from_value(json!({ "id": 1, "error": "a\nb".repeat(200) })).unwrap();
    assert_eq!(long.outcome.unwrap_err().to_string().chars().filter(|letter| *letter == '\n').count(), 0);
}
