//! The document around every page: a title with prefix and suffix, and a heading that no patch may touch.

use bennu::prelude::*;

#[component]
pub(crate) fn Layout(props: LayoutProps) -> Element {
    rsx! {
        LiveTitle { prefix: "Pages: ", suffix: " (Bennu)", default: "untitled", title: props.title.clone() }
        header { id: "layout", "static" }
        main { {props.inner.clone()} }
    }
}
