//! A page that is rendered once and never patched: what a request handler answers with, an error page, a document around a view.
//!
//! The same HTML as a live page's, without the work of encoding edits.

use std::cell::Cell;

use dioxus_core::{Element, VirtualDom};

use super::{Root, html, render_root, take_error};
use crate::panics::{Panic, watch};

/// Why there is no HTML.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StaticPageError {
    /// The root or a component panicked.
    #[error("panicked while rendering: {0}")]
    Panicked(Panic),
    /// The root or a component returned an error that no boundary took.
    #[error("rendering failed: {0}")]
    Failed(String),
}

/// Renders `root`, which is called once. `provide` may give contexts to its components.
pub(crate) fn render(
    root: impl FnOnce() -> Element + 'static,
    provide: impl FnOnce(&VirtualDom),
) -> Result<String, StaticPageError> {
    let root = Cell::new(Some(root));
    // Nothing makes the root dirty before the HTML is read, so Dioxus has no reason to call it again.
    let once = move || root.take().map_or_else(dioxus_core::VNode::empty, |root| root());
    let mut dom = VirtualDom::new_with_props(render_root, Root(std::rc::Rc::new(once)));
    provide(&dom);
    let watched = watch(|| dom.rebuild_in_place());
    watched.result.map_err(StaticPageError::Panicked)?;
    match take_error(&dom) {
        None => Ok(html::page(&dom)),
        Some(message) => Err(watched.first_panic.map_or(StaticPageError::Failed(message), StaticPageError::Panicked)),
    }
}

#[cfg(test)]
mod tests {
    use crate::elements as dioxus_elements;
    use dioxus::prelude::*;

    use super::{StaticPageError, render};

    #[component]
    fn Greeting() -> Element {
        let name: String = use_context();
        rsx! { p { "Hello {name} & all" } }
    }

    #[test]
    fn components_find_what_was_provided_and_text_is_escaped() {
        let words = vec!["a".to_owned(), "b".to_owned()];
        let root = move || {
            rsx! {
                for word in words { b { {word} } }
                Greeting {}
            }
        };
        let html = render(root, |dom| dom.provide_root_context("Ada".to_owned())).expect("a page");
        assert_eq!(html, "<b>a</b><b>b</b><p>Hello Ada &amp; all</p>");
    }

    #[test]
    fn a_panic_is_an_error_with_its_place() {
        let Err(StaticPageError::Panicked(panic)) = render(|| panic!("no {}", "page"), |_| {}) else {
            panic!("no error")
        };
        assert_eq!(panic.message, "no page");
        assert!(panic.place.is_some());
    }
}
