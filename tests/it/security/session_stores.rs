//! Sessions on the server: what a cookie that was copied, planted or kept is worth.

use bennu::prelude::*;
use bennu::session::{MemoryStore, SESSION_COOKIE, SessionOptions, SessionStore, SessionValues, StoreError};
use bennu::testing::TestConn;
use serde_json::json;
use tokio::sync::Notify;

use super::{log_in, log_out, site, user, user_of};
use crate::support::endpoint;
use crate::support::http::get;
use crate::support::tab::Tab;

async fn hoard(conn: Conn) {
    conn.put_session("text", "x".repeat(50_000));
}

async fn hoarded(conn: Conn) -> String {
    conn.get_session::<String>("text").unwrap_or_default().len().to_string()
}

async fn say(conn: Conn) -> Redirect {
    conn.put_flash("info", "saved");
    Redirect::to("/said")
}

async fn said(conn: Conn) -> String {
    conn.flash().get("info").unwrap_or_default().to_owned()
}

/// A request that takes as long as the test wants.
#[derive(Default)]
struct Gate {
    has_read: Notify,
    may_write: Notify,
}

async fn slow(conn: Conn, gate: State<Gate>) {
    let _: Option<i64> = conn.get_session("user");
    gate.has_read.notify_one();
    gate.may_write.notified().await;
    conn.put_session("cart", 1);
}

#[derive(LiveView)]
struct UserLive {
    user: Option<i64>,
}

#[live_view]
impl UserLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { user: cx.session().read("user") })
    }

    fn render(&self) -> Element {
        rsx! { p { "user {self.user:?}" } }
    }
}

fn app(store: impl SessionStore) -> Endpoint {
    let routes = site(|router| {
        router
            .get("/log-in", log_in)
            .get("/log-out", log_out)
            .get("/user", user)
            .get("/hoard", hoard)
            .get("/hoarded", hoarded)
            .get("/say", say)
            .get("/said", said)
            .get("/slow", slow)
            .live::<UserLive>("/live", None)
    });
    endpoint(routes).state(Gate::default()).session(SessionOptions::default().store(store))
}

fn browser(store: &MemoryStore) -> TestConn {
    TestConn::new(app(store.clone())).expect("an endpoint")
}

fn cookie(conn: &TestConn) -> String {
    conn.cookie(SESSION_COOKIE).expect("a cookie")
}

#[tokio::test]
async fn a_session_on_the_server_may_be_larger_than_a_cookie_and_lasts() {
    let store = MemoryStore::new();
    let conn = browser(&store);
    conn.get("/log-in").await.response(200);
    conn.get("/hoard").await.response(200);
    assert!(cookie(&conn).len() < 200, "{}", cookie(&conn));
    for _ in 0..3 {
        let shown = conn.get("/hoarded").await;
        assert_eq!((shown.response(200), shown.header("set-cookie")), ("50000", None), "nothing changed");
    }
    assert_eq!(conn.get("/user").await.response(200), "Some(7)");
    assert_eq!(store.len(), 1);
}

#[tokio::test]
async fn a_message_for_the_next_page_is_shown_once() {
    let conn = browser(&MemoryStore::new());
    conn.get("/say").await;
    assert_eq!(conn.get("/said").await.response(200), "saved");
    assert_eq!(conn.get("/said").await.response(200), "");
}

#[tokio::test]
async fn a_log_in_changes_the_id_and_the_cookie_of_before_reads_nothing() {
    let store = MemoryStore::new();
    let conn = browser(&store);
    conn.get("/hoard").await.response(200);
    let before = cookie(&conn);
    conn.get("/log-in").await.response(200);
    let after = cookie(&conn);
    assert_ne!(before, after);
    assert_eq!((&*user_of(&conn, &before).await, &*user_of(&conn, &after).await), ("None", "Some(7)"));
    assert_eq!(conn.get("/hoarded").await.response(200), "50000", "the values stay");
    assert_eq!(store.len(), 1);
}

#[tokio::test]
async fn a_planted_cookie_is_not_the_victim_s_session_after_a_log_in() {
    let conn = browser(&MemoryStore::new());
    let attacker = conn.another();
    attacker.get("/hoard").await.response(200);
    let planted = cookie(&attacker);
    attacker.get("/log-out").await.response(200);
    // Of a session that is over, and of one that is not.
    attacker.get("/hoard").await.response(200);
    for planted in [planted, cookie(&attacker)] {
        let victim = conn.another();
        victim.put_cookie(SESSION_COOKIE, &planted);
        victim.get("/log-in").await.response(200);
        assert_eq!(user_of(&conn, &planted).await, "None");
        assert_eq!(user_of(&conn, &cookie(&victim)).await, "Some(7)");
    }
}

#[tokio::test]
async fn after_a_log_out_a_copied_cookie_is_worth_nothing() {
    let store = MemoryStore::new();
    let conn = browser(&store);
    conn.get("/log-in").await.response(200);
    let copied = cookie(&conn);
    assert_eq!(user_of(&conn, &copied).await, "Some(7)");
    let gone = conn.get("/log-out").await;
    let set = gone.header("set-cookie").expect("the cookie is removed");
    assert!(set.starts_with("_bennu_session=;") && set.contains("Max-Age=0"), "{set}");
    assert_eq!(user_of(&conn, &copied).await, "None");
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_request_on_its_way_brings_no_session_back_and_leaves_the_cookie_alone() {
    let store = MemoryStore::new();
    let server = app(store.clone()).start().await.expect("the server starts");
    let logged_in = get(server.addr(), "/log-in", &[]).await;
    let cookie = logged_in.cookie().expect("a cookie").to_owned();
    let headers = [("cookie", &*cookie)];
    let gate = server.state::<Gate>().expect("the gate");
    let log_out = async {
        gate.has_read.notified().await;
        get(server.addr(), "/log-out", &headers).await;
        gate.may_write.notify_one();
    };
    let (slow, ()) = tokio::join!(get(server.addr(), "/slow", &headers), log_out);
    assert_eq!((slow.status, slow.cookie()), (200, None));
    assert_eq!(get(server.addr(), "/user", &headers).await.body, "None");
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_live_view_and_its_socket_read_the_session_of_the_store() {
    let server = app(MemoryStore::new()).start().await.expect("the server starts");
    let logged_in = get(server.addr(), "/log-in", &[]).await;
    let cookie = logged_in.cookie().expect("a cookie").to_owned();
    let open = async || {
        let response = get(server.addr(), "/live", &[("cookie", &*cookie)]).await;
        let mut tab = Tab::from_response(server.addr(), "/live", &response);
        tab.cookie.clone_from(&cookie);
        tab
    };
    let mut tab = open().await;
    assert!(tab.html().contains("user Some(7)"), "{}", tab.html());
    tab.join().await;
    // Mounted by the socket, without what the page load knew.
    tab.navigate("/live").await.expect("the same session");
    assert!(tab.html().contains("user Some(7)"), "{}", tab.html());

    let mut late = open().await;
    get(server.addr(), "/log-out", &[("cookie", &*cookie)]).await;
    late.connect().await;
    let refused = late.join_with(json!({ "adopt": true })).await.expect_err("its session is over");
    assert_eq!(refused["reason"], "stale");
}

/// Takes new sessions and nothing else.
#[derive(Debug)]
struct Broken(MemoryStore);

impl SessionStore for Broken {
    fn get(&self, id: &str) -> Result<Option<SessionValues>, StoreError> {
        self.0.get(id)
    }

    fn insert(&self, id: &str, values: &SessionValues) -> Result<(), StoreError> {
        self.0.insert(id, values)
    }

    fn update(&self, _id: &str, _values: &SessionValues) -> Result<bool, StoreError> {
        Err("no space left".into())
    }

    fn delete(&self, _id: &str) -> Result<(), StoreError> {
        Err("no space left".into())
    }
}

#[tokio::test]
async fn a_session_that_the_store_does_not_take_is_an_error_and_nothing_is_lost() {
    let conn = TestConn::new(app(Broken(MemoryStore::new()))).expect("an endpoint");
    conn.get("/log-in").await.response(200);
    for path in ["/hoard", "/log-out"] {
        let failed = conn.get(path).await;
        assert_eq!((failed.status(), failed.header("set-cookie")), (500, None), "{path}");
    }
    assert_eq!(conn.get("/user").await.response(200), "Some(7)");
}
