//! What rows keep and what they render.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dioxus::prelude::{dioxus_core, dioxus_elements, dioxus_signals, rsx};

use serde_json::Value;

use super::Rows;
use crate::protocol::op::{read_all, to_json};
use crate::render::Renderer;

type Robots = Rows<(u32, &'static str)>;

thread_local! {
    /// How often a row was shown on this thread.
    static SHOWN: Cell<usize> = const { Cell::new(0) };
}

fn robots() -> Robots {
    Rows::from_iter_with_key([(1, "a"), (2, "b"), (3, "c")], |robot| robot.0)
}

fn keys(rows: &Robots) -> Vec<u32> {
    rows.iter().map(|row| row.0).collect()
}

/// A view of these rows, and the rows.
fn view(rows: Robots) -> (Renderer, Rc<RefCell<Robots>>) {
    let rows = Rc::new(RefCell::new(rows));
    let shown = Rc::clone(&rows);
    let mut renderer = Renderer::new(move || {
        let list = shown.borrow().render(|robot| {
            SHOWN.set(SHOWN.get() + 1);
            rsx! { "{robot.1}" }
        });
        rsx! { ul { {list} } }
    });
    renderer.rebuild().expect("renders");
    SHOWN.set(0);
    (renderer, rows)
}

/// How many rows a render after `change` showed, and the ops that it sent, in their JSON form.
fn after(renderer: &mut Renderer, rows: &RefCell<Robots>, change: impl FnOnce(&mut Robots)) -> (usize, Vec<Value>) {
    SHOWN.set(0);
    change(&mut rows.borrow_mut());
    renderer.mark_dirty();
    let edits = renderer.render().expect("renders").unwrap_or_default();
    (SHOWN.get(), read_all(&edits.ops).expect("well formed").iter().map(to_json).collect())
}

#[test]
fn one_changed_row_is_shown_and_sent_alone() {
    let (mut renderer, rows) = view(robots());
    let (shown, ops) = after(&mut renderer, &rows, |rows| {
        rows.update(2, |row| row.1 = "B");
    });
    assert_eq!(shown, 1);
    assert!(ops.len() == 1 && ops[0][0] == "text" && ops[0][2] == "B", "{ops:?}");
    assert_eq!(renderer.html(), "<ul>aBc</ul>");
}

#[test]
fn a_row_that_was_only_looked_at_is_not_shown_again() {
    let (mut renderer, rows) = view(robots());
    let (shown, ops) = after(&mut renderer, &rows, |rows| {
        assert!(rows.get_mut(2).is_some_and(|row| row.1 == "b"));
        rows.iter_mut().for_each(|row| assert!(!row.1.is_empty()));
        assert_eq!(rows.update(9, |_| ()), None);
    });
    assert_eq!((shown, ops.len()), (0, 0));
}

#[test]
fn rows_that_move_are_not_shown_again() {
    let (mut renderer, rows) = view(robots());
    let (shown, ops) = after(&mut renderer, &rows, |rows| {
        rows.sort_by(|a, b| b.0.cmp(&a.0));
    });
    assert_eq!((shown, renderer.html().as_str()), (0, "<ul>cba</ul>"));
    assert!(!ops.is_empty());
    let (shown, ops) = after(&mut renderer, &rows, |rows| {
        rows.sort_by(|a, b| b.0.cmp(&a.0));
    });
    assert_eq!((shown, ops.len()), (0, 0));
    assert_eq!(after(&mut renderer, &rows, |rows| assert!(rows.swap(1, 3).is_some())).0, 0);
    assert_eq!(renderer.html(), "<ul>abc</ul>");
}

#[test]
fn rows_come_and_go() {
    let (mut renderer, rows) = view(robots());
    assert_eq!(after(&mut renderer, &rows, |rows| assert!(rows.insert(1, (9, "x")).is_none())).0, 1);
    assert_eq!(renderer.html(), "<ul>axbc</ul>");
    assert_eq!(after(&mut renderer, &rows, |rows| assert!(rows.remove(1) && !rows.remove(1))).0, 0);
    assert_eq!(renderer.html(), "<ul>xbc</ul>");
    assert_eq!(after(&mut renderer, &rows, |rows| rows.retain(|row| row.0 == 3)).0, 0);
    assert_eq!(renderer.html(), "<ul>c</ul>");
    after(&mut renderer, &rows, Rows::clear);
    assert_eq!(renderer.html(), "<ul></ul>");
    assert_eq!(after(&mut renderer, &rows, |rows| assert!(rows.push((1, "a")).is_none())).0, 1);
    assert_eq!(renderer.html(), "<ul>a</ul>");
}

#[test]
fn a_row_with_a_known_key_takes_the_others_place() {
    let mut rows = robots();
    assert_eq!(rows.push((1, "A")), Some((1, "a")));
    assert_eq!(rows.insert(2, (2, "B")), Some((2, "b")));
    assert_eq!((keys(&rows), rows.len()), (vec![1, 2, 3], 3));
    let twice = Rows::from_iter_with_key([(1, "a"), (2, "b"), (1, "c")], |row| row.0);
    assert_eq!(twice.iter().map(|row| row.1).collect::<String>(), "cb");
}

#[test]
fn a_row_taken_out_and_put_back_is_followed_again() {
    let (mut renderer, rows) = view(robots());
    after(&mut renderer, &rows, |rows| {
        rows.remove(2);
        rows.insert(1, (2, "new"));
    });
    assert_eq!(renderer.html(), "<ul>anewc</ul>");
    assert_eq!(after(&mut renderer, &rows, |rows| assert!(rows.update(2, |row| row.1 = "B").is_some())).0, 1);
    assert_eq!(renderer.html(), "<ul>aBc</ul>");
}

#[test]
fn replacing_all_shows_only_what_differs() {
    let (mut renderer, rows) = view(robots());
    let (shown, _) = after(&mut renderer, &rows, |rows| {
        rows.replace_all([(3, "c"), (1, "A"), (4, "d"), (4, "D")]);
    });
    assert_eq!((shown, renderer.html().as_str()), (2, "<ul>cAD</ul>"));
    let (shown, ops) = after(&mut renderer, &rows, |rows| {
        rows.replace_all([(3, "c"), (1, "A"), (4, "D")]);
    });
    assert_eq!((shown, ops.len()), (0, 0));
    assert!(!rows.borrow().contains_key(2));
}

#[test]
fn a_row_shown_twice_changes_in_both_places() {
    let rows = Rc::new(RefCell::new(robots()));
    let shown = Rc::clone(&rows);
    let mut renderer = Renderer::new(move || {
        let rows = shown.borrow();
        rsx! {
            {rows.render(|row| rsx! { "{row.1}" })}
            "|"
            {rows.render(|row| rsx! { b { "{row.1}" } })}
        }
    });
    renderer.rebuild().expect("renders");
    for text in ["B", "BB"] {
        rows.borrow_mut().update(2, |row| row.1 = text);
        assert!(renderer.render().expect("renders").is_some());
        assert_eq!(renderer.html(), format!("a{text}c|<b>a</b><b>{text}</b><b>c</b>"));
    }
}

#[test]
fn a_hidden_list_is_right_when_it_comes_back() {
    let rows = Rc::new(RefCell::new(robots()));
    let is_shown = Rc::new(Cell::new(true));
    let (shown, show) = (Rc::clone(&rows), Rc::clone(&is_shown));
    let mut renderer = Renderer::new(move || {
        if show.get() {
            shown.borrow().render(|row| rsx! { "{row.1}" })
        } else {
            rsx! { "hidden" }
        }
    });
    renderer.rebuild().expect("renders");
    let mut set = |visible| {
        is_shown.set(visible);
        renderer.mark_dirty();
        renderer.render().expect("renders");
        renderer.html()
    };
    assert_eq!(set(false), "hidden");
    rows.borrow_mut().update(1, |row| row.1 = "A");
    rows.borrow_mut().remove(3);
    assert_eq!(set(true), "Ab");
    rows.borrow_mut().update(2, |row| row.1 = "B");
    assert_eq!(set(true), "AB");
}

#[test]
fn what_all_rows_depend_on_shows_all_of_them() {
    let rows = robots();
    let selected = Rc::new(Cell::new(1));
    let select = Rc::clone(&selected);
    let mut renderer = Renderer::new(move || {
        rows.render_with(select.get(), |row, selected| {
            SHOWN.set(SHOWN.get() + 1);
            rsx! { if row.0 == *selected { "[{row.1}]" } else { "{row.1}" } }
        })
    });
    renderer.rebuild().expect("renders");
    SHOWN.set(0);
    renderer.mark_dirty();
    renderer.render().expect("renders");
    assert_eq!((SHOWN.get(), renderer.html().as_str()), (0, "[a]bc"));
    selected.set(3);
    renderer.mark_dirty();
    renderer.render().expect("renders");
    assert_eq!((SHOWN.get(), renderer.html().as_str()), (3, "ab[c]"));
}
