//! The parts of the fleet's page that show all robots at once.

use bennu::prelude::*;

use super::group::Group;
use crate::robots::{RobotId, Status, Telemetry};
use crate::web::components::callout::Callout;
use crate::web::components::marker::{Marker, Spot, Trail, Way};
use crate::web::components::tile::Tile;

/// A tile per group.
pub(super) fn counters(robots: &[Telemetry], pressed: Option<Group>, push: fn(Group) -> Push) -> Element {
    rsx! {
        for group in Group::ALL {
            Tile {
                label: group.label(),
                value: robots.iter().filter(|robot| group.contains(robot)).count(),
                tone: group.tone(),
                pressed: pressed == Some(group),
                push: push(group),
            }
        }
    }
}

/// What the operator has to know about emergency stops: how many robots are stopped, and what became of the last command.
pub(super) fn safety(robots: &[Telemetry], report: Option<&str>, reset: Option<Push>) -> Element {
    let stopped = robots.iter().filter(|robot| robot.status == Status::EmergencyStop).count();
    let report = report.unwrap_or_default();
    if stopped > 0 {
        let robots = if stopped == 1 { "robot" } else { "robots" };
        return rsx! {
            Callout { tone: "danger", title: "Emergency stop holds on {stopped} {robots}.", text: "{report}",
                if let Some(reset) = reset {
                    button { r#type: "button", class: "button", phx_click: reset, "Reset all" }
                }
            }
        };
    }
    rsx! {
        if !report.is_empty() {
            Callout { tone: "info", title: "{report}", text: "" }
        }
    }
}

/// Trails below, robots above. Robots that are not `shown` are left out, but for a chosen one, and so are those whose
/// place is not known.
pub(super) fn markers(
    robots: &[Telemetry],
    shown: impl Fn(&Telemetry) -> bool,
    chosen: Option<RobotId>,
    push: fn(RobotId) -> Push,
) -> Element {
    let known = robots.iter().filter(|robot| robot.is_known());
    let robots: Vec<_> = known.filter(|robot| chosen == Some(robot.id) || shown(robot)).collect();
    let ahead = robots.iter().find(|robot| chosen == Some(robot.id));
    rsx! {
        for robot in &robots {
            Trail { key: "{robot.id}", trail: robot.trail.clone(), status: robot.status }
        }
        if let Some(robot) = ahead {
            Way { from: robot.pose.at, route: robot.route.clone() }
        }
        for robot in &robots {
            Marker { key: "{robot.id}", spot: Spot::from(*robot), chosen: chosen == Some(robot.id), push: push(robot.id) }
        }
    }
}
