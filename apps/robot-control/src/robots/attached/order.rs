//! What a device is told.

use serde::{Deserialize, Serialize};

use super::super::command::Command;

/// A command with the number that its answer carries: `{"id": 7, "command": "go_to", "x": 3.0, "y": 4.5}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Counts up, for each device and over all its connections.
    #[serde(rename = "id")]
    pub number: u64,
    /// What is wanted.
    #[serde(flatten)]
    pub command: Command,
}
