//! Joins, leaves and ends.

use std::time::Duration;

use bennu::prelude::*;
use serde_json::{Value, json};

use super::{site, site_with};
use crate::support::eventually;
use crate::support::phx::{Phx, Said};

fn refused(reason: &str) -> Value {
    json!({ "status": "error", "response": { "reason": reason } })
}

#[tokio::test]
async fn a_join_that_is_refused_is_answered_and_leaves_nothing_behind() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    assert_eq!(phx.join("1", "room:locked", json!({})).await, refused("unauthorized"));
    assert_eq!(phx.join("2", "room:broken", json!({})).await, refused("join crashed"));
    assert_eq!(phx.join("3", "nowhere:1", json!({})).await, refused("unmatched topic"));
    assert!(site.server.sockets()[0].channels.is_empty());
    assert_eq!(phx.push("1", "4", "room:locked", "echo", json!({})).await, refused("unmatched topic"));
    phx.joined("5", "room:1").await;
}

#[tokio::test]
async fn what_was_sent_behind_a_join_that_is_refused_is_answered() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.send(json!(["1", "1", "room:locked late", "phx_join", {}])).await;
    site.gates.entered.notified().await;
    phx.send(json!(["1", "2", "room:locked late", "echo", {}])).await;
    phx.send(json!(["1", "3", "room:locked late", "phx_leave", {}])).await;
    // The socket has taken both when it answers this.
    phx.push("", "4", "phoenix", "heartbeat", json!({})).await;
    site.gates.open.notify_one();
    assert_eq!(phx.reply_to("1").await, refused("unauthorized"));
    assert_eq!(phx.reply_to("2").await, refused("unmatched topic"));
    assert_eq!(phx.reply_to("3").await["status"], "ok");
}

#[tokio::test]
async fn the_101st_channel_is_refused_and_one_that_ends_makes_room() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    for n in 0..100 {
        phx.joined(&n.to_string(), &format!("room:{n}")).await;
    }
    assert_eq!(phx.join("100", "room:100", json!({})).await, refused("too many channels"));
    // One that is joined already takes no further place.
    phx.joined("101", "room:7").await;
    phx.send(json!(["3", "102", "room:3", "phx_leave", {}])).await;
    phx.event("phx_close").await;
    phx.joined("103", "room:100").await;
}

#[tokio::test]
async fn leaving_is_answered_and_the_channel_closes() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.send(json!(["1", "2", "room:1", "phx_leave", {}])).await;
    assert_eq!(phx.text().await, json!(["1", "2", "room:1", "phx_reply", { "status": "ok", "response": {} }]));
    assert_eq!(phx.text().await, json!(["1", "1", "room:1", "phx_close", {}]));
    assert_eq!(*site.gates.terminated.lock().unwrap(), ["Left"]);
    // What was never joined can be left, too.
    let ok = json!({ "status": "ok", "response": {} });
    assert_eq!(phx.push("1", "3", "room:1", "phx_leave", json!({})).await, ok);
    assert_eq!(phx.push("9", "4", "nowhere", "phx_leave", json!({})).await, ok);
}

#[tokio::test]
async fn a_channel_that_panics_says_so_and_takes_no_other_with_it() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.joined("2", "room:2").await;
    phx.send(json!(["1", "3", "room:1", "crash", {}])).await;
    assert_eq!(phx.text().await, json!(["1", "1", "room:1", "phx_error", { "reason": "crashed" }]));
    assert_eq!(phx.push("2", "4", "room:2", "count", json!({})).await["status"], "ok");
    phx.joined("5", "room:1").await;
    assert!(site.gates.terminated.lock().unwrap().is_empty(), "the state may be broken");
}

#[tokio::test]
async fn a_channel_that_stops_closes() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.send(json!(["1", "2", "room:1", "stop", {}])).await;
    assert_eq!(phx.text().await, json!(["1", "1", "room:1", "phx_close", {}]));
    phx.joined("3", "room:1").await;
    phx.send(json!(["3", "4", "room:1", "finish", {}])).await;
    let bye = json!({ "status": "ok", "response": { "bye": true } });
    assert_eq!(phx.text().await, json!(["3", "4", "room:1", "phx_reply", bye]));
    assert_eq!(phx.text().await, json!(["3", "3", "room:1", "phx_close", {}]));
    assert_eq!(*site.gates.terminated.lock().unwrap(), ["Stopped", "Stopped"]);
}

#[tokio::test]
async fn a_join_of_a_joined_topic_replaces_the_channel() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.push("1", "2", "room:1", "command", json!({ "speed": 1.0 })).await;
    phx.send(json!(["3", "3", "room:1", "phx_join", {}])).await;
    assert_eq!(phx.text().await, json!(["1", "1", "room:1", "phx_close", {}]));
    assert_eq!(phx.text().await[3], "phx_reply");
    assert_eq!(*site.gates.terminated.lock().unwrap(), ["Replaced"]);
    // The new one begins anew, and the old one's messages are dropped without a word.
    phx.send(json!(["1", "4", "room:1", "count", {}])).await;
    phx.send(json!(["1", "5", "room:1", "phx_leave", {}])).await;
    let reply = phx.push("3", "6", "room:1", "count", json!({})).await;
    assert_eq!(reply["response"], json!({ "messages": 0 }));
    assert!(phx.until_now().await.is_empty());
}

#[tokio::test]
async fn a_message_without_a_join_ref_is_of_the_present_join() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.send(json!([null, "2", "room:1", "count", {}])).await;
    assert_eq!(phx.reply_to("2").await["status"], "ok");
    phx.send(json!([null, "3", "room:1", "phx_leave", {}])).await;
    assert_eq!(phx.reply_to("3").await["status"], "ok");
    assert_eq!(phx.event("phx_close").await[0], "1");
}

#[tokio::test]
async fn joins_and_leaves_in_quick_succession_lose_nothing_new_and_deliver_nothing_old() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    for n in 0..50 {
        let join = n.to_string();
        phx.feed(json!([join, join, "room:1", "phx_join", { "n": n }])).await;
        phx.feed(json!([join, format!("c{n}"), "room:1", "command", { "speed": f64::from(n) / 10.0 }])).await;
        phx.feed(json!([join, format!("l{n}"), "room:1", "phx_leave", {}])).await;
    }
    phx.feed(json!(["last", "last", "room:1", "phx_join", {}])).await;
    phx.feed(json!(["49", "old", "room:1", "command", { "speed": 1.0 }])).await;
    phx.feed(json!(["last", "new", "room:1", "command", { "speed": 2.0 }])).await;
    phx.flush().await;
    let mut answered = Vec::new();
    loop {
        let frame = phx.text().await;
        let reference = frame[1].as_str().unwrap_or_default().to_owned();
        assert_ne!(reference, "old");
        if frame[3] == "phx_reply" {
            assert_eq!(frame[4]["status"], "ok", "{frame}");
            answered.push(reference.clone());
        }
        if reference == "new" {
            // No message of a join before was counted by the last channel.
            assert_eq!(frame[4]["response"], json!({ "id": 1, "speed": 2.0 }));
            break;
        }
    }
    let expected: Vec<_> = (0..50).flat_map(|n| [n.to_string(), format!("c{n}"), format!("l{n}")]).collect();
    assert_eq!(answered[..150], expected);
}

#[tokio::test]
async fn what_is_pushed_before_the_join_is_done_waits_for_it() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.send(json!(["1", "1", "room:slow", "phx_join", {}])).await;
    phx.send(json!(["1", "2", "room:slow", "count", {}])).await;
    site.gates.entered.notified().await;
    // Others do not wait.
    phx.joined("3", "room:1").await;
    site.gates.open.notify_one();
    assert_eq!(phx.text().await[1], "1");
    assert_eq!(phx.text().await[1], "2");
}

#[tokio::test]
async fn a_channel_that_is_busy_holds_its_client_back_and_no_answer() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.joined("2", "room:2").await;
    phx.send(json!(["1", "3", "room:1", "hold", {}])).await;
    site.gates.entered.notified().await;
    for n in 0..100 {
        phx.send(json!(["1", format!("q{n}"), "room:1", "count", {}])).await;
    }
    // Broadcasts to its other topics go on while it waits.
    bennu::channel::broadcast(site.server.pubsub(), "room:2", "said", json!({})).expect("JSON");
    assert_eq!(phx.event("said").await[2], "room:2");
    site.gates.open.notify_one();
    for n in 0..100 {
        assert_eq!(phx.text().await[1], format!("q{n}"));
    }
}

#[tokio::test]
async fn a_server_that_stops_hears_the_last_words_of_its_channels() {
    let site = site().await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut phx = Phx::connect(site.server.addr(), "/socket").await;
        phx.joined("1", "room:1").await;
        clients.push(phx);
    }
    site.server.stop().await.expect("it stops in order");
    assert_eq!(*site.gates.terminated.lock().unwrap(), ["Disconnected"; 20]);
}

#[tokio::test]
async fn when_the_client_is_gone_its_channels_end() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    assert_eq!(site.server.pubsub().subscriber_count("channel:room:1"), 1);
    drop(phx);
    eventually("the channel has ended", || *site.gates.terminated.lock().unwrap() == ["Disconnected"]).await;
    eventually("its subscription has", || site.server.pubsub().subscriber_count("channel:room:1") == 0).await;
    eventually("nobody is listed", || site.server.sockets().is_empty()).await;
}

#[tokio::test]
async fn heartbeats_are_answered_and_whoever_says_nothing_is_closed() {
    let mut limits = Limits::default();
    limits.idle_timeout = Duration::from_millis(300);
    let site = site_with(limits).await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.send(json!([null, "1", "phoenix", "heartbeat", {}])).await;
    assert_eq!(phx.text().await, json!([null, "1", "phoenix", "phx_reply", { "status": "ok", "response": {} }]));
    // Not 1000, for which `phoenix.js` would stay away.
    assert_eq!(phx.hear().await, Said::Closed(Some(1001)));
    assert_eq!(Limits::default().idle_timeout, Duration::from_mins(1));
}
