//! Pages between which a tab navigates: two views of one live session, one of another, and a page that is not live.

use axum::response::Html;
use bennu::prelude::*;

use crate::layout::layout;
use crate::probe;

/// The live session, and what lies outside of it.
pub(crate) fn routes(router: Router) -> Router {
    let browser = Pipeline::new("browser").plug(plug::session).plug(plug::csrf);
    router
        .live_session(LiveSession::new("navigation").layout(with_links), |router| {
            router
                .live::<ALive>("/navigation/a", None)
                .live::<BLive>("/navigation/b", Some("index"))
                .live::<BLive>("/navigation/b/:id", Some("show"))
                .live::<SlowLive>("/navigation/slow", None)
                .live::<LoopLive>("/navigation/loop", None)
                .live::<UnsavedLive>("/navigation/unsaved", None)
        })
        .live_session(LiveSession::new("elsewhere"), |router| router.live::<OtherLive>("/navigation/other", None))
        .get("/navigation/dead", dead)
        .scope(Scope::new("/navigation").through(browser), |router| router.put("/echo", echo))
}

/// The usual document, and links outside of the view.
fn with_links(props: LayoutProps) -> Element {
    let inner = rsx! {
        nav {
            Link { id: "nav-a", navigate: "/navigation/a", "A" }
            Link { id: "nav-b", navigate: "/navigation/b", "B" }
            Link { id: "nav-other", navigate: "/navigation/other", "other session" }
            Link { id: "nav-dead", href: "/navigation/dead", "dead" }
        }
        {props.inner}
    };
    layout(LayoutProps { inner, ..props })
}

async fn dead() -> Html<&'static str> {
    Html("<!DOCTYPE html><title>dead</title><h1>dead</h1><a id=\"back\" href=\"/navigation/a\">A</a>")
}

async fn echo(conn: Conn) -> String {
    format!("{} with the page's token", conn.method())
}

#[derive(LiveView)]
pub(crate) struct ALive {
    actor: String,
    param: String,
    patches: u32,
    count: u32,
    referer: String,
}

#[live_view]
impl ALive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("navigation-a");
        cx.page_title("A");
        Ok(Self { actor: cx.id().to_owned(), param: String::new(), patches: 0, count: 0, referer: String::new() })
    }

    async fn handle_params(&mut self, cx: &mut Cx, params: &Params, _uri: &Uri) -> Result<()> {
        self.patches += 1;
        params.get("param").unwrap_or_default().clone_into(&mut self.param);
        match params.get("then") {
            Some("wait") => probe::gate().await,
            Some("redirect") => {
                cx.put_flash("info", "Redirected.");
                return cx.redirect("/navigation/other");
            }
            _ => {}
        }
        Ok(())
    }

    fn connected(&mut self, _cx: &mut Cx, connect: &Connect) {
        connect.live_referer().unwrap_or_default().clone_into(&mut self.referer);
    }

    #[event]
    fn count(&mut self) {
        self.count += 1;
    }

    #[event]
    fn validate(&mut self, form: Params) {
        form.get("text").unwrap_or_default().clone_into(&mut self.param);
    }

    #[event]
    fn save(&mut self, cx: &mut Cx) -> Result<()> {
        self.go(cx, "/navigation/b".to_owned())
    }

    #[event]
    fn go(&mut self, cx: &mut Cx, to: String) -> Result<()> {
        cx.put_flash("info", "Navigated.");
        cx.push_navigate(to)
    }

    #[event]
    fn redirect(&mut self, cx: &mut Cx) -> Result<()> {
        cx.put_flash("info", "Redirected.");
        cx.redirect("/navigation/other")
    }

    #[event]
    fn patch(&mut self, cx: &mut Cx, to: String) -> Result<()> {
        cx.push_patch(to)
    }

    fn render(&self) -> Element {
        let next = self.patches;
        rsx! {
            FlashGroup {}
            h1 { "page A" }
            output { id: "actor", "{self.actor}" }
            output { id: "param", "{self.param}" }
            output { id: "count", "{self.count}" }
            output { id: "referer", "{self.referer}" }
            Link { id: "patch", patch: "/navigation/a?param={next}", "patch" }
            Link { id: "replace", patch: "/navigation/a?param=replaced{next}", replace: true, "replace" }
            Link { id: "wait", patch: "/navigation/a?then=wait&param=waited", "wait" }
            Link { id: "patch-redirect", patch: "/navigation/a?then=redirect", "redirect" }
            Link { id: "to-42", navigate: "/navigation/b#item-42", "B, at 42" }
            Link { id: "to-slow", navigate: "/navigation/slow", phx_click: Self::on_count(), "slow" }
            Link { id: "prefetched", navigate: "/navigation/b", prefetch: true, "B, in advance" }
            Link { id: "post", href: "/navigation/echo", method: "put", "data-confirm": "Really?", "put" }
            button { id: "inc", phx_click: Self::on_count(), "+" }
            button { id: "command", phx_click: Js::new().navigate("/navigation/b"), "B by a command" }
            button { id: "server", phx_click: Self::on_go("/navigation/b".to_owned()), "B by the server" }
            button { id: "server-other", phx_click: Self::on_go("/navigation/other".to_owned()), "other by the server" }
            button { id: "server-redirect", phx_click: Self::on_redirect(), "other by a redirect" }
            button { id: "server-patch", phx_click: Self::on_patch("/navigation/a?param=pushed".to_owned()), "patch by the server" }
            form { id: "form", phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                input { id: "text", name: "text", phx_debounce: "blur" }
            }
        }
    }
}

#[derive(LiveView)]
pub(crate) struct BLive {
    actor: String,
    id: String,
}

#[live_view]
impl BLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("navigation-b");
        Ok(Self { actor: cx.id().to_owned(), id: String::new() })
    }

    async fn handle_params(&mut self, _cx: &mut Cx, params: &Params, _uri: &Uri) -> Result<()> {
        params.get("id").unwrap_or_default().clone_into(&mut self.id);
        Ok(())
    }

    #[event]
    fn validate(&mut self) {}

    fn render(&self) -> Element {
        rsx! {
            FlashGroup {}
            h1 { "page B" }
            output { id: "actor", "{self.actor}" }
            if self.id.is_empty() {
                a { id: "hash", href: "#item-42", "go to 42" }
                ul {
                    for n in 0..100 {
                        li { key: "{n}", id: "item-{n}",
                            Link { id: "link-{n}", patch: "/navigation/b/{n}", "item {n}" }
                            // Tall, without a style that the page's policy forbids.
                            svg { width: "1", height: "50" }
                        }
                    }
                }
            } else {
                p { id: "item", "item {self.id}" }
            }
        }
    }
}

/// Mounts on a socket when a test lets it.
#[derive(LiveView)]
pub(crate) struct SlowLive {
    count: u32,
}

#[live_view]
impl SlowLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        probe::gate().await;
        Ok(Self { count: 0 })
    }

    #[event]
    fn count(&mut self) {
        self.count += 1;
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "slow page" }
            output { id: "count", "{self.count}" }
            input { id: "focused", autofocus: true }
        }
    }
}

#[derive(LiveView)]
pub(crate) struct LoopLive {
    comes_back: bool,
}

#[live_view]
impl LoopLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("navigation-loop");
        Ok(Self { comes_back: cx.params().get("loop").is_some() })
    }

    async fn handle_params(&mut self, cx: &mut Cx, params: &Params, _uri: &Uri) -> Result<()> {
        let again = params.get("loop").is_some() && !self.comes_back;
        if again { cx.push_patch("/navigation/loop?loop=true") } else { Ok(()) }
    }

    fn render(&self) -> Element {
        rsx! {
            if self.comes_back { p { id: "message", "too many redirects" } }
            Link { id: "loop", patch: "/navigation/loop?loop=true", "loop" }
        }
    }
}

/// A form that knows whether it is saved.
#[derive(LiveView)]
pub(crate) struct UnsavedLive {
    note: String,
}

#[live_view]
impl UnsavedLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { note: String::new() })
    }

    #[event]
    fn validate(&mut self, form: Params) {
        form.get("note").unwrap_or_default().clone_into(&mut self.note);
    }

    fn render(&self) -> Element {
        let dirty = !self.note.is_empty();
        rsx! {
            Link { id: "leave", navigate: "/navigation/b", "leave" }
            form { id: "unsaved", phx_change: Self::on_validate(), "data-dirty": "{dirty}",
                input { id: "note", name: "note", value: "{self.note}" }
            }
            p { id: "seen", "{self.note}" }
        }
    }
}

/// In another live session.
#[derive(LiveView)]
pub(crate) struct OtherLive;

#[live_view]
impl OtherLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! {
            FlashGroup {}
            h1 { "other session" }
            Link { id: "home", navigate: "/navigation/a", "A" }
        }
    }
}
