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
