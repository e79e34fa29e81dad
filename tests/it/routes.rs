//! Routes, the document around a view, and what the endpoint answers when there is no page.

use bennu::prelude::*;
use serde_json::json;

use crate::support::http::{exchange, get};
use crate::support::tab::Tab;
use crate::support::{endpoint, eventually, start};

#[derive(LiveView)]
struct ShowLive {
    text: String,
}

#[live_view]
impl ShowLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        match cx.params().get("id") {
            Some("missing") => return Err(Error::not_found("no such robot")),
            Some("private") => return Err(Error::redirect("/login?then=/private")),
            Some("broken") => return Err(Error::msg("out of order")),
            Some("panic") => panic!("in mount"),
            _ => {}
        }
        Ok(Self { text: format!("mount {} {:?}", cx.uri().path(), cx.live_action()) })
    }

    fn handle_params(&mut self, _cx: &mut Cx, params: &Params, uri: &Uri) {
        let shown: Vec<_> = ["id", "rest", "q"].iter().map(|name| params.get(name).unwrap_or("-")).collect();
        self.text = format!("{}, params {} of {uri}", self.text, shown.join(" "));
    }

    fn render(&self) -> Element {
        assert!(!self.text.contains("unrenderable"), "in render");
        rsx! { p { "{self.text}" } }
    }
}

fn site(props: LayoutProps) -> Element {
    rsx! {
        head {
            LiveTitle { title: props.title, default: "Home", suffix: " · Robots" }
            {props.head}
        }
        body { class: "site", main { {props.inner} } }
    }
}

async fn double(n: axum::extract::Path<i64>) -> String {
    (n.0 * 2).to_string()
}

async fn greeting(greeting: State<String>) -> String {
    greeting.as_str().to_owned()
}

fn admin() -> axum::Router {
    axum::Router::new().route("/status", axum::routing::get(async || "fine"))
}

router! {
    layout site;
    live "/robots/:id" => ShowLive as show;
    live "/docs/*rest" => ShowLive;
    get "/double/:n" => double;
    get "/greeting" => greeting;
    post "/double/:n" => double;
    asset "/app.css" ("text/css") => b"p { color: red }";
    forward "/admin" => admin();
}

#[tokio::test]
async fn a_route_s_parameters_action_and_url_reach_the_view() {
    let server = start(Routes).await;
    let page = get(server.addr(), "/robots/r%20%C3%A9?q=a+b", &[]).await;
    assert_eq!(page.status, 200);
    let expected = "mount /robots/r%20%C3%A9 Some(\"show\"), params r é - a b of /robots/r%20%C3%A9?q=a+b";
    assert!(page.body.contains(expected), "{}", page.body);
    let page = get(server.addr(), "/docs/a/b%2Fc", &[]).await;
    assert!(page.body.contains("params - a/b/c - of"), "{}", page.body);
}

#[tokio::test]
async fn the_layout_is_around_the_view_and_never_patched() {
    let server = start(Routes).await;
    let page = get(server.addr(), "/docs/x", &[]).await;
    assert!(page.body.contains("<body class=\"site\"><main><div id=\"phx-"), "{}", page.body);
    assert!(page.body.contains(" data-phx-main"), "{}", page.body);
    assert!(page.body.contains("data-phx-session=\"") && page.body.contains("data-phx-static=\""), "{}", page.body);
    assert!(page.body.contains(">Home · Robots</title>"), "{}", page.body);
    assert!(page.body.contains("<script src=\"/live/bennu.js?v="), "{}", page.body);
}

#[tokio::test]
async fn pages_that_are_not_there_say_so_and_no_more() {
    let server = start(Routes).await;
    for (path, status) in [
        ("/robots/missing", 404),
        ("/robots/broken", 500),
        ("/robots/panic", 500),
        ("/robots/unrenderable", 500),
        ("/robots/%ff", 400),
        ("/robots/1?q=%zz", 400),
        ("/nowhere", 404),
        ("/double/x", 400),
    ] {
        let page = get(server.addr(), path, &[]).await;
        assert_eq!(page.status, status, "{path}");
        for secret in ["no such robot", "out of order", "in mount", "in render"] {
            assert!(!page.body.contains(secret), "{path}: {}", page.body);
        }
    }
    eventually("what could not be mounted does not live", || server.view_counts().total == 0).await;
}

#[tokio::test]
async fn mount_can_send_the_browser_elsewhere() {
    let server = start(Routes).await;
    let page = get(server.addr(), "/robots/private", &[]).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/login?then=/private")));
}

#[tokio::test]
async fn a_join_is_sent_elsewhere_and_refused_like_a_page_load() {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/robots/1").await;
    tab.join().await;
    let mut copy = tab.duplicate();
    copy.connect().await;
    for (path, response) in [
        ("/robots/private", json!({ "redirect": { "to": "/login?then=/private" } })),
        ("/robots/missing", json!({ "reason": "not found" })),
        ("/robots/broken", json!({ "reason": "crashed" })),
        ("/robots/panic", json!({ "reason": "crashed" })),
        ("/robots/unrenderable", json!({ "reason": "crashed" })),
    ] {
        let url = format!("http://{}{path}", server.addr());
        assert_eq!(copy.join_with(json!({ "url": url })).await, Err(response), "{path}");
    }
}

#[tokio::test]
async fn handlers_files_and_other_routers_live_beside_the_views() {
    let server = endpoint(Routes).state("hello".to_owned()).start().await.unwrap();
    let addr = server.addr();
    assert_eq!(get(addr, "/double/21", &[]).await.body, "42");
    assert_eq!(get(addr, "/greeting", &[]).await.body, "hello");
    assert_eq!(get(addr, "/admin/status", &[]).await.body, "fine");
    let request = format!("POST /double/4 HTTP/1.1\r\nhost: {addr}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    assert_eq!(exchange(addr, request.as_bytes()).await.body, "8");

    let css = get(addr, "/app.css", &[]).await;
    assert_eq!((css.header("content-type"), &*css.body), (Some("text/css"), "p { color: red }"));
    let again = get(addr, "/app.css", &[("if-none-match", css.header("etag").unwrap())]).await;
    assert_eq!((again.status, &*again.body), (304, ""));
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
        assert!(css.header(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn routes_that_contradict_each_other_are_found_before_the_server_starts() {
    let router = bennu::Router::new().live::<ShowLive>("/a/:x", None).live::<ShowLive>("/a/:y", None);
    let error = endpoint(router).start().await.err().expect("no server");
    assert!(error.to_string().contains("/a/:y"), "{error}");
    let router = bennu::Router::new().live::<ShowLive>("no-slash", None);
    let error = endpoint(router).start().await.err().expect("no server");
    assert!(error.to_string().contains("no-slash"), "{error}");
    let router = bennu::Router::new().forward("/admin", admin()).forward("/admin", admin());
    let error = endpoint(router).start().await.err().expect("no server");
    assert!(error.to_string().contains("/admin"), "{error}");
    let router = bennu::Router::new().get("/live/websocket", async || "ours");
    let error = endpoint(router).start().await.err().expect("no server");
    assert!(error.to_string().contains("/live/websocket"), "{error}");
}
