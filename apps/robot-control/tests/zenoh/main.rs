//! A robot in a Zenoh mesh: the script in `devices/python`, on `eclipse-zenoh` as it is published, and people at live pages. `tests/run zenoh` installs what the
//! script needs and names its Python by `BENNU_PYTHON`; without that, the tests of the script say so and are skipped.

mod script;
mod site;
mod support;

use std::time::{Duration, Instant};

use pubsub_zenoh::ZenohOptions;
use robot_control::robots::{Accepted, Command, Link, Point, RobotId, Status};
use serde_json::json;

use script::Script;
use site::Site;
use support::link::Link as Cable;
use support::{endpoint, free_port};

const IBIS: RobotId = RobotId(21);
/// Within which people see that a device is gone.
const SEEN_WITHIN: Duration = Duration::from_secs(2);
/// Within which a robot is still when nobody is in control: a second of silence, a step of its own, and what this machine takes.
const STILL_WITHIN: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_telemetry_is_on_a_live_page_and_a_command_of_that_page_reaches_it() {
    let site = Site::start(&[endpoint(free_port())]).await;
    let Some(mut script) = Script::start(IBIS, &[site.endpoint()]) else { return };
    let mut page = site.page_of(IBIS).await;
    page.sees("Idle").await;
    page.sees("2.00, 12.00 m").await;
    page.sees("87 %").await;
    let telemetry = site.fleet().telemetry(IBIS).expect("it is registered");
    assert_eq!((telemetry.link, telemetry.pose.at), (Some(Link::Zenoh), Point::new(2.0, 12.0)));

    page.click("emergency_stop", json!(null)).await.expect("an operator may");
    page.sees("Emergency stop holds.").await;
    site.until(|robot| robot.status == Status::EmergencyStop).await;
    // The robot's own answers, as the page's command log shows them.
    page.click("dock", json!(null)).await.expect("an operator may");
    page.sees("Emergency stop is active: reset it first").await;
    page.click("reset", json!(null)).await.expect("an operator may");
    site.until(|robot| robot.status == Status::Idle).await;
    let outcome = site.fleet().command(IBIS, &"kim".into(), Command::GoTo(Point::new(5.0, 16.0))).await;
    assert_eq!(outcome, Ok(Accepted::Route { metres: 5.0 }));
    site.until(|robot| robot.status == Status::GoingTo && robot.pose.at.x > 2.5).await;

    let killed = Instant::now();
    script.kill();
    page.sees("Offline").await;
    assert!(killed.elapsed() < SEEN_WITHIN, "the page showed it after {:?}", killed.elapsed());
    assert_eq!(site.fleet().telemetry(IBIS).map(|robot| robot.status), Some(Status::Offline));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_robot_stops_by_itself_when_nobody_is_in_control_and_obeys_again_when_somebody_is() {
    let listen = endpoint(free_port());
    let site = Site::start(std::slice::from_ref(&listen)).await;
    let Some(mut script) = Script::start(IBIS, std::slice::from_ref(&listen)) else { return };
    site.until(|robot| robot.status == Status::Idle).await;
    let far = Command::GoTo(Point::new(2.0, 22.0));
    site.fleet().command(IBIS, &"kim".into(), far).await.expect("it goes");
    site.until(|robot| robot.status == Status::GoingTo && robot.pose.at.y > 12.5).await;

    site.stop().await;
    let gone = Instant::now();
    let stopped = script.says("nobody is in control: stopped").await;
    assert!(stopped.duration_since(gone) < STILL_WITHIN, "it stopped after {:?}", stopped.duration_since(gone));

    let again = Site::start(&[listen]).await;
    again.until(|robot| robot.status == Status::Idle).await;
    again.fleet().command(IBIS, &"kim".into(), Command::Dock).await.expect("it obeys");
    again.stop().await;
}

/// As when a robot drives out of the range of its network.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_notice_a_network_that_falls_silent() {
    let port = free_port();
    let site = Site::start(&[endpoint(port)]).await;
    let cable = Cable::to(port).await;
    let Some(mut script) = Script::start(IBIS, &[cable.endpoint()]) else { return };
    site.until(|robot| robot.status == Status::Idle).await;
    site.fleet().command(IBIS, &"kim".into(), Command::GoTo(Point::new(2.0, 22.0))).await.expect("it goes");
    site.until(|robot| robot.status == Status::GoingTo && robot.pose.at.y > 12.5).await;

    let cut = Instant::now();
    cable.cut();
    site.until(|robot| robot.status == Status::Offline).await;
    assert!(cut.elapsed() < SEEN_WITHIN, "offline after {:?}", cut.elapsed());
    let stopped = script.says("nobody is in control: stopped").await;
    assert!(stopped.duration_since(cut) < STILL_WITHIN, "it stopped after {:?}", stopped.duration_since(cut));

    cable.heal();
    site.until(|robot| robot.status == Status::Idle).await;
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_robot_that_nobody_has_registered_is_none() {
    let site = Site::start(&[endpoint(free_port())]).await;
    let options = ZenohOptions { connect: vec![site.endpoint()], ..ZenohOptions::default() };
    let stranger = robot_control::bridges::zenoh::open(options).await.expect("it joins");
    let declared = stranger.with_session(|session| {
        use pubsub_zenoh::zenoh::Wait;
        ["bennu/robots/77", "bennu/robots/1", "bennu/robots/ibis"]
            .map(|key| session.liveliness().declare_token(key).wait().expect("a token"))
    });
    let tokens = declared.await.expect("it is open");
    let report = json!({ "x": 1, "y": 1, "heading": 0, "linear": 0, "angular": 0, "battery": 1, "status": "idle" });
    for robot in ["77", "1", "ibis"] {
        stranger.put(format!("bennu/robots/{robot}/telemetry"), report.to_string()).expect("sent");
    }
    // One that is, after them.
    let ibis = stranger.with_session(|session| {
        use pubsub_zenoh::zenoh::Wait;
        session.liveliness().declare_token("bennu/robots/21").wait().expect("a token")
    });
    let ibis = ibis.await.expect("it is open");
    for text in ["no report", "{}", r#"{"x": -1}"#, &report.to_string()] {
        stranger.put("bennu/robots/21/telemetry", text.to_owned()).expect("sent");
    }
    site.until(|robot| robot.status == Status::Idle && robot.battery < 1.5).await;
    let frame = site.fleet().frame();
    assert_eq!(frame.robots.len(), 21, "nobody new");
    assert_eq!(frame.robots[0].link, Some(Link::Simulated));
    assert!((frame.robots[0].battery - 1.0).abs() > 1.0, "it is the simulated one still");
    stranger.with_session(move |_| drop((tokens, ibis))).await.expect("it is open");
    site.until(|robot| robot.status == Status::Offline).await;
    site.stop().await;
}
