//! Frames that no client of ours sends: each is answered with an error or ends its socket, and nothing else.

use bennu::prelude::*;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use crate::support::http::get;
use crate::support::start;
use crate::support::tab::{Heard, Tab};

#[derive(LiveView)]
struct PlainLive {
    count: u32,
}

#[live_view]
impl PlainLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { count: 0 })
    }

    #[event]
    fn inc(&mut self, by: u32) {
        self.count += by;
    }

    #[event]
    fn save(&mut self, form: Params) {
        self.count = u32::try_from(form.len()).unwrap_or(u32::MAX);
    }

    fn render(&self) -> Element {
        let mut clicks = use_signal(|| 0);
        rsx! {
            p { "count {self.count}" }
            button { onclick: move |_| clicks += 1, "clicked {clicks}" }
        }
    }
}

router! {
    live "/" => PlainLive;
    live "/other" => crate::frames::other::OtherLive;
}

mod other {
    use bennu::prelude::*;

    #[derive(LiveView)]
    pub struct OtherLive;

    #[live_view]
    impl OtherLive {
        fn mount(_cx: &mut Mount) -> Result<Self> {
            Ok(Self)
        }

        fn render(&self) -> Element {
            rsx! { p { "other" } }
        }
    }
}

/// The codes with which a server ends a socket on purpose (RFC 6455, section 7.4.1). A task that panics sends none.
fn is_deliberate(code: Option<u16>) -> bool {
    matches!(code, Some(1000 | 1002 | 1003 | 1007 | 1008 | 1009))
}

async fn expect_closed(tab: &mut Tab, message: Message) {
    let shown = format!("{message:?}");
    tab.send(message).await;
    loop {
        if let Heard::Closed(code) = tab.hear().await {
            assert!(is_deliberate(code), "{code:?} after {}", &shown[..shown.len().min(200)]);
            return;
        }
    }
}

async fn joined(addr: std::net::SocketAddr) -> Tab {
    let mut tab = Tab::open(addr, "/").await;
    tab.join().await;
    tab
}

#[tokio::test]
async fn malformed_frames_close_the_socket_and_the_view_can_be_resumed() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    tab.click("inc", json!([3])).await.unwrap();
    let texts = ["", "null", "{}", "[]", "not json", r#"["1","2","lv:x"]"#, r#"[{},"2","t","e",{}]"#, "[[[[[[[["];
    let binaries: [&[u8]; 5] =
        [&[], &[0x99], &[0x20], &[0x20, 1, 2, 3, 0, 0xff, 0xff], &[0x21, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]];
    let messages = texts.map(Message::text).into_iter().chain(binaries.map(|bytes| Message::binary(bytes.to_vec())));
    for message in messages {
        expect_closed(&mut tab, message).await;
        let response = tab.rejoin().await;
        assert_eq!(response["resume"], true, "{response}");
    }
    assert!(tab.html().contains("count 3"), "{}", tab.html());
}

#[tokio::test]
async fn an_oversized_frame_closes_the_socket() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    // The server may hang up before it has read all of it.
    let sent = tab.try_send(Message::text("x".repeat(2 * 1024 * 1024))).await;
    assert!(
        matches!(sent, Ok(()) | Err(WsError::Io(_) | WsError::Protocol(_) | WsError::ConnectionClosed)),
        "{sent:?}"
    );
    while !matches!(tab.hear().await, Heard::Closed(_)) {}
    assert_eq!(tab.rejoin().await["resume"], true);
}

#[tokio::test]
async fn pushes_to_other_topics_and_of_unknown_events_are_answered_with_an_error() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    let topic = tab.topic();
    for (topic, event) in [("lv:other", "event"), ("room:1", "phx_join"), (&*topic, "nonsense"), ("phoenix", "event")] {
        let reference = tab.next_ref().to_string();
        tab.push_text(json!([null, reference, topic, event, {}])).await;
        let Heard::Text { reference: Some(answered), payload, .. } = tab.hear().await else {
            panic!("no reply for {topic} {event}")
        };
        assert_eq!((answered, &payload["status"]), (reference, &json!("error")), "{topic} {event}");
    }
}

#[tokio::test]
async fn payloads_of_the_wrong_shape_are_answered_with_an_error() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    let payloads = [
        json!({}),
        json!(null),
        json!([1, 2]),
        json!({ "type": "nonsense", "event": "inc" }),
        json!({ "type": "click", "event": 7 }),
        json!({ "type": "form", "event": "save", "value": {} }),
        json!({ "type": "form", "event": "save", "value": "a=%ff" }),
        json!({ "type": "form", "event": "save", "value": "a[b=1" }),
        json!({ "type": "form", "event": "inc", "value": "a=1", "args": [1, 2, 3] }),
        json!({ "type": "click", "event": "save" }),
        json!({ "type": "click", "event": "inc", "args": [-1] }),
        json!({ "type": "click", "event": "inc", "args": ["1"] }),
        json!({ "type": "click", "event": "__proto__" }),
    ];
    for payload in payloads {
        let answer = tab.event(payload.clone()).await;
        // A form with an odd name is still a form; everything else is refused.
        if payload["value"] != json!("a[b=1") {
            assert_eq!(answer["status"], "error", "{payload}: {answer}");
            assert!(answer["response"]["reason"].is_string(), "{payload}: {answer}");
        }
    }
    tab.click("inc", json!([1])).await.unwrap();
}

#[tokio::test]
async fn a_replayed_event_does_not_count_twice() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    let topic = tab.topic();
    let reference = tab.next_ref().to_string();
    let frame = json!([null, reference, topic, "event", { "type": "click", "event": "inc", "args": [1] }]);
    tab.push_text(frame.clone()).await;
    tab.sees("count 1").await;
    tab.push_text(frame).await;
    loop {
        if let Heard::Text { payload, .. } = tab.hear().await
            && payload["status"] == "error"
        {
            assert_eq!(payload["response"]["reason"], "replayed");
            break;
        }
    }
    tab.click("inc", json!([10])).await.unwrap();
    assert!(tab.html().contains("count 11"), "{}", tab.html());
}

#[tokio::test]
async fn pushes_of_an_older_join_are_dropped() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    let topic = tab.topic();
    let reference = tab.next_ref().to_string();
    tab.push_text(json!(["0", reference, topic, "event", { "type": "click", "event": "inc", "args": [1] }])).await;
    tab.click("inc", json!([10])).await.unwrap();
    assert!(tab.html().contains("count 10"), "{}", tab.html());
}

#[tokio::test]
async fn forged_listener_events_are_refused() {
    let server = start(Routes).await;
    let mut tab = joined(server.addr()).await;
    let button = tab.page.listening("click")[0];
    for (node, event, data) in [
        (button + 1_000, "click", json!({})),
        (button, "keydown", json!({})),
        (button, "click", json!(7)),
        (button, "click", json!({ "files": [{ "path": "/etc/passwd" }] })),
        (0, "click", json!({})),
    ] {
        assert!(tab.listener(node, event, &data).await.is_err(), "{node} {event} {data}");
    }
    assert!(tab.html().contains("clicked 0"), "{}", tab.html());
    tab.listener(button, "click", &mouse()).await.unwrap();
    assert!(tab.html().contains("clicked 1"), "{}", tab.html());
}

/// What dioxus-html takes for a mouse event.
fn mouse() -> Value {
    json!({
        "alt_key": false, "button": 0, "buttons": 0, "client_x": 1.0, "client_y": 1.0, "ctrl_key": false, "meta_key": false,
        "offset_x": 1.0, "offset_y": 1.0, "page_x": 1.0, "page_y": 1.0, "screen_x": 1.0, "screen_y": 1.0, "shift_key": false
    })
}

#[tokio::test]
async fn joins_need_the_page_s_own_token_session_and_csrf_token() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    let stranger = Tab::open(server.addr(), "/").await;
    // Another page of the same browser: its token is good, but for another topic.
    let page = get(server.addr(), "/", &[("cookie", &tab.cookie)]).await;
    let neighbour = Tab::from_response(server.addr(), "/", &page);
    tab.connect().await;
    let forged = format!("{}x", tab.session);
    let params = |csrf: &str| json!({ "_csrf_token": csrf });
    for (join, reason) in [
        (json!({ "session": "" }), "stale"),
        (json!({ "session": forged }), "stale"),
        (json!({ "session": stranger.session }), "stale"),
        (json!({ "session": neighbour.session }), "stale"),
        (json!({ "params": {} }), "unauthorized"),
        (json!({ "params": params("") }), "unauthorized"),
        (json!({ "params": params("nonsense") }), "unauthorized"),
        (json!({ "params": params(&stranger.csrf) }), "unauthorized"),
        (json!({ "session": 7 }), "malformed"),
        (json!({ "params": [] }), "malformed"),
        (json!({ "seq": -1 }), "malformed"),
    ] {
        let refused = tab.join_with(join.clone()).await.unwrap_err();
        assert_eq!(refused["reason"], reason, "{join}");
    }
    tab.join_with(json!({ "adopt": true })).await.unwrap();
}

#[tokio::test]
async fn a_token_of_one_view_opens_no_other() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    let mut copy = tab.duplicate();
    copy.connect().await;
    for (path, reason) in [("/other", "unauthorized"), ("/nowhere", "not found"), ("/%ff", "not found")] {
        let url = format!("http://{}{path}", server.addr());
        let refused = copy.join_with(json!({ "url": url })).await.unwrap_err();
        assert_eq!(refused["reason"], reason, "{path}");
    }
}

#[tokio::test]
async fn sockets_from_other_origins_are_refused() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    for origin in ["https://evil.example", "null", "nonsense"] {
        let error = tab.connect_with("", &[("origin", origin)]).await.unwrap_err();
        assert!(matches!(&error, WsError::Http(response) if response.status() == 403), "{origin}: {error}");
    }
    let own = format!("http://{}", server.addr());
    tab.connect_with("", &[("origin", &own)]).await.unwrap();
    for query in ["&serializer=xml", "&vsn=1.0.0"] {
        assert!(tab.connect_with(query, &[]).await.is_err(), "{query}");
    }
}

/// Frames as a fuzzer makes them: bytes, text, and nearly right envelopes and events.
fn frame() -> impl Strategy<Value = Message> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        bytes.clone().prop_map(Message::binary),
        (prop_oneof![0x20_u8..0x23], bytes.clone()).prop_map(|(kind, mut rest)| {
            rest.insert(0, kind);
            Message::binary(rest)
        }),
        "\\PC{0,60}".prop_map(Message::text),
        ("[a-z_]{0,12}", "\\PC{0,20}", any::<i64>()).prop_map(|(event, text, number)| {
            Message::text(
                json!([text, number.to_string(), "lv:x", event, { "type": text, "event": event, "value": number }])
                    .to_string(),
            )
        }),
    ]
}

#[tokio::test]
async fn whatever_comes_the_socket_ends_on_purpose_or_goes_on() {
    let server = start(Routes).await;
    let mut runner = TestRunner::deterministic();
    let mut tab = joined(server.addr()).await;
    for _ in 0..1_000 {
        let message = frame().new_tree(&mut runner).expect("a frame").current();
        let shown = format!("{message:?}");
        // Sent to a socket that the frame before has ended, it does not arrive; the next `hear` tells.
        let sent = tab.try_send(message).await;
        let heartbeat = json!([null, "hb", "phoenix", "heartbeat", {}]).to_string();
        drop(tab.try_send(Message::text(heartbeat)).await);
        loop {
            match tab.hear().await {
                Heard::Text { reference: Some(reference), .. } if reference == "hb" => break,
                Heard::Closed(code) => {
                    assert!(is_deliberate(code), "{code:?} after {shown}, {sent:?}");
                    assert_eq!(tab.rejoin().await["resume"], true, "the view lives on after {shown}");
                    break;
                }
                _ => {}
            }
        }
    }
    assert_eq!(server.view_counts().total, 1);
}
