//! Open redirects: addresses that seem to be ours and are not, in everything that sends a browser somewhere.

use bennu::prelude::*;
use serde_json::json;

use super::{conn, site};
use crate::support::start;
use crate::support::tab::Tab;

/// None of them is a path of this host: other hosts, what browsers read as other hosts (CVE-2026-64941: they drop tabs and line breaks, and take
/// `\` for `/`), and schemes that run something (CVE-2026-58228).
const EVIL: [&str; 22] = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\r\nlocation: https://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "evil.example",
    ".evil.example",
    "@evil.example",
    "",
];

async fn given(params: Params) -> Result<Redirect> {
    Redirect::try_to(params.get("to").unwrap_or_default())
}

async fn trusted(params: Params) -> Redirect {
    Redirect::to(params.get("to").unwrap_or_default())
}

async fn external(params: Params) -> Result<Redirect> {
    Redirect::external(params.get("to").unwrap_or_default())
}

async fn by_error(params: Params) -> Result<()> {
    Err(Error::redirect(params.get("to").unwrap_or_default()))
}

#[derive(LiveView)]
struct GoLive {
    to: String,
}

#[live_view]
impl GoLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let to = cx.params().get("to").unwrap_or_default().to_owned();
        match cx.params().get("how") {
            Some("redirect") => cx.redirect(&*to)?,
            Some("navigate") => cx.push_navigate(&*to)?,
            Some("external") => cx.redirect_external(&*to)?,
            Some("error") => return Err(Error::redirect(to)),
            _ => {}
        }
        Ok(Self { to })
    }

    #[event]
    fn go(&mut self, cx: &mut Cx, how: String, to: String) -> Reply {
        let gone = match &*how {
            "redirect" => cx.redirect(to),
            "navigate" => cx.push_navigate(to),
            "patch" => cx.push_patch(to),
            _ => cx.redirect_external(to),
        };
        Reply::json(&gone.is_ok()).expect("a boolean")
    }

    fn render(&self) -> Element {
        let to = self.to.clone();
        rsx! {
            Link { href: to.clone(), "plain" }
            Link { navigate: to.clone(), "navigate" }
            Link { patch: to, "patch" }
        }
    }
}

fn routes() -> Router {
    site(|router| {
        router
            .get("/given", given)
            .get("/trusted", trusted)
            .get("/external", external)
            .get("/error", by_error)
            .live::<GoLive>("/live", None)
    })
}

fn query(to: &str) -> String {
    form_urlencoded::byte_serialize(to.as_bytes()).collect()
}

#[tokio::test]
async fn no_handler_sends_a_browser_to_another_host_by_mistake() {
    let conn = conn(routes());
    for to in EVIL {
        for (path, status) in [("given", 400), ("trusted", 500), ("error", 500)] {
            let response = conn.get(&format!("/{path}?to={}", query(to))).await;
            assert_eq!((response.status(), response.header("location")), (status, None), "{path} {to:?}");
        }
    }
    let home = conn.get("/given?to=%2Frobots%3Fa%3D%2F%2Fb").await;
    assert_eq!((home.status(), home.header("location")), (303, Some("/robots?a=//b")));
}

#[tokio::test]
async fn an_external_redirect_is_to_a_web_site_and_nothing_else() {
    let conn = conn(routes());
    for to in EVIL.into_iter().filter(|to| *to != "https://evil.example") {
        let response = conn.get(&format!("/external?to={}", query(to))).await;
        assert_eq!((response.status(), response.header("location")), (500, None), "{to:?}");
    }
    let shop = conn.get(&format!("/external?to={}", query("https://shop.example/a"))).await;
    assert_eq!((shop.status(), shop.header("location")), (303, Some("https://shop.example/a")));
}

#[tokio::test]
async fn no_page_load_of_a_live_view_leads_to_another_host() {
    let conn = conn(routes());
    for to in EVIL {
        for how in ["redirect", "navigate", "error"] {
            let response = conn.get(&format!("/live?how={how}&to={}", query(to))).await;
            assert_eq!(response.header("location"), None, "{how} {to:?}");
            assert!(response.status() >= 400, "{how} {to:?}: {}", response.status());
        }
    }
}

#[tokio::test]
async fn no_event_of_a_live_view_leads_to_another_host() {
    let server = start(routes()).await;
    let mut tab = Tab::open(server.addr(), "/live").await;
    tab.join().await;
    for to in EVIL {
        for how in ["redirect", "navigate", "patch", "external"] {
            if (how, to) == ("external", "https://evil.example") {
                continue;
            }
            let gone = tab.click("go", json!([how, to])).await.expect("a reply");
            assert_eq!(gone, Some(json!(false)), "{how} {to:?}");
        }
    }
    assert_eq!(tab.page.redirect(), None);
    assert!(tab.page.left().is_none() && tab.page.take_patched().is_empty());
    tab.click("go", json!(["redirect", "/robots"])).await.expect("a reply");
    assert_eq!(tab.page.redirect(), Some("/robots"));
}

#[tokio::test]
async fn links_run_nothing_and_navigate_nowhere_else() {
    let conn = conn(routes());
    for to in EVIL {
        let page = conn.get(&format!("/live?to={}", query(to))).await;
        let elements = super::markup::elements(page.html_response(200));
        for link in elements.iter().filter(|element| element.name == "a") {
            let href = link.attribute("href").unwrap_or_default();
            let bare: String = href.chars().filter(|c| !c.is_control() && *c != ' ').collect::<String>().to_lowercase();
            let scheme = bare.split(['/', '?', '#']).next().unwrap_or_default();
            assert!(
                !["javascript:", "data:", "vbscript:"].iter().any(|bad| scheme.starts_with(bad)),
                "{to:?}: {href:?}"
            );
            if link.attribute("data-phx-link").is_some() {
                assert!(!bare.replace('\\', "/").starts_with("//"), "{to:?}: {href:?}");
            }
        }
    }
}
