//! A sentence that needs attention, with what can be done about it.

use bennu::prelude::*;

/// `tone` is `danger`, `warning` or `info`; children are buttons.
#[component]
pub fn Callout(tone: String, title: String, text: String, children: Element) -> Element {
    rsx! {
        div { class: "callout callout--{tone}", role: "status",
            div { class: "callout__text",
                strong { "{title}" }
                " "
                span { "{text}" }
            }
            div { class: "callout__actions", {children} }
        }
    }
}
