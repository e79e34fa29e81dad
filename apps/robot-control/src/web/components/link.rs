//! The way by which a robot is connected: a word, and a dot that is full while the robot is heard of.

use bennu::prelude::*;

use crate::robots;

/// The word; a dash for a device that is not attached.
pub const fn label(link: Option<robots::Link>) -> &'static str {
    match link {
        Some(link) => link.label(),
        None => "–",
    }
}

/// `link` as a small mark.
#[component]
pub fn LinkMark(link: Option<robots::Link>, online: bool) -> Element {
    let state = if online { "online" } else { "offline" };
    let words = match link {
        Some(link) => format!("{}, {state}", link.label()),
        None => "not connected".to_owned(),
    };
    rsx! {
        span { class: "link link--{state}", title: "{words}",
            span { class: "link__dot", "aria-hidden": "true" }
            "{label(link)}"
        }
    }
}
