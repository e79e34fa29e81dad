//! What to say about a word that does not exist where it stands.

use crate::nearest;

/// The kinds of items that exist, as they are listed in messages.
pub(super) const KINDS: &str = "`live`, `get`, `post`, `put`, `patch`, `delete`, `options`, `head`, `any`, `match`, `method`, \
    `resources`, `resource`, `scope`, `pipeline`, `live_session`, `layout`, `socket`, `channel`, `asset`, `static`, `forward` or `dioxus`";

/// Words of Phoenix and axum for items, and what stands for them here.
const ELSEWHERE: [(&str, &str); 8] = [
    ("liveview", "live"),
    ("live_view", "live"),
    ("route", "get"),
    ("root_layout", "layout"),
    ("put_root_layout", "layout"),
    ("nest", "forward"),
    ("mount", "forward"),
    ("files", "static"),
];

/// Words of Phoenix for items that are written in another way.
const OTHERWISE: [(&str, &str); 10] = [
    ("pipe_through", "is `through` here, and stands before the braces: `scope \"/\" through [browser] { … }`"),
    ("through", "stands before the braces of a scope or live session: `scope \"/\" through [browser] { … }`"),
    ("plug", "is no item: plugs stand in a pipeline, `pipeline browser { session, auth::fetch_user }`"),
    (
        "on_mount",
        "stands behind the name of a live session: `live_session members (on_mount = [auth::require_user]) { … }`",
    ),
    ("host", "stands behind the path of a scope: `scope \"/\" (host = \"api.\") { … }`"),
    ("alias", "stands behind the path of a scope: `scope \"/admin\" (alias = web::admin) { … }`"),
    ("assign", "stands behind the path of a scope: `scope \"/admin\" (assign = Area::Admin) { … }`"),
    ("log", "stands behind the path of a scope: `scope \"/health\" (log = off) { … }`"),
    ("connect", "has no word of its own: `method \"CONNECT\" \"/path\" => handler;`"),
    ("trace", "has no word of its own: `method \"TRACE\" \"/path\" => handler;`"),
];

/// Plugs of the library that are functions.
const PLUGS: [&str; 6] = ["session", "flash", "csrf", "csrf_or_forget", "secure_headers", "parse_body"];

/// Plugs of the library that are made with arguments, and an example of each.
const PLUGS_WITH_ARGUMENTS: [(&str, &str); 7] = [
    ("accepts", "accepts([\"html\", \"json\"])"),
    ("secure_headers_with", "secure_headers_with([(\"referrer-policy\", \"no-referrer\")])"),
    ("body_limit", "body_limit(1_000_000)"),
    ("parse_body_of", "parse_body_of([\"json\"])"),
    ("put_layout", "put_layout(app)"),
    ("only", "only([\"edit\", \"update\"], require_owner)"),
    ("except", "except([\"index\"], require_user)"),
];

/// The names of all plugs of the library.
pub(super) fn plugs() -> impl Iterator<Item = &'static str> {
    PLUGS.into_iter().chain(PLUGS_WITH_ARGUMENTS.map(|(name, _)| name))
}

/// An example of a plug that has arguments.
pub(super) fn arguments(plug: &str) -> Option<&'static str> {
    PLUGS_WITH_ARGUMENTS.iter().find(|(name, _)| *name == plug).map(|(_, example)| *example)
}

/// Phoenix's names of plugs, and the library's.
const PLUGS_ELSEWHERE: [(&str, &str); 5] = [
    ("fetch_session", "session"),
    ("fetch_flash", "flash"),
    ("fetch_live_flash", "flash"),
    ("protect_from_forgery", "csrf"),
    ("put_secure_browser_headers", "secure_headers"),
];

/// The message for an item of a kind that there is not.
pub(super) fn unknown(kind: &str) -> String {
    if let Some((_, how)) = OTHERWISE.iter().find(|(word, _)| *word == kind) {
        return format!("`{kind}` {how}");
    }
    match meant(kind) {
        Some(meant) => format!("there is no `{kind}` in a router; did you mean `{meant}`?"),
        None => format!("there is no `{kind}` in a router; an item is {KINDS}"),
    }
}

fn meant(kind: &str) -> Option<&'static str> {
    if let Some((_, meant)) = ELSEWHERE.iter().find(|(word, _)| *word == kind) {
        return Some(meant);
    }
    nearest::nearest(kind, KINDS.split('`').filter(|word| word.chars().all(|c| c.is_alphabetic() || c == '_')))
}

/// The message for a single name of a plug that nothing of ours has, if it looks like a slip; else it names a function.
pub(super) fn unknown_plug(name: &str, pipelines: &[String]) -> Option<String> {
    if let Some((_, plug)) = PLUGS_ELSEWHERE.iter().find(|(word, _)| *word == name) {
        return Some(format!("`{name}` is `{plug}` here"));
    }
    let own = format!(" A function of your own is `self::{name}`.");
    if let Some(pipeline) = nearest::nearest(name, pipelines.iter().map(String::as_str)) {
        return Some(format!("there is no pipeline `{name}`; did you mean `{pipeline}`?{own}"));
    }
    nearest::nearest(name, plugs()).map(|plug| format!("there is no plug `{name}`; did you mean `{plug}`?{own}"))
}
