//! Plugs and pipelines: order, halting, what is done before a response is sent, and the plugs that come with the framework.

use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use bennu::plug::{self, Plug};
use bennu::prelude::*;
use bennu::testing::TestConn;
use bennu::{Assigns, Halt};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::http::{get, request};
use crate::support::{endpoint, eventually, start};

/// The steps that a request has come through.
#[derive(Default)]
struct Trail(Mutex<Vec<&'static str>>);

fn step(name: &'static str) -> impl Plug {
    move |conn: Conn| {
        let trail = conn.assigned::<Trail>().unwrap_or_else(|| conn.assign(Trail::default()));
        trail.0.lock().expect("nobody panics").push(name);
        async {}
    }
}

fn pipeline(name: &'static str) -> Pipeline {
    Pipeline::new(name).plug(step(name))
}

async fn trail(trail: Assigned<Trail>) -> String {
    trail.0.0.lock().expect("nobody panics").join(" ")
}

#[tokio::test]
async fn plugs_run_in_the_order_in_which_they_are_written() {
    let server = start(Router::new().scope(
        Scope::new("/").through(pipeline("a").plug(step("b"))).through(pipeline("c").through(&pipeline("d"))),
        |router| {
            router
                .get("/outer", trail)
                .scope(Scope::new("/in").through(pipeline("e")), |router| router.get("/inner", trail))
                .get("/again", trail)
        },
    ))
    .await;
    assert_eq!(get(server.addr(), "/outer", &[]).await.body, "a b c d");
    assert_eq!(get(server.addr(), "/in/inner", &[]).await.body, "a b c d e");
    assert_eq!(get(server.addr(), "/again", &[]).await.body, "a b c d");
}

#[tokio::test]
async fn plugs_run_only_when_a_route_has_matched() {
    async fn refuse(_: Conn) -> Halt {
        Halt::with(StatusCode::IM_A_TEAPOT)
    }
    let server = start(Router::new().scope(Scope::new("/a").through(Pipeline::new("refuse").plug(refuse)), |router| {
        router.get("/b", async || "never")
    }))
    .await;
    assert_eq!(get(server.addr(), "/a/b", &[]).await.status, 418);
    assert_eq!(get(server.addr(), "/a/nowhere", &[]).await.status, 404);
    assert_eq!(request(server.addr(), "POST", "/a/b", &[]).await.status, 405);
}

#[tokio::test]
async fn a_plug_that_halts_is_the_last_one() {
    async fn by_query(conn: Conn) -> Result<Option<(StatusCode, &'static str)>> {
        match conn.params().get("halt") {
            Some("redirect") => Err(Error::redirect("/log-in")),
            Some("forbidden") => Err(Error::msg("secret reason").with_status(403)),
            Some("response") => Ok(Some((StatusCode::CONFLICT, "halted"))),
            _ => Ok(None),
        }
    }
    async fn count(conn: Conn) {
        conn.put_resp_header("x-came-through", "yes");
    }
    let gate = Pipeline::new("gate").plug(by_query).plug(count);
    let server =
        start(Router::new().scope(Scope::new("/").through(gate), |router| router.get("/", async || "handler"))).await;
    let through = get(server.addr(), "/", &[]).await;
    assert_eq!((&*through.body, through.header("x-came-through")), ("handler", Some("yes")));
    for (query, status, body) in
        [("redirect", 303, ""), ("forbidden", 403, "403 Forbidden"), ("response", 409, "halted")]
    {
        let halted = get(server.addr(), &format!("/?halt={query}"), &[]).await;
        assert_eq!((halted.status, halted.header("x-came-through")), (status, None), "{query}");
        assert!(halted.body.contains(body) && !halted.body.contains("handler"), "{}", halted.body);
        assert!(!halted.body.contains("secret"), "{}", halted.body);
    }
    assert_eq!(get(server.addr(), "/?halt=redirect", &[]).await.header("location"), Some("/log-in"));
}

#[tokio::test]
async fn what_is_registered_last_is_done_first_before_sending_also_when_a_plug_halts() {
    fn note(name: &'static str) -> impl Plug {
        move |conn: Conn| {
            let inner = conn.clone();
            conn.before_send(move |response: &mut Response| {
                response.headers_mut().append("x-note", name.parse().expect("a value"));
                if name == "second" {
                    inner.before_send(|response| *response.status_mut() = StatusCode::ACCEPTED);
                }
            });
            async {}
        }
    }
    async fn halt(conn: Conn) -> Option<Halt> {
        conn.params().get("halt").map(|_| Halt::with("halted"))
    }
    let notes = Pipeline::new("notes").plug(note("first")).plug(note("second")).plug(halt).plug(note("third"));
    let server =
        start(Router::new().scope(Scope::new("/").through(notes), |router| router.get("/", async || "done"))).await;
    let notes = |response: &crate::support::http::Response| -> Vec<String> {
        response.headers.iter().filter(|(name, _)| name == "x-note").map(|(_, value)| value.clone()).collect()
    };
    let done = get(server.addr(), "/", &[]).await;
    assert_eq!((done.status, notes(&done)), (202, ["third", "second", "first"].map(str::to_owned).to_vec()));
    let halted = get(server.addr(), "/?halt", &[]).await;
    assert_eq!((&*halted.body, notes(&halted)), ("halted", ["second", "first"].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_request_that_is_given_up_is_not_kept_by_what_it_was_to_do_before_sending() {
    let kept = Arc::new(());
    let watched = kept.clone();
    let server = start(Router::new().get("/", async move |conn: Conn| {
        let (request, watched) = (conn.clone(), watched.clone());
        conn.before_send(move |_| drop((request, watched)));
        std::future::pending::<()>().await;
    }))
    .await;
    let idle = Arc::strong_count(&kept);
    let mut client = TcpStream::connect(server.addr()).await.expect("the server listens");
    client.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("the server reads");
    eventually("the request waits", || Arc::strong_count(&kept) > idle).await;
    drop(client);
    eventually("the request is forgotten", || Arc::strong_count(&kept) == idle).await;
}

#[tokio::test]
async fn a_header_that_is_put_takes_the_place_of_the_handler_s() {
    async fn handler(conn: Conn) -> impl IntoResponse {
        conn.put_resp_header("content-type", "text/csv");
        "a,b"
    }
    let server = start(Router::new().get("/", handler)).await;
    assert_eq!(get(server.addr(), "/", &[]).await.header("content-type"), Some("text/csv"));
}

#[tokio::test]
async fn a_tower_layer_wraps_what_comes_after_it_in_the_pipeline() {
    async fn wrap(request: axum::extract::Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        response.headers_mut().insert("x-wrapped", "yes".parse().expect("a value"));
        response
    }
    fn halt_at(name: &'static str) -> impl Plug {
        async move |conn: Conn| (conn.params().get("halt") == Some(name)).then(|| Halt::with("halted"))
    }
    let layered = Pipeline::new("layered")
        .plug(step("before"))
        .plug(halt_at("before"))
        .layer(from_fn(wrap))
        .plug(step("behind"))
        .plug(halt_at("behind"));
    let server = start(Router::new().scope(Scope::new("/").through(layered), |router| router.get("/:id", trail))).await;
    let whole = get(server.addr(), "/1", &[]).await;
    assert_eq!((&*whole.body, whole.header("x-wrapped")), ("before behind", Some("yes")));
    let behind = get(server.addr(), "/1?halt=behind", &[]).await;
    assert_eq!((&*behind.body, behind.header("x-wrapped")), ("halted", Some("yes")));
    let before = get(server.addr(), "/1?halt=before", &[]).await;
    assert_eq!((&*before.body, before.header("x-wrapped")), ("halted", None));
}

#[tokio::test]
async fn assigns_of_a_plug_reach_the_handler_and_what_is_missing_is_an_error_of_ours() {
    struct User(&'static str);
    async fn log_in(conn: Conn) {
        conn.assign(User("Ada"));
    }
    let server = start(
        Router::new()
            .scope(Scope::new("/in").through(Pipeline::new("users").plug(log_in)), |router| {
                router.get("/", async |user: Assigned<User>| user.0.0)
            })
            .get("/out", async |user: Assigned<User>| user.0.0)
            .get("/maybe", async |user: Option<Assigned<User>>| user.map_or("nobody", |user| user.0.0)),
    )
    .await;
    assert_eq!(get(server.addr(), "/in", &[]).await.body, "Ada");
    assert_eq!(get(server.addr(), "/out", &[]).await.status, 500);
    assert_eq!(get(server.addr(), "/maybe", &[]).await.body, "nobody");
    assert!(Assigns::new().is_empty());
}

fn browser() -> Pipeline {
    Pipeline::new("browser").plug(plug::session).plug(plug::flash).plug(plug::csrf).plug(plug::secure_headers)
}

#[tokio::test]
async fn a_session_is_stored_when_it_changes_and_renewed_without_losing_the_rest() {
    async fn log_in(conn: Conn) -> String {
        let before = conn.csrf_token();
        conn.put_session("user", 7);
        conn.renew_session();
        before
    }
    async fn user(conn: Conn) -> String {
        format!("{:?} {:?}", conn.get_session::<i64>("user"), conn.get_session::<String>("user"))
    }
    async fn log_out(conn: Conn) {
        conn.clear_session();
    }
    async fn forget(conn: Conn) {
        conn.delete_session("user");
    }
    let server = start(Router::new().scope(Scope::new("/").through(browser()), |router| {
        router.get("/log-in", log_in).get("/user", user).get("/log-out", log_out).get("/forget", forget).post("/", user)
    }))
    .await;
    let anonymous = get(server.addr(), "/user", &[]).await;
    assert_eq!((&*anonymous.body, anonymous.cookie()), ("None None", None));
    let logged_in = get(server.addr(), "/log-in", &[]).await;
    let cookie = logged_in.cookie().expect("a session").to_owned();
    let known = get(server.addr(), "/user", &[("cookie", &cookie)]).await;
    assert_eq!((&*known.body, known.cookie()), ("Some(7) None", None));
    // The token of a page from before the renewal is worth nothing.
    let stale = request(server.addr(), "POST", "/", &[("cookie", &cookie), ("x-csrf-token", &logged_in.body)]).await;
    assert_eq!(stale.status, 403);
    for path in ["/log-out", "/forget"] {
        let out = get(server.addr(), path, &[("cookie", &cookie)]).await;
        let cookie = out.cookie().expect("the session has changed");
        assert_eq!(get(server.addr(), "/user", &[("cookie", cookie)]).await.body, "None None", "{path}");
    }
}

#[tokio::test]
async fn a_route_of_pipelines_without_a_session_has_none() {
    let api = Pipeline::new("api").plug(plug::accepts(["json"]));
    let server = start(
        Router::new()
            .get("/simple", async |conn: Conn| conn.put_session("n", 1))
            .scope(Scope::new("/api").through(api), |router| {
                router.get("/", async |conn: Conn| conn.put_session("n", 1))
            }),
    )
    .await;
    assert!(get(server.addr(), "/simple", &[]).await.cookie().is_some());
    let refused = get(server.addr(), "/api", &[]).await;
    // The handler panics, with what to do in the log.
    assert!(matches!(refused.status, 0 | 500) && refused.cookie().is_none(), "{refused:?}");
}

#[tokio::test]
async fn a_flash_is_shown_once_after_a_redirect() {
    async fn save(conn: Conn) -> Error {
        conn.put_flash("info", "Saved.");
        Error::redirect("/show")
    }
    async fn now(conn: Conn) -> String {
        conn.put_flash("info", "At once.");
        conn.flash().get("info").unwrap_or_default().to_owned()
    }
    async fn show(flash: bennu::Flash) -> String {
        flash.get("info").unwrap_or("nothing").to_owned()
    }
    async fn pass_on() -> Error {
        Error::redirect("/show")
    }
    let server = start(Router::new().scope(Scope::new("/").through(browser()), |router| {
        router.get("/save", save).get("/now", now).get("/show", show).get("/pass-on", pass_on)
    }))
    .await;
    let saved = get(server.addr(), "/save", &[]).await;
    let cookie = saved.cookie().expect("a session").to_owned();
    // A redirect on the way keeps it.
    let passed = get(server.addr(), "/pass-on", &[("cookie", &cookie)]).await;
    let cookie = passed.cookie().map_or(cookie, str::to_owned);
    let shown = get(server.addr(), "/show", &[("cookie", &cookie)]).await;
    assert_eq!(shown.body, "Saved.");
    let cookie = shown.cookie().expect("the session has changed");
    assert_eq!(get(server.addr(), "/show", &[("cookie", cookie)]).await.body, "nothing");
    let now = get(server.addr(), "/now", &[]).await;
    assert_eq!((&*now.body, now.cookie()), ("At once.", None));
}

#[tokio::test]
async fn requests_that_change_something_need_a_token_of_their_session() {
    async fn token(conn: Conn) -> String {
        conn.csrf_token()
    }
    let server = start(Router::new().scope(Scope::new("/").through(browser()), |router| {
        router.get("/", token).post("/", async || "posted").delete("/", async || "deleted")
    }))
    .await;
    let page = get(server.addr(), "/", &[]).await;
    let (cookie, token) = (page.cookie().expect("a session").to_owned(), page.body);
    let cookie = ("cookie", &*cookie);
    let send = async |method: &str, path: &str, headers: &[(&str, &str)]| {
        let headers: Vec<_> = [cookie].into_iter().chain(headers.iter().copied()).collect();
        request(server.addr(), method, path, &headers).await.status
    };
    let header = ("x-csrf-token", &*token);
    assert_eq!(send("POST", "/", &[]).await, 403);
    assert_eq!(send("DELETE", "/", &[("x-csrf-token", "forged")]).await, 403);
    assert_eq!(send("POST", "/", &[header]).await, 200);
    assert_eq!(send("DELETE", "/", &[header]).await, 200);
    assert_eq!(send("POST", &format!("/?_csrf_token={token}"), &[]).await, 200);
    assert_eq!(request(server.addr(), "POST", "/", &[header]).await.status, 403, "without the session");
    // What the browser says of where the request comes from.
    assert_eq!(send("POST", "/", &[header, ("sec-fetch-site", "same-origin"), ("origin", "null")]).await, 200);
    assert_eq!(send("POST", "/", &[header, ("origin", "https://evil.example")]).await, 403);
    let cross = [header, ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    assert_eq!(send("POST", "/", &cross).await, 403);
}

#[tokio::test]
async fn scripts_are_not_for_pages_of_other_sites() {
    async fn script() -> impl IntoResponse {
        ([("content-type", "text/javascript; charset=utf-8")], "secret()")
    }
    let server = start(Router::new().scope(Scope::new("/").through(browser()), |router| {
        router.get("/script", script).get("/page", async || "a page")
    }))
    .await;
    for (headers, status) in [
        (&[][..], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "same-origin")], 200),
        (&[("x-requested-with", "XMLHttpRequest")], 200),
    ] {
        let answer = get(server.addr(), "/script", headers).await;
        assert_eq!((answer.status, answer.body.contains("secret")), (status, status == 200), "{headers:?}");
    }
    assert_eq!(get(server.addr(), "/page", &[("sec-fetch-site", "cross-site")]).await.status, 200);
}

#[tokio::test]
async fn secure_headers_are_there_unless_they_are_set_and_take_one_s_own() {
    async fn own() -> impl IntoResponse {
        ([("content-security-policy", "default-src 'none'")], "")
    }
    let custom = [("content-security-policy", "img-src *"), ("permissions-policy", "camera=()")];
    let server = start(Router::new().get("/bare", async || "").get("/own", own).scope(
        Scope::new("/custom").through(Pipeline::new("custom").plug(plug::secure_headers_with(custom))),
        |router| router.get("/", async || "").get("/own", own),
    ))
    .await;
    let policy = async |path: &str| {
        let answer = get(server.addr(), path, &[]).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-permitted-cross-domain-policies"), Some("none"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{path}");
        (
            answer.header("content-security-policy").unwrap_or_default().to_owned(),
            answer.header("permissions-policy").is_some(),
        )
    };
    let (default, _) = policy("/bare").await;
    assert!(default.contains("base-uri 'self'") && default.contains("frame-ancestors 'self'"), "{default}");
    assert_eq!(policy("/nowhere").await, (default, false));
    assert_eq!(policy("/own").await, ("default-src 'none'".into(), false));
    assert_eq!(policy("/custom").await, ("img-src *".into(), true));
    assert_eq!(policy("/custom/own").await, ("default-src 'none'".into(), true));
}

#[tokio::test]
async fn a_format_that_nobody_offers_is_not_acceptable() {
    async fn format(format: Assigned<bennu::Format>, headers: HeaderMap) -> String {
        format!("{} of {:?}", format.0, headers.get("accept"))
    }
    let formats = Pipeline::new("formats").plug(plug::accepts(["html", "json"]));
    let server = start(Router::new().scope(Scope::new("/").through(formats), |router| router.get("/", format))).await;
    for (path, accept, expected) in [
        ("/", "application/json", Some("json")),
        ("/", "text/html,*/*;q=0.8", Some("html")),
        ("/", "*/*", Some("html")),
        ("/?_format=json", "text/html", Some("json")),
        ("/?_format=xml", "text/html", None),
        ("/", "image/png", None),
    ] {
        let answer = get(server.addr(), path, &[("accept", accept)]).await;
        match expected {
            Some(format) => assert!(answer.body.starts_with(format), "{path} {accept}: {}", answer.body),
            None => assert_eq!(answer.status, 406, "{path} {accept}"),
        }
    }
}

#[tokio::test]
async fn cookies_of_plugs_and_handlers_stand_beside_each_other() {
    async fn remember(conn: Conn) {
        conn.put_resp_header("set-cookie", "theme=dark; Path=/");
        conn.put_resp_header("set-cookie", "language=de");
    }
    async fn show(conn: Conn) -> impl IntoResponse {
        conn.put_session("seen", true);
        let answer = format!("{:?} {:?}", conn.cookie("theme"), conn.cookie("nothing"));
        ([("set-cookie", "mine=1")], answer)
    }
    let browser = Pipeline::new("browser").plug(plug::session).plug(remember);
    let conn =
        TestConn::new(endpoint(Router::new().scope(Scope::new("/").through(browser), |router| router.get("/", show))));
    let conn = conn.expect("an endpoint");
    let first = conn.get("/").await;
    assert_eq!(first.response(200), "None None");
    assert_eq!(conn.get("/").await.response(200), "Some(\"dark\") None");
    for name in ["theme", "language", "mine", "_bennu_session"] {
        assert!(conn.cookie(name).is_some(), "{name}");
    }
}
