//! Live navigation over real sockets: patches, navigation, redirects, and what of a page goes along.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bennu::Server;
use bennu::prelude::*;
use bennu::testing::Left;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::tab::{Heard, Tab};
use crate::support::{endpoint, eventually, http, start};

static ENDS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static GATE: Notify = Notify::const_new();

#[derive(LiveView)]
struct RobotsLive {
    id: String,
    calls: Vec<String>,
    uri: String,
    page: String,
    action: &'static str,
    referer: String,
}

#[live_view]
impl RobotsLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let id = cx.id().to_owned();
        let calls = vec!["mount".to_owned()];
        Ok(Self { id, calls, uri: String::new(), page: String::new(), action: "", referer: String::new() })
    }

    async fn handle_params(&mut self, cx: &mut Cx, params: &Params, uri: &Uri) -> Result<()> {
        self.calls.push("handle_params".to_owned());
        self.page = params.get("page").unwrap_or_default().to_owned();
        self.uri = uri.to_string();
        self.action = cx.live_action().unwrap_or_default();
        match params.get("then") {
            Some("patch") => cx.push_patch("/robots/7?page=there"),
            Some("replace") => cx.push_patch_replace("/robots?page=here"),
            Some("fail") => Err(Error::msg("no such page")),
            Some("redirect") => Err(Error::redirect("/missions")),
            Some("flash") => {
                cx.put_flash("info", "Read.");
                Ok(())
            }
            Some("navigate") => {
                cx.put_flash("info", "This way.");
                cx.push_navigate("/missions")
            }
            _ => Ok(()),
        }
    }

    fn connected(&mut self, _cx: &mut Cx, connect: &Connect) {
        connect.live_referer().unwrap_or("nowhere").clone_into(&mut self.referer);
    }

    #[event]
    fn patch(&mut self, cx: &mut Cx, to: String) -> Result<()> {
        cx.put_flash("info", "Patched.");
        cx.push_patch(to)
    }

    #[event]
    fn try_patch(&mut self, cx: &mut Cx, to: String) -> Reply {
        Reply::from(json!(cx.push_patch(to).err().map(|error| error.to_string())))
    }

    #[event]
    fn navigate(&mut self, cx: &mut Cx, to: String) -> Result<()> {
        cx.put_flash("info", "Saved.");
        cx.push_navigate_replace(to)
    }

    #[event]
    fn redirect(&mut self, cx: &mut Cx, to: String) -> Result<()> {
        cx.put_flash("error", "Not here.");
        cx.redirect(to)
    }

    #[event]
    fn try_all(&mut self, cx: &mut Cx, to: String) -> Reply {
        let tried = [cx.push_patch(&*to), cx.push_navigate(&*to), cx.redirect(&*to)];
        Reply::from(json!(tried.iter().filter(|outcome| outcome.is_err()).count()))
    }

    #[event]
    fn abroad(&mut self, cx: &mut Cx, url: String) -> Result<()> {
        cx.redirect_external(url)
    }

    #[event]
    fn shout(&mut self, cx: &mut Cx) {
        cx.put_flash("error", "Loud.");
        cx.put_flash("info", "Quiet.");
    }

    #[event]
    async fn wait(&mut self) {
        self.calls.push("waits".to_owned());
        GATE.notified().await;
    }

    #[event]
    fn late(&mut self) {
        ENDS.lock().unwrap().push(format!("{} late", self.id));
    }

    fn render(&self) -> Element {
        rsx! {
            FlashGroup {}
            p { id: "calls", {self.calls.join(" ")} }
            p { id: "page", "page={self.page} action={self.action} uri={self.uri}" }
            p { id: "referer", "from {self.referer}" }
        }
    }

    fn terminate(&mut self, reason: &Terminate) {
        ENDS.lock().unwrap().push(format!("{} {reason:?}", self.id));
    }
}

#[derive(LiveView)]
struct MissionsLive {
    referer: String,
}

#[live_view]
impl MissionsLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { referer: String::new() })
    }

    fn connected(&mut self, _cx: &mut Cx, connect: &Connect) {
        connect.live_referer().unwrap_or("nowhere").clone_into(&mut self.referer);
    }

    fn render(&self) -> Element {
        rsx! {
            FlashGroup {}
            h1 { "missions" }
            p { "from {self.referer}" }
        }
    }
}

#[derive(LiveView)]
struct LoopLive {
    loops: bool,
}

#[live_view]
impl LoopLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { loops: cx.params().get("loop").is_none() })
    }

    async fn handle_params(&mut self, cx: &mut Cx, params: &Params, _uri: &Uri) -> Result<()> {
        let again = self.loops && params.get("loop").is_some();
        if again { cx.push_patch("/loop?loop=on") } else { Ok(()) }
    }

    fn render(&self) -> Element {
        rsx! { p { if self.loops { "quiet" } else { "too many redirects" } } }
    }
}

static SLOW: Notify = Notify::const_new();

#[derive(LiveView)]
struct SlowLive;

#[live_view]
impl SlowLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        SLOW.notified().await;
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { p { "slow" } }
    }
}

router! {
    live "/slow" => SlowLive;
    live "/robots" => RobotsLive as index;
    live "/robots/:id" => RobotsLive as show;
    live "/missions" => MissionsLive;
    live "/loop" => LoopLive;
}

async fn joined(path: &str) -> (Server, Tab) {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), path).await;
    tab.join().await;
    (server, tab)
}

fn flash_of(left: Option<&Left>) -> String {
    match left {
        Some(Left::Navigate { flash, .. } | Left::Redirect { flash, .. }) => flash.clone(),
        other => panic!("the page was not sent anywhere: {other:?}"),
    }
}

#[tokio::test]
async fn a_patch_is_one_message_up_and_one_down_and_only_handle_params_runs() {
    let (server, mut tab) = joined("/robots").await;
    tab.sees("from nowhere").await;
    tab.take_wire();
    let reply = tab.patch("/robots/3?page=2").await;
    assert_eq!(tab.take_wire(), ["> live_patch", "< phx_reply"]);
    assert_eq!(reply["status"], "ok", "{reply}");
    assert!(tab.html().contains("mount handle_params handle_params"), "{}", tab.html());
    let uri = format!("http://{}/robots/3?page=2", server.addr());
    assert!(tab.html().contains(&format!("page=2 action=show uri={uri}")), "{}", tab.html());
    assert_eq!(server.view_counts().total, 1);
}

#[tokio::test]
async fn a_view_without_handle_params_patches_too() {
    let (_server, mut tab) = joined("/missions").await;
    tab.sees("from nowhere").await;
    let reply = tab.patch("/missions?a=1").await;
    assert_eq!(reply, json!({ "status": "ok", "response": {} }));
}

#[tokio::test]
async fn a_patch_to_another_view_another_host_or_no_page_is_refused_and_the_view_goes_on() {
    let (_server, mut tab) = joined("/robots").await;
    for to in ["/missions", "/nowhere", "@other.example/robots", ":1/robots"] {
        let reply = tab.patch(to).await;
        assert_eq!(reply["status"], "error", "{to}: {reply}");
    }
    let malformed = json!([null, "99", tab.topic(), "live_patch", { "uri": "/robots" }]);
    tab.push_text(malformed).await;
    assert_eq!(tab.reply_to("99").await["status"], "error");
    tab.sees("action=index").await;
}

#[tokio::test]
async fn push_patch_reads_the_new_url_at_once_and_tells_the_page() {
    let (_server, mut tab) = joined("/robots").await;
    tab.click("patch", json!(["/robots/5?page=9#top"])).await.unwrap();
    assert!(tab.html().contains("page=9 action=show"), "{}", tab.html());
    assert!(tab.html().contains("Patched."), "a message of the callback stays: {}", tab.html());
    assert_eq!(tab.page.take_patched(), [("/robots/5?page=9#top".to_owned(), false)]);

    tab.click("patch", json!(["/robots/5?page=a bé"])).await.unwrap();
    assert!(tab.html().contains("page=a bé action=show"), "as it was written: {}", tab.html());
    assert_eq!(tab.page.take_patched(), [("/robots/5?page=a bé".to_owned(), false)]);

    // The link's own URL is in nobody's history: what the view says wins.
    let reply = tab.patch("/robots?then=patch").await;
    assert_eq!(reply["status"], "ok");
    assert!(tab.html().contains("page=there action=show"), "{}", tab.html());
    assert_eq!(tab.page.take_patched(), [("/robots/7?page=there".to_owned(), false)]);
    tab.patch("/robots?then=replace").await;
    assert_eq!(tab.page.take_patched(), [("/robots?page=here".to_owned(), true)]);
}

#[tokio::test]
async fn push_patch_to_a_page_of_another_view_says_what_to_use() {
    let (_server, mut tab) = joined("/robots").await;
    let reply = tab.click("try_patch", json!(["/missions"])).await.unwrap().unwrap();
    assert_eq!(
        reply,
        "`/missions` is a page of `MissionsLive` and not of `RobotsLive`: go there by `cx.push_navigate`"
    );
    let reply = tab.click("try_patch", json!(["/nowhere"])).await.unwrap().unwrap();
    assert_eq!(reply, "no live route leads to `/nowhere`: `cx.redirect` loads other pages");
    assert_eq!(tab.page.take_patched(), []);
}

#[tokio::test]
async fn addresses_that_lead_away_are_errors() {
    let (_server, mut tab) = joined("/robots").await;
    for to in ["//evil", "/\\evil", "/\tevil", "/a\r\nb", "javascript:alert(1)", "https://evil", ""] {
        let refused = tab.click("try_all", json!([to])).await.unwrap().unwrap();
        assert_eq!(refused, 3, "{to:?}");
    }
    assert_eq!(tab.page.left(), None);
}

#[tokio::test]
async fn another_site_is_left_for_by_its_own_function_only() {
    let (_server, mut tab) = joined("/robots").await;
    tab.click("abroad", json!(["https://example.com/a"])).await.unwrap();
    assert_eq!(tab.page.redirect(), Some("https://example.com/a"));
    tab.push_click("abroad", &json!(["javascript:alert(1)"])).await;
    loop {
        if matches!(tab.hear().await, Heard::Text { event, .. } if event == "phx_error") {
            break;
        }
    }
}

#[tokio::test]
async fn endless_patches_crash_the_view_once_and_the_page_knows_the_url() {
    let (server, mut tab) = joined("/loop").await;
    tab.take_wire();
    let reference = tab.next_ref().to_string();
    let url = format!("http://{}/loop?loop=on", server.addr());
    tab.push_text(json!([null, reference, tab.topic(), "live_patch", { "url": url }])).await;
    loop {
        if matches!(tab.hear().await, Heard::Text { event, .. } if event == "phx_error") {
            break;
        }
    }
    assert_eq!(tab.take_wire(), ["> live_patch", "< 0x10", "< phx_error"], "the URL, and one crash");
    assert_eq!(tab.page.take_patched(), [("/loop?loop=on".to_owned(), false)]);

    // The page comes back where the view was.
    "/loop?loop=on".clone_into(&mut tab.path);
    let response = tab.join_with(json!({ "seq": tab.seq })).await.unwrap();
    assert_eq!(response["fresh"], true, "{response}");
    tab.sees("too many redirects").await;
}

#[tokio::test]
async fn a_navigation_is_a_leave_and_a_join_and_the_old_view_ends_at_once() {
    let (server, mut tab) = joined("/robots?page=1").await;
    let old = tab.id.clone();
    tab.sees("from nowhere").await;
    tab.take_wire();
    let response = tab.navigate("/missions").await.unwrap();
    assert_eq!(response["fresh"], true, "{response}");
    assert_ne!(tab.id, old);
    tab.sees(&format!("from http://{}/robots?page=1", server.addr())).await;
    let wire = tab.take_wire();
    assert_eq!(wire[..2], ["> phx_leave", "> phx_join"]);
    assert_eq!(wire.iter().filter(|line| *line == "< phx_reply").count(), 2, "{wire:?}");
    eventually("the old view has ended", || ENDS.lock().unwrap().contains(&format!("{old} Left"))).await;
    assert_eq!(server.view_counts().total, 1);
    assert!(wire.contains(&"< phx_close".to_owned()), "{wire:?}");

    // The new view is one like any other: it resumes, and navigates on.
    tab.drop_socket();
    let response = tab.rejoin().await;
    assert_eq!(response["resume"], true, "{response}");
    tab.navigate("/robots/2").await.unwrap();
    tab.sees("action=show").await;
    assert!(tab.html().contains("mount handle_params"), "{}", tab.html());
}

#[tokio::test]
async fn events_that_the_old_view_did_not_get_to_are_dropped() {
    let (_server, mut tab) = joined("/robots").await;
    let old = tab.id.clone();
    tab.push_click("wait", &json!(null)).await;
    tab.push_click("late", &json!(null)).await;
    tab.navigate("/missions").await.unwrap();
    GATE.notify_one();
    eventually("the old view has ended", || ENDS.lock().unwrap().contains(&format!("{old} Left"))).await;
    assert!(!ENDS.lock().unwrap().contains(&format!("{old} late")));
}

#[tokio::test]
async fn a_page_may_join_the_next_view_before_it_leaves_the_last() {
    let (server, mut tab) = joined("/robots").await;
    let (topic, session) = (tab.topic(), tab.session.clone());
    tab.join_elsewhere("/missions", json!({})).await.unwrap();
    tab.sees("missions").await;
    assert_eq!(server.view_counts().total, 2);
    assert_ne!(tab.session, session);
    let reference = tab.next_ref().to_string();
    tab.push_text(json!([null, reference, topic, "phx_leave", { "navigate": true }])).await;
    eventually("the old view has ended", || server.view_counts().total == 1).await;
}

#[tokio::test]
async fn a_view_that_takes_long_to_mount_keeps_nobody_waiting() {
    let (server, mut tab) = joined("/robots").await;
    let join = json!({
        "session": tab.session,
        "redirect": format!("http://{}/slow", server.addr()),
        "params": { "_csrf_token": tab.csrf },
    });
    let reference = tab.next_ref().to_string();
    tab.push_text(json!([reference, reference, "lv:slow", "phx_join", join])).await;
    tab.click("shout", json!(null)).await.unwrap();
    assert!(tab.html().contains("Loud."), "the page's own view answers meanwhile");
    // The page thinks better of it: the view ends as soon as it is there.
    let leave = tab.next_ref().to_string();
    tab.push_text(json!([reference, leave, "lv:slow", "phx_leave", { "navigate": true }])).await;
    eventually("it is being mounted", || server.view_counts().total == 2).await;
    SLOW.notify_one();
    eventually("it has ended", || server.view_counts().total == 1).await;
    assert!(tab.click("try_patch", json!(["/missions"])).await.unwrap().is_some());
}

#[tokio::test]
async fn a_navigation_needs_a_token_of_this_browser_and_a_page_of_this_host() {
    let (server, mut tab) = joined("/robots").await;
    assert_eq!(tab.navigate("/nowhere").await.unwrap_err()["reason"], "not found");
    assert_eq!(tab.navigate("@evil.example/missions").await.unwrap_err()["reason"], "not found");
    let stranger = Tab::open(server.addr(), "/robots").await;
    let refused = tab.navigate_with("/missions", json!({ "session": stranger.session })).await.unwrap_err();
    assert_eq!(refused["reason"], "stale", "a token of another browser");
    let refused = tab.navigate_with("/missions", json!({ "params": {} })).await.unwrap_err();
    assert_eq!(refused["reason"], "unauthorized", "no CSRF token");
    let missing = tab.navigate_with("/missions", json!({ "session": "x" })).await.unwrap_err();
    assert_eq!(missing["reason"], "stale");
}

#[tokio::test]
async fn a_view_that_leads_on_while_it_is_mounted_answers_the_join_with_the_way() {
    let (_server, mut tab) = joined("/missions").await;
    let refused = tab.navigate("/robots?then=navigate").await.unwrap_err();
    assert_eq!(refused["live_redirect"]["to"], "/missions");
    assert_eq!(refused["live_redirect"]["kind"], "push");
    let flash = refused["live_redirect"]["flash"].clone();
    tab.join_elsewhere("/missions", json!({ "flash": flash })).await.unwrap();
    tab.sees("This way.").await;
    let refused = tab.navigate("/robots?then=redirect").await.unwrap_err();
    assert_eq!(refused, json!({ "redirect": { "to": "/missions" } }));
    // A URL of its own is read at once; the page hears of it in the next frame.
    tab.join_elsewhere("/robots?then=patch", json!({})).await.unwrap();
    tab.sees("page=there action=show").await;
    tab.sees("from http").await;
    assert_eq!(tab.page.take_patched(), [("/robots/7?page=there".to_owned(), false)]);
}

#[tokio::test]
async fn a_page_load_that_leads_on_is_a_redirect_and_its_messages_show_once() {
    let server = start(Routes).await;
    for (path, to) in [("/robots?then=patch", "/robots/7?page=there"), ("/robots?then=redirect", "/missions")] {
        let response = http::get(server.addr(), path, &[]).await;
        assert_eq!((response.status, response.header("location")), (303, Some(to)));
    }
    let response = http::get(server.addr(), "/robots?then=navigate", &[]).await;
    assert_eq!((response.status, response.header("location")), (303, Some("/missions")));
    let page = http::get(server.addr(), "/missions", &[("cookie", response.cookie().unwrap())]).await;
    assert!(page.body.contains("This way."), "{}", page.body);
    let again = http::get(server.addr(), "/missions", &[("cookie", page.cookie().unwrap())]).await;
    assert!(!again.body.contains("This way."), "{}", again.body);
}

#[tokio::test]
async fn messages_go_along_with_a_navigation_and_those_shown_before_do_not() {
    let (_server, mut tab) = joined("/robots").await;
    tab.click("shout", json!(null)).await.unwrap();
    assert!(tab.html().contains("Loud.") && tab.html().contains("Quiet."), "{}", tab.html());
    tab.click("navigate", json!(["/missions"])).await.unwrap();
    let left = tab.page.left().cloned();
    assert!(matches!(&left, Some(Left::Navigate { to, replace: true, .. }) if to == "/missions"), "{left:?}");
    let flash = flash_of(left.as_ref());
    tab.navigate_with("/missions", json!({ "flash": flash })).await.unwrap();
    tab.sees("Saved.").await;
    assert!(!tab.html().contains("Loud."), "{}", tab.html());
    tab.navigate_with("/robots", json!({ "flash": format!("{flash}x") })).await.unwrap();
    assert!(!tab.html().contains("Saved."), "a forged token says nothing");
}

#[tokio::test]
async fn messages_go_along_with_a_redirect() {
    let (server, mut tab) = joined("/robots").await;
    tab.click("redirect", json!(["/missions"])).await.unwrap();
    assert_eq!(tab.page.redirect(), Some("/missions"));
    // What the browser makes of the token.
    let cookie = format!("{}; _bennu_flash={}", tab.cookie, flash_of(tab.page.left()));
    let page = http::get(server.addr(), "/missions", &[("cookie", &cookie)]).await;
    assert!(page.body.contains("Not here."), "{}", page.body);
    let gone = page.headers.iter().any(|(name, value)| name == "set-cookie" && value.starts_with("_bennu_flash=;"));
    assert!(gone, "{:?}", page.headers);
}

#[tokio::test]
async fn a_message_goes_by_its_button_or_with_a_link_and_stays_with_push_patch() {
    let (_server, mut tab) = joined("/robots").await;
    let clear = |value: Value| json!({ "type": "click", "event": "lv:clear-flash", "value": value });
    tab.click("shout", json!(null)).await.unwrap();
    assert_eq!(tab.event(clear(json!({ "key": "error" }))).await["status"], "ok");
    assert!(!tab.html().contains("Loud.") && tab.html().contains("Quiet."), "{}", tab.html());
    tab.click("shout", json!(null)).await.unwrap();
    tab.event(clear(json!({}))).await;
    assert!(!tab.html().contains("Loud.") && !tab.html().contains("Quiet."), "{}", tab.html());

    tab.click("patch", json!(["/robots?page=2"])).await.unwrap();
    assert!(tab.html().contains("Patched."));
    tab.patch("/robots?page=3").await;
    assert!(!tab.html().contains("Patched."), "it was about the last page: {}", tab.html());
    tab.patch("/robots?then=flash").await;
    assert!(tab.html().contains("Read."), "what this page says stays: {}", tab.html());
}

#[tokio::test]
async fn an_error_in_handle_params_ends_the_view_and_the_page_stays_where_it_was() {
    let (server, mut tab) = joined("/robots").await;
    let reference = tab.next_ref().to_string();
    let url = format!("http://{}/robots?then=fail", server.addr());
    tab.push_text(json!([null, reference, tab.topic(), "live_patch", { "url": url }])).await;
    loop {
        if matches!(tab.hear().await, Heard::Text { event, .. } if event == "phx_error") {
            break;
        }
    }
    assert_eq!(tab.page.take_patched(), []);
    tokio::time::timeout(Duration::from_secs(5), tab.join_with(json!({ "seq": tab.seq }))).await.unwrap().unwrap();
    tab.sees("action=index").await;
}

/// How often the user was loaded.
#[derive(Default)]
struct Loads(AtomicUsize);

struct User(usize);

async fn load_user(cx: &mut Mount) -> Result<()> {
    cx.assign_new(async || Ok(User(cx.state::<Loads>().0.fetch_add(1, Ordering::SeqCst) + 1))).await?;
    if cx.params().get("door") == Some("closed") {
        cx.put_flash("error", "Closed.");
        cx.push_navigate("/members")?;
    }
    Ok(())
}

#[derive(LiveView)]
struct MemberLive {
    user: usize,
}

#[live_view]
impl MemberLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        assert_ne!(cx.params().get("door"), Some("closed"), "the hook has sent the browser elsewhere");
        Ok(Self { user: cx.assigned::<User>().map_or(0, |user| user.0) })
    }

    #[event]
    fn forget(&mut self, cx: &mut Cx) {
        cx.reload_assigns();
    }

    fn render(&self) -> Element {
        rsx! {
            FlashGroup {}
            p { "user {self.user}" }
        }
    }
}

fn sessions() -> Router {
    Router::new()
        .live_session(LiveSession::new("members").on_mount(load_user), |router| {
            router.live::<MemberLive>("/members", None).live::<MemberLive>("/members/:id", None)
        })
        .live_session(LiveSession::new("admins").on_mount(load_user), |router| {
            router.live::<MemberLive>("/admin", None)
        })
        .live::<MissionsLive>("/missions", None)
}

async fn member() -> (Server, Tab) {
    let server = endpoint(sessions()).state(Loads::default()).start().await.expect("the server starts");
    let mut tab = Tab::open(server.addr(), "/members").await;
    tab.join().await;
    (server, tab)
}

#[tokio::test]
async fn another_live_session_is_refused_even_with_the_same_view() {
    let (_server, mut tab) = member().await;
    assert_eq!(tab.patch("/admin").await["status"], "error");
    assert_eq!(tab.patch("/members/1").await["status"], "ok");
    for to in ["/admin", "/missions"] {
        let refused = tab.navigate(to).await.unwrap_err();
        assert_eq!(refused, json!({ "reason": "unauthorized" }), "{to}");
    }
}

#[tokio::test]
async fn what_a_hook_has_loaded_is_handed_on_until_somebody_forgets_it() {
    let (_server, mut tab) = member().await;
    for path in ["/members/1", "/members/2"] {
        tab.navigate(path).await.unwrap();
        assert!(tab.html().contains("user 1"), "{}", tab.html());
    }
    tab.click("forget", json!(null)).await.unwrap();
    tab.navigate("/members").await.unwrap();
    assert!(tab.html().contains("user 2"), "{}", tab.html());
    // A join that is no navigation begins from nothing: what was loaded may be old.
    tab.drop_socket();
    tab.connect().await;
    tab.join_with(json!({ "session": tab.session })).await.unwrap();
    tab.navigate("/members/3").await.unwrap();
    assert!(tab.html().contains("user 2"), "its view goes on: {}", tab.html());
}

#[tokio::test]
async fn a_hook_sends_the_browser_elsewhere_with_a_message() {
    let (server, mut tab) = member().await;
    let refused = tab.navigate("/members/1?door=closed").await.unwrap_err();
    assert_eq!(refused["live_redirect"]["to"], "/members");
    let flash = refused["live_redirect"]["flash"].clone();
    tab.join_elsewhere("/members", json!({ "flash": flash })).await.unwrap();
    assert!(tab.html().contains("Closed."), "{}", tab.html());
    let page = http::get(server.addr(), "/members/1?door=closed", &[]).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/members")));
}
