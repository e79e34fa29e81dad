//! Broadcasts: whom they reach, by which way, and who is not waited for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bennu::channel::{self, DecodeError, EncodeError, Frame, Incoming, Outgoing, Serializer, V2};
use bennu::prelude::*;
use bennu::pubsub::{Adapter, AdapterError, Inbox};
use bytes::Bytes;
use serde_json::json;

use super::{Anyone, Gates, Room, Routes, site, site_with};
use crate::support::phx::{Phx, Said};
use crate::support::{endpoint, eventually, http};

#[tokio::test]
async fn a_broadcast_reaches_all_and_broadcast_from_all_but_the_sender() {
    let site = site().await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut phx = Phx::connect(site.server.addr(), "/socket").await;
        phx.joined("1", "room:1").await;
        clients.push(phx);
    }
    let mut elsewhere = Phx::connect(site.server.addr(), "/socket").await;
    elsewhere.joined("1", "room:2").await;
    clients[0].send(json!(["1", "2", "room:1", "say", { "n": 1 }])).await;
    for phx in &mut clients {
        assert_eq!(phx.text().await, json!([null, null, "room:1", "said", { "n": 1 }]));
    }
    clients[0].send(json!(["1", "3", "room:1", "shout", { "n": 2 }])).await;
    for phx in &mut clients[1..] {
        assert_eq!(phx.text().await[4], json!({ "n": 2 }));
    }
    let replies: Vec<_> = clients[0].until_now().await.iter().map(|frame| frame[3].clone()).collect();
    assert_eq!(replies, ["phx_reply", "phx_reply"]);
    assert!(elsewhere.until_now().await.is_empty());
}

#[tokio::test]
async fn controllers_and_jobs_broadcast_too() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    let response = http::request(site.server.addr(), "POST", "/announce", &[]).await;
    assert_eq!(response.body, "announced");
    assert_eq!(phx.text().await[4], json!({ "by": "a controller" }));
    let pubsub = site.server.pubsub().clone();
    tokio::task::spawn_blocking(move || channel::broadcast(&pubsub, "room:1", "said", json!({ "by": "a job" })))
        .await
        .expect("no panic")
        .expect("JSON");
    assert_eq!(phx.text().await[4], json!({ "by": "a job" }));
}

/// Two nodes by a wire of their own.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Option<Inbox>>>, Arc<Mutex<Option<Inbox>>>);

impl Adapter for Wire {
    fn start(&self, inbox: Inbox) {
        *self.0.lock().unwrap() = Some(inbox);
    }

    fn publish(&self, topic: &str, message: Bytes) -> Result<(), AdapterError> {
        let other = self.1.lock().unwrap().clone();
        other.ok_or_else(|| AdapterError::new("nobody is there"))?.receive(topic, &message);
        Ok(())
    }
}

#[tokio::test]
async fn a_broadcast_reaches_the_clients_of_other_nodes() {
    let (one, two) = (Arc::default(), Arc::default());
    let here = PubSub::with_adapter(Wire(Arc::clone(&one), Arc::clone(&two)));
    let there = PubSub::with_adapter(Wire(two, one));
    let mut servers = Vec::new();
    for pubsub in [&here, &there] {
        let endpoint = endpoint(Routes).state(Arc::<Gates>::default()).with_pubsub(pubsub.clone());
        servers.push(endpoint.start().await.expect("the server starts"));
    }
    let mut near = Phx::connect(servers[0].addr(), "/socket").await;
    let mut far = Phx::connect(servers[1].addr(), "/socket").await;
    near.joined("1", "room:1").await;
    far.joined("1", "room:1").await;
    near.send(json!(["1", "2", "room:1", "shout", { "n": 1 }])).await;
    assert_eq!(far.text().await, json!([null, null, "room:1", "said", { "n": 1 }]));
    channel::broadcast(&here, "room:1", "raw", Payload::binary(vec![0, 255])).expect("bytes");
    assert_eq!(far.hear().await, Said::Binary(b"\x02\x06\x03room:1raw\x00\xff".to_vec()));
}

/// A language of one's own: what `V2` says, in capitals.
struct Loud(Arc<AtomicUsize>);

impl Serializer for Loud {
    fn vsn(&self) -> &'static str {
        "loud-1"
    }

    fn decode(&self, frame: &Frame) -> Result<Incoming, DecodeError> {
        V2.decode(frame)
    }

    fn encode(&self, message: &Outgoing<'_>) -> Result<Frame, EncodeError> {
        if matches!(message, Outgoing::Broadcast { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        let frame = V2.encode(message)?;
        Ok(Frame::text(frame.as_text().unwrap_or_default().replace("said", "SAID")))
    }
}

#[tokio::test]
async fn a_broadcast_is_written_once_and_wakes_no_channel() {
    let (gates, written) = (Arc::<Gates>::default(), Arc::<AtomicUsize>::default());
    let loud = Loud(written.clone());
    let router = Router::new().socket::<Anyone>("/loud", |socket| socket.serializer(loud).channel::<Room>("room:*"));
    let server = endpoint(router).state(gates.clone()).start().await.expect("the server starts");
    let mut clients = Vec::new();
    for n in 0..100 {
        // Half of them speak another language.
        let vsn = if n % 2 == 0 { "loud-1" } else { "2.0.0" };
        let url = format!("/loud/websocket?vsn={vsn}");
        let mut phx = Phx::try_connect(server.addr(), &url, &[]).await.expect("a socket");
        phx.joined("1", "room:1").await;
        clients.push((phx, if n % 2 == 0 { "SAID" } else { "said" }));
    }
    for n in 0..3 {
        channel::broadcast(server.pubsub(), "room:1", "said", json!({ "n": n })).expect("JSON");
        for (phx, event) in &mut clients {
            assert_eq!(phx.text().await, json!([null, null, "room:1", *event, { "n": n }]));
        }
        assert_eq!(written.load(Ordering::Relaxed), n + 1);
    }
    assert_eq!(gates.woken.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_closed_and_holds_nobody_up() {
    let mut limits = Limits::default();
    limits.max_outbox = 256 * 1024;
    let site = site_with(limits).await;
    let mut slow = Phx::connect(site.server.addr(), "/socket").await;
    let mut quick = Phx::connect(site.server.addr(), "/socket").await;
    slow.joined("1", "room:1").await;
    quick.joined("1", "room:1").await;
    let load = "x".repeat(16 * 1024);
    let mut sent = 0;
    // The kernel's buffers take some megabytes; after that, the outbox fills.
    while site.server.sockets().len() == 2 {
        channel::broadcast(site.server.pubsub(), "room:1", "said", json!({ "n": sent, "load": load })).expect("JSON");
        assert_eq!(quick.text().await[4]["n"], sent);
        sent += 1;
        assert!(sent < 100_000, "the slow one is never closed");
    }
    assert!(sent > 10);
    eventually("it is forgotten", || site.server.pubsub().subscriber_count("channel:room:1") == 1).await;
    quick.push("1", "2", "room:1", "count", json!({})).await;
}
