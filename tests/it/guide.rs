//! The newcomer's guide: its program runs, and the text shows that program.

#[allow(dead_code, unreachable_pub, missing_docs, reason = "a program of its own, as its reader writes it")]
#[path = "../../docs/guide/first-app/main.rs"]
mod first_app;

use serde_json::{Value, json};

use crate::support::endpoint;
use crate::support::tab::Tab;

const PROGRAM: &str = include_str!("../../docs/guide/first-app/main.rs");
const TEXT: &str = include_str!("../../docs/guide/first-app.md");

fn form(event: &str, value: &str) -> Value {
    json!({ "type": "form", "event": event, "value": value })
}

/// What stands between two tabs' worth of white space, so that a change of layout is no change.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_piece_of_the_text_is_a_piece_of_the_program_and_none_is_missing() {
    let mut rest = words(PROGRAM.split_once("\n\n").expect("a head and a program").1);
    for piece in TEXT.split("```rust,ignore\n").skip(1) {
        let piece = words(piece.split("```").next().expect("the piece ends"));
        let (before, after) = rest.split_once(&piece).unwrap_or_else(|| panic!("not in the program: {piece}"));
        assert!(before.trim().is_empty() || before.trim().starts_with("//"), "not in the text: {before}");
        rest = after.to_owned();
    }
    assert_eq!(rest.trim(), "", "the text shows all of it");
}

#[tokio::test]
async fn parts_are_made_changed_and_deleted_and_everybody_sees_it() {
    let repo = first_app::open("sqlite::memory:").await.expect("a database");
    let server = endpoint(first_app::Routes).state(repo).start().await.expect("the server starts");
    let (mut mine, mut other) = (Tab::open(server.addr(), "/").await, Tab::open(server.addr(), "/").await);
    mine.join().await;
    other.join().await;
    assert!(mine.html().contains("0 parts"));

    mine.event(form("validate", "part[name]=x&_target=part%5Bname%5D")).await;
    assert!(mine.html().contains("should be at least 2 character(s)"), "{}", mine.html());
    mine.event(form("save", "part[name]=Wheel&part[stock]=8")).await;
    other.sees("Wheel: 8").await;
    mine.sees("Wheel is saved.").await;

    let mut edit = Tab::open(server.addr(), "/parts/1").await;
    assert!(edit.html().contains("value=\"Wheel\""), "{}", edit.html());
    edit.join().await;
    edit.event(form("save", "part[name]=Wheel&part[stock]=7")).await;
    other.sees("Wheel: 7").await;

    other.click("delete", json!([1])).await.expect("the part is deleted");
    mine.sees("0 parts").await;
    server.stop().await.expect("the server stops");
}
