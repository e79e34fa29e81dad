//! Sessions that were changed, copied, kept too long, or are too large.

use std::time::Duration;

use bennu::prelude::*;
use bennu::session::{SESSION_COOKIE, SameSite, SecretKey, SessionOptions};
use bennu::testing::TestConn;
use serde_json::json;

use super::{log_in, log_out, site, user, user_of};
use crate::support::http::get;
use crate::support::tab::Tab;
use crate::support::{endpoint, start};

async fn hoard(conn: Conn, params: Params) -> &'static str {
    let size = params.parse("size").unwrap_or_default();
    conn.put_session("text", "x".repeat(size));
    "kept"
}

#[derive(LiveView)]
struct UserLive;

#[live_view]
impl UserLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { p { "here" } }
    }
}

fn routes() -> Router {
    site(|router| {
        router
            .get("/log-in", log_in)
            .get("/log-out", log_out)
            .get("/user", user)
            .get("/hoard", hoard)
            .live::<UserLive>("/live", None)
    })
}

fn with(secret: &SecretKey, options: SessionOptions) -> TestConn {
    TestConn::new(endpoint(routes()).secret(secret.clone()).session(options)).expect("an endpoint")
}

async fn logged_in(conn: &TestConn) -> String {
    conn.get("/log-in").await;
    assert_eq!(conn.get("/user").await.response(200), "Some(7)");
    conn.cookie(SESSION_COOKIE).expect("a cookie")
}

#[tokio::test]
async fn a_cookie_that_was_changed_anywhere_is_an_empty_session() {
    for options in [SessionOptions::default(), SessionOptions::default().encrypted()] {
        let conn = with(&SecretKey::generate(), options);
        let cookie = logged_in(&conn).await;
        assert_eq!(user_of(&conn, &cookie).await, "Some(7)");
        for place in 0..cookie.len() {
            let mut changed = cookie.clone();
            let other = if &cookie[place..=place] == "A" { "B" } else { "A" };
            changed.replace_range(place..=place, other);
            assert_eq!(user_of(&conn, &changed).await, "None", "changed at {place}");
        }
        for cut in [&cookie[1..], &cookie[..cookie.len() - 1], &cookie[..20], "", "x", "a.b.c", "..."] {
            assert_eq!(user_of(&conn, cut).await, "None", "{cut}");
        }
        assert_eq!(user_of(&conn, &format!("{cookie}{cookie}")).await, "None");
    }
}

#[tokio::test]
async fn only_an_encrypted_session_hides_what_is_in_it() {
    let payload = |cookie: &str| {
        use base64::Engine as _;
        let first = cookie.split('.').next().unwrap_or_default();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(first).unwrap_or_default()
    };
    let shows_user = |cookie: &str| payload(cookie).windows(6).any(|window| window == b"\"user\"");
    let secret = SecretKey::generate();
    assert!(shows_user(&logged_in(&with(&secret, SessionOptions::default())).await));
    assert!(!shows_user(&logged_in(&with(&secret, SessionOptions::default().encrypted())).await));
}

#[tokio::test]
async fn a_session_that_no_cookie_can_hold_is_an_error_and_nothing_is_lost() {
    let conn = with(&SecretKey::generate(), SessionOptions::default());
    logged_in(&conn).await;
    let large = conn.get("/hoard?size=4000").await;
    assert_eq!((large.status(), large.header("set-cookie")), (500, None));
    assert!(large.error_sent(500).contains("browsers take 4096"));
    assert!(!large.body().contains("kept"), "nobody may believe that it was stored");
    assert_eq!(conn.get("/user").await.response(200), "Some(7)");
    assert_eq!(conn.get("/hoard?size=1000").await.response(200), "kept");
}

#[tokio::test]
async fn a_log_out_takes_the_cookie_away() {
    let conn = with(&SecretKey::generate(), SessionOptions::default());
    logged_in(&conn).await;
    let gone = conn.get("/log-out").await;
    let set = gone.header("set-cookie").expect("the cookie is removed");
    assert!(set.starts_with("_bennu_session=;") && set.contains("Max-Age=0"), "{set}");
    assert_eq!(conn.get("/user").await.response(200), "None");
}

/// A page that was open before somebody logged in belongs to the session of before.
#[tokio::test]
async fn a_log_in_gives_the_session_a_new_identity() {
    let server = start(routes()).await;
    let mut tab = Tab::open(server.addr(), "/live").await;
    let logged_in = get(server.addr(), "/log-in", &[("cookie", &tab.cookie)]).await;
    logged_in.cookie().expect("a new cookie").clone_into(&mut tab.cookie);
    tab.connect().await;
    let refused = tab.join_with(json!({ "adopt": true })).await.expect_err("its token is of the old identity");
    assert_eq!(refused["reason"], "stale");
}

#[tokio::test]
async fn secrets_are_changed_without_logging_anybody_out() {
    let (old, new) = (SecretKey::generate(), SecretKey::generate());
    let rotated = SecretKey::new(format!("{},{}", new.expose(), old.expose())).expect("two secrets");
    let cookie = logged_in(&with(&old, SessionOptions::default())).await;
    assert_eq!(user_of(&with(&rotated, SessionOptions::default()), &cookie).await, "Some(7)");
    assert_eq!(user_of(&with(&new, SessionOptions::default()), &cookie).await, "None");
    let cookie = logged_in(&with(&rotated, SessionOptions::default())).await;
    assert_eq!(user_of(&with(&old, SessionOptions::default()), &cookie).await, "None", "the old one no longer signs");
}

#[tokio::test]
async fn the_cookie_is_as_the_endpoint_says_and_kept_from_scripts() {
    let options = SessionOptions::default().same_site(SameSite::Strict).max_age(Duration::from_hours(1)).secure(true);
    let conn = with(&SecretKey::generate(), options.name("__Host-fleet"));
    let response = conn.get("/log-in").await;
    let set = response.header("set-cookie").expect("a cookie");
    assert!(set.starts_with("__Host-fleet="), "{set}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=3600"] {
        assert!(set.split("; ").any(|known| known == attribute), "{attribute} in {set}");
    }
}

#[tokio::test]
async fn a_cookie_that_browsers_would_drop_is_an_error_at_the_start() {
    let options = SessionOptions::default().same_site(SameSite::None);
    let error = endpoint(routes()).session(options).start().await.err().expect("unusable").to_string();
    assert!(error.contains("secure(true)"), "{error}");
}
