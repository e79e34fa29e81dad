//! Views inside of views. The query says which: `show=player,fragile`; the buttons change that.

use bennu::prelude::*;

use crate::failures::FragileLive;
use crate::probe;
use crate::recovery::{Options, RecoveryLive};

/// Crashes, counts, and shows by whom it is lived in.
#[derive(LiveView)]
pub(crate) struct PlayerLive {
    name: String,
    actor: String,
    count: u32,
}

/// What the page calls it.
struct Name(String);

#[live_view]
impl PlayerLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("player");
        let name = cx.assigned::<Name>().map(|name| name.0.clone()).unwrap_or_default();
        Ok(Self { name, actor: cx.id().to_string(), count: 0 })
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    #[event]
    fn crash(&mut self) {
        panic!("a nested handler panics, as the test asked");
    }

    #[event]
    fn leave(&mut self, cx: &mut Cx) -> Result<()> {
        cx.push_navigate("/nested?show=third")
    }

    fn render(&self) -> Element {
        let name = &self.name;
        rsx! {
            output { id: "{name}-count", "{self.count}" }
            output { id: "{name}-actor", "{self.actor}" }
            button { id: "{name}-inc", phx_click: Self::on_inc(), "+" }
            button { id: "{name}-crash", phx_click: Self::on_crash(), "crash" }
            button { id: "{name}-leave", phx_click: Self::on_leave(), "leave" }
            Link { id: "{name}-link", navigate: "/nested?show=third", "leave by a link" }
            input { id: "{name}-note", aria_label: "Note" }
            span { id: "{name}-plain", "nothing listens here" }
        }
    }
}

/// Two levels.
#[derive(LiveView)]
pub(crate) struct DeckLive;

#[live_view]
impl DeckLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { div { {player("deep")} } }
    }
}

fn player(name: &str) -> LiveRender {
    live_render::<PlayerLive>(name).class("player").assign(Name(name.to_owned()))
}

#[derive(LiveView)]
pub(crate) struct NestedLive {
    shown: Vec<String>,
    count: u32,
    heard: u32,
}

#[live_view]
impl NestedLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        probe::mounted("nested");
        let shown = cx.params().get("show").unwrap_or_default();
        let shown = shown.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Ok(Self { shown, count: 0, heard: 0 })
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    #[event]
    fn crash(&mut self) {
        panic!("the handler around panics, as the test asked");
    }

    #[event]
    fn show(&mut self, names: Vec<String>) {
        self.shown = names;
    }

    #[event]
    fn hear(&mut self) {
        self.heard += 1;
    }

    fn render(&self) -> Element {
        let show = |names: &[&str]| Self::on_show(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        rsx! {
            output { id: "count", "{self.count}" }
            output { id: "heard", "{self.heard}" }
            button { id: "inc", phx_click: Self::on_inc(), "+" }
            button { id: "crash", phx_click: Self::on_crash(), "crash" }
            Link { id: "with", navigate: "/nested?show=sticky,two", prefetch: true, "with the sticky view" }
            Link { id: "without", navigate: "/nested?show=two", "without it" }
            button { id: "show-none", phx_click: show(&[]), "none" }
            button { id: "show-one", phx_click: show(&["one"]), "one" }
            button { id: "show-two-one", phx_click: show(&["two", "one"]), "two, one" }
            button { id: "show-fragile", phx_click: show(&["fragile"]), "fragile" }
            // A click in a nested view is a click here, too, as in any page.
            div { phx_click: Self::on_hear(),
                for name in &self.shown {
                    section { key: "{name}",
                        match &**name {
                            "deck" => rsx! { {live_render::<DeckLive>("deck")} },
                            "ported" => rsx! { Portal { id: "portal", target: "body", {player("ported")} } },
                            "sticky" => rsx! { {player("sticky").sticky()} },
                            "fragile" => rsx! { {live_render::<FragileLive>("fragile")} },
                            name => rsx! { {player(name)} },
                        }
                    }
                }
            }
        }
    }
}

/// The form of `/recovery`, in a view of its own.
#[derive(LiveView)]
pub(crate) struct NestedRecoveryLive {
    options: Params,
}

#[live_view]
impl NestedRecoveryLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { options: cx.params().clone() })
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "A form in a view of its own" }
            {live_render::<RecoveryLive>("nested").assign(Options(self.options.clone()))}
        }
    }
}
