//! From changed state to the body of a frame, in CPU time: render, diff, encode. `benches/README.md` has the figures and
//! their targets.

#[path = "support/cpu_time.rs"]
mod cpu_time;

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use bennu::prelude::*;
use bennu::testing::Rendered;
use cpu_time::CpuTime;
use criterion::{Criterion, criterion_group, criterion_main};

const ROWS: usize = 1_000;

/// A page of which one state is changed again and again.
struct Bench<S> {
    state: Rc<RefCell<S>>,
    page: Rendered,
}

impl<S: 'static> Bench<S> {
    fn new(state: S, render: fn(&S) -> Element) -> Self {
        let state = Rc::new(RefCell::new(state));
        let shown = state.clone();
        let page = Rendered::new(move || render(&shown.borrow())).expect("the page renders");
        Self { state, page }
    }

    /// Changes the state; the size of the frame that tells a browser of it.
    fn step(&mut self, change: impl FnOnce(&mut S)) -> usize {
        change(&mut self.state.borrow_mut());
        let frame = self.page.update().expect("the page renders");
        black_box(frame).expect("every step changes the page").len()
    }
}

fn counter(criterion: &mut Criterion<CpuTime>) {
    let mut bench = Bench::new(0_u64, |count| {
        rsx! {
            h1 { "Counter" }
            p { "Count: {count}" }
            button { phx_click: "inc", "+1" }
        }
    });
    criterion.bench_function("render/counter", |bencher| {
        bencher.iter(|| bench.step(|count| *count += 1));
    });
}

#[derive(Clone)]
struct Row {
    id: usize,
    name: String,
    value: u64,
    status: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    (0..ROWS).map(|id| Row { id, name: format!("Robot {id}"), value: 7, status: "ok" })
}

fn row(row: &Row) -> Element {
    rsx! {
        tr {
            td { "{row.id}" }
            td { "{row.name}" }
            td { "{row.value}" }
            td { class: "{row.status}", "{row.status}" }
        }
    }
}

/// Another row at every step.
fn nth(step: usize) -> usize {
    step * 37 % ROWS
}

fn table_of_rows(criterion: &mut Criterion<CpuTime>) {
    let keyed = || Rows::from_iter_with_key(rows(), |row: &Row| row.id);
    let mut bench = Bench::new(keyed(), |rows| rsx! { table { tbody { {rows.render(row)} } } });
    let mut step = 0;
    let mut group = criterion.benchmark_group("render/1,000 rows, Rows");
    group.bench_function("one changes", |bencher| {
        bencher.iter(|| {
            step += 1;
            bench.step(|rows| {
                rows.update(nth(step), |row| row.value += 1).expect("there is such a row");
            })
        });
    });
    group.bench_function("ten change", |bencher| {
        bencher.iter(|| {
            step += 1;
            bench.step(|rows| {
                for row in 0..10 {
                    rows.update(nth(step + row), |row| row.value += 1).expect("there is such a row");
                }
            })
        });
    });
    group.bench_function("two swap", |bencher| {
        bencher.iter(|| bench.step(|rows| rows.swap(1, ROWS - 2).expect("there are such rows")));
    });
    group.finish();
}

fn table_of_for(criterion: &mut Criterion<CpuTime>) {
    let mut bench = Bench::new(rows().collect::<Vec<_>>(), |rows| {
        rsx! {
            table {
                tbody {
                    for row in rows {
                        tr { key: "{row.id}",
                            td { "{row.id}" }
                            td { "{row.name}" }
                            td { "{row.value}" }
                            td { class: "{row.status}", "{row.status}" }
                        }
                    }
                }
            }
        }
    });
    let mut step = 0;
    let mut group = criterion.benchmark_group("render/1,000 rows, for");
    group.bench_function("one changes", |bencher| {
        bencher.iter(|| {
            step += 1;
            bench.step(|rows| rows[nth(step)].value += 1)
        });
    });
    group.bench_function("ten change", |bencher| {
        bencher.iter(|| {
            step += 1;
            bench.step(|rows| (0..10).for_each(|row| rows[nth(step + row)].value += 1))
        });
    });
    group.bench_function("two swap", |bencher| {
        bencher.iter(|| bench.step(|rows| rows.swap(1, ROWS - 2)));
    });
    group.finish();
}

/// 20 robots of six values, all of which change.
fn telemetry(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("render/20x6 telemetry");
    let mut bench = Bench::new(Telemetry::default(), cells_by_name);
    group.bench_function("a row's cells by name", |bencher| {
        bencher.iter(|| bench.step(all_change));
    });
    let mut bench = Bench::new(Telemetry::default(), cells_in_a_loop);
    group.bench_function("a row's cells in a loop", |bencher| {
        bencher.iter(|| bench.step(all_change));
    });
    group.finish();
}

type Telemetry = [[f64; 6]; 20];

fn all_change(robots: &mut Telemetry) {
    let next = 100.0 + (robots[0][0] + 0.25) % 800.0;
    robots.as_flattened_mut().fill(next);
}

fn cells_by_name(robots: &Telemetry) -> Element {
    rsx! {
        table {
            tbody {
                for (robot , [x, y, heading, speed, battery, temperature]) in robots.iter().enumerate() {
                    tr { key: "{robot}",
                        td { "{x:.2}" }
                        td { "{y:.2}" }
                        td { "{heading:.2}" }
                        td { "{speed:.2}" }
                        td { "{battery:.2}" }
                        td { "{temperature:.2}" }
                    }
                }
            }
        }
    }
}

/// A node of its own, with a key, for each cell: six times the nodes to make and compare.
fn cells_in_a_loop(robots: &Telemetry) -> Element {
    rsx! {
        table {
            tbody {
                for (robot , values) in robots.iter().enumerate() {
                    tr { key: "{robot}",
                        for (column , value) in values.iter().enumerate() {
                            td { key: "{column}", "{value:.2}" }
                        }
                    }
                }
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = counter, table_of_rows, table_of_for, telemetry
}
criterion_main!(benches);
