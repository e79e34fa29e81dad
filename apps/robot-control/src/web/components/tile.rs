//! A figure of the fleet that filters the page when it is pressed.

use bennu::prelude::*;

/// A number with a label; `tone` colours it when the number is not 0.
#[component]
pub fn Tile(label: String, value: usize, tone: String, pressed: bool, push: Push) -> Element {
    let quiet = if value == 0 { "tile--quiet" } else { "" };
    rsx! {
        button {
            r#type: "button",
            class: "tile tile--{tone} {quiet}",
            "aria-pressed": pressed,
            phx_click: push,
            span { class: "tile__value", "{value}" }
            span { class: "tile__label", "{label}" }
        }
    }
}
