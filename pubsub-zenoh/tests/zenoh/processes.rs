//! Two nodes that are two processes.

use std::time::Duration;

use crate::support::process::Node;
use crate::support::{connected, endpoint, free_port, pubsub, sees};

/// What a node that has died may be seen for: the time after which presence takes silence for an end, and one heartbeat.
const GONE_WITHIN: Duration = Duration::from_secs(10);
const SOON: Duration = Duration::from_secs(20);

/// Two that see each other, and the port of the first.
fn two() -> (Node, Node, u16) {
    let port = free_port();
    let mut first = Node::start(&[endpoint(port)], &[]);
    let mut second = Node::start(&[], &[endpoint(port)]);
    first.until("nodes", "1", SOON);
    second.until("nodes", "1", SOON);
    (first, second, port)
}

#[test]
fn broadcasts_cross() {
    let (mut first, mut second, _) = two();
    first.tell("say from the first");
    second.expect("heard from the first");
    second.tell("say from the second");
    first.expect("heard from the second");
}

#[test]
fn presence_agrees() {
    let (mut first, mut second, _) = two();
    first.tell("track ada");
    second.tell("track bob");
    for node in [&mut first, &mut second] {
        node.until("list", "ada bob", SOON);
    }
    first.tell("untrack ada");
    second.until("list", "bob", SOON);
}

#[test]
fn the_presences_of_a_node_that_is_killed_are_gone_within_ten_seconds() {
    let (mut first, mut second, _) = two();
    first.tell("track ada");
    second.tell("track bob");
    first.until("list", "ada bob", SOON);
    second.kill();
    first.until("nodes", "0", Duration::from_secs(2));
    first.until("list", "ada", GONE_WITHIN);
}

#[test]
fn the_presences_of_a_node_that_ends_are_gone_at_once() {
    let (mut first, second, port) = two();
    drop(second);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let third = connected(port).await;
        sees(&third, 1).await;
        let pubsub = pubsub(&third);
        let presence = liveview_core::presence::Presence::builder("operators").start(&pubsub);
        let carl = presence.track("robot:7", "carl", &serde_json::json!({})).expect("an object");
        tokio::task::block_in_place(|| first.until("list", "carl", SOON));
        drop((carl, presence));
        tokio::task::block_in_place(|| first.until("list", "", Duration::from_secs(3)));
        third.close().await;
    });
    first.until("nodes", "0", Duration::from_secs(2));
}
