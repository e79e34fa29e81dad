//! The last commands to a robot, with what became of them.

use bennu::prelude::*;

use crate::robots::{Accepted, Command, Entries, Entry, Operator, Outcome};
use crate::web::format;

/// The list, the newest first; commands of `me` are marked as one's own.
#[component]
pub fn JournalList(entries: Entries, me: Operator) -> Element {
    if entries.is_empty() {
        return rsx! {
            p { class: "empty", "No commands yet. Hold an arrow key to drive." }
        };
    }
    rsx! {
        ol { class: "journal",
            for entry in entries.iter() {
                Line { key: "{entry.number}", entry: entry.clone(), mine: entry.operator == me }
            }
        }
    }
}

#[component]
fn Line(entry: Entry, mine: bool) -> Element {
    let (tone, state) = state(&entry);
    let who = if mine { "you".to_owned() } else { format!("operator {}", entry.operator) };
    rsx! {
        li { class: "journal__line journal__line--{tone}",
            span { class: "journal__what",
                strong { "{describe(entry.command)}" }
                if entry.times > 1 {
                    span { class: "journal__times", " × {entry.times}" }
                }
            }
            span { class: "journal__state", "{state}" }
            span { class: "journal__who", "{format::clock(entry.at)} UTC, {who}" }
            span { class: "journal__took",
                if let Some((_, took)) = entry.answer {
                    "{format::round_trip(took)}"
                }
            }
            if let Some((outcome, _)) = &entry.answer && let Some(detail) = detail(outcome) {
                span { class: "journal__detail", "{detail}" }
            }
        }
    }
}

fn state(entry: &Entry) -> (&'static str, &'static str) {
    match entry.answer {
        None => ("sent", "Sent"),
        Some((Ok(_), _)) => ("accepted", "Accepted"),
        Some((Err(_), _)) => ("refused", "Refused"),
    }
}

fn detail(outcome: &Outcome) -> Option<String> {
    match outcome {
        Ok(Accepted::Done) => None,
        Ok(Accepted::Route { metres }) => Some(format!("route of {}", format::metres(*metres))),
        Err(refusal) => Some(capitalised(&refusal.to_string())),
    }
}

/// A command in words.
fn describe(command: Command) -> String {
    match command {
        Command::Drive { linear, angular } => format!("Drive {}", direction(linear, angular)),
        Command::Stop => "Stop".to_owned(),
        Command::Dock => "Dock".to_owned(),
        Command::GoTo(point) => format!("Go to {:.1}, {:.1}", point.x, point.y),
        Command::EmergencyStop => "Emergency stop".to_owned(),
        Command::Reset => "Reset".to_owned(),
    }
}

fn direction(linear: f64, angular: f64) -> String {
    let along = if linear > 0.0 {
        "forward"
    } else if linear < 0.0 {
        "backward"
    } else {
        ""
    };
    let aside = if angular > 0.0 {
        "left"
    } else if angular < 0.0 {
        "right"
    } else {
        ""
    };
    match (along, aside) {
        ("", "") => "nowhere".to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (along, aside) => format!("{along} {aside}"),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robots::{Point, Refusal};

    #[test]
    fn commands_are_described_in_words() {
        let drive = |linear, angular| describe(Command::Drive { linear, angular });
        assert_eq!(
            [drive(1.0, 0.0), drive(-1.0, -1.0), drive(0.0, 1.0)],
            ["Drive forward", "Drive backward right", "Drive left"]
        );
        assert_eq!(describe(Command::GoTo(Point::new(3.04, 12.0))), "Go to 3.0, 12.0");
    }

    #[test]
    fn a_refusal_reads_as_a_sentence() {
        assert_eq!(detail(&Err(Refusal::EmergencyStop)).as_deref(), Some("Emergency stop is active: reset it first"));
        assert_eq!(detail(&Ok(Accepted::Route { metres: 14.23 })).as_deref(), Some("route of 14.2 m"));
        assert_eq!(detail(&Ok(Accepted::Done)), None);
    }
}
