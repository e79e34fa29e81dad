//! The status of a robot as a word and a colour; the word alone says it, too.

use bennu::prelude::*;

use crate::robots::Status;

/// The part of a class that says which status it is: `badge--driving`, `bot--driving`.
pub const fn tone(status: Status) -> &'static str {
    match status {
        Status::Driving | Status::GoingTo => "driving",
        Status::Patrolling => "patrolling",
        Status::Docking => "docking",
        Status::Charging | Status::Docked => "charging",
        Status::Idle => "idle",
        Status::Blocked => "blocked",
        Status::EmergencyStop => "stopped",
        Status::Offline => "offline",
    }
}

/// `status` as a badge.
#[component]
pub fn Badge(status: Status) -> Element {
    rsx! {
        span { class: "badge badge--{tone(status)}", "{status.label()}" }
    }
}

/// What the colours of a map mean. Statuses that share a colour are one entry.
#[component]
pub fn Legend() -> Element {
    let entries = [
        (Status::Driving, "Driving"),
        (Status::Patrolling, "Patrolling"),
        (Status::Docking, "Docking"),
        (Status::Charging, "Charging"),
        (Status::Idle, "Idle"),
        (Status::Blocked, "Blocked"),
        (Status::EmergencyStop, "Emergency stop"),
        (Status::Offline, "Offline"),
    ];
    rsx! {
        ul { class: "legend", "aria-label": "Colours",
            for (status, label) in entries {
                li { class: "legend__entry badge--{tone(status)}", "{label}" }
            }
        }
    }
}
