//! What the robots at a broker say.

use std::collections::HashSet;

use rumqttc::Publish;

use super::super::devices::{Carry, Devices};
use crate::robots::{Fleet, Link, RobotId};

/// The robots of one connection.
pub(super) struct Robots {
    devices: Devices,
    /// Those of which the broker has said that they are gone.
    gone: HashSet<RobotId>,
}

impl Robots {
    /// None so far.
    pub(super) fn new(fleet: &Fleet, carry: Carry) -> Self {
        Self { devices: Devices::new(fleet.clone(), Link::Mqtt, carry), gone: HashSet::new() }
    }

    /// Takes a message.
    pub(super) fn hear(&mut self, message: &Publish) {
        let Some((robot, what)) = address(&message.topic) else {
            tracing::debug!(topic = message.topic, "no robot of ours: its topic has no number");
            return;
        };
        match what {
            "state" if is_offline(&message.payload) => {
                self.gone.insert(robot);
                self.devices.gone(robot);
            }
            "state" => {
                self.gone.remove(&robot);
                self.devices.came(robot);
            }
            // What the broker keeps was said before we came, by a robot that may be anywhere by now.
            _ if message.retain => {}
            // A robot need not say that it is there, if it says where.
            "telemetry" if !self.gone.contains(&robot) => {
                self.devices.came(robot);
                self.devices.telemetry(robot, serde_json::from_slice(&message.payload));
            }
            "outcome" => self.devices.outcome(robot, serde_json::from_slice(&message.payload)),
            _ => {}
        }
    }
}

/// `bennu/robots/21/telemetry` is 21 and `telemetry`.
fn address(topic: &str) -> Option<(RobotId, &str)> {
    let (robot, what) = topic.strip_prefix("bennu/robots/")?.split_once('/')?;
    Some((robot.parse().ok()?, what))
}

/// As JSON, or as people write it by hand. An empty message takes back what the broker kept.
fn is_offline(payload: &[u8]) -> bool {
    matches!(payload.trim_ascii(), b"\"offline\"" | b"offline" | b"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_of_robots_have_their_number() {
        assert_eq!(address("bennu/robots/21/telemetry"), Some((RobotId(21), "telemetry")));
        assert_eq!(address("bennu/robots/ibis/telemetry"), None);
        assert_eq!(address("bennu/control"), None);
    }

    #[test]
    fn a_robot_is_gone_in_either_spelling() {
        for gone in ["\"offline\"", "offline\n", ""] {
            assert!(is_offline(gone.as_bytes()), "{gone}");
        }
        assert!(!is_offline(b"\"online\""));
    }
}
