//! A robot on the map: where it is, where it looks, what it does, where it was and where it goes.

use std::sync::Arc;

use bennu::prelude::*;

use super::badge::tone;
use super::map::points;
use crate::robots::{Point, RobotId, Status, Telemetry};

/// Above this, in metres, a name that stands above its robot would be cut off by the end of the floor.
const NAME_FITS_BELOW: f64 = 22.2;

/// What a marker shows of a robot, rounded to what can be seen: a robot that stands still is not rendered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    id: RobotId,
    name: Arc<str>,
    status: Status,
    /// Centimetres.
    x: i32,
    /// Centimetres.
    y: i32,
    /// Degrees, counter-clockwise.
    heading: i32,
}

impl From<&Telemetry> for Spot {
    fn from(robot: &Telemetry) -> Self {
        Self {
            id: robot.id,
            name: Arc::clone(&robot.name),
            status: robot.status,
            x: (robot.pose.at.x * 100.0).round() as i32,
            y: (robot.pose.at.y * 100.0).round() as i32,
            heading: robot.pose.heading.to_degrees().round() as i32,
        }
    }
}

/// The robot. `push` gets the clicks; a chosen robot has a ring and shows its name.
#[component]
pub fn Marker(spot: Spot, chosen: bool, push: Option<Push>) -> Element {
    let (x, y) = (f64::from(spot.x) / 100.0, f64::from(spot.y) / 100.0);
    rsx! {
        g {
            class: "bot bot--{tone(spot.status)}",
            "data-robot": "{spot.id}",
            transform: "translate({x} {y})",
            phx_click: push,
            circle { class: "bot__reach", r: "0.95" }
            if chosen {
                circle { class: "bot__ring", r: "0.85" }
            }
            g { transform: "rotate({spot.heading})",
                circle { class: "bot__body", r: "0.46" }
                path { class: "bot__nose", d: "M0.34 0 -0.16 0.24 -0.06 0 -0.16 -0.24Z" }
            }
            text {
                class: if chosen { "bot__name bot__name--chosen" } else { "bot__name" },
                transform: "scale(1 -1)",
                y: name_at(y, chosen),
                "{spot.name}"
            }
        }
    }
}

/// Where its name stands: above it, or below it where the floor ends.
fn name_at(y: f64, chosen: bool) -> &'static str {
    match (y > NAME_FITS_BELOW, chosen) {
        (false, true) => "-1.15",
        (false, false) => "-0.72",
        (true, true) => "1.6",
        (true, false) => "1.15",
    }
}

/// Where a robot was in the last seconds.
#[component]
pub fn Trail(trail: std::sync::Arc<[Point]>, status: Status) -> Element {
    rsx! {
        polyline { class: "trail trail--{tone(status)}", points: "{points(&trail)}" }
    }
}

/// The way that a robot follows, from where it is to its goal.
#[component]
pub fn Way(from: Point, route: std::sync::Arc<[Point]>) -> Element {
    let Some(goal) = route.last().copied() else {
        return rsx! {};
    };
    rsx! {
        polyline { class: "way", points: "{from.x:.2},{from.y:.2} {points(&route)}" }
        circle { class: "way__goal", cx: "{goal.x:.2}", cy: "{goal.y:.2}", r: "0.35" }
    }
}
