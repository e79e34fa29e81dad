//! `ChannelTest`: channels without a network.

use std::sync::Arc;

use bennu::prelude::*;
use bennu::session::disconnect;
use bennu::testing::ChannelTest;
use serde_json::{Value, json};

use super::{Gates, Later, Routes};

fn test() -> (ChannelTest, Arc<Gates>) {
    let gates = Arc::<Gates>::default();
    let endpoint = Endpoint::new().router(Routes).state(gates.clone());
    (ChannelTest::new(endpoint).expect("an endpoint"), gates)
}

#[tokio::test]
async fn pushes_answers_and_broadcasts_are_expected_or_not() {
    let (test, _) = test();
    let socket = test.socket("/socket").connect().await.expect("anyone may");
    let mut room = socket.join("room:1", json!({ "name": "Ada" })).await.expect("anyone may");
    assert_eq!(room.response_as::<Value>()["you"]["name"], "Ada");

    let sent = room.push("command", json!({ "speed": 2.0, "direction": "left" })).await;
    room.assert_reply(&sent, "ok", json!({ "id": 1 })).await;
    room.assert_push("turning", json!({ "direction": "left" })).await;

    room.push("say", json!({ "text": "hello", "n": 1 })).await;
    room.assert_broadcast("said", json!({ "text": "hello" })).await;
    room.assert_push("said", json!({ "n": 1 })).await;

    let quiet = room.push("quiet", ()).await;
    room.refute_reply(&quiet).await;
    room.refute_push("said").await;
    room.refute_broadcast("said").await;

    test.pubsub().broadcast(&topic::<Later>("later"), Later("news"));
    room.assert_push("later", json!({ "text": "news" })).await;
}

#[tokio::test]
async fn two_clients_do_not_hear_each_other_s_pushes() {
    let (test, _) = test();
    let one = test.socket("/socket").connect().await.expect("anyone may");
    let two = test.socket("/socket").connect().await.expect("anyone may");
    let one = one.join("room:1", ()).await.expect("anyone may");
    let two = two.join("room:1", ()).await.expect("anyone may");
    one.push("shout", json!({ "n": 1 })).await;
    two.assert_push("said", json!({ "n": 1 })).await;
    one.refute_push("said").await;
}

#[tokio::test]
async fn refusals_are_errors() {
    let (test, _) = test();
    let refused = test.socket("/devices").connect().await.err().expect("refused");
    assert_eq!(refused.reason(), "which robot?");
    let socket = test.socket("/devices").params([("robot", "3")]).connect().await.expect("a robot");
    assert_eq!(socket.id(), Some("robots:3"));
    assert_eq!(socket.join("robot:4", ()).await.err(), Some(json!({ "reason": "unauthorized" })));
    let robot = socket.join("robot:3", ()).await.expect("its own");
    let sent = robot.push("who", ()).await;
    assert_eq!(robot.reply(&sent).await.payload.to_value(), json!({ "robot": 3 }));
    assert!(test.socket("/devices").token("robot 9").connect().await.is_ok());
}

#[tokio::test]
async fn leaving_and_closing_end_the_channel() {
    let (test, gates) = test();
    let socket = test.socket("/socket").connect().await.expect("anyone may");
    let room = socket.join("room:1", ()).await.expect("anyone may");
    room.leave().await;
    assert_eq!(*gates.terminated.lock().unwrap(), ["Left"]);
    let room = socket.join("room:1", ()).await.expect("anyone may");
    room.push("crash", ()).await;
    room.assert_push("phx_error", json!({})).await;
    let _room = socket.join("room:1", ()).await.expect("anyone may");
    socket.close().await;
    crate::support::eventually("it has ended", || gates.terminated.lock().unwrap().len() == 2).await;
    assert_eq!(gates.terminated.lock().unwrap()[1], "Disconnected");
}

#[tokio::test]
async fn a_disconnect_is_heard() {
    let (test, _) = test();
    let socket = test.socket("/devices").params([("robot", "3")]).connect().await.expect("a robot");
    disconnect(&test.pubsub(), "robots:3");
    assert_eq!(socket.closed().await, (1001, "disconnected"));
}

#[tokio::test]
#[should_panic(expected = "expected ok {\"id\":2}")]
async fn an_answer_that_is_not_as_expected_fails_the_test() {
    let (test, _) = test();
    let socket = test.socket("/socket").connect().await.expect("anyone may");
    let room = socket.join("room:1", ()).await.expect("anyone may");
    let sent = room.push("command", json!({ "speed": 1 })).await;
    room.assert_reply(&sent, "ok", json!({ "id": 2 })).await;
}

#[tokio::test]
#[should_panic(expected = "was pushed")]
async fn a_push_that_was_refuted_fails_the_test() {
    let (test, _) = test();
    let socket = test.socket("/socket").connect().await.expect("anyone may");
    let room = socket.join("room:1", ()).await.expect("anyone may");
    room.push("echo", json!({})).await;
    room.refute_push("echoed").await;
}
