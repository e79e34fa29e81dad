//! A node that is killed under a thousand live sessions.
//!
//! The sessions are the tests' client, which joins anew as the one in the browser does: after a pause that grows, on a new socket, with the page's token. What a real
//! browser does is shown in `tests/browser/nodes.spec.ts`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::time::sleep;

use super::balancer::Balancer;
use super::{ask, process};
use crate::support::tab::{Heard, Tab};

const SESSIONS: usize = 1_000;

/// How long the client of the browser waits before it connects again, in milliseconds.
const PAUSES: [u64; 5] = [10, 50, 100, 500, 1_000];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_is_gone_in_ten_seconds_and_its_thousand_sessions_are_live_at_the_other() {
    allow_many_files();
    let site = process::Site::new();
    let (mut a, b) = tokio::join!(site.start("a"), site.start("b"));
    let balancer = Balancer::start(vec![a.addr(), b.addr()]).await;
    let tabs: Vec<Tab> = stream::iter(0..SESSIONS)
        .map(|number| async move {
            let mut tab = Tab::open(balancer.addr, &format!("/seat?who={number}")).await;
            tab.join().await;
            tab
        })
        .buffer_unordered(32)
        .collect()
        .await;
    b.eventually_looking_each(Duration::from_millis(200), "all are known at the other node", async || {
        ask(&b, "/seats").await == json!({ "a": SESSIONS })
    })
    .await;

    let live = Arc::<AtomicUsize>::default();
    let sessions: Vec<_> = tabs.into_iter().map(|tab| tokio::spawn(come_back(tab, live.clone()))).collect();
    a.kill();
    let killed = Instant::now();
    let gone = async {
        let pause = Duration::from_millis(200);
        b.eventually_looking_each(pause, "none is left of the node", async || ask(&b, "/seats").await["a"].is_null())
            .await;
        killed.elapsed()
    };
    let back = async {
        b.eventually("all are back", async || live.load(Ordering::Relaxed) == SESSIONS).await;
        killed.elapsed()
    };
    let (gone, back) = tokio::join!(gone, back);
    println!("gone after {gone:?}, all live again after {back:?}");
    assert!(gone < Duration::from_secs(10), "{gone:?}");
    assert_eq!(ask(&b, "/seats").await, json!({ "b": SESSIONS }));
    for session in sessions {
        session.await.expect("it is live");
    }
}

/// Waits until the socket is closed, joins anew as often as it takes, and shows that the view works.
async fn come_back(mut tab: Tab, live: Arc<AtomicUsize>) -> Tab {
    while !matches!(tab.listen().await, Heard::Closed(_)) {}
    for pause in PAUSES.iter().chain(std::iter::repeat(&PAUSES[4])) {
        sleep(Duration::from_millis(*pause)).await;
        if tab.connect_with("", &[]).await.is_ok() {
            break;
        }
    }
    let response = tab.join_with(json!({ "seq": tab.seq })).await.expect("the page's token is good at the other node");
    assert_eq!(response["fresh"], true, "{response}");
    tab.click("click", json!(null)).await.expect("the view works");
    assert!(tab.html().contains("clicks 1."), "{}", tab.html());
    live.fetch_add(1, Ordering::Relaxed);
    tab
}

/// Each session is three sockets here: the client's, and the balancer's two.
fn allow_many_files() {
    let limits = getrlimit(Resource::Nofile);
    let wanted = 3 * SESSIONS as u64 + 500;
    if limits.current.is_some_and(|current| current < wanted) {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limits.maximum });
        raised.expect("the system allows 3,500 open files: ulimit -Hn");
    }
}
