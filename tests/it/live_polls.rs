//! Live views without a WebSocket: the same frames by polls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bennu::Server;
use bennu::prelude::*;
use bennu::session::{LIVE_SOCKET_ID, SecretKey, Session, SessionCookie};
use serde_json::json;

use crate::support::http::{self, get};
use crate::support::tab::{Heard, Tab};
use crate::support::{endpoint, eventually};

#[derive(Clone, Default)]
struct Gone(Arc<AtomicU32>);

#[derive(Clone)]
struct Said(String);

#[derive(LiveView)]
struct CounterLive {
    count: i64,
    heard: String,
    gone: Gone,
}

#[live_view]
impl CounterLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        cx.subscribe(topic::<Said>("polls"));
        Ok(Self { count: 0, heard: String::new(), gone: cx.state::<Gone>().clone() })
    }

    fn disconnected(&mut self, _cx: &mut Cx) {
        self.gone.0.fetch_add(1, Ordering::SeqCst);
    }

    #[event]
    fn add(&mut self, n: i64) {
        self.count += n;
    }

    #[info]
    fn said(&mut self, said: &Said) {
        self.heard.clone_from(&said.0);
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "count {self.count}" }
            p { "{self.heard}" }
        }
    }
}

router! {
    live "/" => CounterLive;
}

async fn site(change: impl FnOnce(&mut Limits)) -> (Server, Gone) {
    let (gone, mut limits) = (Gone::default(), Limits::default());
    change(&mut limits);
    let server = endpoint(Routes).limits(limits).state(gone.clone()).start().await.expect("the server starts");
    (server, gone)
}

#[tokio::test]
async fn a_page_that_polls_is_adopted_clicks_and_hears() {
    let (server, _) = site(|_| ()).await;
    let mut tab = Tab::open(server.addr(), "/").await.poll();
    tab.join().await;
    assert_eq!(tab.click("add", json!([2])).await, Ok(None));
    assert!(tab.html().contains("<h1>count 2</h1>"), "{}", tab.html());
    server.pubsub().broadcast(&topic("polls"), Said("to whoever polls".to_owned()));
    tab.sees("to whoever polls").await;
    for count in 3..40 {
        tab.click("add", json!([1])).await.expect("it is answered");
        assert!(tab.html().contains(&format!("<h1>count {count}</h1>")), "{}", tab.html());
    }
    let reply = tab.event(json!({ "type": "push", "event": "none", "value": {} })).await;
    assert_eq!(reply["status"], "error", "{reply}");
}

#[tokio::test]
async fn a_view_is_resumed_from_polls_by_a_websocket_and_the_other_way_round() {
    let (server, _) = site(|_| ()).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    tab.click("add", json!([1])).await.expect("it is answered");
    tab.drop_socket();
    let mut tab = tab.poll();
    assert_eq!(tab.rejoin().await["resume"], true);
    tab.click("add", json!([1])).await.expect("it is answered");
    tab.end_polls().await;
    let mut tab = tab.poll();
    assert_eq!(tab.rejoin().await["resume"], true);
    tab.click("add", json!([1])).await.expect("it is answered");
    assert!(tab.html().contains("<h1>count 3</h1>"), "{}", tab.html());
}

#[tokio::test]
async fn a_page_that_says_goodbye_is_gone_at_once_and_one_that_says_nothing_after_two_polls() {
    let (server, gone) = site(|limits| limits.longpoll_window = Duration::from_millis(50)).await;
    let mut tab = Tab::open(server.addr(), "/").await.poll();
    tab.join().await;
    tab.drop_socket();
    eventually("the silent one is gone", || gone.0.load(Ordering::SeqCst) == 1).await;

    let (server, gone) = site(|limits| limits.longpoll_window = Duration::from_hours(1)).await;
    let mut tab = Tab::open(server.addr(), "/").await.poll();
    tab.join().await;
    tab.end_polls().await;
    eventually("the one that says so is gone", || gone.0.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn a_disconnect_and_a_shutdown_end_polls() {
    let secret = SecretKey::generate();
    let server =
        endpoint(Routes).secret(secret.clone()).state(Gone::default()).start().await.expect("the server starts");
    let mut session = Session::default();
    session.insert(LIVE_SOCKET_ID, "user:1").expect("a text");
    let cookie = SessionCookie::new(&secret).write(&session).expect("small");
    let page = get(server.addr(), "/", &[("cookie", cookie.split(';').next().expect("name and value"))]).await;
    let mut tab = Tab::from_response(server.addr(), "/", &page).poll();
    tab.join().await;
    server.disconnect("user:1");
    assert!(matches!(tab.hear().await, Heard::Closed(_)));

    let mut tab = Tab::open(server.addr(), "/").await.poll();
    tab.join().await;
    let (heard, stopped) = tokio::join!(tab.hear(), server.stop());
    stopped.expect("it stops in order");
    assert!(matches!(heard, Heard::Closed(_)));
}

#[tokio::test]
async fn polls_of_other_sites_and_with_what_is_no_frame_are_refused() {
    let (server, gone) = site(|limits| limits.max_message_size = 4_096).await;
    let addr = server.addr();
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(get(addr, "/live/longpoll?vsn=2.0.0", &foreign).await.status, 403);
    assert_eq!(get(addr, "/live/longpoll?vsn=1.0.0", &[]).await.status, 400);
    assert_eq!(http::request(addr, "PUT", "/live/longpoll?vsn=2.0.0", &[]).await.status, 405);
    let unknown = http::send(addr, "POST", "/live/longpoll?vsn=2.0.0&token=forged", &[], "[]").await;
    assert_eq!(unknown.body, json!({ "status": 410 }).to_string());

    let opened = get(addr, "/live/longpoll?vsn=2.0.0", &[]).await;
    let opened: serde_json::Value = serde_json::from_str(&opened.body).expect("JSON");
    let url = format!("/live/longpoll?vsn=2.0.0&token={}", opened["token"].as_str().expect("a token"));
    assert_eq!(http::send(addr, "POST", &url, &[], &"x".repeat(5_000)).await.status, 413);

    let mut tab = Tab::open(addr, "/").await.poll();
    tab.join().await;
    // Neither text nor base64, then text that is no envelope: the page is let go each time, and its view waits for it.
    for (times, line) in ["%%", "[1,"].into_iter().enumerate() {
        drop(tab.try_send(tokio_tungstenite::tungstenite::Message::text(line)).await);
        assert!(matches!(tab.hear().await, Heard::Closed(_)));
        eventually("the view is told", || gone.0.load(Ordering::SeqCst) as usize == times + 1).await;
        assert_eq!(tab.rejoin().await["resume"], true);
    }
    tab.click("add", json!([5])).await.expect("it is answered");
    assert!(tab.html().contains("<h1>count 5</h1>"), "{}", tab.html());
}
