//! What to say about an item that does not exist.

use crate::nearest;

/// The kinds of items that exist, as they are listed in messages.
pub(super) const KINDS: &str =
    "`live`, `get`, `post`, `put`, `patch`, `delete`, `asset`, `static`, `forward`, `dioxus` or `layout`";

/// Words of Phoenix and axum, and what stands for them here.
const ELSEWHERE: [(&str, &str); 8] = [
    ("liveview", "live"),
    ("live_view", "live"),
    ("route", "get"),
    ("resources", "live"),
    ("root_layout", "layout"),
    ("nest", "forward"),
    ("mount", "forward"),
    ("files", "static"),
];

/// Kinds whose time has not come.
const LATER: [&str; 4] = ["scope", "pipeline", "live_session", "channel"];

/// The message for an item of a kind that there is not.
pub(super) fn unknown(kind: &str) -> String {
    if LATER.contains(&kind) {
        return format!("`{kind}` is not part of the router yet; write the routes one by one, with their whole paths");
    }
    match meant(kind) {
        Some(meant) => format!("there is no `{kind}` in a router; did you mean `{meant}`?"),
        None => format!("there is no `{kind}` in a router; a route is {KINDS}"),
    }
}

fn meant(kind: &str) -> Option<&'static str> {
    if let Some((_, meant)) = ELSEWHERE.iter().find(|(word, _)| *word == kind) {
        return Some(meant);
    }
    nearest::nearest(kind, KINDS.split('`').filter(|word| word.chars().all(char::is_alphabetic)))
}
