//! Content that stands elsewhere in the page.
//!
//! `Phoenix.Component.portal/1`. What is rendered is a `<template>`, whose content no browser shows; the client moves the one element in it
//! to the target, and takes it away with the template.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};

use crate::{Element, dioxus_elements};

/// Shows its children inside of another element of the page, at its end: a dialog or a tooltip that must not be cut off by what is around
/// it, or that belongs into `body`. They stay part of the view or component that renders them: bindings, listeners, forms and
/// patches work as if they stood where the portal is written.
///
/// ```
/// use liveview_core::dioxus::prelude::*;
/// use liveview_core::{Portal, dioxus_elements};
///
/// fn row(is_open: bool) -> Element {
///     rsx! {
///         td { "Robot 7" }
///         if is_open {
///             Portal { id: "confirm", target: "body",
///                 dialog { open: true, "aria-modal": "true", aria_label: "Confirm",
///                     button { phx_click: "stop", "Stop it" }
///                 }
///             }
///         }
///     }
/// }
/// # let _ = row;
/// ```
///
/// The children are put into `div#_lv_portal_wrap_<id>`, which is appended to the target once the view is connected: without JavaScript,
/// and to crawlers, they do not show. The portal, anything around it, or its view being gone removes them. While nothing in the page
/// matches `target`, they wait; a target may be in the same view, in the layout, or in the children of another portal.
/// A portal in a layout belongs to no view, and shows nothing.
///
/// Events of the DOM bubble from where the children are shown, so a `phx_click` around the portal hears no click in it; Dioxus listeners
/// (`onclick`) bubble from where it is written.
///
/// A portal moves content and nothing else. A dialog made with it has to look after the rest itself: take the focus, keep it, give it back,
/// and say with `role` or `aria-*` attributes what it is.
#[component]
pub fn Portal(
    /// The id of the portal, once in the page.
    id: String,
    /// A CSS selector. The first element in the page that it matches is where the children are shown.
    target: String,
    /// The classes of the element around the children.
    class: Option<String>,
    children: Element,
) -> Element {
    rsx! {
        // The client looks at the templates of a view when this attribute is set, which it can only see where it is dynamic.
        template { id: "{id}", "data-phx-portal": target,
            div { id: "_lv_portal_wrap_{id}", class, {children} }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use dioxus::prelude::{dioxus_core, dioxus_signals, rsx};

    use super::Portal;
    use crate::dioxus_elements;
    use crate::testing::{Page, Rendered};

    #[test]
    fn the_children_are_the_content_of_a_template() {
        let rendered = Rendered::new(|| {
            rsx! {
                p { "before" }
                Portal { id: "menu", target: "#modals > .top", class: "wide", b { "a" } "c" }
                Portal { id: "empty", target: "body" }
            }
        });
        let html = rendered.expect("it renders").html();
        let menu = "<template id=\"menu\" data-phx-portal=\"#modals &gt; .top\">\
            <div id=\"_lv_portal_wrap_menu\" class=\"wide\"><b>a</b>c</div></template>";
        let empty =
            "<template id=\"empty\" data-phx-portal=\"body\"><div id=\"_lv_portal_wrap_empty\"></div></template>";
        assert_eq!(html, format!("<p>before</p>{menu}{empty}"));
    }

    #[test]
    fn a_page_with_portals_is_adopted_and_patched() {
        let count = Rc::new(Cell::new(0));
        let state = Rc::clone(&count);
        let mut rendered = Rendered::new(move || {
            let count = state.get();
            rsx! {
                Portal { id: "outer", target: "body",
                    "{count}" " of "
                    if count > 1 { b { "many" } }
                    Portal { id: "inner", target: "#outer-modal", i { title: "{count}", "{count}" } }
                }
                p { "{count}" }
            }
        })
        .expect("it renders");
        let mut page = Page::from_html(&rendered.html()).expect("it is well formed");
        let adoption = rendered.adoption();
        page.adopt(&adoption.program, adoption.check).expect("the program fits");
        count.set(2);
        let frame = rendered.update().expect("it renders").expect("something changed");
        page.apply(&frame).expect("the ops fit");
        assert_eq!(page.to_html(), Page::from_html(&rendered.html()).expect("well formed").to_html());
        assert!(page.to_html().contains("2 of <b>many</b>"), "{}", page.to_html());
    }
}
