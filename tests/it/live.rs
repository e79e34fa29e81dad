//! A live view from page load to its end, over a real socket.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bennu::Server;
use bennu::prelude::*;
use serde_json::json;

use crate::support::http;
use crate::support::tab::{Heard, Tab};
use crate::support::{eventually, start};

static MOUNTS: AtomicU32 = AtomicU32::new(0);
static ENDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[derive(Clone)]
struct Said(String);

#[derive(LiveView)]
struct CounterLive {
    id: String,
    count: i64,
    heard: Vec<String>,
    connections: u64,
}

#[live_view]
impl CounterLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        assert!(!cx.is_connected(), "pages mount before there is a socket");
        MOUNTS.fetch_add(1, Ordering::SeqCst);
        cx.subscribe(topic::<Said>("counter"));
        cx.page_title("Counter");
        Ok(Self { id: cx.id().to_owned(), count: 0, heard: Vec::new(), connections: 0 })
    }

    fn connected(&mut self, cx: &mut Cx, connect: &Connect) {
        assert!(cx.is_connected());
        self.connections = connect.mounts() + 1;
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    #[event]
    fn add(&mut self, n: i64) -> Reply {
        self.count += n;
        Reply::from(json!({ "count": self.count }))
    }

    #[event]
    fn tell(&mut self, cx: &mut Cx, text: String) {
        cx.broadcast_from(&topic::<Said>("counter"), Said(text));
    }

    #[event]
    fn boom(&mut self) {
        panic!("boom");
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        Err(Error::msg("no"))
    }

    #[event]
    fn title(&mut self, cx: &mut Cx, title: String) -> Result<()> {
        cx.page_title(title);
        cx.push_event("titled", json!({ "by": "server" }))
    }

    #[info]
    fn said(&mut self, cx: &mut Cx, said: &Said) -> Result<()> {
        self.heard.push(said.0.clone());
        cx.push_event("heard", &said.0)
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "count " "{self.count}" }
            p { id: "actor", "{self.id}" }
            p { "connection {self.connections}" }
            button { phx_click: Self::on_inc(), "+" }
            ul {
                for text in &self.heard { li { "{text}" } }
            }
        }
    }

    fn terminate(&mut self, reason: &Terminate) {
        ENDS.lock().unwrap().push(format!("{} {reason:?}", self.id));
    }
}

router! {
    live "/" => CounterLive;
}

#[tokio::test]
async fn a_page_is_mounted_once_and_adopted() {
    let server = start(Routes).await;
    let response = http::get(server.addr(), "/?a=1", &[]).await;
    assert!(response.body.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{}", response.body);
    assert!(response.body.contains("<h1>count 0</h1>"), "{}", response.body);
    assert!(response.body.contains(">Counter</title>"), "{}", response.body);
    assert!(response.header("content-security-policy").unwrap().starts_with("default-src 'self'"));

    let mut tab = Tab::from_response(server.addr(), "/", &response);
    tab.join().await;
    tab.sees("connection 1").await;
    assert!(
        tab.html().contains(&format!("<p id=\"actor\">{}</p>", tab.id)),
        "the actor of the page load is the one that answers"
    );
    assert_eq!(server.view_counts().total, 1);
}

#[tokio::test]
async fn events_are_typed_answered_and_rendered() {
    let server = start(Routes).await;
    let mut tab = joined(&server).await;
    assert_eq!(tab.click("inc", json!(null)).await, Ok(None));
    assert!(tab.html().contains("<h1>count 1</h1>"), "{}", tab.html());
    assert_eq!(tab.click("add", json!([41])).await, Ok(Some(json!({ "count": 42 }))));
    assert!(tab.html().contains("<h1>count 42</h1>"));

    // What does not fit is an error for that event, and the view lives on.
    for (name, args) in
        [("add", json!(["x"])), ("add", json!([])), ("inc", json!([1])), ("nobody", json!(null)), ("add", json!([1.5]))]
    {
        let error = tab.click(name, args).await.unwrap_err();
        assert!(error["reason"].is_string(), "{error}");
    }
    assert_eq!(tab.click("add", json!([-2])).await, Ok(Some(json!({ "count": 40 }))));
}

#[tokio::test]
async fn titles_and_server_events_travel_with_the_patch() {
    let server = start(Routes).await;
    let mut tab = joined(&server).await;
    tab.click("title", json!(["News"])).await.unwrap();
    assert_eq!(tab.page.title(), Some("News"));
    assert_eq!(tab.page.take_events(), [("titled".to_owned(), json!({ "by": "server" }))]);
}

async fn joined(server: &Server) -> Tab {
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    tab
}

/// A page that shows 7 and has lost its socket; meanwhile another browser told it something.
async fn cut_off_at_seven(server: &Server) -> Tab {
    let (mut tab, mut other) = (joined(server).await, joined(server).await);
    tab.click("add", json!([7])).await.unwrap();
    tab.drop_socket();
    eventually("the view is detached", || server.view_counts().detached == 1).await;
    other.click("tell", json!(["meanwhile"])).await.unwrap();
    tab
}

#[tokio::test]
async fn two_browsers_see_each_other() {
    let server = start(Routes).await;
    let (mut a, mut b) = (joined(&server).await, joined(&server).await);
    a.click("tell", json!(["<hello> & \"bye\""])).await.unwrap();
    b.sees("&lt;hello&gt; &amp; ").await;
    assert!(!a.html().contains("hello"), "broadcast_from spares the sender");
}

#[tokio::test]
async fn a_dropped_socket_resumes_with_what_it_missed() {
    let server = start(Routes).await;
    let mut tab = cut_off_at_seven(&server).await;

    let response = tab.rejoin().await;
    assert_eq!(response["resume"], true, "{response}");
    tab.sees("meanwhile").await;
    assert!(tab.html().contains("<h1>count 7</h1>"), "{}", tab.html());
    assert!(tab.html().contains(&tab.id), "the same actor");
    tab.sees("connection 2").await;
}

#[tokio::test]
async fn a_page_that_asks_for_everything_anew_loses_no_event() {
    let server = start(Routes).await;
    let mut tab = cut_off_at_seven(&server).await;

    tab.connect().await;
    let response = tab.join_with(json!({})).await.unwrap();
    assert_eq!(response["fresh"], true, "{response}");
    assert!(tab.html().contains("<h1>count 7</h1>"), "{}", tab.html());
    assert!(tab.html().contains(&tab.id), "the same actor");
    tab.sees("meanwhile").await;
    assert_eq!(tab.page.take_events(), [("heard".to_owned(), json!("meanwhile"))]);
}

#[tokio::test]
async fn frames_that_were_sent_but_not_applied_are_sent_again() {
    let server = start(Routes).await;
    let mut tab = joined(&server).await;
    tab.sees("connection 1").await;
    // The server answers all of these, and the browser never reads the answers.
    tab.stop_acking();
    for _ in 0..3 {
        tab.push_click("inc", &json!(null)).await;
    }
    let mut watcher = Tab::open(server.addr(), "/").await;
    watcher.join().await;
    tab.push_click("tell", &json!(["sent"])).await;
    watcher.sees("sent").await;
    tab.drop_socket();
    tab.resume_after_drop().await;
    tab.sees("<h1>count 3</h1>").await;
}

#[tokio::test]
async fn a_panic_ends_one_view_and_the_page_comes_back() {
    let server = start(Routes).await;
    let (mut tab, mut other) = (joined(&server).await, joined(&server).await);
    other.click("add", json!([5])).await.unwrap();
    for crash in ["boom", "fail"] {
        tab.click("add", json!([1])).await.unwrap();
        tab.push_click(crash, &json!(null)).await;
        loop {
            if let Heard::Text { event, .. } = tab.hear().await
                && event == "phx_error"
            {
                break;
            }
        }
        let response = tab.join_with(json!({ "seq": tab.seq })).await.unwrap();
        assert_eq!(response["fresh"], true, "{response}");
        assert!(tab.html().contains("<h1>count 0</h1>"), "{}", tab.html());
    }
    other.click("inc", json!(null)).await.unwrap();
    assert!(other.html().contains("<h1>count 6</h1>"), "{}", other.html());
}

#[tokio::test]
async fn a_page_that_leaves_ends_its_view_and_says_why() {
    let mut limits = Limits::default();
    limits.leave_grace = Duration::ZERO;
    let server = crate::support::endpoint(Routes).limits(limits).start().await.unwrap();
    let mut tab = joined(&server).await;
    let (reference, topic) = (tab.next_ref().to_string(), tab.topic());
    tab.push_text(json!([null, reference, topic, "phx_leave", {}])).await;
    eventually("the view has ended", || server.view_counts().total == 0).await;
    let ends = ENDS.lock().unwrap().clone();
    assert!(ends.contains(&format!("{} Left", tab.id)), "{ends:?}");
}

#[tokio::test]
async fn the_json_serializer_shows_the_same_page() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.connect_with("&serializer=json", &[]).await.unwrap();
    tab.join_with(json!({ "adopt": true })).await.unwrap();
    let answer = tab.event(json!({ "type": "click", "event": "add", "args": [3] })).await;
    assert_eq!(answer["response"]["reply"], json!({ "count": 3 }));
    assert!(answer["response"]["diff"]["ops"].is_array(), "{answer}");
    // More frames than may be on the way at once: the acknowledgements, text as well, are heard.
    for n in 4..24 {
        tab.event(json!({ "type": "click", "event": "inc" })).await;
        assert!(tab.html().contains(&format!("<h1>count {n}</h1>")), "{}", tab.html());
    }
    let mut other = Tab::open(server.addr(), "/").await;
    other.join().await;
    for text in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
        other.click("tell", json!([format!("from {text}.")])).await.unwrap();
        tab.sees(&format!("from {text}.")).await;
    }
    tab.event(json!({ "type": "click", "event": "add", "args": [-20] })).await;
    assert!(tab.html().contains("<h1>count 3</h1>"), "{}", tab.html());
}
