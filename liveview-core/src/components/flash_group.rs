//! The messages of the page, each with a button that closes it.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{component, dioxus_core, rsx};

use crate::render::use_flash;
use crate::{Element, dioxus_elements};

/// Shows every message of the page's flash, in a view or around one: `div#flash-group` with a `.flash.flash-<kind>` for each.
///
/// Screen readers speak a message when it appears. Closing one pushes `lv:clear-flash`, which needs no handler.
#[component]
pub fn FlashGroup() -> Element {
    let flash = use_flash();
    rsx! {
        div { id: "flash-group", "aria-live": "polite",
            for (kind, text) in flash.iter() {
                div { key: "{kind}", id: "flash-{kind}", class: "flash flash-{kind}", role: if kind == "error" { "alert" } else { "status" },
                    p { "{text}" }
                    button { r#type: "button", "aria-label": "close", phx_click: "lv:clear-flash", "phx-value-key": "{kind}", "×" }
                }
            }
        }
    }
}
