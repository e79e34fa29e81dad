//! Cross-site scripting: what somebody wrote is shown, in every place where a page shows values, and never becomes markup.

use bennu::prelude::*;
use serde_json::json;

use super::markup::{Found, elements};
use super::{conn, site};
use crate::support::start;
use crate::support::tab::Tab;

const PAYLOADS: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "\" onmouseover=\"alert(1)\" x=\"",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>",
    "<!--<script>",
    "--><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<svg/onload=alert(1)>",
    "\u{2028}</script ><img src=x onerror=alert(1)>",
];

#[derive(LiveView)]
struct ShowLive {
    text: String,
}

#[live_view]
impl ShowLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let text = cx.params().get("q").unwrap_or_default().to_owned();
        cx.page_title(&*text);
        cx.put_flash("info", &*text);
        cx.put_flash(&*text, "kind");
        Ok(Self { text })
    }

    #[event]
    fn show(&mut self, cx: &mut Cx, text: String) -> Result<()> {
        cx.page_title(&*text);
        cx.put_flash("error", &*text);
        cx.push_event("shown", &text)?;
        self.text = text;
        Ok(())
    }

    fn render(&self) -> Element {
        let text = &*self.text;
        let params = Params::from_iter([("robot[name]", text)]);
        let form = params
            .within("robot")
            .to_form()
            .named("robot")
            .with_errors([("name", text.to_owned())])
            .with_action("insert");
        rsx! {
            FlashGroup {}
            p { id: "{text}", title: "{text}", class: "{text}", style: "--x: {text}", "data-x": "{text}", "aria-label": "{text}", "{text}" }
            p { "before {text} after" }
            button { phx_click: "show", "phx-value-text": "{text}", "{text}" }
            Link { href: format!("/search?q={text}"), "{text}" }
            img { alt: "{text}", src: "/robot.png?{text}" }
            textarea { "{text}" }
            select { option { value: "{text}", selected: true, "{text}" } }
            FormFor { form: &form, phx_change: "show",
                Input { field: form.field("name"), label: text.to_owned(), help: text.to_owned(), placeholder: text.to_owned() }
                Textarea { field: form.field("name") }
                Select { field: form.field("name"), options: [(text.to_owned(), text.to_owned())], prompt: text.to_owned() }
                RadioGroup { field: form.field("name"), options: [(text.to_owned(), text.to_owned())] }
            }
        }
    }
}

fn layout(props: LayoutProps) -> Element {
    let title = props.title.clone().unwrap_or_default();
    rsx! {
        head {
            meta { name: "description", content: "{title}" }
            LiveTitle { title: props.title.clone(), default: "Robots", prefix: "Robots: ", suffix: " · Fleet" }
            {props.head}
        }
        body { class: "{title}", main { {props.inner} } }
    }
}

fn routes() -> Router {
    site(|router| {
        router.live::<ShowLive>("/show", None).get("/html", async |params: Params| {
            let text = params.get("q").unwrap_or_default().to_owned();
            bennu::html(move || rsx! { p { title: "{text}", "{text}" } })
        })
    })
    .layout(layout)
}

fn query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The page has the elements that it has for a harmless text, with the same attributes.
fn assert_same_page(html: &str, harmless: &str, payload: &str) {
    let shape = |element: &Found| {
        let names: Vec<_> = element.attributes.iter().map(|(name, _)| name.clone()).collect();
        (element.name.clone(), names)
    };
    let expected: Vec<_> = elements(harmless).iter().map(shape).collect();
    let found: Vec<_> = elements(html).iter().map(shape).collect();
    assert_eq!(found, expected, "{payload:?} became markup: {html}");
}

#[tokio::test]
async fn a_page_load_shows_text_as_text_everywhere() {
    let conn = conn(routes());
    for path in ["/show", "/html"] {
        let harmless = conn.get(&format!("{path}?q=harmless")).await.html_response(200).to_owned();
        assert!(elements(&harmless).len() > 1, "{harmless}");
        for payload in PAYLOADS {
            let page = conn.get(&format!("{path}?q={}", query(payload))).await;
            assert_same_page(page.html_response(200), &harmless, payload);
            let shown = payload.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let found = page.body().contains(&shown)
                || page.body().contains(&shown.replace('"', "&quot;").replace('\'', "&#39;"));
            assert!(found, "{payload:?} is not shown: {}", page.body());
        }
    }
}

#[tokio::test]
async fn a_patch_shows_text_as_text_and_an_event_carries_it_as_data() {
    let server = start(routes()).await;
    let mut tab = Tab::open(server.addr(), "/show?q=harmless").await;
    tab.join().await;
    let harmless = tab.click("show", json!(["harmless too"])).await.map(|_| tab.html()).expect("a patch");
    for payload in PAYLOADS {
        tab.click("show", json!([payload])).await.expect("a patch");
        assert_same_page(&tab.html(), &harmless, payload);
        assert_eq!(tab.page.title(), Some(payload), "the client sets it as text");
        let events = tab.page.take_events();
        assert_eq!(events.last(), Some(&("shown".to_owned(), json!(payload))));
    }
}

/// The policy that every page has is of use only while the pages need no exception from it.
#[tokio::test]
async fn pages_satisfy_the_policy_that_they_are_sent_with() {
    let conn = conn(routes());
    for path in ["/show?q=x", "/html?q=x", "/nowhere", "/show/%ff"] {
        let page = conn.get(path).await;
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        for element in elements(page.body()) {
            let is_inline = matches!(&*element.name, "script" | "style") && element.attribute("src").is_none();
            assert!(!is_inline, "an inline {} in {path}", element.name);
            let local =
                |name: &str| element.attribute(name).is_none_or(|url| url.starts_with('/') && !url.starts_with("//"));
            assert!(element.name != "script" || local("src"), "a script of another host in {path}: {element:?}");
            assert!(element.attributes.iter().all(|(name, _)| !name.starts_with("on")), "{element:?}");
        }
    }
}
