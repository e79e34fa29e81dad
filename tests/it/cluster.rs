//! Several nodes as several processes, over the PostgreSQL of the tests: what crosses, what agrees, and what becomes of it when the network or a node is gone.
//!
//! A node is this test binary, started again with one test that serves ([`node`]). So what runs is compiled once, and nothing has to be built before.

mod balancer;
mod kill;
mod node;
mod partition;
mod presence;
mod process;
mod proxy;
mod spreading;

use std::time::Duration;

use serde_json::{Value, json};

use self::process::Node;
use crate::support::http::get;
use crate::support::phx::Phx;
use crate::support::tab::Tab;

/// The topic where everybody is.
const ROOM: &str = "room:1";

/// Two nodes that hear each other.
async fn pair() -> (Node, Node) {
    let site = process::Site::new();
    tokio::join!(site.start("a"), site.start("b"))
}

/// A page that shows who is in the room, and is there itself.
async fn lounge(node: &Node, who: &str) -> Tab {
    let mut tab = Tab::open(node.addr(), &format!("/lounge?who={who}")).await;
    tab.join().await;
    tab
}

/// A client of channels that is in the room.
async fn guest(node: &Node, who: &str) -> Phx {
    let mut phx = Phx::connect(node.addr(), "/socket").await;
    let reply = phx.join("1", ROOM, json!({ "who": who })).await;
    assert_eq!(reply["status"], "ok", "{reply}");
    phx
}

/// What a node answers to `path`, as JSON.
async fn ask(node: &Node, path: &str) -> Value {
    let response = get(node.addr(), path, &[]).await;
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str(&response.body).expect("JSON")
}

/// Who is in the room, as a node knows it; `ada ada bob` is somebody twice.
async fn present(node: &Node) -> String {
    let listed = ask(node, &format!("/present/{ROOM}")).await;
    let keys = listed.as_object().expect("an object").iter();
    let each = keys.flat_map(|(key, entry)| entry["metas"].as_array().into_iter().flatten().map(move |_| key.clone()));
    each.collect::<Vec<_>>().join(" ")
}

/// Waits until both nodes know of these.
async fn both_have(nodes: [&Node; 2], who: &str) {
    for node in nodes {
        node.eventually(&format!("{} has {who}", node.name), async || present(node).await == who).await;
    }
}

impl Node {
    /// Waits for what the node offers no message about.
    async fn eventually(&self, what: &str, condition: impl AsyncFnMut() -> bool) {
        self.eventually_looking_each(Duration::from_millis(20), what, condition).await;
    }

    /// The same for a condition that costs the node something.
    async fn eventually_looking_each(&self, pause: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        while !condition().await {
            let room = if tokio::time::Instant::now() < deadline { None } else { Some(present(self).await) };
            assert!(room.is_none(), "still not so: {what}; {} has {room:?}\n{}", self.name, self.log());
            tokio::time::sleep(pause).await;
        }
    }
}
