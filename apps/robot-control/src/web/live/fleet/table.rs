//! One row of the table, rounded to what it shows, so that it renders only when that changes.

use std::sync::Arc;

use bennu::prelude::*;

use crate::robots::{self, RobotId, Status, Telemetry};
use crate::web::components::badge::Badge;
use crate::web::components::battery::BatteryGauge;
use crate::web::components::link::LinkMark;
use crate::web::format;
use crate::web::router::Routes;

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// The key of the row.
    pub(super) id: RobotId,
    name: Arc<str>,
    status: Status,
    link: Option<robots::Link>,
    percent: u8,
    speed: String,
    position: String,
}

impl From<&Telemetry> for Row {
    fn from(robot: &Telemetry) -> Self {
        Self {
            id: robot.id,
            name: Arc::clone(&robot.name),
            status: robot.status,
            link: robot.link,
            percent: robot.battery as u8,
            speed: format::speed(robot.velocity.linear),
            position: format!("{:.1}, {:.1}", robot.pose.at.x, robot.pose.at.y),
        }
    }
}

/// The row; `push` is what a click on it pushes.
pub(super) fn row(row: &Row, chosen: bool, push: Push) -> Element {
    rsx! {
        tr { class: if chosen { "is-chosen" }, "data-robot": "{row.id}", phx_click: push,
            th { scope: "row", class: "table__name",
                Link { navigate: path!("/robots/{row.id}"), prefetch: true, "{row.name}" }
                // Where there is no room for its column, and only where it is news.
                if row.link != Some(robots::Link::Simulated) {
                    LinkMark { link: row.link, online: row.status != Status::Offline }
                }
            }
            td { class: "table__status", Badge { status: row.status } }
            td { class: "table__battery",
                BatteryGauge { percent: row.percent, charging: row.status == Status::Charging }
            }
            td { class: "table__link", LinkMark { link: row.link, online: row.status != Status::Offline } }
            td { class: "table__speed", "{row.speed}" }
            td { class: "table__position", "{row.position}" }
        }
    }
}
