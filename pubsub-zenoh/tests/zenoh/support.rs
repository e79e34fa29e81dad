//! What the tests share: nodes, ports, a link that can be cut, and processes.

pub mod link;
pub mod process;

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use liveview_core::PubSub;
use pubsub_zenoh::{ZenohOptions, ZenohPubSub};
use tokio::time::timeout;

/// A port that nobody has at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

pub fn endpoint(port: u16) -> String {
    format!("tcp/127.0.0.1:{port}")
}

/// A node that others reach at a port of this machine.
pub async fn listening(port: u16) -> ZenohPubSub {
    open(ZenohOptions { listen: vec![endpoint(port)], ..ZenohOptions::default() }).await
}

/// A node that connects to a port of this machine.
pub async fn connected(port: u16) -> ZenohPubSub {
    open(ZenohOptions { connect: vec![endpoint(port)], ..ZenohOptions::default() }).await
}

pub async fn open(options: ZenohOptions) -> ZenohPubSub {
    ZenohPubSub::open(options).await.expect("the session opens")
}

/// Waits until a node sees so many others, and is heard by them.
pub async fn sees(node: &ZenohPubSub, others: usize) {
    let mut nodes = node.watch_nodes();
    let seen = timeout(Duration::from_secs(20), nodes.wait_for(|nodes| nodes.len() == others)).await;
    assert!(seen.is_ok(), "{} others and not {others}", node.nodes().len());
}

pub fn pubsub(node: &ZenohPubSub) -> PubSub {
    PubSub::with_adapter(node.clone())
}

/// Two nodes that see each other.
pub async fn two_nodes() -> (ZenohPubSub, ZenohPubSub) {
    let port = free_port();
    let (here, there) = (listening(port).await, connected(port).await);
    sees(&here, 1).await;
    sees(&there, 1).await;
    (here, there)
}

pub async fn two_pubsubs() -> (PubSub, PubSub) {
    let (here, there) = two_nodes().await;
    (pubsub(&here), pubsub(&there))
}
