//! Groups of robots that one looks for: the figures at the top of the page.

use serde::{Deserialize, Serialize};

use crate::robots::battery::LOW;
use crate::robots::{Status, Telemetry};

/// A group. A robot may be in several, or in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Group {
    /// Under way.
    Moving,
    /// In a dock.
    Charging,
    /// Waiting for somebody.
    Faults,
    /// Nearly empty.
    LowBattery,
}

impl Group {
    /// All groups, in the order in which they are shown.
    pub(super) const ALL: [Self; 4] = [Self::Moving, Self::Charging, Self::Faults, Self::LowBattery];

    /// Its name for people.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Moving => "Driving",
            Self::Charging => "Charging",
            Self::Faults => "Faults",
            Self::LowBattery => "Low battery",
        }
    }

    /// Its colour.
    pub(super) const fn tone(self) -> &'static str {
        match self {
            Self::Moving => "driving",
            Self::Charging => "charging",
            Self::Faults => "danger",
            Self::LowBattery => "warning",
        }
    }

    /// Whether a robot belongs to it.
    pub(super) fn contains(self, robot: &Telemetry) -> bool {
        match self {
            Self::Moving => robot.status.is_moving(),
            Self::Charging => matches!(robot.status, Status::Charging | Status::Docked),
            Self::Faults => robot.status.is_fault(),
            Self::LowBattery => robot.battery < LOW,
        }
    }
}
