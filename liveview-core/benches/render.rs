//! What a render costs: from a change of the state to the bytes of a frame.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use criterion::{Criterion, criterion_group, criterion_main};
use dioxus::prelude::{Element, dioxus_core, dioxus_elements, dioxus_signals, rsx};
use liveview_core::render::{KnownTemplates, Renderer, write_definitions};
use liveview_core::rows::Rows;

struct Robot {
    id: u32,
    name: String,
    values: [f64; 6],
}

struct Fleet {
    robots: Rows<Robot>,
    changes: u64,
}

impl Fleet {
    fn new(robots: u32) -> Self {
        let robot = |id| Robot { id, name: format!("robot {id}"), values: [f64::from(id); 6] };
        let robots = Rows::from_iter_with_key((0..robots).map(robot), |robot| robot.id);
        Self { robots, changes: 0 }
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "{self.changes} changes" }
            table { tbody { {self.robots.render(|robot| rsx! {
                tr { id: "robot-{robot.id}",
                    td { "{robot.name}" }
                    td { "{robot.values[0]:.1}" } td { "{robot.values[1]:.1}" } td { "{robot.values[2]:.1}" }
                    td { "{robot.values[3]:.1}" } td { "{robot.values[4]:.1}" } td { "{robot.values[5]:.1}" }
                }
            })} } }
        }
    }
}

fn view(robots: u32) -> (Renderer, Rc<RefCell<Fleet>>) {
    let fleet = Rc::new(RefCell::new(Fleet::new(robots)));
    let root = Rc::clone(&fleet);
    let mut renderer = Renderer::new(move || root.borrow().render());
    renderer.rebuild().expect("the view renders");
    (renderer, fleet)
}

/// A frame's body, as a socket would get it.
fn frame(renderer: &mut Renderer, known: &mut KnownTemplates) -> Vec<u8> {
    renderer.mark_dirty();
    let edits = renderer.render().expect("the view renders").expect("it changed");
    let mut body = Vec::with_capacity(edits.ops.len() + 8);
    write_definitions(&edits.templates, known, &mut body);
    body.extend_from_slice(&edits.ops);
    body
}

fn render(c: &mut Criterion) {
    let mut known = KnownTemplates::default();
    let (mut renderer, fleet) = view(1_000);
    c.bench_function("one row of 1,000", |b| {
        b.iter(|| {
            let mut fleet = fleet.borrow_mut();
            fleet.changes += 1;
            let id = fleet.changes * 37 % 1_000;
            fleet.robots.update(id, |robot| robot.values[0] += 0.1);
            drop(fleet);
            black_box(frame(&mut renderer, &mut known))
        });
    });
    c.bench_function("HTML of 1,000 rows", |b| b.iter(|| renderer.html()));
    c.bench_function("adoption of 1,000 rows", |b| b.iter(|| renderer.adoption()));
    c.bench_function("snapshot of 1,000 rows", |b| b.iter(|| renderer.snapshot()));
    let (html, adoption) = (renderer.html(), renderer.adoption());
    let snapshot = renderer.snapshot().ops.len();
    println!("1,000 rows: HTML {} B, program {} B, snapshot {snapshot} B", html.len(), adoption.program.len());
    println!("one row of 1,000: {} B", frame_of_one(&mut renderer, &fleet).len());

    let (mut renderer, fleet) = view(20);
    let mut telemetry = || {
        let mut fleet = fleet.borrow_mut();
        fleet.changes += 1;
        for mut robot in fleet.robots.iter_mut() {
            robot.values.iter_mut().for_each(|value| *value += 0.1);
        }
        drop(fleet);
        frame(&mut renderer, &mut known)
    };
    println!("telemetry of 20x6: {} B", telemetry().len());
    c.bench_function("telemetry of 20x6", |b| b.iter(|| black_box(telemetry())));
    c.bench_function("first render of 20x6", |b| b.iter(|| view(20)));
}

fn frame_of_one(renderer: &mut Renderer, fleet: &RefCell<Fleet>) -> Vec<u8> {
    fleet.borrow_mut().robots.update(500, |robot| robot.values[0] += 0.1);
    frame(renderer, &mut KnownTemplates::default())
}

criterion_group!(benches, render);
criterion_main!(benches);
