//! The parts of a robot's page that are text and forms.

use bennu::prelude::*;

use super::GoalForm;
use super::pad::Pace;
use crate::robots::battery::LOW;
use crate::robots::{Status, Telemetry};
use crate::web::components::callout::Callout;
use crate::web::format;

/// What the operator has to know before the next command.
pub(super) fn alerts(now: &Telemetry, reset: Option<Push>, dock: Option<Push>) -> Element {
    let button = |push: Option<Push>, label: &'static str| {
        rsx! { if let Some(push) = push { button { r#type: "button", class: "button", phx_click: push, "{label}" } } }
    };
    let reset = button(reset, "Reset");
    match now.status {
        Status::EmergencyStop => rsx! {
            Callout { tone: "danger", title: "Emergency stop holds.", text: "The robot refuses to move until it is reset.", {reset} }
        },
        Status::Blocked => rsx! {
            Callout { tone: "warning", title: "Stopped at an obstacle.", text: "Drive it away, send it somewhere else, or reset it.", {reset} }
        },
        Status::Offline => rsx! { Callout { tone: "danger", title: "Offline.", text: absence(now) } },
        _ if now.battery < LOW && !matches!(now.status, Status::Charging | Status::Docking) => {
            rsx! {
                Callout { tone: "warning", title: "Battery is low.", text: "Send the robot to its dock.",
                    {button(dock, "Dock and charge")}
                }
            }
        }
        _ => rsx! {},
    }
}

/// Why nothing is heard of a robot, as far as one can tell from here.
fn absence(now: &Telemetry) -> &'static str {
    if now.is_simulated() {
        "The robot's software restarts by itself. The map shows where it was seen last."
    } else if now.is_known() {
        "Nothing is heard of the device. The map shows where it was seen last."
    } else {
        "This device was never heard of: start it with its token."
    }
}

/// The choice of how fast the pad drives.
pub(super) fn pace_choice(chosen: Pace, push: fn(Pace) -> Push) -> Element {
    rsx! {
        div { class: "choice", role: "group", "aria-label": "Speed",
            for pace in Pace::ALL {
                button {
                    r#type: "button",
                    class: "choice__option",
                    "aria-pressed": pace == chosen,
                    phx_click: push(pace),
                    "{pace.label()}"
                    span { class: "choice__detail", "{pace.speed()} m/s" }
                }
            }
        }
    }
}

/// Two fields for a goal, for those who do not click maps.
pub(super) fn goal_form(goal: &GoalForm, edit: Push, go: Push, typing: &Push, typed: &Push) -> Element {
    let field = |name: &'static str, label: &'static str, value: &str| {
        rsx! {
            label { class: "goal__label", r#for: "goal-{name}", "{label}" }
            input {
                id: "goal-{name}",
                name,
                class: "field",
                inputmode: "decimal",
                autocomplete: "off",
                value: "{value}",
                "aria-invalid": goal.error.is_some(),
                phx_focus: typing.clone(),
                phx_blur: typed.clone(),
            }
        }
    };
    rsx! {
        form { class: "goal", id: "goal", novalidate: true, phx_change: edit, phx_submit: go,
            {field("x", "x (m)", &goal.x)}
            {field("y", "y (m)", &goal.y)}
            button { r#type: "submit", class: "button", "Go" }
            if let Some(error) = goal.error {
                p { class: "goal__error", role: "alert", "{error}" }
            }
        }
    }
}

/// The robot in figures.
pub(super) fn details(now: &Telemetry) -> Element {
    let rounds = match now.resumes_in {
        _ if now.status == Status::Patrolling => "under way".to_owned(),
        0.0 => "none".to_owned(),
        seconds => format!("resume in {:.0} s", seconds.ceil()),
    };
    let figures = [
        ("Position", format!("{:.2}, {:.2} m", now.pose.at.x, now.pose.at.y)),
        ("Heading", format::heading(now.pose.heading)),
        ("Speed", format::speed(now.velocity.linear)),
        ("Turning", format!("{:.2} rad/s", now.velocity.angular + 0.0)),
        ("Driven", format::metres(now.odometer)),
        ("Rounds", rounds),
        ("Collisions", now.collisions.to_string()),
        ("Restarts", now.restarts.to_string()),
    ];
    rsx! {
        dl { class: "details",
            for (label, value) in figures {
                div {
                    dt { "{label}" }
                    dd { "{value}" }
                }
            }
        }
    }
}
