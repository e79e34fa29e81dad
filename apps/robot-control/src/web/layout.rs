//! The document around every page: head, header and the stylesheet.

use bennu::prelude::*;

/// The layout of all pages. The header shows whether the page is connected: the stylesheet reads it off the classes
/// that the client gives the view.
pub fn layout(props: LayoutProps) -> Element {
    rsx! {
        head {
            meta { charset: "utf-8" }
            meta { name: "viewport", content: "width=device-width, initial-scale=1, viewport-fit=cover" }
            meta { name: "color-scheme", content: "light dark" }
            meta { name: "description", content: "Watch and drive a fleet of warehouse robots." }
            LiveTitle { title: props.title, default: "Fleet", suffix: " · Robot Control" }
            link { rel: "icon", href: "/icon.svg", r#type: "image/svg+xml" }
            link { rel: "stylesheet", href: "/app.css" }
            {props.head}
        }
        body {
            header { class: "top",
                a { class: "top__brand", href: "/",
                    img { class: "top__logo", src: "/icon.svg", alt: "", width: "28", height: "28" }
                    span { "Robot Control" }
                }
                p { class: "top__state", role: "status",
                    span { class: "top__dot", "aria-hidden": "true" }
                    span { class: "top__on", "Live" }
                    span { class: "top__off", "Reconnecting" }
                    span { class: "top__wait", "Connecting" }
                }
            }
            {props.inner}
        }
    }
}
