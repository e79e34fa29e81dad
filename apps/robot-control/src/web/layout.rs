//! The document around every page: head and the stylesheet.

use bennu::prelude::*;

/// The layout of all pages.
pub fn layout(props: LayoutProps) -> Element {
    rsx! {
        head {
            meta { charset: "utf-8" }
            meta { name: "viewport", content: "width=device-width, initial-scale=1, viewport-fit=cover" }
            meta { name: "color-scheme", content: "light dark" }
            meta { name: "description", content: "Watch and drive a fleet of warehouse robots." }
            LiveTitle { title: props.title, default: "Fleet", suffix: " · Robot Control" }
            link { rel: "icon", href: "/icon.svg", r#type: "image/svg+xml" }
            link { rel: "stylesheet", href: static_path("/app.css") }
            {props.head}
        }
        body { {props.inner} }
    }
}
