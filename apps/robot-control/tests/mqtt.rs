//! Robots by MQTT, at a Mosquitto of our own.

use std::net::TcpListener;
use std::process::{Child, Command as Program, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bennu::prelude::PubSub;
use robot_control::bridges::{Bridges, mqtt::Broker};
use robot_control::robots::{Accepted, Command, Link, Refusal, RobotId, Status, Telemetry};
use robot_control::system::System;
use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

const ROBOT: RobotId = RobotId(21);
/// How long something may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// A broker with two accounts, which is killed at the end of the test.
struct Mosquitto {
    program: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Mosquitto {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = free.local_addr().expect("a port").port();
        drop(free);
        // Passwords are read as they are, as long as nobody has hashed them.
        let passwords = folder.path().join("passwords");
        std::fs::write(&passwords, "control:secret of control\nrobot:secret of robot\n").expect("a file");
        let hashed =
            Program::new("mosquitto_passwd").arg("-U").arg(&passwords).status().expect("mosquitto_passwd runs");
        assert!(hashed.success());
        let config = format!(
            "listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {}\nuser root\n",
            passwords.display()
        );
        std::fs::write(folder.path().join("mosquitto.conf"), config).expect("a file");
        Self { program: run(&folder), port, folder }
    }

    fn kill(&mut self) {
        self.program.kill().expect("it runs");
        self.program.wait().expect("it has ended");
    }

    fn start_again(&mut self) {
        self.program = run(&self.folder);
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

fn run(folder: &tempfile::TempDir) -> Child {
    let name = if std::path::Path::new("/usr/sbin/mosquitto").exists() { "/usr/sbin/mosquitto" } else { "mosquitto" };
    let mut program = Program::new(name);
    program.arg("-c").arg(folder.path().join("mosquitto.conf")).stdout(Stdio::null()).stderr(Stdio::null());
    program.spawn().expect("Mosquitto is installed: apt-get install mosquitto")
}

async fn control(mosquitto: &Mosquitto) -> System {
    let url = format!("mqtt://control:secret%20of%20control@127.0.0.1:{}", mosquitto.port);
    let bridges = Bridges::default().with_mqtt(Broker::from_url(&url).expect("a broker"));
    let system = System::start_with("sqlite::memory:", PubSub::local(), &bridges).await.expect("it starts");
    system.fleet.add_device(ROBOT, "Shoebill").expect("the number is free");
    system
}

fn options(mosquitto: &Mosquitto, name: &str) -> MqttOptions {
    let mut options = MqttOptions::new(name, "127.0.0.1", mosquitto.port);
    options.set_credentials("robot", "secret of robot").set_keep_alive(Duration::from_secs(1));
    options
}

/// A robot that stands, reports ten times a second, and does nothing but stop. It comes back by itself; aborted, it is
/// gone without a word.
fn robot(mosquitto: &Mosquitto) -> JoinHandle<()> {
    let mut options = options(mosquitto, "robot-21");
    options.set_last_will(LastWill::new("bennu/robots/21/state", "\"offline\"", QoS::AtLeastOnce, true));
    tokio::spawn(async move {
        loop {
            let (client, mut events) = AsyncClient::new(options.clone(), 100);
            let mut clock = tokio::time::interval(Duration::from_millis(100));
            let mut is_there = false;
            loop {
                tokio::select! {
                    _ = clock.tick() => if is_there {
                        let report = json!({ "x": 3, "y": 12, "heading": 0, "linear": 0, "angular": 0, "battery": 80, "status": "idle" });
                        say(&client, "telemetry", &report);
                    },
                    event = events.poll() => match event {
                        Ok(Event::Incoming(Packet::ConnAck(_))) => {
                            is_there = true;
                            client.try_subscribe("bennu/robots/21/command", QoS::AtMostOnce).unwrap();
                            client.try_publish("bennu/robots/21/state", QoS::AtLeastOnce, true, "\"online\"").unwrap();
                        }
                        Ok(Event::Incoming(Packet::Publish(order))) => {
                            let order: Value = serde_json::from_slice(&order.payload).unwrap();
                            let outcome = match order["command"].as_str() {
                                Some("stop") => json!({ "id": order["id"], "ok": {} }),
                                _ => json!({ "id": order["id"], "error": "it stands and stays" }),
                            };
                            // What it says wrongly is ignored.
                            say(&client, "telemetry", &json!({ "x": -1 }));
                            say(&client, "outcome", &outcome);
                        }
                        Ok(_) => {}
                        Err(_) => break,
                    },
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
}

fn say(client: &AsyncClient, what: &str, payload: &Value) {
    client.try_publish(format!("bennu/robots/21/{what}"), QoS::AtMostOnce, false, payload.to_string()).unwrap();
}

async fn robot_when(system: &System, wanted: impl Fn(&Telemetry) -> bool) -> (Telemetry, Duration) {
    let began = Instant::now();
    loop {
        let now = system.fleet.telemetry(ROBOT).expect("it is registered");
        if wanted(&now) {
            return (now, began.elapsed());
        }
        assert!(began.elapsed() < PATIENCE, "{now:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_robot_at_a_broker_is_watched_and_driven_and_its_end_is_seen_at_once() {
    let mut mosquitto = Mosquitto::start();
    let system = control(&mosquitto).await;
    let kim = "kim".into();
    let device = robot(&mosquitto);
    let (now, _) = robot_when(&system, |now| now.status == Status::Idle).await;
    assert_eq!((now.link, now.pose.at.x), (Some(Link::Mqtt), 3.0));
    assert_eq!(system.fleet.command(ROBOT, &kim, Command::Stop).await, Ok(Accepted::Done));
    let refused = system.fleet.command(ROBOT, &kim, Command::Dock).await;
    assert_eq!(refused, Err(Refusal::Device("it stands and stays".into())));
    assert_eq!(system.fleet.telemetry(ROBOT).map(|now| now.pose.at.x), Some(3.0));

    device.abort();
    let (gone, took) = robot_when(&system, |now| now.status == Status::Offline).await;
    assert!(took < Duration::from_secs(2) && gone.link.is_none(), "it took {took:?}: {gone:?}");

    // The broker goes and comes: both sides come back by themselves.
    let device = robot(&mosquitto);
    robot_when(&system, |now| now.status == Status::Idle).await;
    mosquitto.kill();
    let (_, took) = robot_when(&system, |now| now.status == Status::Offline).await;
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    mosquitto.start_again();
    robot_when(&system, |now| now.status == Status::Idle).await;
    assert_eq!(system.fleet.command(ROBOT, &kim, Command::Stop).await, Ok(Accepted::Done));
    device.abort();
    system.shut_down().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn robots_are_told_whether_somebody_is_in_control() {
    let mosquitto = Mosquitto::start();
    let system = control(&mosquitto).await;
    let mut options = options(&mosquitto, "watcher");
    options.set_clean_session(true);
    let online = Arc::new(tokio::sync::Notify::new());
    let heard = Arc::clone(&online);
    let said = tokio::spawn(async move {
        let (client, mut events) = AsyncClient::new(options, 10);
        client.subscribe("bennu/control", QoS::AtLeastOnce).await.unwrap();
        let mut said = Vec::new();
        while said.last().map(String::as_str) != Some("\"offline\"") {
            match events.poll().await {
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    said.push(String::from_utf8_lossy(&message.payload).into_owned());
                    heard.notify_one();
                }
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        said
    });
    online.notified().await;
    system.shut_down().await;
    assert_eq!(said.await.unwrap(), ["\"online\"", "\"offline\""]);
}
