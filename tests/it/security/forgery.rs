//! Cross-site request forgery: requests that a browser sends with its cookies, and its user never meant.

use axum::http::Method;
use bennu::prelude::*;
use bennu::testing::TestConn;
use tokio_tungstenite::tungstenite::Error as WsError;

use super::{conn, site};
use crate::support::start;
use crate::support::tab::Tab;

async fn token(conn: Conn) -> String {
    conn.csrf_token()
}

async fn token_for_pay(conn: Conn) -> String {
    conn.csrf_token_for("https://pay.example.com/orders")
}

async fn log_in(conn: Conn) {
    conn.put_session("user", 7);
    conn.renew_session();
}

async fn changed(conn: Conn) -> String {
    format!("changed by {:?}", conn.get_session::<i64>("user"))
}

async fn script() -> impl IntoResponse {
    ([("content-type", "text/javascript")], "show(secret)")
}

#[derive(LiveView)]
struct EmptyLive;

#[live_view]
impl EmptyLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { p { "here" } }
    }
}

fn routes() -> Router {
    let forgetful = Pipeline::new("forgetful").plug(plug::session).plug(plug::csrf_or_forget);
    site(|router| {
        router
            .get("/token", token)
            .get("/token-for-pay", token_for_pay)
            .get("/log-in", log_in)
            .any("/change", changed)
            .get("/script.js", script)
            .live::<EmptyLive>("/live", None)
    })
    .scope(Scope::new("/forget").through(forgetful), |router| router.post("/change", changed))
}

async fn new_token(conn: &TestConn) -> String {
    conn.get("/token").await.response(200).to_owned()
}

#[tokio::test]
async fn nothing_is_changed_without_a_token_of_the_session() {
    let conn = conn(routes());
    let token = new_token(&conn).await;
    let other = new_token(&conn.another()).await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
        let send = |token: &str| conn.request(method.clone(), "/change").header("x-csrf-token", token);
        assert_eq!(conn.request(method.clone(), "/change").await.status(), 403, "{method} without one");
        assert_eq!(send(&other).await.status(), 403, "{method} with another session's");
        assert_eq!(send(&token[1..]).await.status(), 403, "{method} with a part of it");
        assert_eq!(send("").await.status(), 403, "{method} with an empty one");
        for (in_header, in_body, status) in [(&token, &other, 200), (&other, &token, 200), (&other, &other, 403)] {
            let both = conn.request(method.clone(), "/change").header("x-csrf-token", in_header);
            assert_eq!(both.form([("_csrf_token", in_body)]).await.status(), status, "{method}: one is enough");
        }
        assert_eq!(send(&token).await.status(), 200, "{method} with the session's");
    }
    assert_eq!(conn.post("/change").form([("_csrf_token", &*token)]).await.status(), 200);
    assert_eq!(conn.post("/change").form([("_csrf_token", &*other)]).await.status(), 403);
    assert_eq!(conn.get("/change").await.status(), 200);
}

#[tokio::test]
async fn each_page_has_another_token_and_all_are_good() {
    let conn = conn(routes());
    let (first, second) = (new_token(&conn).await, new_token(&conn).await);
    assert_ne!(first, second);
    for token in [first, second] {
        assert_eq!(conn.post("/change").header("x-csrf-token", &token).await.status(), 200);
    }
}

#[tokio::test]
async fn a_form_that_says_another_method_needs_its_token_all_the_same() {
    let conn = conn(routes());
    let token = new_token(&conn).await;
    assert_eq!(conn.post("/change").form([("_method", "delete")]).await.status(), 403);
    assert_eq!(conn.post("/change").form([("_method", "delete"), ("_csrf_token", &*token)]).await.status(), 200);
    // What needs no token can be had by GET anyway, and a form cannot ask for it.
    assert_eq!(conn.post("/change").form([("_method", "get")]).await.status(), 403);
}

/// Who was given a session by an attacker, and logs in, is not in the attacker's session (fixation).
#[tokio::test]
async fn a_log_in_ends_the_tokens_from_before() {
    let conn = conn(routes());
    let before = new_token(&conn).await;
    conn.get("/log-in").await;
    assert_eq!(conn.post("/change").header("x-csrf-token", &before).await.status(), 403);
    let after = new_token(&conn).await;
    assert_eq!(conn.post("/change").header("x-csrf-token", &after).await.response(200), "changed by Some(7)");
}

#[tokio::test]
async fn what_the_browser_says_of_the_sender_must_not_speak_against_it() {
    let conn = conn(routes());
    let token = new_token(&conn).await;
    for (headers, status) in [
        (&[("sec-fetch-site", "same-origin")][..], 200),
        (&[("sec-fetch-site", "none")], 200),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], 403),
        (&[("sec-fetch-site", "same-site"), ("origin", "https://forum.example.com")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("origin", "http://www.example.com")], 200),
    ] {
        let request = conn.post("/change").header("x-csrf-token", &token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        assert_eq!(request.await.status(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn a_token_for_another_host_is_good_there_and_not_here() {
    let conn = conn(routes());
    let token = conn.get("/token-for-pay").await.response(200).to_owned();
    let send = |host| conn.post("/change").header("x-csrf-token", &token).header("host", host);
    assert_eq!(send("www.example.com").await.status(), 403);
    assert_eq!(send("pay.example.com").await.status(), 200);
}

#[tokio::test]
async fn a_script_is_not_for_other_sites() {
    let conn = conn(routes());
    let get = |headers: &[(&str, &str)]| {
        headers.iter().fold(conn.get("/script.js"), |request, (name, value)| request.header(name, value))
    };
    for embedded in [&[][..], &[("sec-fetch-site", "cross-site")], &[("sec-fetch-site", "same-site")]] {
        let refused = get(embedded).await;
        assert_eq!(refused.status(), 403, "{embedded:?}");
        assert!(!refused.body().contains("secret"));
    }
    assert_eq!(get(&[("sec-fetch-site", "same-origin")]).await.status(), 200);
    assert_eq!(get(&[("x-requested-with", "XMLHttpRequest")]).await.status(), 200);
}

#[tokio::test]
async fn a_forged_request_may_also_go_on_as_nobody_s() {
    let conn = conn(routes());
    conn.get("/log-in").await;
    let forged = conn.post("/forget/change").await;
    assert_eq!(forged.response(200), "changed by None");
    assert_eq!(forged.header("set-cookie"), None, "the browser's own session stays as it is");
    let token = new_token(&conn).await;
    let own = conn.post("/forget/change").header("x-csrf-token", &token).await;
    assert_eq!(own.response(200), "changed by Some(7)");
}

#[tokio::test]
async fn no_other_site_opens_a_socket_and_no_page_without_its_token_joins() {
    let server = start(routes()).await;
    let mut tab = Tab::open(server.addr(), "/live").await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1", "file://", ""] {
        let refused = tab.connect_with("", &[("origin", origin)]).await.expect_err(origin);
        assert!(matches!(&refused, WsError::Http(response) if response.status() == 403), "{origin:?}: {refused}");
    }
    let own = format!("http://{}", server.addr());
    tab.connect_with("", &[("origin", &own)]).await.expect("its own site");
    let token = std::mem::take(&mut tab.csrf);
    let refused = tab.join_with(serde_json::json!({ "adopt": true })).await.expect_err("without a token");
    assert_eq!(refused["reason"], "unauthorized");
    tab.csrf = token;
    tab.join_with(serde_json::json!({ "adopt": true })).await.expect("with it");
}
