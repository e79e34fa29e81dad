//! Which directions an operator holds, and the drive command that they add up to.
//!
//! A direction counts as held for a little longer than its events come apart; one whose end was never heard of (a key-up
//! lost with the window's focus) is forgotten then, and cannot turn a later command.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::robots::Command;
use crate::web::components::drive_pad::Direction;

/// How long a direction is held after its last event.
const HELD: Duration = Duration::from_millis(450);
/// Turning on the spot, in radians per second.
const TURN: f64 = 1.4;

/// How fast the pad drives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Pace {
    /// For narrow places.
    Slow,
    /// The usual.
    #[default]
    Normal,
    /// As fast as it can.
    Fast,
}

impl Pace {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Slow, Self::Normal, Self::Fast];

    /// Its name for people.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Slow => "Slow",
            Self::Normal => "Normal",
            Self::Fast => "Fast",
        }
    }

    /// Metres per second.
    pub(super) const fn speed(self) -> f64 {
        match self {
            Self::Slow => 0.4,
            Self::Normal => 0.8,
            Self::Fast => 1.4,
        }
    }
}

/// The pad of one operator.
#[derive(Debug, Default)]
pub(super) struct Pad {
    /// How fast it drives.
    pub(super) pace: Pace,
    held: [Option<Instant>; 4],
}

impl Pad {
    /// A direction is held, still or from now on.
    pub(super) fn hold(&mut self, direction: Direction) {
        self.held[direction as usize] = Some(Instant::now());
    }

    /// A direction was let go. Answers whether it was held.
    pub(super) fn release(&mut self, direction: Direction) -> bool {
        self.held[direction as usize].take().is_some_and(is_fresh)
    }

    /// All were let go. Answers whether one was held.
    pub(super) fn release_all(&mut self) -> bool {
        std::mem::take(&mut self.held).into_iter().flatten().any(is_fresh)
    }

    /// Whether a direction is held.
    pub(super) fn is_held(&self, direction: Direction) -> bool {
        self.held[direction as usize].is_some_and(is_fresh)
    }

    /// What the robot is to do now. Opposite directions cancel each other out.
    pub(super) fn command(&self) -> Command {
        let sign = |plus, minus| f64::from(self.is_held(plus)) - f64::from(self.is_held(minus));
        let linear = self.pace.speed() * sign(Direction::Forward, Direction::Backward);
        let angular = TURN * sign(Direction::Left, Direction::Right);
        if linear == 0.0 && angular == 0.0 { Command::Stop } else { Command::Drive { linear, angular } }
    }
}

fn is_fresh(at: Instant) -> bool {
    at.elapsed() < HELD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_directions_add_up_to_one_command() {
        let mut pad = Pad::default();
        assert_eq!(pad.command(), Command::Stop);
        pad.hold(Direction::Forward);
        assert_eq!(pad.command(), Command::Drive { linear: 0.8, angular: 0.0 });
        pad.hold(Direction::Right);
        pad.pace = Pace::Slow;
        assert_eq!(pad.command(), Command::Drive { linear: 0.4, angular: -TURN });
        assert!(pad.release(Direction::Forward));
        assert_eq!(pad.command(), Command::Drive { linear: 0.0, angular: -TURN });
        assert!(!pad.release(Direction::Forward), "it was let go already");
    }

    #[test]
    fn opposite_directions_stop() {
        let mut pad = Pad::default();
        pad.hold(Direction::Left);
        pad.hold(Direction::Right);
        assert_eq!(pad.command(), Command::Stop);
        assert!(pad.release_all());
        assert!(!pad.release_all());
    }

    #[test]
    fn a_direction_whose_end_was_never_heard_of_is_forgotten() {
        let mut pad = Pad::default();
        pad.held[Direction::Left as usize] = Instant::now().checked_sub(HELD);
        pad.hold(Direction::Forward);
        assert_eq!(pad.command(), Command::Drive { linear: 0.8, angular: 0.0 });
        assert!(!pad.is_held(Direction::Left));
    }
}
