//! Log-out everywhere: every tab of a `live_socket_id` is closed, and whoever comes back is authenticated anew.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bennu::prelude::*;
use bennu::session::{LIVE_SOCKET_ID, SecretKey, Session, SessionCookie, disconnect};
use bennu::{Conn, Pipeline, Router, Scope, Server, plug};
use serde_json::json;
use tokio::sync::Notify;

use crate::support::http::get;
use crate::support::tab::{Heard, Tab};
use crate::support::{endpoint, eventually};

/// Log-in tokens that are good, as a database would hold them.
#[derive(Clone, Default)]
struct LogIns(Arc<Mutex<HashSet<String>>>);

impl LogIns {
    fn revoke(&self, token: &str) {
        self.0.lock().unwrap().remove(token);
    }
}

#[derive(LiveView)]
struct AccountLive {
    token: String,
    clicks: u32,
}

#[live_view]
impl AccountLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let token: String = cx.session().read("token").ok_or_else(|| Error::redirect("/log-in"))?;
        if !cx.state::<LogIns>().0.lock().unwrap().contains(&token) {
            return Err(Error::redirect("/log-in"));
        }
        Ok(Self { token, clicks: 0 })
    }

    #[event]
    fn count(&mut self) {
        self.clicks += 1;
    }

    #[event]
    fn log_out_everywhere(&mut self, cx: &mut Cx) {
        cx.state::<LogIns>().revoke(&self.token);
        cx.disconnect(&format!("log-in:{}", self.token));
    }

    fn render(&self) -> Element {
        rsx! { p { "{self.token} {self.clicks}" } }
    }
}

/// Holds page loads up, with their session read already, as a slow database does.
#[derive(Default)]
struct Gate {
    entered: Notify,
    open: Notify,
}

async fn wait(conn: Conn) {
    assert!(conn.get_session::<String>("token").is_some());
    let gate = conn.state::<Gate>();
    gate.entered.notify_one();
    gate.open.notified().await;
}

fn routes() -> Router {
    let slow = Pipeline::new("slow").plug(plug::session).plug(wait);
    Router::new()
        .live::<AccountLive>("/account", None)
        .scope(Scope::new("/slow").through(slow), |router| router.live::<AccountLive>("/account", None))
}

struct Site {
    server: Server,
    secret: SecretKey,
    log_ins: LogIns,
    pubsub: PubSub,
}

async fn site() -> Site {
    let (secret, log_ins) = (SecretKey::generate(), LogIns::default());
    let endpoint = endpoint(routes()).secret(secret.clone()).state(log_ins.clone()).state(Gate::default());
    let pubsub = endpoint.pubsub();
    Site { server: endpoint.start().await.expect("the server starts"), secret, log_ins, pubsub }
}

impl Site {
    /// The cookie of a browser that is logged in with this token.
    fn log_in(&self, token: &str) -> String {
        self.log_ins.0.lock().unwrap().insert(token.to_owned());
        let mut session = Session::default();
        session.insert("token", token).expect("a text");
        session.insert(LIVE_SOCKET_ID, format!("log-in:{token}")).expect("a text");
        let set = SessionCookie::new(&self.secret).write(&session).expect("small");
        set.split(';').next().expect("name and value").to_owned()
    }

    async fn tab(&self, cookie: &str) -> Tab {
        let addr = self.server.addr();
        let response = get(addr, "/account", &[("cookie", cookie)]).await;
        let mut tab = Tab::from_response(addr, "/account", &response);
        tab.join().await;
        tab
    }
}

async fn closed_with(tab: &mut Tab) -> Option<u16> {
    loop {
        match tab.hear().await {
            Heard::Closed(code) => return code,
            Heard::Text { event, .. } => assert!(!event.starts_with("phx_"), "the view ended before its socket"),
            Heard::Diff | Heard::Reply { .. } => {}
        }
    }
}

#[tokio::test]
async fn a_disconnect_closes_every_tab_of_the_id_with_1001_and_ends_their_views() {
    let site = site().await;
    let (ada, bob) = (site.log_in("ada"), site.log_in("bob"));
    let (mut first, mut second, mut other) = (site.tab(&ada).await, site.tab(&ada).await, site.tab(&bob).await);

    disconnect(&site.pubsub, "log-in:ada");
    assert_eq!(closed_with(&mut first).await, Some(1001));
    assert_eq!(closed_with(&mut second).await, Some(1001));
    eventually("the views of that id have ended", || site.server.view_counts().total == 1).await;
    other.click("count", json!(null)).await.expect("the other's view goes on");
}

#[tokio::test]
async fn a_tab_that_comes_back_is_mounted_anew_with_its_session() {
    let site = site().await;
    let cookie = site.log_in("ada");
    let mut tab = site.tab(&cookie).await;
    tab.click("count", json!(null)).await.expect("it counts");
    assert!(tab.html().contains("ada 1"), "{}", tab.html());

    site.server.disconnect("log-in:ada");
    assert_eq!(closed_with(&mut tab).await, Some(1001));
    let response = tab.rejoin().await;
    assert_eq!(response["fresh"], true, "the state from before is not resumed: {response}");
    assert!(tab.html().contains("ada 0"), "{}", tab.html());
}

#[tokio::test]
async fn a_tab_whose_log_in_was_revoked_is_sent_away_when_it_comes_back() {
    let site = site().await;
    let cookie = site.log_in("ada");
    let (mut here, mut elsewhere) = (site.tab(&cookie).await, site.tab(&cookie).await);

    here.push_click("log_out_everywhere", &json!(null)).await;
    for tab in [&mut here, &mut elsewhere] {
        assert_eq!(closed_with(tab).await, Some(1001));
        tab.connect().await;
        let refused = tab.join_with(json!({ "seq": tab.seq })).await.expect_err("it is not let in");
        assert_eq!(refused["redirect"]["to"], "/log-in", "{refused}");
    }
}

/// A page that was loaded and has no socket yet, or lost it, must not be taken by one afterwards.
#[tokio::test]
async fn views_without_a_socket_end_too() {
    let site = site().await;
    let cookie = site.log_in("ada");
    get(site.server.addr(), "/account", &[("cookie", &cookie)]).await;
    let mut lost = site.tab(&cookie).await;
    lost.drop_socket();
    eventually("one waits and one is detached", || {
        let counts = site.server.view_counts();
        (counts.waiting, counts.detached) == (1, 1)
    })
    .await;

    site.server.disconnect("log-in:ada");
    eventually("both have ended", || site.server.view_counts().total == 0).await;
}

/// Whoever was asked before, by a plug that is still busy or in a socket that is still opening, is asked again.
#[tokio::test]
async fn a_page_that_is_being_loaded_meanwhile_is_asked_for_again() {
    let site = site().await;
    let cookie = site.log_in("ada");
    let (addr, sent) = (site.server.addr(), cookie.clone());
    let loading = tokio::spawn(async move { get(addr, "/slow/account?tab=1", &[("cookie", &sent)]).await });
    let gate = site.server.state::<Gate>().expect("a gate");
    gate.entered.notified().await;
    site.server.disconnect("log-in:ada");
    gate.open.notify_one();
    let response = loading.await.expect("no panic");
    assert_eq!((response.status, response.header("location")), (303, Some("/slow/account?tab=1")));

    gate.open.notify_one();
    assert_eq!(get(addr, "/slow/account?tab=1", &[("cookie", &cookie)]).await.status, 200);
}
