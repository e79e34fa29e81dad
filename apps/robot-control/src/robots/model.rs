//! What the fleet says about itself.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::geometry::{Point, Pose};
use super::physics::Velocity;

/// The number of a robot, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RobotId(pub u16);

impl fmt::Display for RobotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl bennu::ToParam for RobotId {
    fn to_param(&self) -> String {
        self.to_string()
    }
}

impl FromStr for RobotId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The way by which a robot is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Simulated in this program.
    Simulated,
    /// A device that has joined its channel.
    Channel,
    /// A device in a Zenoh mesh.
    Zenoh,
    /// A device at an MQTT broker.
    Mqtt,
}

impl Link {
    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Simulated => "Simulated",
            Self::Channel => "Channel",
            Self::Zenoh => "Zenoh",
            Self::Mqtt => "MQTT",
        }
    }
}

/// What a robot is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Stands and waits.
    Idle,
    /// Follows the speed that an operator gives.
    Driving,
    /// On its way to a point that an operator chose.
    GoingTo,
    /// Does its rounds.
    Patrolling,
    /// On its way to its dock.
    Docking,
    /// At its dock, charging.
    Charging,
    /// At its dock, charged.
    Docked,
    /// Ran into something and waits for an operator.
    Blocked,
    /// Stopped for safety until it is reset.
    EmergencyStop,
    /// Nothing is heard of it; the pose is the last known one.
    Offline,
}

impl Status {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Driving,
        Self::GoingTo,
        Self::Patrolling,
        Self::Docking,
        Self::Charging,
        Self::Docked,
        Self::Idle,
        Self::Blocked,
        Self::EmergencyStop,
        Self::Offline,
    ];

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Driving => "Driving",
            Self::GoingTo => "Going to point",
            Self::Patrolling => "Patrolling",
            Self::Docking => "Docking",
            Self::Charging => "Charging",
            Self::Docked => "Docked",
            Self::Blocked => "Blocked",
            Self::EmergencyStop => "Emergency stop",
            Self::Offline => "Offline",
        }
    }

    /// Whether the robot is under way.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Driving | Self::GoingTo | Self::Patrolling | Self::Docking)
    }

    /// Whether somebody should look after the robot.
    pub const fn is_fault(self) -> bool {
        matches!(self, Self::Blocked | Self::EmergencyStop | Self::Offline)
    }
}

/// All that is known of one robot at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Telemetry {
    /// Which robot.
    pub id: RobotId,
    /// What it is called.
    pub name: Arc<str>,
    /// The way by which it is connected; none for a device that is not attached.
    pub link: Option<Link>,
    /// Where it is.
    pub pose: Pose,
    /// How fast it moves.
    pub velocity: Velocity,
    /// The level of its battery, in percent.
    pub battery: f64,
    /// What it is doing.
    pub status: Status,
    /// The way ahead of it, its goal last; empty when it follows none.
    pub route: Arc<[Point]>,
    /// Where it was in the last seconds, the oldest first.
    #[serde(skip)]
    pub trail: Arc<[Point]>,
    /// Seconds until it goes back to its rounds after a manual command; 0 when it has none to go back to.
    pub resumes_in: f64,
    /// How far it drove, in metres: since the fleet was started, or as a device counts it.
    pub odometer: f64,
    /// How often it ran into something.
    pub collisions: u32,
    /// How often its task was started again after a crash, or a device came back.
    pub restarts: u32,
    /// Time since its task was started or the device was attached, in steps: 20 a second. Each telemetry has more than
    /// the one before.
    pub tick: u64,
}

impl Telemetry {
    /// Whether the robot is simulated in this program, and no device.
    pub fn is_simulated(&self) -> bool {
        self.link == Some(Link::Simulated)
    }

    /// Whether anything was ever heard of the robot: a device that was registered and never attached is nowhere.
    pub fn is_known(&self) -> bool {
        self.is_simulated() || self.tick > 0 || self.restarts > 0
    }
}

/// All robots at one moment, in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FleetFrame {
    /// One entry per robot.
    pub robots: Vec<Telemetry>,
}
