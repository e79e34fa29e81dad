//! What handlers are given, and what becomes of what they return.

use std::sync::atomic::Ordering;

use bennu::prelude::*;
use serde_json::{Value, json};

use super::{Later, site};
use crate::support::phx::Phx;

async fn joined(site: &super::Site, topic: &str) -> Phx {
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", topic).await;
    phx
}

#[tokio::test]
async fn answers_are_what_handlers_return() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    let reply = phx.push("1", "2", "room:1", "command", json!({ "speed": 11 })).await;
    assert_eq!(reply, json!({ "status": "error", "response": { "reason": "too fast" } }));
    // No answer is wanted, and none is given.
    phx.send(json!(["1", "3", "room:1", "quiet", {}])).await;
    phx.send(json!(["1", null, "room:1", "command", { "speed": 1 }])).await;
    assert!(phx.until_now().await.is_empty());
    let reply = phx.push("1", "4", "room:1", "count", json!({})).await;
    assert_eq!(reply["response"], json!({ "messages": 2 }));
    assert_eq!(phx.push("1", "5", "room:1", "say", json!({})).await, json!({ "status": "ok", "response": {} }));
}

#[tokio::test]
async fn a_payload_that_is_not_right_names_the_event_and_the_field() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    for (payload, expected) in [
        (json!({}), "missing field `speed`"),
        (json!({ "speed": "fast" }), "speed: invalid type: string \"fast\", expected f64"),
        (json!({ "speed": 1, "direction": [1] }), "direction: invalid type"),
        (json!("x"), "invalid type: string"),
    ] {
        let reply = phx.push("1", "2", "room:1", "command", payload).await;
        assert_eq!(reply["status"], "error");
        let reason = reply["response"]["reason"].as_str().expect("a reason");
        assert!(reason.contains("`command`") && reason.contains(expected), "{reason}");
    }
    let reply = phx.push("1", "3", "room:1", "commnad", json!({})).await;
    assert_eq!(reply["response"]["reason"], "there is no event `commnad` here");
    let reply = phx.push("1", "4", "room:1", "count", json!({})).await;
    assert_eq!(reply["response"], json!({ "messages": 0 }), "the channel goes on, and no handler ran");
}

#[tokio::test]
async fn the_text_of_an_error_stays_on_the_server() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    let reply = phx.push("1", "2", "room:1", "fail", json!({})).await;
    assert_eq!(reply, json!({ "status": "error", "response": { "reason": "failed" } }));
}

#[tokio::test]
async fn an_answer_may_come_later_from_another_task() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    phx.send(json!(["1", "2", "room:1", "later", {}])).await;
    assert_eq!(phx.push("1", "3", "room:1", "count", json!({})).await["status"], "ok");
    site.gates.open.notify_one();
    let late = json!({ "status": "ok", "response": { "late": true } });
    assert_eq!(phx.text().await, json!(["1", "2", "room:1", "phx_reply", late]));
}

#[tokio::test]
async fn a_message_that_join_sends_is_pushed_when_the_client_has_joined() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.send(json!(["1", "1", "room:welcome", "phx_join", {}])).await;
    assert_eq!(phx.text().await[3], "phx_reply");
    assert_eq!(phx.text().await, json!(["1", null, "room:welcome", "later", { "text": "welcome" }]));
}

#[tokio::test]
async fn messages_of_other_topics_reach_the_channel_and_may_end_it() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    let later = topic::<Later>("later");
    assert_eq!(site.server.pubsub().broadcast(&later, Later("news")), 1);
    assert_eq!(phx.text().await[4], json!({ "text": "news" }));
    site.server.pubsub().broadcast(&later, Later("end"));
    assert_eq!(phx.text().await[4], json!({ "text": "end" }));
    assert_eq!(phx.text().await[3], "phx_close");
}

#[tokio::test]
async fn timers_and_other_tasks_send_to_the_channel() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    phx.send(json!(["1", null, "room:1", "remind", {}])).await;
    let mut texts = [phx.text().await[4]["text"].clone(), phx.text().await[4]["text"].clone()];
    texts.sort_unstable_by_key(ToString::to_string);
    assert_eq!(texts, ["handle", "timer"]);
}

#[tokio::test]
async fn a_channel_may_take_no_more_of_a_topic() {
    let site = site().await;
    let mut phx = joined(&site, "room:1").await;
    phx.send(json!(["1", null, "room:1", "deafen", {}])).await;
    phx.push("1", "2", "room:1", "count", json!({})).await;
    assert_eq!(site.server.pubsub().broadcast(&topic::<Later>("later"), Later("news")), 0);
    // Of its own topic, it still hears.
    bennu::channel::broadcast(site.server.pubsub(), "room:1", "said", json!({})).expect("JSON");
    assert_eq!(phx.text().await[3], "said");
}

#[tokio::test]
async fn an_intercepted_broadcast_is_each_client_s_own_and_others_wake_nobody() {
    let site = site().await;
    let mut clients = Vec::new();
    for name in ["ada", "bo", "deaf"] {
        let mut phx = joined(&site, "named:1").await;
        phx.push("1", "2", "named:1", "name", json!(name)).await;
        clients.push(phx);
    }
    let broadcast = |event: &str| {
        bennu::channel::broadcast(site.server.pubsub(), "named:1", event, json!({ "n": 1 })).expect("JSON");
    };
    broadcast("open");
    for phx in &mut clients {
        assert_eq!(phx.text().await, json!([null, null, "named:1", "open", { "n": 1 }]));
    }
    assert_eq!(site.gates.woken.load(Ordering::Relaxed), 0);
    broadcast("secret");
    for (phx, name) in clients.iter_mut().zip(["ada", "bo"]) {
        assert_eq!(phx.text().await[4], json!({ "n": 1, "for": name }));
    }
    broadcast("open");
    let next: Value = clients[2].event("open").await;
    assert_eq!(next[3], "open", "nothing was sent to the one that wants nothing");
    assert_eq!(site.gates.woken.load(Ordering::Relaxed), 3);
}
