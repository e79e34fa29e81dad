//! What is around every page: the bar at the top with the way to the other pages, and the messages.

use bennu::ecto::prelude::DbEnum as _;
use bennu::prelude::*;

use crate::accounts::Act;
use crate::web::auth::Viewer;
use crate::web::router::Routes;

/// The bar, the messages, and the page. A live page shows its own flash; a page that is not live is given the messages.
///
/// The bar shows whether the page is connected: the stylesheet reads it off the classes that the client gives the view.
#[component]
pub fn Shell(viewer: Viewer, #[props(default)] flash: Option<Flash>, children: Element) -> Element {
    rsx! {
        header { class: "top",
            Link { navigate: path!("/"), class: "top__brand",
                img { class: "top__logo", src: "/icon.svg", alt: "", width: "28", height: "28" }
                span { "Robot Control" }
            }
            nav { class: "top__nav", "aria-label": "Pages",
                Link { navigate: path!("/"), "Fleet" }
                if viewer.may(Act::ReadAudit) {
                    Link { navigate: path!("/audit"), "Audit" }
                }
                if viewer.may(Act::ManageDevices) {
                    Link { navigate: path!("/devices"), "Devices" }
                }
                if viewer.may(Act::ManageUsers) {
                    Link { navigate: path!("/users"), "Users" }
                }
            }
            p { class: "top__state", role: "status",
                span { class: "top__dot", "aria-hidden": "true" }
                span { class: "top__on", "Live" }
                span { class: "top__off", "Reconnecting" }
                span { class: "top__wait", "Connecting" }
            }
            div { class: "top__user",
                match viewer.user() {
                    Some(user) => rsx! {
                        Link { navigate: path!("/account"), "{user.name}" span { class: "top__role", "{user.role.name()}" } }
                        Link { href: path!("/log-out"), method: "delete", "Log out" }
                    },
                    None => rsx! { Link { href: path!("/log-in"), class: "button", "Log in" } },
                }
            }
        }
        match flash {
            Some(flash) => rsx! {
                div { id: "flash-group",
                    for (kind, text) in flash.iter() {
                        p { key: "{kind}", class: "flash flash-{kind}", role: if kind == "error" { "alert" } else { "status" }, "{text}" }
                    }
                }
            },
            None => rsx! { FlashGroup {} },
        }
        {children}
    }
}
