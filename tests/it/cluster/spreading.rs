//! What is said at one node is heard at the other.

use bennu::session::{LIVE_SOCKET_ID, Session, SessionCookie};
use serde_json::json;

use super::{ROOM, ask, both_have, guest, lounge, pair, process};
use crate::support::http::get;
use crate::support::tab::{Heard, Tab};

#[tokio::test]
async fn broadcasts_cross_between_channels_and_between_live_views() {
    let (a, b) = pair().await;
    let (mut near, mut far) = (guest(&a, "near").await, guest(&b, "far").await);
    near.send(json!(["1", "2", ROOM, "say", { "text": "over there!" }])).await;
    assert_eq!(far.event("said").await[4], json!({ "text": "over there!" }));
    assert_eq!(near.event("said").await[4], json!({ "text": "over there!" }));
    // Longer than a notification.
    let long = "–".repeat(10_000);
    far.send(json!(["1", "2", ROOM, "say", { "text": long }])).await;
    assert_eq!(near.event("said").await[4]["text"], long);

    let (mut here, mut there) = (lounge(&a, "here").await, lounge(&b, "there").await);
    here.click("say", json!(["hello"])).await.expect("it is said");
    there.sees("note: hello.").await;
    here.sees("note: hello.").await;
}

#[tokio::test]
async fn a_log_out_at_one_node_closes_the_tabs_at_the_other_with_1001() {
    let site = process::Site::new();
    let (a, b) = tokio::join!(site.start("a"), site.start("b"));
    let cookie = |id: &str| {
        let mut session = Session::default();
        session.insert(LIVE_SOCKET_ID, id).expect("a text");
        let set = SessionCookie::new(&site.secret()).write(&session).expect("small");
        set.split(';').next().expect("name and value").to_owned()
    };
    let mut tabs = Vec::new();
    for (node, id) in [(&a, "ada"), (&b, "ada"), (&b, "ada"), (&b, "bob")] {
        let path = format!("/lounge?who={id}");
        let response = get(node.addr(), &path, &[("cookie", &cookie(id))]).await;
        let mut tab = Tab::from_response(node.addr(), &path, &response);
        tab.join().await;
        tabs.push(tab);
    }
    ask(&a, "/log-out/ada").await;
    let mut bob = tabs.pop().expect("the last one");
    for tab in &mut tabs {
        let code = loop {
            if let Heard::Closed(code) = tab.hear().await {
                break code;
            }
        };
        assert_eq!(code, Some(1001));
    }
    bob.click("say", json!(["still here"])).await.expect("the other's view goes on");
}

/// A load balancer need not know which node has rendered the page.
#[tokio::test]
async fn a_page_of_one_node_is_live_at_the_other() {
    let (a, b) = pair().await;
    let path = "/lounge?who=ada";
    let loaded = get(a.addr(), path, &[]).await;
    let mut tab = Tab::from_response(b.addr(), path, &loaded);
    tab.connect().await;
    let response = tab.join_with(json!({ "adopt": true })).await.expect("the page's token is good here");
    assert_eq!(response["fresh"], true, "{response}");
    tab.sees("here: ada.").await;
    tab.click("say", json!(["hello"])).await.expect("the view works");
    tab.sees("note: hello.").await;
    both_have([&a, &b], "ada").await;
}
