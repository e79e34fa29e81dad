//! Request handlers: what they are given, what they answer with, in which format and layout.

use std::net::IpAddr;

use bennu::prelude::*;
use bennu::testing::{FormPart, TestConn};
use bennu::{Accepted, ForceSsl, RawBody, SendFile, send_file, text};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::http::exchange;
use crate::support::{endpoint, start};

fn conn(router: Router) -> TestConn {
    TestConn::new(endpoint(router)).expect("an endpoint")
}

// --- actions and parameters ---------------------------------------------------------------------------------

mod robots {
    use super::*;

    pub async fn index(conn: Conn) -> String {
        format!("{} guarded {}", conn.action(), conn.assigned::<Guarded>().is_some())
    }

    pub async fn edit(conn: Conn) -> String {
        format!("{} guarded {}", conn.action(), conn.assigned::<Guarded>().is_some())
    }
}

struct Guarded;

async fn guard(conn: Conn) {
    conn.assign(Guarded);
}

#[tokio::test]
async fn a_plug_runs_before_the_actions_that_it_is_for() {
    let only = Pipeline::new("only").plug(plug::only(["edit"], guard));
    let except = Pipeline::new("except").plug(plug::except(["edit"], guard));
    let routes = |router: Router| router.get("/robots", robots::index).get("/robots/:id/edit", robots::edit);
    let conn = conn(
        Router::new().scope(Scope::new("/a").through(only), routes).scope(Scope::new("/b").through(except), routes),
    );
    for (path, answer) in [
        ("/a/robots", "index guarded false"),
        ("/a/robots/1/edit", "edit guarded true"),
        ("/b/robots", "index guarded true"),
        ("/b/robots/1/edit", "edit guarded false"),
    ] {
        assert_eq!(conn.get(path).await.response(200), answer, "{path}");
    }
}

async fn echo(params: Params) -> Json<serde_json::Value> {
    Json(params.into())
}

#[tokio::test]
async fn parameters_of_the_path_go_over_those_of_the_body_and_the_query() {
    let conn = conn(Router::new().post("/robots/:id", echo).get("/robots/:id", echo));
    let path = "/robots/7?id=q&page=2&name=q";
    let answer = conn.post(path).form([("id", "b"), ("name", "b"), ("tags[]", "x"), ("tags[]", "y")]).await;
    let expected = json!({ "id": "7", "name": "b", "page": "2", "tags": ["x", "y"] });
    assert_eq!(answer.json_response(200), expected);
    let answer = conn.post(path).json(json!({ "id": "b", "name": 3, "on": { "a": true } })).await;
    assert_eq!(answer.json_response(200), json!({ "id": "7", "name": "3", "page": "2", "on": { "a": "true" } }));
    let answer = conn.post("/robots/7").json(json!([1, { "a": 2 }])).await;
    assert_eq!(answer.json_response(200), json!({ "id": "7", "_json": ["1", { "a": "2" }] }));
    assert_eq!(conn.get(path).await.json_response(200), json!({ "id": "7", "name": "q", "page": "2" }));
}

/// Caches answer a `GET` by its URL alone, so nothing else may decide about it.
#[tokio::test]
async fn the_body_of_a_get_says_nothing() {
    let conn = conn(Router::new().any("/robots", echo));
    let form = "application/x-www-form-urlencoded";
    assert_eq!(conn.get("/robots?a=1").body(form, "a=2&b=3").await.json_response(200), json!({ "a": "1" }));
    assert_eq!(conn.delete("/robots?a=1").body(form, "a=2").await.json_response(200), json!({ "a": "2" }));
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let conn = conn(Router::new().post("/echo/:id", echo));
    let json = "application/json";
    for (content_type, body, status) in [
        (json, "{", 400),
        (json, "\"\\ud800\"", 400),
        ("application/x-www-form-urlencoded", "a=%ff", 400),
        ("application/x-www-form-urlencoded", "a=%", 400),
        ("multipart/form-data; boundary=x", "--y", 400),
        ("text/csv", "a,b", 200),
    ] {
        let answer = conn.post("/echo/1").body(content_type, body).await;
        assert_eq!(answer.status(), status, "{content_type} {body}: {answer:?}");
    }
    let large = conn.post("/echo/1").body(json, format!("\"{}\"", "x".repeat(8_000_000))).await;
    assert_eq!(large.error_sent(413), "the request's body is larger than 8000000 bytes");
    assert_eq!(conn.post("/echo/1").body(json, format!("\"{}\"", "x".repeat(7_000_000))).await.status(), 200);
}

#[tokio::test]
async fn a_scope_has_its_own_bounds_and_types() {
    async fn raw(body: String) -> String {
        body.len().to_string()
    }
    let small = Pipeline::new("small").plug(plug::body_limit(10)).plug(plug::parse_body_of(["json"]));
    let conn = conn(
        Router::new().scope(Scope::new("/small").through(small), |router| router.post("/", echo)).post("/raw", raw),
    );
    assert_eq!(conn.post("/small").json(json!({ "a": 1 })).await.json_response(200), json!({ "a": "1" }));
    assert_eq!(conn.post("/small").json(json!({ "a": "long enough" })).await.status(), 413);
    let other = conn.post("/small").form([("a", "1")]).await;
    assert_eq!(other.error_sent(415), "this route takes no body of the type `application/x-www-form-urlencoded`");
    assert_eq!(conn.post("/small").await.status(), 200);
    assert_eq!(conn.post("/raw").body("text/plain", "12345678901").await.response(200), "11");
}

#[tokio::test]
async fn a_webhook_has_the_bytes_and_the_parameters() {
    async fn hook(raw: RawBody, conn: Conn, params: Params, again: String) -> String {
        assert_eq!(conn.raw_body().await.expect("bytes"), raw.0);
        format!("{:?} {} {}", raw.0, params.get("a").unwrap_or("-"), again.len())
    }
    let conn = conn(Router::new().post("/hook", hook));
    assert_eq!(
        conn.post("/hook").body("application/json", "{\"a\" :1}").await.response(200),
        "b\"{\\\"a\\\" :1}\" 1 8"
    );
}

#[tokio::test]
async fn a_plug_may_read_a_format_of_its_own() {
    async fn csv(conn: Conn) -> Result<()> {
        let bytes = conn.raw_body().await?;
        let line = String::from_utf8_lossy(&bytes).into_owned();
        conn.put_body_params(Params::from_iter([("line", line.as_str())]));
        Ok(())
    }
    let conn = conn(
        Router::new().scope(Scope::new("/").through(Pipeline::new("csv").plug(csv)), |router| router.post("/", echo)),
    );
    assert_eq!(conn.post("/").body("text/csv", "a,b").await.json_response(200), json!({ "line": "a,b" }));
}

#[tokio::test]
async fn blank_parameters_are_nothing_and_required_ones_are_missed() {
    #[derive(Deserialize, Serialize)]
    struct Robot {
        name: Option<String>,
    }
    async fn create(params: Params) -> Result<Json<Robot>> {
        Ok(Json(params.scrub("robot")?.deserialize()?))
    }
    let conn = conn(Router::new().post("/robots", create));
    assert_eq!(conn.post("/robots").form([("robot[name]", " ")]).await.json_response(200), json!({ "name": null }));
    assert_eq!(conn.post("/robots").form([("name", "x")]).await.error_sent(400), "parameter `robot` is missing");
}

#[tokio::test]
async fn json_is_read_as_a_type() {
    #[derive(Deserialize, Serialize)]
    struct Robot {
        battery: f64,
    }
    async fn echo(Json(robot): Json<Robot>) -> Json<Robot> {
        Json(robot)
    }
    let conn = conn(Router::new().post("/", echo));
    assert_eq!(conn.post("/").json(json!({ "battery": 8.5 })).await.json_response(200), json!({ "battery": 8.5 }));
    assert_eq!(conn.post("/").json(json!({ "battery": "full" })).await.status(), 400);
    assert_eq!(conn.post("/").form([("battery", "1")]).await.status(), 415);
}

// --- formats ------------------------------------------------------------------------------------------------

async fn show(format: Format) -> Result<Response> {
    let names = vec!["Ada", "Bo"];
    respond!(format, {
        "html" => html(move || rsx! { for name in names { p { "{name}" } } }).fragment(),
        "json" => Json(names),
        "csv" => text(names.join(",")),
    })
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

#[tokio::test]
async fn one_action_answers_in_several_formats() {
    let accepts = Pipeline::new("any").plug(plug::accepts(["html", "json", "csv"]));
    let conn = conn(Router::new().scope(Scope::new("/").through(accepts), |router| router.get("/robots", show)));
    let robots = |accept: &str| conn.get("/robots").accept(accept);
    assert_eq!(robots(BROWSER).await.html_response(200), "<p>Ada</p><p>Bo</p>");
    assert_eq!(robots("*/*").await.html_response(200), "<p>Ada</p><p>Bo</p>");
    assert_eq!(conn.get("/robots").await.html_response(200), "<p>Ada</p><p>Bo</p>");
    assert_eq!(robots("application/json").await.json_response(200), json!(["Ada", "Bo"]));
    assert_eq!(robots("text/csv;q=0.9, text/html;q=0.1").await.response(200), "Ada,Bo");
    assert_eq!(conn.get("/robots?_format=json").accept(BROWSER).await.json_response(200), json!(["Ada", "Bo"]));
    assert_eq!(robots("image/png").await.status(), 406);
    assert_eq!(conn.get("/robots?_format=xml").await.status(), 406);
}

#[tokio::test]
async fn a_format_without_an_arm_is_not_acceptable_and_one_of_its_own_is() {
    let accepted = [Accepted::custom("fleet", "application/vnd.fleet"), Accepted::new("json")];
    let accepts = Pipeline::new("api").plug(plug::accepts(accepted));
    let conn = conn(Router::new().scope(Scope::new("/").through(accepts), |router| {
        router.get("/robots", show).get("/format", async |format: Format| format.to_string())
    }));
    assert_eq!(conn.get("/format").accept("application/vnd.fleet").await.response(200), "fleet");
    let answer = conn.get("/robots").accept("application/vnd.fleet").await;
    assert_eq!(answer.error_sent(406), "this action answers in html, json, csv, not in fleet");
}

#[tokio::test]
async fn errors_are_in_the_format_of_the_route() {
    let accepts = Pipeline::new("api").plug(plug::accepts(["json"]));
    let lost = async || -> Result<String> { Err(Error::not_found("lost")) };
    let conn = conn(Router::new().scope(Scope::new("/").through(accepts), |router| router.get("/lost", lost)));
    let answer = conn.get("/lost").accept("*/*").await;
    assert_eq!(answer.json_response(404), json!({ "errors": { "detail": "Not Found" } }));
    assert!(conn.get("/lost").accept("text/html").await.html_response(406).contains("406 Not Acceptable"));
}

// --- pages --------------------------------------------------------------------------------------------------

fn root(props: LayoutProps) -> Element {
    rsx! {
        head {
            LiveTitle { title: props.title, default: "Home", suffix: " · Robots" }
            {props.head}
        }
        body { class: "root", for (kind, text) in props.flash.iter() { p { class: "{kind}", "{text}" } } {props.inner} }
    }
}

fn app(props: LayoutProps) -> Element {
    rsx! { main { class: "app", "data-title": props.title, {props.inner} } }
}

async fn page() -> Html {
    html(|| rsx! { h1 { "Page" } }).title("Page")
}

fn pages() -> Router {
    let with_app = Pipeline::new("browser").plug(plug::session).plug(plug::put_layout(app));
    Router::new().layout(root).get("/bare", page).scope(Scope::new("/app").through(with_app), |router| {
        router
            .get("/", page)
            .get("/none", async || page().await.no_layout())
            .get("/fragment", async || page().await.fragment())
            .get("/other", async || page().await.layout(|props| rsx! { aside { {props.inner} } }).status(201))
            .get("/root", async || page().await.root_layout(|props| rsx! { body { {props.inner} } }))
    })
}

#[tokio::test]
async fn the_root_layout_is_around_the_app_layout_around_the_page() {
    let conn = conn(pages());
    let page = conn.get("/app").await;
    let page = page.html_response(200);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\"><head><title"), "{page}");
    assert!(page.contains(">Page · Robots</title>"), "{page}");
    assert!(
        page.contains("<body class=\"root\"><main class=\"app\" data-title=\"Page\"><h1>Page</h1></main></body>"),
        "{page}"
    );
    assert!(page.contains("<meta name=\"csrf-token\"") && page.contains("/live/bennu.js?v="), "{page}");
    for (path, status, body) in [
        ("/bare", 200, "<body class=\"root\"><h1>Page</h1></body>"),
        ("/app/none", 200, "<body class=\"root\"><h1>Page</h1></body>"),
        ("/app/other", 201, "<body class=\"root\"><aside><h1>Page</h1></aside></body>"),
        ("/app/root", 200, "<body><main class=\"app\""),
    ] {
        let page = conn.get(path).await;
        assert!(page.html_response(status).contains(body), "{path}: {page:?}");
    }
    assert_eq!(conn.get("/app/fragment").await.html_response(200), "<h1>Page</h1>");
    assert_eq!(conn.get("/app").await.header("cache-control"), Some("max-age=0, private, must-revalidate"));
}

#[tokio::test]
async fn a_page_that_cannot_be_rendered_is_an_error_page() {
    let broken = async || html(|| panic!("in the markup"));
    let conn = conn(Router::new().get("/broken", broken));
    let page = conn.get("/broken").await;
    assert_eq!(page.error_sent(500), "in the markup");
    assert!(page.html_response(500).contains("500 Internal Server Error") && !page.body().contains("markup"));
}

// --- a session of several requests ---------------------------------------------------------------------------

fn members() -> Router {
    async fn log_in(conn: Conn, params: Params) -> Redirect {
        conn.renew_session();
        conn.put_session("user", params.get("user").unwrap_or_default());
        conn.put_flash("info", "Welcome.");
        Redirect::to("/home")
    }
    async fn home(conn: Conn) -> Result<Html> {
        let user: String = conn.get_session("user").ok_or_else(|| Error::redirect("/log-in"))?;
        Ok(html(move || rsx! { h1 { "Hello {user}" } }))
    }
    let browser = Pipeline::new("browser").plug(plug::session).plug(plug::flash).plug(plug::csrf);
    Router::new().layout(root).scope(Scope::new("/").through(browser), |router| {
        router
            .get("/log-in", async || html(|| rsx! { form { method: "post" } }))
            .post("/log-in", log_in)
            .get("/home", home)
            .delete("/log-in", async |conn: Conn| {
                conn.clear_session();
                Redirect::to("/log-in")
            })
    })
}

#[tokio::test]
async fn a_session_and_a_flash_go_from_request_to_request() {
    let conn = conn(members());
    assert_eq!(conn.get("/home").await.redirected_to(), "/log-in");
    assert!(conn.get("/home").follow_redirects().await.html_response(200).contains("<form method=\"post\">"));
    let home = conn.post("/log-in").form([("user", "Ada")]).follow_redirects().await;
    assert_eq!(home.path(), "/home");
    assert!(home.html_response(200).contains("<p class=\"info\">Welcome.</p><h1>Hello Ada</h1>"), "{home:?}");
    assert!(!conn.get("/home").await.body().contains("Welcome"));
    assert_eq!(conn.another().get("/home").await.redirected_to(), "/log-in");
    assert_eq!(conn.delete("/log-in").await.redirected_to(), "/log-in");
    assert_eq!(conn.get("/home").await.redirected_to(), "/log-in");
}

#[tokio::test]
async fn a_form_s_token_is_found_in_its_body_of_either_kind() {
    let conn = conn(members());
    let page = conn.get("/log-in").await;
    let token =
        page.body().split("content=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").to_owned();
    let log_in = || conn.post("/log-in").without_csrf();
    assert_eq!(log_in().form([("user", "Ada")]).await.status(), 403);
    assert_eq!(log_in().form([("user", "Ada"), ("_csrf_token", &token)]).await.redirected_to(), "/home");
    let fresh = conn.get("/home").await;
    let token =
        fresh.body().split("content=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").to_owned();
    let parts = [FormPart::text("_csrf_token", token), FormPart::text("user", "Bo")];
    assert_eq!(log_in().multipart(parts).await.redirected_to(), "/home");
    assert_eq!(log_in().multipart([FormPart::text("user", "Bo")]).await.status(), 403);
}

#[tokio::test]
#[should_panic(expected = "status 201 was expected")]
async fn a_test_that_fails_shows_the_response() {
    conn(pages()).get("/bare").await.html_response(201);
}

// --- redirects and files --------------------------------------------------------------------------------------

#[tokio::test]
async fn a_redirect_that_leads_away_is_an_error() {
    let back = async |params: Params| Redirect::try_to(params.get("to").unwrap_or_default());
    let careless = async |params: Params| Redirect::to(params.get("to").unwrap_or_default());
    let conn = conn(Router::new().get("/back", back).get("/careless", careless));
    assert_eq!(conn.get("/back?to=/robots").await.redirected_to(), "/robots");
    assert_eq!(conn.get("/back?to=//evil.example").await.status(), 400);
    assert_eq!(conn.get("/careless?to=https://evil.example").await.status(), 500);
    assert!(conn.get("/careless?to=/%5Cevil.example").await.header("location").is_none());
}

#[tokio::test]
async fn files_are_sent_and_downloaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.txt");
    std::fs::write(&path, "0123456789").expect("a file");
    let (shown, saved) = (path.clone(), path.clone());
    let show = async move || -> Result<SendFile> { Ok(send_file(shown).await?.offset(2).length(3)) };
    let save = async move || Ok::<_, Error>(Download::file(saved).await?.filename("Fährten.txt"));
    let lost = async || send_file("/nowhere/at/all").await;
    let conn = conn(Router::new().get("/show", show).get("/save", save).get("/lost", lost));
    let shown = conn.get("/show").await;
    assert_eq!((shown.text_response(200), shown.header("content-length")), ("234", Some("3")));
    let saved = conn.get("/save").await;
    assert_eq!(saved.text_response(200), "0123456789");
    let disposition = "attachment; filename=\"F_hrten.txt\"; filename*=UTF-8''F%C3%A4hrten.txt";
    assert_eq!(saved.header("content-disposition"), Some(disposition));
    assert_eq!(conn.get("/lost").await.status(), 404);
    let head = conn.head("/show").await;
    assert_eq!((head.body(), head.header("content-length")), ("", Some("3")));
}

// --- the front of the endpoint --------------------------------------------------------------------------------

#[tokio::test]
async fn a_plain_form_reaches_routes_of_other_methods() {
    let conn = conn(
        Router::new()
            .put("/robots/:id", async |params: Params| format!("put {}", params.get("name").unwrap_or("-")))
            .delete("/robots/:id", async || "deleted")
            .post("/robots/:id", async || "posted"),
    );
    let post = || conn.post("/robots/7");
    assert_eq!(post().form([("_method", "put"), ("name", "Ada")]).await.response(200), "put Ada");
    assert_eq!(post().form([("name", "Ada"), ("_method", "DELETE")]).await.response(200), "deleted");
    let parts = [FormPart::text("_method", "put"), FormPart::text("name", "Bo")];
    assert_eq!(post().multipart(parts).await.response(200), "put Bo");
    assert_eq!(post().form([("_method", "TRACE")]).await.response(200), "posted");
    assert_eq!(post().json(json!({ "_method": "put" })).await.response(200), "posted");
    assert_eq!(conn.post("/robots/7?_method=delete").await.response(200), "posted");
    assert_eq!(conn.get("/robots/7?_method=delete").await.status(), 405);
}

#[tokio::test]
async fn every_answer_has_the_request_s_id() {
    let id = async |conn: Conn| conn.request_id().to_owned();
    let conn = conn(Router::new().get("/id", async move |conn: Conn| id(conn).await));
    let given = "0123456789abcdef0123";
    let answer = conn.get("/id").header("x-request-id", given).await;
    assert_eq!((answer.body(), answer.header("x-request-id")), (given, Some(given)));
    let made = conn.get("/id").header("x-request-id", "short").await;
    assert_eq!((made.header("x-request-id"), made.body().len()), (Some(made.body()), 20));
    assert_eq!(conn.get("/nowhere").await.header("x-request-id").map(str::len), Some(20));
}

#[tokio::test]
async fn a_trusted_proxy_says_who_asks_and_how() {
    async fn seen(conn: Conn) -> String {
        format!("{} {}", conn.peer_addr().map_or(IpAddr::from([0; 4]), |peer| peer.ip()), conn.current_url())
    }
    let forwarded = |conn: &TestConn| {
        conn.get("/seen?a=b")
            .header("x-forwarded-for", "203.0.113.7")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "fleet.example")
    };
    let router = || Router::new().get("/seen", seen);
    let trusting = endpoint(router()).trusted_proxies("loopback".parse().expect("networks"));
    let trusting = TestConn::new(trusting).expect("an endpoint");
    assert_eq!(forwarded(&trusting).await.response(200), "203.0.113.7 https://fleet.example/seen?a=b");
    assert_eq!(forwarded(&conn(router())).await.response(200), "127.0.0.1 http://www.example.com/seen?a=b");
}

#[tokio::test]
async fn everything_goes_by_https_but_what_is_excluded() {
    let endpoint = endpoint(Router::new().get("/", async || "in").get("/health", async || "fine"))
        .trusted_proxies("loopback".parse().expect("networks"))
        .force_ssl(ForceSsl::new().exclude_path("/health"));
    let conn = TestConn::new(endpoint).expect("an endpoint");
    let answer = conn.get("/?a=b").await;
    assert_eq!((answer.status(), answer.redirected_to()), (301, "https://www.example.com/?a=b"));
    assert!(answer.header("strict-transport-security").is_none());
    assert_eq!(conn.post("/").form([("a", "b")]).await.status(), 307);
    let health = conn.get("/health").await;
    assert_eq!((health.response(200), health.header("strict-transport-security")), ("fine", None));
    let secure = conn.get("/").header("x-forwarded-proto", "https").await;
    assert_eq!(secure.response(200), "in");
    assert_eq!(secure.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn over_a_socket_a_large_body_is_refused_before_it_is_sent() {
    let server =
        start(Router::new().post("/echo", echo).post("/count", async |body: axum::body::Bytes| body.len().to_string()))
            .await;
    let addr = server.addr();
    let head = |path: &str, length: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    // Nothing of the body follows: the answer does not wait for it.
    let refused = exchange(addr, head("/echo", 9_000_000).as_bytes()).await;
    assert_eq!(refused.status, 413);
    let streamed = exchange(addr, (head("/count", 3) + "abc").as_bytes()).await;
    assert_eq!(streamed.body, "3");
}
