//! A deploy: views go on at the next server with what they hand over.

use std::collections::HashMap;

use bennu::Server;
use bennu::prelude::*;
use bennu::session::SecretKey;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::endpoint;
use crate::support::log;
use crate::support::tab::{Heard, Tab};

#[derive(Default, Serialize, Deserialize)]
struct Draft {
    count: u32,
    text: String,
}

#[derive(LiveView)]
struct DraftLive {
    draft: Draft,
}

#[live_view]
impl DraftLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { draft: cx.handed_over().unwrap_or_default() })
    }

    #[event]
    fn write(&mut self, text: String) {
        self.draft.count += 1;
        self.draft.text = text;
    }

    fn hand_over(&self) -> Option<&Draft> {
        (self.draft.count > 0).then_some(&self.draft)
    }

    fn render(&self) -> Element {
        rsx! { p { "{self.draft.count} drafts, {self.draft.text:.20}" } }
    }
}

#[derive(LiveView)]
struct StubbornLive;

#[live_view]
impl StubbornLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        assert!(cx.handed_over::<u32>().is_none());
        Ok(Self)
    }

    /// Has no form in JSON.
    fn hand_over(&self) -> HashMap<Vec<u8>, u8> {
        HashMap::from([(vec![1], 1)])
    }

    fn render(&self) -> Element {
        rsx! { p { "stubborn" } }
    }
}

router! {
    live "/" => DraftLive;
    live "/stubborn" => StubbornLive;
}

async fn server(secret: &SecretKey) -> Server {
    endpoint(Routes).secret(secret.clone()).start().await.expect("the server starts")
}

/// Stops the server, and follows what the tab is told until it is let go.
async fn stop(server: Server, tab: &mut Tab) {
    let stopping = tokio::spawn(server.stop());
    loop {
        if let Heard::Closed(code) = tab.hear().await {
            assert_eq!(code, Some(1012));
            break;
        }
    }
    stopping.await.expect("it ends").expect("it stops in order");
}

#[tokio::test]
async fn a_view_goes_on_at_the_next_server_with_what_it_handed_over() {
    let secret = SecretKey::generate();
    let (first, second) = (server(&secret).await, server(&secret).await);
    let mut tab = Tab::open(first.addr(), "/").await;
    tab.join().await;
    tab.click("write", json!(["a secret"])).await.expect("it is answered");
    let token = tab.session.clone();
    stop(first, &mut tab).await;
    assert_ne!(tab.session, token);
    assert!(!tab.session.contains("secret"), "what browsers keep they cannot read");

    tab.move_to(second.addr());
    assert_eq!(tab.rejoin().await["fresh"], true);
    assert!(tab.html().contains("1 drafts, a secret"), "{}", tab.html());
    tab.click("write", json!(["another"])).await.expect("it is answered");
    assert!(tab.html().contains("2 drafts, another"), "{}", tab.html());
}

#[tokio::test]
async fn a_page_that_polls_is_handed_all_of_its_views_in_its_last_answer() {
    let secret = SecretKey::generate();
    let (first, second) = (server(&secret).await, server(&secret).await);
    let mut tab = Tab::open(first.addr(), "/").await.poll();
    let mut pair = Tab::open(first.addr(), "/").await.poll();
    for tab in [&mut tab, &mut pair] {
        tab.join().await;
        tab.click("write", json!(["polled"])).await.expect("it is answered");
    }
    pair.join_elsewhere("/", json!({})).await.expect("a second view on the same connection");
    pair.click("write", json!(["polled, too"])).await.expect("it is answered");
    pair.take_wire();
    for tab in [&mut tab, &mut pair] {
        tab.wait_by_poll().await;
    }

    let stopping = tokio::spawn(first.stop());
    for tab in [&mut tab, &mut pair] {
        while !matches!(tab.hear().await, Heard::Closed(_)) {}
    }
    stopping.await.expect("it ends").expect("it stops in order");
    assert_eq!(pair.take_wire(), ["< session", "< session"]);
    tab.move_to(second.addr());
    assert_eq!(tab.rejoin().await["fresh"], true);
    assert!(tab.html().contains("1 drafts, polled"), "{}", tab.html());
}

#[tokio::test]
async fn another_browser_does_not_get_it_and_who_has_nothing_begins_anew() {
    let secret = SecretKey::generate();
    let (first, second) = (server(&secret).await, server(&secret).await);
    let mut tab = Tab::open(first.addr(), "/").await;
    let mut idle = Tab::open(first.addr(), "/").await;
    tab.join().await;
    idle.join().await;
    tab.click("write", json!(["mine"])).await.expect("it is answered");
    let token = idle.session.clone();
    stop(first, &mut tab).await;
    while !matches!(idle.hear().await, Heard::Closed(_)) {}
    assert_eq!(idle.session, token, "nothing was handed over");
    idle.move_to(second.addr());
    assert_eq!(idle.rejoin().await["fresh"], true);
    assert!(idle.html().contains("0 drafts"), "{}", idle.html());

    let mut thief = Tab::open(second.addr(), "/").await;
    thief.session.clone_from(&tab.session);
    thief.connect().await;
    let refused = thief.join_with(json!({ "seq": 1 })).await.expect_err("of another session");
    assert_eq!(refused["reason"], "stale");
}

#[tokio::test]
async fn what_cannot_be_handed_over_is_logged_and_nothing_else_is_lost() {
    log::warnings();
    let secret = SecretKey::generate();
    let (first, second) = (server(&secret).await, server(&secret).await);
    let mut large = Tab::open(first.addr(), "/").await;
    large.join().await;
    large.click("write", json!(["x".repeat(100_000)])).await.expect("it is answered");
    let mut stubborn = Tab::open(first.addr(), "/stubborn").await;
    stubborn.join().await;
    stop(first, &mut large).await;
    while !matches!(stubborn.hear().await, Heard::Closed(_)) {}
    for (tab, shown) in [(&mut large, "0 drafts"), (&mut stubborn, "stubborn")] {
        tab.move_to(second.addr());
        assert_eq!(tab.rejoin().await["fresh"], true);
        assert!(tab.html().contains(shown), "{}", tab.html());
    }
    let warnings = log::warnings();
    for why in ["has no form in JSON, and is lost", "larger than 65536 bytes"] {
        assert!(warnings.contains(why), "{why}: {warnings}");
    }
}
