//! The floor as a map. One unit of it is a metre; inside, y points up as in the world.

use std::sync::Arc;

use bennu::prelude::*;

use crate::robots::{Kind, Point, World};

/// The floor of a map: equal only to itself, so that its walls are rendered once.
#[derive(Clone)]
pub struct Plan(pub Arc<World>);

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The map. Children are drawn on the floor in metres. `push` gets the clicks.
#[component]
pub fn FloorMap(plan: Plan, label: String, push: Option<Push>, children: Element) -> Element {
    let (width, height) = (plan.0.width, plan.0.height);
    rsx! {
        svg {
            class: if push.is_some() { "map map--target" } else { "map" },
            view_box: "0 0 {width} {height}",
            role: "img",
            "aria-label": "{label}",
            phx_click: push,
            g { transform: "translate(0 {height}) scale(1 -1)",
                Floor { plan }
                {children}
            }
        }
    }
}

#[component]
fn Floor(plan: Plan) -> Element {
    let world = &plan.0;
    rsx! {
        rect { class: "map__floor", width: "{world.width}", height: "{world.height}" }
        path { class: "map__grid", d: "{grid(world)}" }
        for dock in &world.docks {
            path { class: "map__dock", d: "M{dock.at.x - 0.6} 0v1.15h1.2v-1.15" }
        }
        for obstacle in &world.obstacles {
            rect {
                class: "map__obstacle map__obstacle--{kind(obstacle.kind)}",
                x: "{obstacle.area.x}",
                y: "{obstacle.area.y}",
                width: "{obstacle.area.width}",
                height: "{obstacle.area.height}",
                rx: "0.12",
            }
        }
        rect { class: "map__wall", width: "{world.width}", height: "{world.height}" }
    }
}

/// Points as an SVG attribute, to the centimetre.
pub fn points(points: &[Point]) -> String {
    use std::fmt::Write as _;
    points.iter().fold(String::with_capacity(points.len() * 12), |mut text, point| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:.2},{:.2} ", point.x, point.y);
        text
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Wall => "wall",
        Kind::Shelf => "shelf",
        Kind::Station => "station",
    }
}

/// A line every four metres.
fn grid(world: &World) -> String {
    let columns = (1..(world.width / 4.0).ceil() as u32).map(|n| format!("M{} 0V{}", n * 4, world.height));
    let rows = (1..(world.height / 4.0).ceil() as u32).map(|n| format!("M0 {}H{}", n * 4, world.width));
    columns.chain(rows).collect()
}
