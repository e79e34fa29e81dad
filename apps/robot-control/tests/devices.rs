//! Robots of other processes, by the published protocol: `robot-sim` at a server that is a process, too.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use support::{Program, Server};

/// All registered robots, in one process.
fn robot_sim(server: &Server) -> Program {
    let robots = server.devices.iter().zip(21..).map(|(token, id)| format!("{id}={token}"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_robot-sim"));
    command.env("ROBOT_SIM_TOKENS", robots.collect::<Vec<_>>().join(" "));
    command.args(["--url", &format!("ws://{}/devices", server.addr)]).env("NO_COLOR", "1");
    Program(command.stdout(Stdio::null()).spawn().expect("it starts"))
}

#[test]
fn robots_of_another_process_obey_and_their_end_is_seen_within_two_seconds() {
    let server = Server::start(2);
    let (absent, _) = server.robot_when(21, |_| true);
    assert_eq!((&absent["status"], &absent["link"]), (&json!("offline"), &json!(null)));

    let mut sim = robot_sim(&server);
    for id in [21, 22] {
        let (robot, _) = server.robot_when(id, |robot| robot["status"] == "charging");
        assert_eq!((&robot["link"], &robot["name"]), (&json!("channel"), &json!(format!("Device {id}"))));
    }
    let (status, answer) = server.command(21, &json!({ "command": "go_to", "x": 4.0, "y": 21.8 }));
    assert_eq!((status, &answer["accepted"]), (200, &json!("go_to")), "{answer}");
    assert!(answer["metres"].as_f64().is_some_and(|metres| metres > 1.0), "{answer}");
    server.robot_when(21, |robot| robot["status"] == "going_to");
    let (there, _) = server.robot_when(21, |robot| robot["status"] == "idle");
    assert!(there["odometer"].as_f64().is_some_and(|metres| metres > 1.0), "{there}");
    // The robot's own words.
    let (status, answer) = server.command(22, &json!({ "command": "dock" }));
    assert_eq!((status, &answer["error"]), (409, &json!("already at its dock")));

    sim.kill();
    let (_, took) = server.robot_when(21, |robot| robot["status"] == "offline");
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    let (status, answer) = server.command(21, &json!({ "command": "stop" }));
    assert_eq!((status, &answer["error"]), (409, &json!("robot is offline: try again when it is back")));
}

#[test]
fn robots_come_back_by_themselves_when_the_server_does() {
    let mut server = Server::start(1);
    let _sim = robot_sim(&server);
    server.robot_when(21, |robot| robot["status"] == "charging");
    server.restart();
    server.robot_when(21, |robot| robot["status"] == "charging");
    let (status, answer) = server.command(21, &json!({ "command": "emergency_stop" }));
    assert_eq!((status, answer), (200, json!({ "accepted": "emergency_stop" })));
    server.robot_when(21, |robot| robot["status"] == "emergency_stop");
}
