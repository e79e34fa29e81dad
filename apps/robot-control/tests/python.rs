//! The client in Python, as it is published. `tests/run devices` installs what it needs and runs this.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use support::{Program, Server};

fn robot_py(server: &Server) -> Program {
    let python =
        std::env::var("BENNU_PYTHON").expect("BENNU_PYTHON names a Python with devices/python/requirements.txt");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../devices/python/robot.py");
    let url = format!("ws://{}/devices", server.addr);
    let command = Command::new(python).args([script, "21", &server.devices[0], &url]).stdout(Stdio::null()).spawn();
    Program(command.expect("it starts"))
}

#[test]
#[ignore = "it needs a Python of its own: tests/run devices"]
fn the_python_client_is_watched_and_driven_and_comes_back() {
    let mut server = Server::start(1);
    let mut robot = robot_py(&server);
    let (idle, _) = server.robot_when(21, |robot| robot["status"] == "idle");
    assert_eq!((&idle["link"], &idle["battery"]), (&json!("channel"), &json!(80.0)));

    let drive = json!({ "command": "drive", "linear": 0.8, "angular": 0.1 });
    assert_eq!(server.command(21, &drive), (200, json!({ "accepted": "drive" })));
    server.robot_when(21, |robot| robot["status"] == "driving");
    let (stopped, _) = server.robot_when(21, |robot| robot["status"] == "idle");
    assert!(stopped["pose"]["x"].as_f64() > idle["pose"]["x"].as_f64(), "it moved, and stopped by itself: {stopped}");
    let (status, answer) = server.command(21, &json!({ "command": "dock" }));
    assert_eq!((status, &answer["error"]), (409, &json!("this robot cannot dock")));
    assert_eq!(server.command(21, &json!({ "command": "emergency_stop" })).0, 200);
    assert_eq!(server.command(21, &drive).1["error"], "emergency stop is active: reset it first");

    server.restart();
    server.robot_when(21, |robot| robot["status"] == "emergency_stop");
    robot.kill();
    let (_, took) = server.robot_when(21, |robot| robot["status"] == "offline");
    assert!(took < Duration::from_secs(2), "it took {took:?}");
}
