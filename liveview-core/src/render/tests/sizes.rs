//! What a page costs on the wire.

use dioxus::prelude::{dioxus_core, dioxus_elements, dioxus_signals, rsx};

use crate::render::Renderer;
use crate::rows::Rows;

/// A table of rows with five dynamic texts each.
fn table(rows: u32) -> Renderer {
    let rows = Rows::from_iter_with_key(0..rows, |row| *row);
    let mut renderer = Renderer::new(move || {
        rsx! { table { tbody { {rows.render(|row| rsx! {
            tr { td { "{row}" } td { "a{row}" } td { "b{row}" } td { "c{row}" } td { "d{row}" } }
        })} } } }
    });
    renderer.rebuild().expect("renders");
    renderer
}

#[test]
fn adopting_a_row_of_five_texts_costs_at_most_twelve_bytes() {
    let (small, large) = (table(10).adoption().program.len(), table(1_010).adoption().program.len());
    assert!(large - small <= 12 * 1_000, "{} bytes for 1,000 rows", large - small);
}

#[test]
fn a_page_of_rows_needs_no_markers() {
    let row = "<tr><td>7</td><td>a7</td><td>b7</td><td>c7</td><td>d7</td></tr>";
    assert!(table(10).html().contains(row));
}
