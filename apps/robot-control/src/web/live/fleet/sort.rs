//! The order of the table.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::robots::{Status, Telemetry};
use crate::web::components::link::label;

/// A column by which the table can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Column {
    /// The name.
    #[default]
    Name,
    /// What the robot does.
    Status,
    /// The level of the battery.
    Battery,
    /// The way by which it is connected.
    Link,
    /// How fast it drives.
    Speed,
    /// Where it is, from left to right.
    Position,
}

impl Column {
    /// All of them, from left to right.
    pub(super) const ALL: [Self; 6] =
        [Self::Name, Self::Status, Self::Battery, Self::Link, Self::Speed, Self::Position];

    /// Its heading.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Name => "Robot",
            Self::Status => "Status",
            Self::Battery => "Battery",
            Self::Link => "Link",
            Self::Speed => "Speed",
            Self::Position => "Position",
        }
    }

    /// The part of a class that says which column it is.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Status => "status",
            Self::Battery => "battery",
            Self::Link => "link",
            Self::Speed => "speed",
            Self::Position => "position",
        }
    }

    fn compare(self, a: &Telemetry, b: &Telemetry) -> Ordering {
        match self {
            Self::Name => a.name.cmp(&b.name),
            Self::Status => rank(a.status).cmp(&rank(b.status)),
            Self::Battery => a.battery.total_cmp(&b.battery),
            Self::Link => label(a.link).cmp(label(b.link)),
            Self::Speed => a.velocity.linear.abs().total_cmp(&b.velocity.linear.abs()),
            Self::Position => a.pose.at.x.total_cmp(&b.pose.at.x),
        }
    }
}

/// Which column, and which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sorting {
    column: Column,
    descending: bool,
}

impl Sorting {
    /// Sorts by a column; by the other way round when it is sorted by it already.
    pub(super) fn press(&mut self, column: Column) {
        let again = self.column == column;
        *self = Self { column, descending: again && !self.descending };
    }

    /// Which of two robots comes first. Equal ones are ordered by number.
    pub(super) fn compare(self, a: &Telemetry, b: &Telemetry) -> Ordering {
        let order = self.column.compare(a, b);
        let order = if self.descending { order.reverse() } else { order };
        order.then(a.id.cmp(&b.id))
    }

    /// The value of `aria-sort`.
    pub(super) fn aria(self, column: Column) -> &'static str {
        match (self.column == column, self.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }

    /// The arrow beside the heading.
    pub(super) fn mark(self, column: Column) -> &'static str {
        match self.aria(column) {
            "ascending" => "▲",
            "descending" => "▼",
            _ => "",
        }
    }
}

fn rank(status: Status) -> usize {
    Status::ALL.iter().position(|&other| other == status).unwrap_or(Status::ALL.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressing_a_heading_again_turns_the_order_round() {
        let mut sorting = Sorting::default();
        assert_eq!((sorting.aria(Column::Name), sorting.aria(Column::Speed)), ("ascending", "none"));
        sorting.press(Column::Name);
        assert_eq!(sorting.aria(Column::Name), "descending");
        sorting.press(Column::Speed);
        assert_eq!((sorting.aria(Column::Name), sorting.aria(Column::Speed)), ("none", "ascending"));
    }
}
