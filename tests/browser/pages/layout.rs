//! The document around every page: a title with prefix and suffix, and a heading that no patch may touch.

use bennu::prelude::*;

pub(crate) fn layout(props: LayoutProps) -> Element {
    rsx! {
        head {
            meta { charset: "utf-8" }
            meta { name: "viewport", content: "width=device-width, initial-scale=1" }
            LiveTitle { prefix: "Pages: ", suffix: " (Bennu)", default: "untitled", title: props.title }
            {props.head}
        }
        body {
            header { id: "layout", "static" }
            main { {props.inner} }
        }
    }
}
