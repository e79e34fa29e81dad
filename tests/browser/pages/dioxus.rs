//! Dioxus components with their own signals and listeners inside a live view, nested and conditional.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct DioxusLive {
    shown: bool,
    level: u32,
}

#[live_view]
impl DioxusLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { shown: false, level: 1 })
    }

    #[event]
    fn toggle(&mut self) {
        self.shown = !self.shown;
    }

    #[event]
    fn deepen(&mut self) {
        self.level += 1;
    }

    fn render(&self) -> Element {
        rsx! {
            button { id: "toggle", phx_click: Self::on_toggle(), "toggle" }
            button { id: "deepen", phx_click: Self::on_deepen(), "deepen" }
            Stepper { name: "first", start: 10 }
            if self.shown {
                Stepper { name: "second", start: 20 }
            }
            Mirror {}
            Bubbles {}
            Nest { level: self.level }
        }
    }
}

#[component]
fn Stepper(name: String, start: i32) -> Element {
    let mut count = use_signal(|| start);
    rsx! {
        div { id: "{name}",
            button { onclick: move |_| count += 1, "+" }
            output { "{count}" }
        }
    }
}

/// What is typed here is seen by the server at once, key by key.
#[component]
fn Mirror() -> Element {
    let mut text = use_signal(String::new);
    let mut key = use_signal(String::new);
    rsx! {
        input { id: "mirrored", oninput: move |event| text.set(event.value()), onkeydown: move |event| key.set(event.key().to_string()) }
        output { id: "mirror", "{text}" }
        output { id: "last-key", "{key}" }
    }
}

/// A click is heard by the inner element and then by the outer one, each once; the stopped one by the inner alone.
#[component]
fn Bubbles() -> Element {
    let mut log = use_signal(Vec::<&'static str>::new);
    let heard = log.read().join(" ");
    rsx! {
        div { onclick: move |_| log.push("outer"),
            button { id: "bubbling", onclick: move |_| log.push("inner"), "bubbles" }
            button { id: "stopped", onclick: move |event| { event.stop_propagation(); log.push("alone"); }, "stops" }
        }
        output { id: "bubbles", "{heard}" }
    }
}

#[component]
fn Nest(level: u32) -> Element {
    rsx! {
        div { class: "nest", "{level}"
            if level > 1 {
                Nest { level: level - 1 }
            }
        }
    }
}
