//! What is answered when a request fails.

use bennu::prelude::*;
use bennu::testing::TestConn;
use bennu::{ErrorPage, Halt};
use serde_json::json;

use crate::support::http::get;
use crate::support::log::Log;
use crate::support::{endpoint, start};

#[derive(LiveView)]
struct FailingLive;

#[live_view]
impl FailingLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let id: i64 = cx.params().parse("id")?;
        Err(Error::not_found(format!("no robot {id} in the secret fleet")))
    }

    fn render(&self) -> Element {
        rsx! {}
    }
}

#[derive(Debug)]
struct StaleEntry;

impl std::fmt::Display for StaleEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("changed by somebody else")
    }
}

impl std::error::Error for StaleEntry {}

async fn broken_plug(_conn: Conn) {
    panic!("in the secret plug");
}

fn routes() -> Router {
    let broken = Pipeline::new("broken").plug(broken_plug);
    let refused =
        Pipeline::new("refused").plug(async |_conn: Conn| Halt::with((axum::http::StatusCode::IM_A_TEAPOT, "no")));
    Router::new()
        .get("/error", async || -> Result<String> { Ok("x".parse::<i32>()?.to_string()) })
        .get("/missing", async || -> Result<String> { Err(Error::not_found("no robot in the secret fleet")) })
        .get("/forbidden", async || -> Result<String> { Err(Error::forbidden("not for you")) })
        .get("/stale", async || -> Result<String> { Err(StaleEntry.into()) })
        .get("/cast", async |params: Params| -> Result<String> { Ok(params.parse::<i64>("id")?.to_string()) })
        .get("/panic", async || -> String { panic!("in the secret handler") })
        .get("/late", async || -> String {
            tokio::task::yield_now().await;
            panic!("in the secret handler")
        })
        .get("/state", async |state: State<u64>| state.to_string())
        .get("/mine", async || (axum::http::StatusCode::NOT_FOUND, "my own page"))
        .get("/fine", async || "fine")
        .live::<FailingLive>("/live/:id", None)
        .scope(Scope::new("/plug").through(broken), |router| router.get("/", async || "never"))
        .scope(Scope::new("/halt").through(refused), |router| router.get("/", async || "never"))
}

fn conn() -> TestConn {
    TestConn::new(endpoint(routes()).error_status(|_: &StaleEntry| 409)).expect("an endpoint")
}

#[tokio::test]
async fn each_failure_has_its_status_in_each_format_and_tells_nothing() {
    let conn = conn();
    for (path, status, reason) in [
        ("/error", 500, "Internal Server Error"),
        ("/missing", 404, "Not Found"),
        ("/forbidden", 403, "Forbidden"),
        ("/stale", 409, "Conflict"),
        ("/cast?id=x", 400, "Bad Request"),
        ("/cast", 400, "Bad Request"),
        ("/cast?id=%zz", 400, "Bad Request"),
        ("/panic", 500, "Internal Server Error"),
        ("/late", 500, "Internal Server Error"),
        ("/plug", 500, "Internal Server Error"),
        ("/state", 500, "Internal Server Error"),
        ("/live/7", 404, "Not Found"),
        ("/live/x", 400, "Bad Request"),
        ("/nowhere", 404, "Not Found"),
        ("/%ff", 400, "Bad Request"),
    ] {
        let page = conn.get(path).accept("text/html").await;
        assert!(page.html_response(status).contains(&format!("<h1>{status} {reason}</h1>")), "{path}: {page:?}");
        assert!(!page.body().contains("secret") && !page.body().contains("digit"), "{path}: {page:?}");
        let answer = conn.get(path).accept("application/json").await;
        assert_eq!(answer.json_response(status), json!({ "errors": { "detail": reason } }), "{path}");
        let answer = conn.get(path).accept("text/plain").await;
        assert_eq!(answer.text_response(status), format!("{reason}\n"), "{path}");
    }
    assert_eq!(conn.get("/fine").await.response(200), "fine");
}

#[tokio::test]
async fn a_test_sees_the_error_behind_the_page() {
    let conn = conn();
    assert_eq!(conn.get("/missing").await.error_sent(404), "no robot in the secret fleet");
    assert_eq!(conn.get("/error").await.error_sent(500), "invalid digit found in string");
    assert_eq!(conn.get("/late").await.error_sent(500), "in the secret handler");
    assert_eq!(conn.get("/nowhere").await.error_sent(404), "no route for GET /nowhere");
    let wrong = conn.post("/fine").await;
    assert_eq!((wrong.status(), wrong.header("allow")), (405, Some("GET, HEAD")));
}

#[tokio::test]
async fn answers_that_are_no_failures_are_left_alone() {
    let conn = conn();
    assert_eq!(conn.get("/mine").await.response(404), "my own page");
    assert_eq!(conn.get("/halt").await.response(418), "no");
}

#[tokio::test]
async fn an_application_shows_its_own_pages() {
    fn page(page: ErrorPage) -> Element {
        rsx! {
            head { title { "Lost" } }
            body { h1 { "Nothing at {page.path}" } footer { {page.request_id} } }
        }
    }
    let endpoint = endpoint(routes()).error_pages(page).error_json(|page| json!({ "code": page.status }));
    let conn = TestConn::new(endpoint).expect("an endpoint");
    let answer = conn.get("/missing").await;
    let id = answer.header("x-request-id").expect("an id");
    let expected = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Lost</title></head><body><h1>Nothing at /missing</h1><footer>{id}</footer></body></html>"
    );
    assert_eq!(answer.html_response(404), expected);
    assert_eq!(conn.get("/missing").accept("application/json").await.json_response(404), json!({ "code": 404 }));
}

#[tokio::test]
async fn developers_are_shown_what_happened() {
    let conn = TestConn::new(endpoint(routes()).debug_errors(true)).expect("an endpoint");
    let page = conn.get("/error?password=hush&robot=Ada").header("authorization", "Bearer hush").await;
    for shown in ["invalid digit found in string", "tests/it/errors.rs:", "GET /error"] {
        assert!(page.html_response(500).contains(shown), "{shown}: {page:?}");
    }
    assert!(page.body().contains("parse::&lt;i32&gt;"), "the line of source: {page:?}");
    assert!(page.body().contains("Ada") && !page.body().contains("hush"), "{page:?}");
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    let panic = conn.get("/late").accept("application/json").await.json_response(500);
    assert_eq!(panic["errors"]["chain"], json!(["in the secret handler"]));
    assert!(panic["errors"]["place"].as_str().is_some_and(|place| place.contains("tests/it/errors.rs")), "{panic}");
    assert!(conn.get("/nowhere").await.html_response(404).contains("no route for GET /nowhere"));
}

#[tokio::test]
async fn the_log_says_what_the_page_does_not_with_the_request_s_id() {
    let log = Log::start();
    let id = "0123456789abcdef0123";
    conn().get("/error").header("x-request-id", id).await.html_response(500);
    let text = log.text();
    let line =
        text.lines().find(|line| line.contains("a request failed")).unwrap_or_else(|| panic!("no such line: {text}"));
    for shown in [id, "invalid digit found in string", "tests/it/errors.rs:", "status=500", "path=\"/error\""] {
        assert!(line.contains(shown), "{shown}: {line}");
    }
}

#[tokio::test]
async fn a_server_goes_on_after_a_panic() {
    let server = start(routes()).await;
    for path in ["/panic", "/late", "/plug"] {
        let answer = get(server.addr(), path, &[]).await;
        assert_eq!(answer.status, 500, "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
    }
    assert_eq!(get(server.addr(), "/fine", &[]).await.body, "fine");
}
