//! What an operator can ask of a robot, and what the robot answers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::geometry::Point;

/// An order to one robot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Drive at this velocity for half a second at most: repeat it while it shall go on.
    Drive {
        /// Metres per second; negative backwards. More than the robot can do is cut off.
        linear: f64,
        /// Radians per second, counter-clockwise.
        angular: f64,
    },
    /// Brake and stay.
    Stop,
    /// Find the way to the robot's own dock and charge there.
    Dock,
    /// Find the way to a point.
    GoTo(Point),
    /// Brake at once and refuse to move until [`Command::Reset`].
    EmergencyStop,
    /// End an emergency stop, or acknowledge a collision.
    Reset,
}

impl Command {
    /// Its name, the same as in JSON: `go_to`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drive { .. } => "drive",
            Self::Stop => "stop",
            Self::Dock => "dock",
            Self::GoTo(_) => "go_to",
            Self::EmergencyStop => "emergency_stop",
            Self::Reset => "reset",
        }
    }
}

/// What a robot promises when it accepts a command.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Accepted {
    /// It is done, or under way.
    Done,
    /// It found a way and follows it.
    Route {
        /// The length of the way.
        metres: f64,
    },
}

/// Why a robot did not do what it was told. `Display` is for the operator and says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// An emergency stop holds.
    #[error("emergency stop is active: reset it first")]
    EmergencyStop,
    /// The battery is needed for the way to the dock.
    #[error("battery at {percent:.0} %: send it to its dock")]
    BatteryCritical {
        /// The level.
        percent: f64,
    },
    /// A speed or a coordinate is not a number.
    #[error("not a number: check the values of the command")]
    NotANumber,
    /// The goal is not on the floor.
    #[error("outside the map: choose a point on the floor")]
    OutsideMap,
    /// A robot does not fit where it should go.
    #[error("no room there: choose a point away from shelves and walls")]
    Occupied,
    /// The goal is walled off.
    #[error("no way leads there: choose another point")]
    NoRoute,
    /// It already stands in its dock.
    #[error("already at its dock")]
    AlreadyDocked,
    /// There is neither an emergency stop nor a collision.
    #[error("nothing to reset")]
    NothingToReset,
    /// No robot has this number.
    #[error("no such robot")]
    UnknownRobot,
    /// Nothing is heard of it: its task is down and starts again by itself, or the device is away.
    #[error("robot is offline: try again when it is back")]
    Offline,
    /// What a device gave as its reason.
    #[error("{0}")]
    Device(Arc<str>),
    /// It is a device, and what was asked is for simulated robots.
    #[error("this robot is a device: only simulated robots can be made to crash")]
    NotSimulated,
    /// Too many commands wait for the robot already.
    #[error("too many commands at once: wait for the answers")]
    Busy,
    /// No answer came in time. The command may still be carried out.
    #[error("no answer within {seconds} s: look at the robot before you repeat it")]
    TimedOut {
        /// How long the answer was waited for.
        seconds: u64,
    },
}

/// A robot's answer.
pub type Outcome = Result<Accepted, Refusal>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_called_in_json_what_it_is_called_here() {
        let point = Point::new(1.0, 2.0);
        let drive = Command::Drive { linear: 0.5, angular: 0.0 };
        for command in
            [drive, Command::Stop, Command::Dock, Command::GoTo(point), Command::EmergencyStop, Command::Reset]
        {
            assert_eq!(serde_json::to_value(command).unwrap()["command"], command.name());
        }
    }
}
