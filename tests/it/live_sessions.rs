//! Live sessions: hooks before `mount`, layouts, the live session in a page's token, and assigns from plugs to views.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bennu::plug;
use bennu::prelude::*;
use serde_json::json;

use crate::support::http::get;
use crate::support::tab::Tab;
use crate::support::{endpoint, eventually};

/// What has been called how often.
#[derive(Default)]
struct Counts {
    mounts: AtomicUsize,
    loads: AtomicUsize,
    second_hooks: AtomicUsize,
}

struct User(&'static str);

#[derive(LiveView)]
struct HomeLive {
    text: String,
}

#[live_view]
impl HomeLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        cx.state::<Arc<Counts>>().mounts.fetch_add(1, Ordering::SeqCst);
        let user = load_user(cx).await?;
        Ok(Self { text: format!("for {}, {}", user.0, cx.flash().get("info").unwrap_or("no flash")) })
    }

    #[event]
    async fn reload(&mut self, cx: &mut Cx) -> Result<()> {
        cx.reload_assigns();
        self.text = format!("reloaded {}", load_user(cx).await?.0);
        Ok(())
    }

    #[event]
    async fn again(&mut self, cx: &mut Cx) -> Result<()> {
        self.text = format!("again {}", load_user(cx).await?.0);
        Ok(())
    }

    fn render(&self) -> Element {
        rsx! { p { "{self.text}" } }
    }
}

async fn load_user(cx: &Cx) -> Result<Arc<User>> {
    cx.assign_new(async || {
        cx.state::<Arc<Counts>>().loads.fetch_add(1, Ordering::SeqCst);
        Ok(User("loaded"))
    })
    .await
}

/// By the query of the page's URL.
async fn guard(cx: &mut Mount) -> Result<()> {
    match cx.params().get("as") {
        Some("guest") => Err(Error::redirect("/log-in")),
        Some("stranger") => Err(Error::msg("a secret reason").with_status(403)),
        Some("broken") => Err(Error::msg("a secret reason")),
        Some("panic") => panic!("in a hook"),
        _ => Ok(()),
    }
}

async fn second(cx: &mut Mount) -> Result<()> {
    cx.state::<Arc<Counts>>().second_hooks.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

fn layout_of(name: &'static str, props: LayoutProps) -> Element {
    rsx! {
        head { {props.head} }
        body { class: "{name}", {props.inner} }
    }
}

fn root(props: LayoutProps) -> Element {
    layout_of("root", props)
}

fn scoped(props: LayoutProps) -> Element {
    layout_of("scoped", props)
}

fn members(props: LayoutProps) -> Element {
    layout_of("members", props)
}

#[derive(Clone)]
struct Beat(u32);

#[derive(LiveView)]
struct BeatLive {
    last: u32,
}

#[live_view]
impl BeatLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        cx.subscribe(topic::<Beat>("beats"));
        Ok(Self { last: 0 })
    }

    #[info]
    fn beat(&mut self, beat: &Beat) {
        self.last = beat.0;
    }

    fn render(&self) -> Element {
        rsx! { "beat {self.last}" }
    }
}

/// A hook that decides how the views of its session are shown.
async fn kiosk(cx: &mut Mount) -> Result<()> {
    cx.layout(scoped);
    cx.max_fps(5);
    Ok(())
}

async fn log_in(conn: Conn) {
    conn.assign(User("plugged"));
    conn.put_flash("info", "Welcome.");
}

fn routes() -> Router {
    let browser = Pipeline::new("browser").plug(plug::session).plug(plug::flash).plug(log_in);
    Router::new()
        .layout(root)
        .live::<HomeLive>("/", None)
        .scope(Scope::new("/scoped"), |router| router.layout(scoped).live::<HomeLive>("/", None))
        .live_session(LiveSession::new("kiosk").on_mount(kiosk).layout(members), |router| {
            router.live::<HomeLive>("/kiosk", None).live::<BeatLive>("/kiosk/beat", None)
        })
        .scope(Scope::new("/members").through(browser), |router| {
            router
                .layout(scoped)
                .live_session(LiveSession::new("members").on_mount(guard).on_mount(second).layout(members), |router| {
                    router.live::<HomeLive>("/", None).live::<HomeLive>("/other", None)
                })
        })
}

async fn server() -> (bennu::Server, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    (endpoint(routes()).state(counts.clone()).start().await.expect("the server starts"), counts)
}

impl Counts {
    /// Mounts, loads, and calls of the second hook.
    fn all(&self) -> (usize, usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (count(&self.mounts), count(&self.loads), count(&self.second_hooks))
    }
}

#[tokio::test]
async fn a_hook_that_halts_a_page_load_keeps_mount_and_later_hooks_from_running() {
    let (server, counts) = server().await;
    let guest = get(server.addr(), "/members?as=guest", &[]).await;
    assert_eq!((guest.status, guest.header("location")), (303, Some("/log-in")));
    for (who, status) in [("stranger", 403), ("broken", 500), ("panic", 500)] {
        let refused = get(server.addr(), &format!("/members?as={who}"), &[]).await;
        assert_eq!(refused.status, status, "{who}");
        assert!(!refused.body.contains("secret"), "{}", refused.body);
    }
    assert_eq!(counts.all(), (0, 0, 0));
    eventually("what could not be mounted does not live", || server.view_counts().total == 0).await;
    assert_eq!(get(server.addr(), "/members", &[]).await.status, 200);
    assert_eq!(counts.all(), (1, 0, 1));
}

#[tokio::test]
async fn a_hook_halts_a_join_likewise() {
    let (server, counts) = server().await;
    let mut tab = Tab::open(server.addr(), "/members").await;
    tab.join().await;
    let mut copy = tab.duplicate();
    copy.connect().await;
    let before = counts.all();
    for (who, answer) in [
        ("guest", json!({ "redirect": { "to": "/log-in" } })),
        ("stranger", json!({ "reason": "unauthorized" })),
        ("broken", json!({ "reason": "crashed" })),
    ] {
        let url = format!("http://{}/members?as={who}", server.addr());
        assert_eq!(copy.join_with(json!({ "url": url })).await, Err(answer), "{who}");
    }
    assert_eq!(counts.all(), before);
}

#[tokio::test]
async fn what_a_plug_assigns_is_not_loaded_again_by_the_view() {
    let (server, counts) = server().await;
    let mut tab = Tab::open(server.addr(), "/members").await;
    assert!(tab.html().contains("for plugged, Welcome."), "{}", tab.html());
    tab.join().await;
    assert_eq!(counts.all().1, 0);
    // The view goes on with the assigns of the page's request, until it wants them anew.
    tab.click("again", json!(null)).await.expect("an answer");
    tab.sees("again plugged").await;
    tab.click("reload", json!(null)).await.expect("an answer");
    tab.sees("reloaded loaded").await;
    tab.click("again", json!(null)).await.expect("an answer");
    tab.sees("again loaded").await;
    assert_eq!(counts.all().1, 1);
}

#[tokio::test]
async fn a_view_that_a_join_mounts_has_no_request_and_loads_once() {
    let (server, counts) = server().await;
    let mut tab = Tab::open(server.addr(), "/members").await;
    tab.join().await;
    let mut copy = tab.duplicate();
    copy.connect().await;
    let joined = copy.join_with(json!({})).await.expect("another view");
    assert_eq!(joined["fresh"], true);
    assert!(copy.html().contains("for loaded, no flash"), "{}", copy.html());
    assert_eq!(counts.all(), (2, 1, 2));
}

#[tokio::test]
async fn a_page_s_token_is_for_its_live_session_only() {
    let (server, _) = server().await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    let mut copy = tab.duplicate();
    copy.connect().await;
    let url = |path: &str| json!({ "url": format!("http://{}{path}", server.addr()) });
    assert_eq!(copy.join_with(url("/members")).await, Err(json!({ "reason": "unauthorized" })));
    assert!(copy.join_with(url("/scoped")).await.is_ok());
}

#[tokio::test]
async fn a_hook_decides_how_often_the_view_is_rendered() {
    let pubsub = PubSub::local();
    let server = endpoint(routes()).with_pubsub(pubsub.clone()).start().await.expect("the server starts");
    let mut tab = Tab::open(server.addr(), "/kiosk/beat").await;
    tab.join().await;
    pubsub.broadcast(&topic("beats"), Beat(1));
    tab.sees("beat 1").await;
    let seen = Instant::now();
    pubsub.broadcast(&topic("beats"), Beat(2));
    tab.sees("beat 2").await;
    // Five a second, less the way of the first frame.
    assert!(seen.elapsed() > Duration::from_millis(100), "{:?}", seen.elapsed());
}

#[tokio::test]
async fn the_innermost_layout_is_around_the_view() {
    let (server, _) = server().await;
    for (path, layout) in [
        ("/", "root"),
        ("/scoped", "scoped"),
        ("/members", "members"),
        ("/members/other", "members"),
        // Its hook says so.
        ("/kiosk", "scoped"),
    ] {
        let page = get(server.addr(), path, &[]).await;
        assert!(page.body.contains(&format!("<body class=\"{layout}\">")), "{path}: {}", page.body);
    }
}
