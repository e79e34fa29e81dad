//! A secret that is shown once.

use bennu::prelude::*;

/// A secret that was just made, and what it is.
#[component]
pub fn FreshSecret(title: String, secret: String) -> Element {
    rsx! {
        div { class: "callout callout--info", role: "status",
            div { class: "callout__text",
                strong { "{title}" }
                code { class: "secret", "{secret}" }
            }
        }
    }
}
