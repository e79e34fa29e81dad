//! Devices on the channel, without a network.

use bennu::prelude::Endpoint;
use bennu::testing::{ChannelTest, TestChannel, TestConnect, TestSocket};
use serde_json::{Value, json};

use crate::accounts::{Role, User};
use crate::devices::{Device, DeviceToken, socket_id};
use crate::robots::{Accepted, Command, Link, Refusal, RobotId, Status};
use crate::system::System;
use crate::testing::user;

const DEVICE: RobotId = RobotId(21);

struct Site {
    system: System,
    test: ChannelTest,
    admin: User,
    device: Device,
    token: DeviceToken,
}

impl Site {
    async fn start() -> Self {
        let endpoint = Endpoint::new();
        let system = System::start("sqlite::memory:", endpoint.pubsub()).await.unwrap();
        let test = ChannelTest::new(crate::web::endpoint(endpoint, &system)).unwrap();
        let admin = user(&system.repo, "kim", Role::Admin).await;
        let params = json!({ "robot_id": 21, "name": "Shoebill" });
        let (device, token) = system.commands.register_device(&admin, &params).await.unwrap();
        Self { system, test, admin, device, token }
    }

    async fn socket(&self) -> TestSocket {
        self.test.socket("/devices").token(self.token.as_str()).connect().await.expect("its token is good")
    }

    async fn join(&self) -> (TestSocket, TestChannel) {
        let socket = self.socket().await;
        let channel = socket.join("robot:21", json!({})).await.expect("it joins");
        let sent = channel.push("telemetry", report()).await;
        channel.assert_reply(&sent, "ok", json!({})).await;
        (socket, channel)
    }

    fn status(&self) -> Status {
        self.system.fleet.telemetry(DEVICE).unwrap().status
    }
}

fn report() -> Value {
    json!({ "x": 3, "y": 12, "heading": 0, "linear": 0, "angular": 0, "battery": 80, "status": "idle" })
}

#[tokio::test]
async fn a_device_joins_its_own_robot_by_its_token_and_no_other_way() {
    let site = Site::start().await;
    let refused = |token: Option<&'static str>| {
        let connect = site.test.socket("/devices").params([("token", site.token.as_str())]);
        let connect = token.into_iter().fold(connect, TestConnect::token);
        async { connect.connect().await.err().expect("it is refused").reason().to_owned() }
    };
    assert!(refused(None).await.contains("Authorization: Bearer"));
    assert!(refused(Some("rd_nothing")).await.contains("this token is no device's"));

    let socket = site.socket().await;
    assert_eq!(socket.id(), Some("devices:21"));
    for topic in ["robot:1", "robot:22", "robot:021"] {
        let answer = socket.join(topic, json!({})).await.err().expect("it is refused");
        assert_eq!(answer["reason"], "this token is for the topic `robot:21`");
    }
    let (_, _channel) = site.join().await;
    let other = site.socket().await.join("robot:21", json!({})).await.err().expect("it is refused");
    assert!(other["reason"].as_str().unwrap().starts_with("robot 21 is attached already (Channel)"), "{other}");
    site.system.shut_down().await;
}

#[tokio::test]
async fn a_device_reports_and_is_told_what_is_wrong() {
    let site = Site::start().await;
    let (socket, channel) = site.join().await;
    let now = site.system.fleet.telemetry(DEVICE).unwrap();
    assert_eq!((now.status, now.link, &*now.name), (Status::Idle, Some(Link::Channel), "Shoebill"));
    for (field, value, reason) in [
        ("battery", json!(120), "`battery` is a number from 0 to 100"),
        ("x", json!(-1), "`x` is a number from 0 to 40"),
    ] {
        let mut bad = report();
        bad[field] = value;
        let sent = channel.push("telemetry", bad).await;
        channel.assert_reply(&sent, "error", json!({ "reason": reason, "field": field })).await;
    }
    let mut bad = report();
    bad["status"] = json!("dancing");
    let sent = channel.push("telemetry", bad).await;
    let reply = channel.reply(&sent).await;
    assert!(reply.payload.to_value().to_string().contains("status"), "{:?}", reply.payload.to_value());
    assert_eq!(site.system.fleet.telemetry(DEVICE).unwrap(), now, "what is wrong changes nothing");

    drop(channel);
    socket.close().await;
    while site.status() != Status::Offline {
        tokio::task::yield_now().await;
    }
    site.system.shut_down().await;
}

#[tokio::test]
async fn peoples_commands_reach_the_device_and_its_answers_reach_them() {
    let site = Site::start().await;
    let (_socket, channel) = site.join().await;
    for (command, name, outcome, wanted) in [
        (Command::Dock, "dock", json!({ "ok": { "metres": 4.5 } }), Ok(Accepted::Route { metres: 4.5 })),
        (Command::Stop, "stop", json!({ "error": "the gripper is open" }), Err("the gripper is open")),
    ] {
        let issued = site.system.commands.issue(&site.admin, DEVICE, command);
        let order = channel.next_push("command").await.to_value();
        assert_eq!(order["command"], name);
        let mut outcome = outcome;
        outcome["id"] = order["id"].clone();
        let sent = channel.push("outcome", outcome.clone()).await;
        channel.assert_reply(&sent, "ok", json!({ "awaited": true })).await;
        let answer = issued.await.unwrap();
        assert_eq!(answer.map_err(|rejected| rejected.to_string()), wanted.map_err(ToOwned::to_owned));
        let again = channel.push("outcome", outcome).await;
        channel.assert_reply(&again, "ok", json!({ "awaited": false })).await;
    }
    let log = crate::audit::page(&site.system.repo, &crate::audit::Filter::default()).await.unwrap();
    let reasons: Vec<_> = log.entries.iter().map(|entry| (&*entry.command, entry.reason.as_deref())).collect();
    assert_eq!(reasons, [("stop", Some("the gripper is open")), ("dock", None), ("register_device", None)]);
    let sent = channel.push("outcome", json!({ "id": 1 })).await;
    assert!(channel.reply(&sent).await.payload.to_value().to_string().contains("either `ok` or `error`"));
    site.system.shut_down().await;
}

#[tokio::test]
async fn a_device_that_is_removed_or_renewed_is_out() {
    let site = Site::start().await;
    let (socket, _channel) = site.join().await;
    let commands = &site.system.commands;
    let (_, token) = commands.renew_device_token(&site.admin, &site.device).await.unwrap();
    bennu::session::disconnect(&site.test.pubsub(), &socket_id(DEVICE));
    socket.closed().await;
    assert!(site.test.socket("/devices").token(site.token.as_str()).connect().await.is_err());
    while site.status() != Status::Offline {
        tokio::task::yield_now().await;
    }

    let socket = site.test.socket("/devices").token(token.as_str()).connect().await.expect("the new one is good");
    let channel = socket.join("robot:21", json!({})).await.expect("it joins");
    commands.remove_device(&site.admin, &site.device).await.unwrap();
    channel.next_push("phx_close").await;
    assert!(site.system.fleet.telemetry(DEVICE).is_none());
    let refusal = commands.issue(&site.admin, DEVICE, Command::Stop).await.unwrap().unwrap_err();
    assert_eq!(refusal.to_string(), Refusal::UnknownRobot.to_string());
    site.system.shut_down().await;
}
