//! Views inside of views: who mounts them, who ends them, and what is whose.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bennu::Server;
use bennu::prelude::*;
use bennu::testing::Left;
use serde_json::json;

use crate::support::http;
use crate::support::log::warnings;
use crate::support::tab::{Heard, Tab};
use crate::support::{endpoint, eventually, start};

/// Whose each test's views are: tests run side by side, and count by a name in the URL.
#[derive(Debug, Clone)]
struct Test(String);

/// What happened, by test.
static EVENTS: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

fn note(test: &str, what: impl Into<String>) {
    let mut events = EVENTS.lock().unwrap_or_else(PoisonError::into_inner);
    events.get_or_insert_default().entry(test.to_owned()).or_default().push(what.into());
}

fn noted(test: &str) -> Vec<String> {
    let events = EVENTS.lock().unwrap_or_else(PoisonError::into_inner);
    events.as_ref().and_then(|events| events.get(test)).cloned().unwrap_or_default()
}

fn times(test: &str, what: &str) -> usize {
    noted(test).iter().filter(|noted| *noted == what).count()
}

async fn name_the_test(cx: &mut Mount) -> Result<()> {
    let test = cx.params().get("test").unwrap_or_default().to_owned();
    note(&test, "hook");
    cx.assign(Test(test));
    Ok(())
}

fn test_of(cx: &Cx) -> Result<String> {
    Ok(cx.assigned::<Test>().ok_or_else(|| Error::msg("no test"))?.0.clone())
}

/// What the view around a counter gives it.
struct Step(u32);

/// Something that the view around hears of.
struct Counted(u32);

#[derive(LiveView)]
struct CounterLive {
    test: String,
    step: u32,
    count: u32,
}

#[live_view]
impl CounterLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let test = test_of(cx)?;
        note(&test, "counter mounted");
        assert!(cx.params().is_empty(), "a nested view has no parameters");
        // Nobody else's: the view around it has copies of its own.
        cx.assign(String::from("the counter's"));
        Ok(Self { test, step: cx.assigned::<Step>().map_or(1, |step| step.0), count: 0 })
    }

    fn handle_params(&mut self, _params: &Params) {
        note(&self.test, "counter read the URL");
    }

    #[event]
    async fn inc(&mut self, cx: &mut Cx) {
        self.count += self.step;
        // A sticky view outlives it.
        cx.parent().expect("it is nested").send(Counted(self.count)).await.ok();
    }

    #[event]
    fn crash(&mut self) {
        panic!("as the test asked");
    }

    #[event]
    fn patch(&mut self, cx: &mut Cx) -> Result<Reply> {
        let refused = cx.push_patch("/page?elsewhere").expect_err("it has no URL");
        Reply::json(&refused.to_string())
    }

    #[event]
    fn go(&mut self, cx: &mut Cx) -> Result<()> {
        cx.push_navigate("/elsewhere")
    }

    fn terminate(&mut self, reason: &Terminate) {
        note(&self.test, format!("counter ended: {reason:?}"));
    }

    fn render(&self) -> Element {
        rsx! { p { "count {self.count}" } }
    }
}

/// Has another one in it.
#[derive(LiveView)]
struct FrameLive;

#[live_view]
impl FrameLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { div { class: "frame", {live_render::<CounterLive>("inner")} } }
    }
}

/// Mounts only where the test allows it.
#[derive(LiveView)]
struct FragileLive;

#[live_view]
impl FragileLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let test = test_of(cx)?;
        note(&test, "fragile tried");
        if times(&test, "fragile may") > 0 { Ok(Self) } else { Err(Error::msg("not yet")) }
    }

    fn render(&self) -> Element {
        rsx! { p { "fragile" } }
    }
}

/// Sends its page elsewhere.
#[derive(LiveView)]
struct LeadingLive;

#[live_view]
impl LeadingLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        cx.put_flash("info", "you were led");
        cx.redirect("/elsewhere")?;
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! {}
    }
}

#[derive(LiveView)]
struct PageLive {
    shown: Vec<String>,
    heard: u32,
    clicks: u32,
    own: bool,
}

#[live_view]
impl PageLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        note(&test_of(cx)?, "page mounted");
        let shown = cx.params().get("show").unwrap_or_default();
        let shown = shown.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Ok(Self { shown, heard: 0, clicks: 0, own: false })
    }

    #[event]
    fn click(&mut self, cx: &mut Cx) {
        self.clicks += 1;
        self.own = cx.assigned::<String>().is_none();
    }

    #[event]
    fn show(&mut self, names: Vec<String>) {
        self.shown = names;
    }

    #[event]
    fn crash(&mut self) {
        panic!("as the test asked");
    }

    #[info]
    fn counted(&mut self, counted: &Counted) {
        self.heard = counted.0;
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "clicks {self.clicks}, heard {self.heard}, own {self.own}" }
            for (index, name) in self.shown.iter().enumerate() {
                section { key: "{index}-{name}",
                    match &**name {
                        "counter" => rsx! { {live_render::<CounterLive>("counter").class("nice").assign(Step(10))} },
                        "frame" => rsx! { {live_render::<FrameLive>("frame")} },
                        "fragile" => rsx! { {live_render::<FragileLive>("fragile")} },
                        "player" => rsx! { {live_render::<CounterLive>("player").sticky()} },
                        "leading" => rsx! { {live_render::<LeadingLive>("leading")} },
                        other => rsx! { {live_render::<CounterLive>(other)} },
                    }
                }
            }
        }
    }
}

router! {
    live_session page (on_mount = [name_the_test]) {
        live "/page" => PageLive;
    }
    get "/elsewhere" => elsewhere;
}

async fn elsewhere() -> &'static str {
    "elsewhere"
}

async fn page(server: &Server, test: &str, show: &str) -> Tab {
    Tab::open(server.addr(), &format!("/page?test={test}&show={show}")).await
}

/// A page with its nested view of this id, both adopted.
async fn pair(server: &Server, test: &str, show: &str) -> (Tab, Tab) {
    let mut outer = page(server, test, show).await;
    let mut inner = outer.nested(show);
    outer.join().await;
    inner.join().await;
    (outer, inner)
}

#[tokio::test]
async fn the_first_html_holds_nested_views_and_theirs_and_joins_adopt_them_all() {
    let server = start(Routes).await;
    let mut outer = page(&server, "first-html", "counter,frame").await;
    let html = outer.html();
    assert!(html.contains("class=\"nice\""), "{html}");
    let (mut counter, mut frame, mut inner) = (outer.nested("counter"), outer.nested("frame"), outer.nested("inner"));
    assert_eq!(counter.html(), "<p>count 0</p>");
    assert!(frame.html().contains("count 0"), "{}", frame.html());
    outer.join().await;
    for tab in [&mut counter, &mut frame, &mut inner] {
        tab.join().await;
    }
    let views = server.views();
    let parent = |name: &str| views.iter().find(|view| view.view == name).map(|view| view.parent.clone());
    assert_eq!(parent("PageLive"), Some(None));
    assert_eq!(parent("FrameLive"), Some(Some(outer.id.as_str().into())));
    assert_eq!(noted("first-html"), ["hook", "page mounted", "counter mounted", "counter mounted"], "once each");
    inner.click("inc", json!(null)).await.expect("it is there");
    assert_eq!(inner.html(), "<p>count 1</p>");
}

#[tokio::test]
async fn a_nested_view_and_the_one_around_it_have_their_own_events_and_frames() {
    let server = start(Routes).await;
    let (mut outer, mut counter) = pair(&server, "own", "counter").await;
    counter.click("inc", json!(null)).await.expect("it is there");
    assert_eq!(counter.html(), "<p>count 10</p>", "it has what it was given");
    outer.sees("heard 10").await;
    assert!(!outer.html().contains("count 10"), "the page of the view around it is another one: {}", outer.html());
    outer.click("click", json!(null)).await.expect("it is there");
    assert!(outer.html().contains("clicks 1, heard 10, own true"), "assigns go inwards only: {}", outer.html());
    counter.click("inc", json!(null)).await.expect("it is there");
    assert_eq!(counter.html(), "<p>count 20</p>");
}

#[tokio::test]
async fn a_nested_view_that_crashes_is_mounted_again_alone() {
    let server = start(Routes).await;
    let (mut outer, mut counter) = pair(&server, "crash", "counter").await;
    outer.click("click", json!(null)).await.expect("it is there");
    counter.click("inc", json!(null)).await.expect("it is there");
    counter.push_click("crash", &json!(null)).await;
    loop {
        if let Heard::Text { event, .. } = counter.hear().await
            && event == "phx_error"
        {
            break;
        }
    }
    // With the token that it had.
    let response = counter.join_with(json!({ "seq": counter.seq })).await.expect("the view around it mounts it again");
    assert_eq!(response["fresh"], true, "{response}");
    assert_eq!(counter.html(), "<p>count 0</p>");
    counter.click("inc", json!(null)).await.expect("it is there");
    assert_eq!(counter.html(), "<p>count 10</p>", "it was given the same again");
    outer.click("click", json!(null)).await.expect("it is there");
    assert!(outer.html().contains("clicks 2"), "{}", outer.html());
    assert_eq!((times("crash", "page mounted"), times("crash", "counter mounted")), (1, 2));
    // A page whose socket comes back finds that one, by the token of the first.
    counter.drop_socket();
    counter.connect().await;
    counter.join_with(json!({})).await.expect("it lives");
    assert_eq!((counter.html(), times("crash", "counter mounted")), ("<p>count 10</p>".to_owned(), 2));
}

#[tokio::test]
async fn nested_views_come_and_go_with_their_containers() {
    let server = start(Routes).await;
    let mut outer = page(&server, "come-and-go", "").await;
    outer.join().await;
    outer.click("show", json!([["counter"]])).await.expect("it is there");
    outer.sees("count 0").await;
    let mut counter = outer.nested("counter");
    counter.join().await;
    counter.click("inc", json!(null)).await.expect("it is there");
    outer.click("click", json!(null)).await.expect("it is there");
    outer.click("show", json!([["counter", "frame"]])).await.expect("it is there");
    outer.sees("frame").await;
    counter.click("inc", json!(null)).await.expect("it stays while others come");
    assert_eq!(counter.html(), "<p>count 20</p>");

    outer.click("show", json!([[]])).await.expect("it is there");
    eventually("the counters end", || times("come-and-go", "counter ended: Parent") == 2).await;
    while !matches!(counter.hear().await, Heard::Text { event, .. } if event == "phx_close") {}
    let refused = counter.join_with(json!({})).await.expect_err("nobody lives there");
    assert_eq!(refused["reason"], "orphan");
}

#[tokio::test]
async fn the_end_of_a_view_is_the_end_of_those_in_it() {
    let server = start(Routes).await;
    let (mut outer, mut counter) = pair(&server, "end", "counter").await;
    outer.push_click("crash", &json!(null)).await;
    eventually("the counter ends", || times("end", "counter ended: Parent") == 1).await;
    while !matches!(counter.hear().await, Heard::Text { event, .. } if event == "phx_close") {}
    let refused = counter.join_with(json!({ "seq": counter.seq })).await.expect_err("the view around it is gone");
    assert_eq!(refused["reason"], "orphan");
    // The page comes back with a view of its own, and that one with another counter.
    outer.join_with(json!({ "seq": outer.seq })).await.expect("it is mounted again");
    let mut another = outer.nested("counter");
    assert_ne!(another.session, counter.session);
    another.connect().await;
    another.join_with(json!({})).await.expect("it is there");
    assert_eq!(another.html(), "<p>count 0</p>");
    assert_eq!(times("end", "counter mounted"), 2);
}

#[tokio::test]
async fn a_page_load_whose_nested_view_fails_is_an_error_and_one_that_comes_later_leaves_its_place_empty() {
    let server = start(Routes).await;
    let response = http::get(server.addr(), "/page?test=fails&show=fragile", &[]).await;
    assert_eq!(response.status, 500);
    let mut outer = page(&server, "fails", "").await;
    outer.join().await;
    outer.click("show", json!([["fragile"]])).await.expect("it is there");
    // The container says by whom it may be asked for again.
    outer.sees("data-phx-session").await;
    outer.click("click", json!(null)).await.expect("the page lives");
    let mut fragile = outer.nested("fragile");
    assert_eq!(fragile.html(), "");
    fragile.connect().await;
    let refused = fragile.join_with(json!({ "adopt": true })).await.expect_err("it cannot be mounted");
    assert_eq!(refused["reason"], "crashed");
    note("fails", "fragile may");
    fragile.join_with(json!({})).await.expect("now it can");
    assert_eq!(fragile.html(), "<p>fragile</p>");
    assert_eq!(times("fails", "fragile tried"), 4);
}

#[tokio::test]
async fn where_a_nested_view_leads_the_page_goes() {
    let server = start(Routes).await;
    let response = http::get(server.addr(), "/page?test=leads&show=leading", &[]).await;
    assert_eq!((response.status, response.header("location")), (303, Some("/elsewhere")));
    let mut outer = page(&server, "leads", "").await;
    outer.join().await;
    outer.click("show", json!([["leading"]])).await.expect("it is there");
    while outer.page.redirect().is_none() {
        outer.hear().await;
    }
    assert_eq!(outer.page.redirect(), Some("/elsewhere"));
}

#[tokio::test]
async fn a_nested_view_has_no_url_and_can_navigate() {
    let server = start(Routes).await;
    let (_outer, mut counter) = pair(&server, "url", "counter").await;
    let why = counter.click("patch", json!(null)).await.expect("it answers").expect("a reply");
    assert!(why.as_str().expect("a text").contains("nested in another view and has no URL"), "{why}");
    counter.click("go", json!(null)).await.expect("it is there");
    let left = counter.page.left();
    assert!(matches!(left, Some(Left::Navigate { to, .. }) if to == "/elsewhere"), "{left:?}");
    assert_eq!(times("url", "counter read the URL"), 0);
}

#[tokio::test]
async fn a_nested_views_token_is_good_for_its_topic_and_its_session_only() {
    let server = start(Routes).await;
    let outer = page(&server, "token", "counter").await;
    let mut counter = outer.nested("counter");
    counter.connect().await;
    counter.session.clone_from(&outer.session);
    assert_eq!(counter.join_with(json!({})).await.expect_err("another topic's")["reason"], "stale");
    let stranger = page(&server, "token", "counter").await;
    let mut thief = stranger.nested("counter");
    thief.session = outer.nested("counter").session;
    thief.connect().await;
    assert_eq!(thief.join_with(json!({})).await.expect_err("another browser's")["reason"], "stale");
}

#[tokio::test]
async fn the_second_of_two_with_one_id_stays_empty() {
    // From now on.
    warnings();
    let server = start(Routes).await;
    let outer = page(&server, "twice", "same-id,same-id").await;
    assert_eq!(outer.html().matches("count 0").count(), 1, "{}", outer.html());
    assert!(warnings().contains("two nested views have one id"), "{}", warnings());
}

#[tokio::test]
async fn nested_views_of_a_page_that_nobody_joins_end_with_it() {
    let mut limits = Limits::default();
    limits.adopt_within = Duration::from_millis(50);
    let server = endpoint(Routes).limits(limits).start().await.expect("the server starts");
    let _outer = page(&server, "alone", "frame").await;
    eventually("all views end", || server.view_counts().total == 0).await;
}

#[tokio::test]
async fn a_sticky_view_goes_along_to_a_page_that_shows_it_and_ends_with_one_that_does_not() {
    let server = start(Routes).await;
    let mut outer = page(&server, "sticky", "player").await;
    let mut player = outer.nested("player");
    outer.join().await;
    player.join().await;
    player.click("inc", json!(null)).await.expect("it is there");

    outer.navigate("/page?test=sticky&show=counter,player").await.expect("it is there");
    let html = outer.html();
    assert!(html.contains("data-phx-sticky"), "{html}");
    assert_eq!(outer.nested("player").html(), "", "the browser has it already: {html}");
    player.click("inc", json!(null)).await.expect("it lives");
    assert_eq!(player.html(), "<p>count 2</p>");
    eventually("the first page ends", || server.views().iter().filter(|view| view.view == "PageLive").count() == 1)
        .await;
    player.click("inc", json!(null)).await.expect("it outlives the page that began it");
    assert_eq!(player.html(), "<p>count 3</p>");
    // It is found by the token that the present page has for it.
    player.drop_socket();
    player.session = outer.nested("player").session;
    player.rejoin().await;
    assert_eq!(player.html(), "<p>count 3</p>");
    assert_eq!(times("sticky", "counter mounted"), 2, "the player, and the counter of the second page");

    outer.navigate("/page?test=sticky&show=counter").await.expect("it is there");
    eventually("the player ends", || times("sticky", "counter ended: Parent") == 2).await;
}

#[tokio::test]
async fn a_sticky_view_that_crashed_is_mounted_again_by_the_page_that_shows_it_now() {
    let server = start(Routes).await;
    let mut outer = page(&server, "sticky-crash", "player").await;
    let mut player = outer.nested("player");
    outer.join().await;
    player.join().await;
    outer.navigate("/page?test=sticky-crash&show=player").await.expect("it is there");
    player.push_click("crash", &json!(null)).await;
    while !matches!(player.hear().await, Heard::Text { event, .. } if event == "phx_error") {}
    player.session = outer.nested("player").session;
    player.join_with(json!({ "seq": player.seq })).await.expect("it is mounted again");
    player.click("inc", json!(null)).await.expect("it is there");
    assert_eq!(player.html(), "<p>count 1</p>");
    outer.navigate("/page?test=sticky-crash&show=player").await.expect("it is there");
    player.click("inc", json!(null)).await.expect("it lives");
    assert_eq!((player.html(), times("sticky-crash", "counter mounted")), ("<p>count 2</p>".to_owned(), 2));
}

#[tokio::test]
async fn a_sticky_view_ends_with_the_page_when_nobody_comes_back() {
    let mut limits = Limits::default();
    limits.resume_within = Duration::ZERO;
    let server = endpoint(Routes).limits(limits).start().await.expect("the server starts");
    let mut outer = page(&server, "sticky-end", "player").await;
    outer.join().await;
    outer.drop_socket();
    eventually("all views end", || server.view_counts().total == 0).await;
}
