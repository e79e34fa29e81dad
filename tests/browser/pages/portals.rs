//! Portals: into the body, into this view, into each other; what is shown is named in the query (`show=dialog,inner`) and by buttons.

use bennu::prelude::*;

use crate::probe;

#[derive(LiveView)]
pub(crate) struct PortalsLive {
    count: u32,
    escapes: u32,
    text: String,
    saved: String,
    shown: Vec<String>,
    _alive: probe::Alive,
}

#[live_view]
impl PortalsLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let shown = cx.params().get("show").unwrap_or_default().split(',').map(str::to_owned).collect();
        let (text, saved) = Default::default();
        Ok(Self { count: 0, escapes: 0, text, saved, shown, _alive: probe::alive("portals") })
    }

    #[event]
    fn inc(&mut self) {
        self.count += 1;
    }

    #[event]
    fn escape(&mut self) {
        self.escapes += 1;
    }

    #[event]
    fn toggle(&mut self, name: String) {
        match self.shown.iter().position(|other| *other == name) {
            Some(place) => drop(self.shown.remove(place)),
            None => self.shown.push(name),
        }
    }

    #[event]
    fn validate(&mut self, params: Params) {
        params.get("text").unwrap_or_default().clone_into(&mut self.text);
    }

    #[event]
    fn save(&mut self, params: Params) {
        self.saved = params.encode();
    }

    fn render(&self) -> Element {
        let Self { count, escapes, text, saved, .. } = self;
        let shows = |name: &str| self.shown.iter().any(|shown| shown == name);
        rsx! {
            output { id: "count", "{count}" }
            output { id: "escapes", "{escapes}" }
            output { id: "text", "{text}" }
            output { id: "saved", "{saved}" }
            for name in ["around", "dialog", "outer", "inner", "together", "target"] {
                button { key: "{name}", id: "toggle-{name}", phx_click: Self::on_toggle(name.to_owned()), "{name}" }
            }
            div { id: "modal-root" }
            if shows("around") {
                section {
                    Portal { id: "inside", target: "#modal-root", p { id: "inside-text", "inside {count}" } }
                }
            }
            if shows("dialog") {
                Portal { id: "dialog", target: "body", class: "dialog",
                    p { id: "dialog-count", "{count} counted" }
                    button { id: "dialog-inc", phx_click: Self::on_inc(), "+" }
                    button { id: "dialog-close", phx_click: Self::on_toggle("dialog".to_owned()), "close" }
                    p { phx_window_keydown: Self::on_escape(), phx_key: "Escape", "Escape is counted" }
                    form { id: "dialog-form", phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                        input { name: "text", value: "{text}" }
                        button { id: "dialog-save", "Save" }
                    }
                    Link { id: "leave", navigate: "/counter", "another view" }
                }
            }
            Listening {}
            if shows("outer") {
                Portal { id: "outer", target: "body",
                    p { id: "outer-count", "outer {count}" }
                    div { id: "in-outer" }
                    button { id: "outer-toggle", phx_click: Self::on_toggle("inner".to_owned()), "inner" }
                    if shows("inner") {
                        Portal { id: "inner", target: "body",
                            button { id: "inner-inc", phx_click: Self::on_inc(), "inner {count}" }
                            Portal { id: "core", target: "#in-outer", button { id: "core-inc", phx_click: Self::on_inc(), "core {count}" } }
                        }
                    }
                }
            }
            if shows("together") {
                Portal { id: "together", target: "#together-target", p { id: "together-text", "together {count}" } }
                div { id: "together-target" }
            }
            Portal { id: "late", target: "#late-target", p { id: "late-text", "late {count}" } }
            if shows("target") {
                div { id: "late-target" }
            }
        }
    }
}

/// Dioxus listeners in a portal and around it: they bubble as the markup is written.
#[component]
fn Listening() -> Element {
    let mut inner = use_signal(|| 0);
    let mut outer = use_signal(|| 0);
    rsx! {
        div { onclick: move |_| outer += 1,
            Portal { id: "listening", target: "body",
                button { id: "listener", onclick: move |_| inner += 1, "heard" }
                button { id: "bubbling", "heard outside" }
            }
        }
        output { id: "heard", "{inner} {outer}" }
    }
}
