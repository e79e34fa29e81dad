//! Links: within a view, to another view, to any other page, and links that post.
//!
//! `Phoenix.Component.link/1`. What is rendered is an ordinary `<a href>`, so it works without JavaScript, in a new tab and for crawlers; the
//! client takes the click over where it can.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Attribute, Props, component, dioxus_core, rsx};

use crate::error::check_link;
use crate::{Element, dioxus_elements};

/// A link. Give it one of `patch`, `navigate` and `href`; everything else that an `a` may have, `phx_click` among it, goes to the element.
///
/// ```
/// use liveview_core::dioxus::prelude::*;
/// use liveview_core::{Link, dioxus_elements};
///
/// fn menu(page: u32) -> Element {
///     rsx! {
///         Link { patch: "/robots?page={page}", "Next" }                       // this view: `handle_params` runs
///         Link { navigate: "/missions", class: "tab", "Missions" }            // another view, over the same socket
///         Link { href: "/log-out", method: "delete", "data-confirm": "Really?", "Log out" }
///     }
/// }
/// # let _ = menu;
/// ```
///
/// An address that a browser would run or that hides another host (`javascript:`, `//evil`) is logged as an error, and the link leads
/// nowhere.
#[component]
#[allow(clippy::too_many_arguments, reason = "they are named, and one of three is given")]
pub fn Link(
    /// Another URL of the same view.
    patch: Option<String>,
    /// Another view. Outside of the live session of the page the browser loads it.
    navigate: Option<String>,
    /// Any page, also of another site; `mailto:` and its like as well.
    href: Option<String>,
    /// `patch` and `navigate` take the place of the history's present entry.
    #[props(default)]
    replace: bool,
    /// The method of the request, `"post"` or `"delete"` for example: `href` is then submitted as a form, with the page's CSRF token.
    method: Option<String>,
    /// `navigate` begins to load the view while the pointer rests on the link.
    #[props(default)]
    prefetch: bool,
    /// Attributes of the element.
    #[props(extends = GlobalAttributes, extends = a)]
    attributes: Vec<Attribute>,
    children: Element,
) -> Element {
    let (live, to) = match (patch, navigate, href) {
        (Some(to), _, _) => (Some("patch"), to),
        (None, Some(to), _) => (Some("navigate"), to),
        (None, None, Some(to)) => (None, to),
        (None, None, None) => (None, "#".to_owned()),
    };
    let to = checked(to, live.is_some());
    let state = live.map(|_| if replace { "replace" } else { "push" });
    let prefetch = (prefetch && live == Some("navigate")).then_some("true");
    let method = method.map(|method| method.to_ascii_lowercase()).filter(|method| method != "get");
    let posted = to.clone().filter(|_| method.is_some());
    let rel = method.as_ref().map(|_| "nofollow");
    rsx! {
        a {
            href: to,
            rel,
            "data-phx-link": live,
            "data-phx-link-state": state,
            "data-phx-prefetch": prefetch,
            "data-method": method,
            "data-to": posted,
            ..attributes,
            {children}
        }
    }
}

/// The address, unless it is one that a page must not have.
fn checked(to: String, live: bool) -> Option<String> {
    match check_link(&to, live) {
        Ok(()) => Some(to),
        Err(error) => {
            tracing::error!(%error, "a link leads nowhere");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use dioxus::prelude::{dioxus_core, dioxus_signals, rsx};

    use super::Link;
    use crate::Element;
    use crate::dioxus_elements::bindings::BindingAttributes as _;
    use crate::dioxus_elements::extensions::GlobalAttributesExtension as _;
    use crate::testing::Rendered;

    fn html(root: fn() -> Element) -> String {
        Rendered::new(root).expect("it renders").html()
    }

    #[test]
    fn a_live_link_is_an_ordinary_link_that_the_client_knows() {
        let shown = html(|| rsx! { Link { patch: "/a?b=1", class: "tab", phx_click: "spy", "A" } });
        for part in [
            "href=\"/a?b=1\"",
            "data-phx-link=\"patch\"",
            "data-phx-link-state=\"push\"",
            "class=\"tab\"",
            "phx-click=\"spy\"",
            ">A</a>",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        let shown = html(|| rsx! { Link { navigate: "/b", replace: true, prefetch: true, "B" } });
        for part in ["data-phx-link=\"navigate\"", "data-phx-link-state=\"replace\"", "data-phx-prefetch"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }

    #[test]
    fn a_link_with_a_method_says_where_its_form_goes() {
        let shown = html(|| rsx! { Link { href: "/out", method: "DELETE", "Out" } });
        for part in ["href=\"/out\"", "data-method=\"delete\"", "data-to=\"/out\"", "rel=\"nofollow\""] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(!html(|| rsx! { Link { href: "/in", method: "get", "In" } }).contains("data-method"));
    }

    #[test]
    fn an_address_that_would_run_is_left_out() {
        let shown = html(|| rsx! { Link { href: "javascript:alert(1)", "x" } });
        assert!(!shown.contains("href") && !shown.contains("javascript"), "{shown}");
        let shown = html(|| rsx! { Link { navigate: "//evil.example", "x" } });
        assert!(!shown.contains("href"), "{shown}");
    }
}
