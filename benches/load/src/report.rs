//! The table of one page: a row for each figure, a column for each server, and their ratio.

use std::fmt::Write as _;
use std::time::Duration;

use dioxus_core::VirtualDom;

use crate::args::Plan;
use crate::measure::{Figures, Operation};
use crate::pages::{Page, dioxus};
use crate::server::Kind;

/// A figure: what it is called, how it is printed, and how it is read out of what was measured.
struct Line {
    name: &'static str,
    unit: &'static str,
    digits: usize,
    read: fn(&Figures) -> Option<f64>,
}

const LINES: &[Line] = &[
    line("GET, with headers", "B", 0, |figures| Some(figures.loaded.get as f64)),
    line("join: down", "B", 0, |figures| Some(figures.loaded.join.down as f64)),
    line("join: up", "B", 0, |figures| Some(figures.loaded.join.up as f64)),
    line("GET to joined, one at a time", "us", 0, |figures| Some(micros(figures.join_time))),
    line("server CPU per GET and join", "us", 0, |figures| Some(micros(figures.join_cpu))),
    line("server memory per idle session", "KiB", 1, |figures| Some(figures.memory as f64 / 1024.0)),
    line("click, 1 session: server CPU", "us", 1, |figures| figures.one.map(cpu)),
    line("click, 1 session: in the kernel", "us", 1, |figures| figures.one.map(kernel)),
    line("click, 1 session: clicks", "1/s", 0, |figures| figures.one.map(|one| one.per_second)),
    line("click: down", "B", 1, |figures| figures.one.map(|one| one.down)),
    line("click: up", "B", 1, |figures| figures.one.map(|one| one.up)),
    line("click: frames of acks only, in that", "B", 1, |figures| figures.one.map(|one| one.acks)),
    line("click, 100 sessions: server CPU", "us", 1, |figures| figures.many.map(cpu)),
    line("click, 100 sessions: in the kernel", "us", 1, |figures| figures.many.map(kernel)),
    line("click, 100 sessions: clicks", "1/s", 0, |figures| figures.many.map(|many| many.per_second)),
    line("update: server CPU", "us", 1, |figures| figures.updates.map(cpu)),
    line("update: in the kernel", "us", 1, |figures| figures.updates.map(kernel)),
    line("update: received", "1/s", 0, |figures| figures.updates.map(|updates| updates.per_second)),
    line("update: down", "B", 1, |figures| figures.updates.map(|updates| updates.down)),
    line("update: up, all of it acks", "B", 1, |figures| figures.updates.map(|updates| updates.up)),
];

const fn line(name: &'static str, unit: &'static str, digits: usize, read: fn(&Figures) -> Option<f64>) -> Line {
    Line { name, unit, digits, read }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn cpu(operation: Operation) -> f64 {
    micros(operation.cpu)
}

fn kernel(operation: Operation) -> f64 {
    micros(operation.kernel)
}

/// The table in Markdown.
pub(crate) fn table(page: Page, plan: &Plan, measured: &[(Kind, Figures)]) -> String {
    let mut text = format!("### {}: {} sessions, {:?} each\n\n| |", page.name(), plan.sessions, plan.time);
    for (kind, _) in measured {
        write!(text, " {} |", kind.name()).ok();
    }
    text.push_str(" ratio |\n|---|");
    text.push_str(&"---:|".repeat(measured.len() + 1));
    text.push('\n');
    for line in LINES {
        row(&mut text, line, measured);
    }
    if let Some((_, figures)) = measured.iter().find(|(kind, _)| *kind == Kind::Bennu) {
        targets(&mut text, page, figures);
    }
    text
}

fn row(text: &mut String, line: &Line, measured: &[(Kind, Figures)]) {
    let values: Vec<Option<f64>> = measured.iter().map(|(_, figures)| (line.read)(figures)).collect();
    if values.iter().all(Option::is_none) {
        return;
    }
    write!(text, "| {}, {} |", line.name, line.unit).ok();
    for value in &values {
        match value {
            Some(value) => write!(text, " {value:.*} |", line.digits).ok(),
            None => write!(text, " |").ok(),
        };
    }
    match values[..] {
        [Some(ours), Some(peer)] if peer > 0.0 => writeln!(text, " {:.2} |", ours / peer).ok(),
        _ => writeln!(text, " |").ok(),
    };
}

/// What the adoption of a page is held to.
fn targets(text: &mut String, page: Page, figures: &Figures) {
    let loaded = &figures.loaded;
    let plain = plain_html(page).len() as f64;
    writeln!(
        text,
        "\nbennu: HTML {} B, {:.3} of the {plain} B of its content alone;",
        loaded.html,
        loaded.html as f64 / plain
    )
    .ok();
    let allowed = 200 + 3 * loaded.dynamic_nodes;
    writeln!(
        text,
        "join's reply {} B for {} nodes with ids (200 + 3 each: {allowed}).",
        loaded.reply, loaded.dynamic_nodes
    )
    .ok();
}

/// The page's content with nothing around it: no document, no bindings, no markers.
fn plain_html(page: Page) -> String {
    let mut dom = VirtualDom::new(dioxus::app(page));
    dom.rebuild_in_place();
    dioxus_ssr::render(&dom)
}
