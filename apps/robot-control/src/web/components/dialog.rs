//! A question that must be answered before anything happens. It exists while the view says so.

use bennu::prelude::*;

/// Asks; `confirm` is the dangerous answer. Escape and a click beside it are the other one.
#[component]
pub fn ConfirmDialog(title: String, text: String, label: String, confirm: Push, cancel: Push) -> Element {
    rsx! {
        div { class: "dialog", phx_window_keydown: cancel.clone(), phx_key: "Escape",
            div { class: "dialog__shade", phx_click: cancel.clone() }
            div {
                class: "dialog__box",
                role: "alertdialog",
                "aria-modal": "true",
                "aria-labelledby": "dialog-title",
                "aria-describedby": "dialog-text",
                h2 { id: "dialog-title", "{title}" }
                p { id: "dialog-text", "{text}" }
                div { class: "dialog__actions",
                    button { r#type: "button", class: "button", phx_click: cancel, "Cancel" }
                    button { r#type: "button", class: "button button--danger", phx_click: confirm, "{label}" }
                }
            }
        }
    }
}
