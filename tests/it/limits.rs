//! What holds when browsers are slow, never come, or do not play by the rules.

use std::time::Duration;

use bennu::prelude::*;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::tab::{Heard, Tab};
use crate::support::{endpoint, eventually, start};

/// Large enough that a queue of them would show.
#[derive(Clone)]
struct Sample {
    number: u64,
    _load: [u8; 16 * 1024],
}

#[derive(LiveView)]
struct SamplesLive {
    number: u64,
}

#[live_view]
impl SamplesLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        cx.subscribe(topic::<Sample>("samples"));
        Ok(Self { number: 0 })
    }

    #[event]
    fn nothing(&mut self) {}

    #[event]
    fn bump(&mut self) {
        self.number += 1;
    }

    #[info]
    fn sample(&mut self, sample: &Sample) {
        self.number = sample.number;
    }

    fn render(&self) -> Element {
        rsx! { p { "sample {self.number}." } }
    }
}

router! {
    live "/" => SamplesLive;
}

fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("a number") * 4096
}

/// 5 kHz for 5 seconds are 25,000 messages of 16 KiB: 400 MB, were they kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_to_a_browser_that_reads_nothing_keeps_memory_bounded() {
    let pubsub = PubSub::local();
    let server = endpoint(Routes).with_pubsub(pubsub.clone()).start().await.unwrap();
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    tab.stop_acking();

    let before = resident_bytes();
    let mut peak = before;
    let mut beat = tokio::time::interval(Duration::from_millis(1));
    let mut number = 0;
    for _ in 0..5_000 {
        beat.tick().await;
        for _ in 0..5 {
            number += 1;
            pubsub.broadcast(&topic::<Sample>("samples"), Sample { number, _load: [0; 16 * 1024] });
        }
        peak = peak.max(resident_bytes());
    }
    assert!(peak - before < 100 * 1024 * 1024, "grew by {} bytes", peak - before);

    // What was on the way when the browser stopped reading, and not one frame more.
    let mut stale = 0;
    while tab.seq < 8 {
        tab.hear().await;
        stale += 1;
    }
    assert!(stale <= 8, "{stale} frames were on the way");
    tab.resume_acking().await;
    tab.hear().await;
    assert!(
        tab.html().contains(&format!("sample {number}.")),
        "the first frame shows the newest state, not {}",
        tab.html()
    );
}

#[tokio::test]
async fn a_browser_that_takes_frames_and_acknowledges_none_is_let_go() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    tab.stop_acking();
    // Replies are never held back, so each of these clicks makes a frame that is kept until it is acknowledged.
    for _ in 0..300 {
        tab.push_click_acking(0, "bump", &json!(null)).await;
    }
    loop {
        match tab.hear().await {
            Heard::Text { event, payload, .. } if event == "phx_error" => {
                assert_eq!(payload["reason"], "unacknowledged");
                break;
            }
            Heard::Closed(code) => panic!("the socket was closed: {code:?}"),
            _ => {}
        }
    }
    eventually("the view has ended", || server.view_counts().total == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_nobody_adopts_are_bounded_and_freed() {
    const PAGES: usize = 10_000;
    const CONNECTIONS: usize = 4;
    let mut limits = Limits::default();
    limits.max_waiting = 100;
    limits.adopt_within = Duration::from_millis(500);
    let server = endpoint(Routes).limits(limits).start().await.unwrap();
    let addr = server.addr();
    let loads: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(load_pages(addr, PAGES / CONNECTIONS))).collect();
    let mut most = 0;
    eventually_after(loads, || most = most.max(server.view_counts().total)).await;
    // Views that were told to end may still be at it.
    assert!(most <= 100 + 50, "{most} views at once");
    eventually("all views are gone", || server.view_counts().total == 0).await;
}

async fn eventually_after(tasks: Vec<tokio::task::JoinHandle<()>>, mut look: impl FnMut()) {
    for task in tasks {
        while !task.is_finished() {
            look();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        task.await.expect("the pages load");
    }
}

/// Loads a page again and again over one connection.
async fn load_pages(addr: std::net::SocketAddr, count: usize) {
    let mut stream = TcpStream::connect(addr).await.expect("a connection");
    let request = format!("GET / HTTP/1.1\r\nhost: {addr}\r\n\r\n");
    let mut buffer = vec![0; 64 * 1024];
    for _ in 0..count {
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut page = Vec::new();
        while !page.ends_with(b"</html>") {
            let read = stream.read(&mut buffer).await.expect("the server answers");
            assert!(read > 0, "the server closed the connection: {}", String::from_utf8_lossy(&page));
            page.extend_from_slice(&buffer[..read]);
        }
        assert!(page.starts_with(b"HTTP/1.1 200 OK"), "{}", String::from_utf8_lossy(&page));
    }
}

#[tokio::test]
async fn a_page_that_comes_too_late_mounts_anew() {
    let mut limits = Limits::default();
    limits.adopt_within = Duration::ZERO;
    let server = endpoint(Routes).limits(limits).start().await.unwrap();
    let mut tab = Tab::open(server.addr(), "/").await;
    eventually("the view has ended", || server.view_counts().total == 0).await;
    tab.connect().await;
    let response = tab.join_with(json!({ "adopt": true })).await.unwrap();
    assert_eq!(response["fresh"], true, "{response}");
    assert!(response["session"].is_string(), "a new view needs a new token: {response}");
    tab.sees("sample 0.").await;
}

#[tokio::test]
async fn a_copy_of_a_page_gets_a_view_of_its_own() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    let mut copy = tab.duplicate();
    copy.connect().await;
    let response = copy.join_with(json!({ "adopt": true })).await.unwrap();
    assert_eq!(response["fresh"], true, "{response}");
    assert_eq!(server.view_counts().total, 2);
    tab.click("nothing", json!(null)).await.unwrap();
}

#[tokio::test]
async fn a_new_socket_of_the_same_page_takes_over_from_a_half_open_one() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    let mut again = tab.duplicate();
    let response = again.rejoin().await;
    assert_eq!(response["resume"], true, "{response}");
    loop {
        if let Heard::Text { event, payload, .. } = tab.hear().await {
            assert_eq!((&*event, &payload["reason"]), ("phx_close", &json!("taken")));
            break;
        }
    }
    assert_eq!(server.view_counts().total, 1);
}

#[tokio::test]
async fn a_full_server_refuses_pages() {
    let mut limits = Limits::default();
    limits.max_views = 1;
    let server = endpoint(Routes).limits(limits).start().await.unwrap();
    let _first = Tab::open(server.addr(), "/").await;
    assert_eq!(crate::support::http::get(server.addr(), "/", &[]).await.status, 503);
}

#[tokio::test]
async fn a_silent_socket_is_closed() {
    let mut limits = Limits::default();
    limits.idle_timeout = Duration::from_millis(50);
    let server = endpoint(Routes).limits(limits).start().await.unwrap();
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.connect().await;
    assert!(matches!(tab.hear().await, Heard::Closed(Some(1000))));
}

#[tokio::test]
async fn a_stopping_server_tells_its_sockets_to_come_back() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    let stopping = tokio::spawn(server.stop());
    loop {
        if let Heard::Closed(code) = tab.hear().await {
            assert_eq!(code, Some(1012));
            break;
        }
    }
    tab.drop_socket();
    stopping.await.unwrap().unwrap();
}
