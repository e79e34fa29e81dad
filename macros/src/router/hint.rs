//! What to say about an item that does not exist.

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
    match nearest(kind) {
        Some(meant) => format!("there is no `{kind}` in a router; did you mean `{meant}`?"),
        None => format!("there is no `{kind}` in a router; a route is {KINDS}"),
    }
}

fn nearest(kind: &str) -> Option<&'static str> {
    if let Some((_, meant)) = ELSEWHERE.iter().find(|(word, _)| *word == kind) {
        return Some(meant);
    }
    // `GET` is no keyword either.
    let lower = kind.to_lowercase();
    KINDS.split('`').filter(|word| word.chars().all(char::is_alphabetic)).find(|word| is_near(&lower, word))
}

/// One letter is wrong, missing or too many, or all are there in another order.
fn is_near(written: &str, word: &str) -> bool {
    let same_start = written.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
    let same_end = written.bytes().rev().zip(word.bytes().rev()).take_while(|(a, b)| a == b).count();
    let longer = written.len().max(word.len());
    let one_off = same_start + same_end + 1 >= longer && written.len().abs_diff(word.len()) <= 1;
    one_off || sorted(written) == sorted(word)
}

fn sorted(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}
