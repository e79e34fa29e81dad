//! Nodes in one process: what crosses, in which order, and what happens to those that are slow, gone or wrong.

use std::time::{Duration, Instant};

use bennu::prelude::{Refused, Socket, SocketConnect};
use bennu::session::disconnect;
use bennu::testing::ChannelTest;
use bennu::{Endpoint, Router};
use liveview_core::presence::Presence;
use liveview_core::pubsub::{Receiver, Topic, topic};
use pubsub_zenoh::{ZenohError, ZenohOptions, ZenohPubSub};
use tokio::time::timeout;

use crate::support::link::Link;
use crate::support::{connected, endpoint, free_port, listening, open, pubsub, sees, two_nodes, two_pubsubs};

fn texts(name: &str) -> Topic<String> {
    topic::<String>(name).distributed()
}

async fn next(receiver: &mut Receiver<String>) -> String {
    let next = timeout(Duration::from_secs(20), receiver.recv()).await.expect("a message");
    next.message().expect("nothing is missed").clone()
}

#[tokio::test]
async fn topics_are_any_text() {
    let (here, there) = two_pubsubs().await;
    for odd in ["", "%", "/", "a/*/b", "$*", "**", "@", "#?&", " robot 7 ", "“Bennu” 🦜\u{0}\n"] {
        let mut receiver = there.receiver(&texts(odd));
        here.broadcast(&texts(odd), odd.to_owned());
        assert_eq!(next(&mut receiver).await, odd);
    }
}

#[tokio::test]
async fn a_message_of_a_mebibyte_arrives_whole_and_in_its_place() {
    let (here, there) = two_pubsubs().await;
    let mut receiver = there.receiver(&texts("maps"));
    let large: String = (0..1 << 20).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    for text in ["before", &large, "after"] {
        here.broadcast(&texts("maps"), text.to_owned());
    }
    assert_eq!(next(&mut receiver).await, "before");
    assert!(next(&mut receiver).await == large);
    assert_eq!(next(&mut receiver).await, "after");
}

#[tokio::test]
async fn a_node_that_takes_the_place_of_one_that_has_gone_is_heard() {
    let port = free_port();
    let (here, gone) = (listening(port).await, connected(port).await);
    sees(&here, 1).await;
    gone.close().await;
    sees(&here, 0).await;
    let new = connected(port).await;
    sees(&here, 1).await;
    assert_eq!(here.nodes(), [new.id()]);
    let of_here = pubsub(&here);
    let mut receiver = of_here.receiver(&texts("fleet"));
    pubsub(&new).broadcast(&texts("fleet"), "back".to_owned());
    assert_eq!(next(&mut receiver).await, "back");
}

#[tokio::test]
async fn a_node_connects_again_to_one_that_has_restarted() {
    let port = free_port();
    let (restarted, there) = (listening(port).await, connected(port).await);
    sees(&there, 1).await;
    restarted.close().await;
    sees(&there, 0).await;
    let here = listening(port).await;
    sees(&there, 1).await;
    sees(&here, 1).await;
    let of_here = pubsub(&here);
    let mut receiver = of_here.receiver(&texts("fleet"));
    pubsub(&there).broadcast(&texts("fleet"), "again".to_owned());
    assert_eq!(next(&mut receiver).await, "again");
}

#[tokio::test]
async fn a_node_may_come_before_the_one_that_it_connects_to() {
    let port = free_port();
    let early = connected(port).await;
    assert_eq!(early.nodes(), [""; 0]);
    let late = listening(port).await;
    sees(&early, 1).await;
    assert_eq!(early.nodes(), [late.id()]);
}

#[tokio::test]
async fn nodes_find_each_other_by_one_that_both_know() {
    let (seed, second, third) = (free_port(), free_port(), free_port());
    let first = listening(seed).await;
    let joining =
        |port| ZenohOptions { connect: vec![endpoint(seed)], listen: vec![endpoint(port)], ..ZenohOptions::default() };
    let (second, third) = (open(joining(second)).await, open(joining(third)).await);
    for node in [&first, &second, &third] {
        sees(node, 2).await;
    }
    let (of_second, of_third) = (pubsub(&second), pubsub(&third));
    let mut receiver = of_third.receiver(&texts("fleet"));
    of_second.broadcast(&texts("fleet"), "directly".to_owned());
    assert_eq!(next(&mut receiver).await, "directly");
    // The one that they know may go.
    first.close().await;
    sees(&second, 1).await;
    of_second.broadcast(&texts("fleet"), "without it".to_owned());
    assert_eq!(next(&mut receiver).await, "without it");
}

#[tokio::test]
async fn what_was_said_before_a_node_closes_is_heard() {
    let (here, there) = two_nodes().await;
    let listener = pubsub(&there);
    let mut receiver = listener.receiver(&texts("last words"));
    let speaker = pubsub(&here);
    for number in 0..200 {
        speaker.broadcast(&texts("last words"), number.to_string());
    }
    here.close().await;
    for number in 0..200 {
        assert_eq!(next(&mut receiver).await, number.to_string());
    }
    assert!(matches!(here.put("bennu/pubsub/late", "text"), Err(ZenohError::Closed)));
}

/// A node that takes nothing more holds neither the publisher up nor the other nodes, for longer than it takes to see that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_takes_nothing_holds_nobody_up() {
    let port = free_port();
    // Long enough for the connection to outlive the test.
    let lease = Duration::from_mins(1);
    let here =
        open(ZenohOptions { listen: vec![endpoint(port)], lease, queue: 64 << 20, ..ZenohOptions::default() }).await;
    let link = Link::to(port).await;
    let connecting = |port| ZenohOptions { connect: vec![endpoint(port)], lease, ..ZenohOptions::default() };
    let (stuck, healthy) = (open(connecting(link.port())).await, open(connecting(port)).await);
    sees(&here, 2).await;
    sees(&healthy, 1).await;
    let (of_here, of_healthy) = (pubsub(&here), pubsub(&healthy));
    let mut receiver = of_healthy.receiver(&texts("maps"));
    link.cut();

    let large = "m".repeat(100_000);
    let mut slowest = Duration::ZERO;
    for _ in 0..200 {
        let began = Instant::now();
        of_here.broadcast(&texts("maps"), large.clone());
        slowest = slowest.max(began.elapsed());
    }
    assert!(slowest < Duration::from_millis(500), "a publisher was held up for {slowest:?}");
    for _ in 0..200 {
        assert_eq!(next(&mut receiver).await.len(), large.len());
    }
    drop(stuck);
}

#[tokio::test]
async fn a_full_queue_refuses_and_what_it_took_is_sent_in_order() {
    let port = free_port();
    let here = open(ZenohOptions { listen: vec![endpoint(port)], queue: 10_000, ..ZenohOptions::default() }).await;
    let there = connected(port).await;
    sees(&here, 1).await;
    let of_there = pubsub(&there);
    let mut receiver = of_there.receiver(&texts("fleet"));

    // The thread that sends is busy until we say so.
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let busy = here.with_session(move |_| wait.recv());
    let mut busy = Box::pin(busy);
    assert!(timeout(Duration::ZERO, &mut busy).await.is_err());
    let put = |number: usize| here.put("bennu/pubsub/fleet", format!("\"{number:4000}\""));
    assert!(put(0).is_ok() && put(1).is_ok());
    let refused = put(2).expect_err("the queue is full");
    assert!(matches!(refused, ZenohError::Full { bound: 10_000, waiting } if waiting > 8_000), "{refused}");
    drop(go_on);
    let _ = busy.await.expect("it is open");

    for number in 0..2 {
        assert_eq!(next(&mut receiver).await.trim(), number.to_string());
    }
    assert!(here.put("bennu/pubsub/fleet", "\"3\"").is_ok());
    assert_eq!(next(&mut receiver).await, "3");
}

#[tokio::test]
async fn what_is_not_ours_is_ignored() {
    let (here, there) = two_nodes().await;
    let of_there = pubsub(&there);
    let mut receiver = of_there.receiver(&texts("fleet"));
    here.put("bennu/pubsub/%FF", "no topic").expect("taken");
    here.put("no key: /*", "no key").expect("taken");
    here.put("bennu/pubsub/fleet", "{ no JSON").expect("taken");
    pubsub(&here).broadcast(&texts("fleet"), "ours".to_owned());
    assert_eq!(next(&mut receiver).await, "ours");
}

#[tokio::test]
async fn an_endpoint_that_is_taken_is_an_error() {
    let port = free_port();
    let first = listening(port).await;
    let second = ZenohPubSub::open(ZenohOptions { listen: vec![endpoint(port)], ..ZenohOptions::default() }).await;
    let error = second.expect_err("the port is taken").to_string();
    assert!(error.contains("is an endpoint to listen on taken?"), "{error}");
    drop(first);
}

#[tokio::test]
async fn presences_are_one_list() {
    let (here, there) = two_pubsubs().await;
    let of = |pubsub| Presence::<serde_json::Value>::builder("operators").start(pubsub);
    let (mine, theirs) = (of(&here), of(&there));
    let ada = mine.track("robot:7", "ada", &serde_json::json!({})).expect("tracked");
    let bob = theirs.track("robot:7", "bob", &serde_json::json!({})).expect("tracked");
    for presence in [&mine, &theirs] {
        lists(presence, &["ada", "bob"]).await;
    }
    drop(ada);
    lists(&theirs, &["bob"]).await;
    drop(bob);
    lists(&mine, &[]).await;
}

async fn lists(presence: &Presence<serde_json::Value>, expected: &[&str]) {
    let seen = async {
        while presence.list("robot:7").await.into_keys().collect::<Vec<_>>() != expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(Duration::from_secs(10), seen).await.is_ok(), "not {expected:?}");
}

struct Device;

impl Socket for Device {
    async fn connect(_: &mut SocketConnect) -> Result<Self, Refused> {
        Ok(Self)
    }

    fn id(&self) -> Option<String> {
        Some("robots:3".to_owned())
    }
}

#[tokio::test]
async fn a_socket_on_another_node_is_disconnected_by_its_id() {
    let (here, there) = two_pubsubs().await;
    let router = Router::new().socket::<Device>("/devices", |routes| routes);
    let test = ChannelTest::new(Endpoint::new().router(router).with_pubsub(there)).expect("an endpoint");
    let socket = test.socket("/devices").connect().await.expect("anyone may");
    disconnect(&here, "robots:3");
    let closed = timeout(Duration::from_secs(10), socket.closed()).await;
    assert_eq!(closed.expect("it is closed"), (1001, "disconnected"));
}
