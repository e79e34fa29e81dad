//! Missions: ways that robots are sent along, again and again if need be.
//!
//! A [`Mission`] belongs to a robot and has [`Waypoint`]s in an order. People make and change it as a `draft`, declare
//! it `ready`, and start it ([`Missions::start`]); then a *runner*, a supervised task, sends the robot from waypoint to
//! waypoint, waits where it shall wait, and says how far it is ([`progress_topic`]).
//!
//! ```text
//! draft <──> ready ──start──> running ──┬──> done       every waypoint was reached
//!              ^                 │       ├──> cancelled  somebody cancelled it, or gave the robot a command
//!              └── edited ───────│───────└──> failed     the robot could not, or the program stopped meanwhile
//!                                └── neither changed nor deleted meanwhile
//! ```
//!
//! Devices follow missions like simulated robots: a runner gives `go_to` and watches what they report. While one waits at
//! a waypoint nothing keeps a device from driving off by itself; it is sent on from wherever it is then.
//!
//! What ended can be started again. The course of a run is pure and stepped by hand in its tests (`run`); the runner
//! wraps it.

mod board;
mod context;
mod mission;
mod progress;
mod run;
mod runner;
mod service;
mod supervision;
mod waypoint;

pub use context::{
    INTERRUPTED, change_mission, create_mission, delete_mission, fetch_mission, interrupt_running, list_missions,
    update_mission,
};
pub use mission::{Mission, Status};
pub use progress::{MissionsChanged, Phase, Progress, missions_topic, progress_topic};
pub use run::Ending;
pub use service::{CancelError, Missions, StartError};
pub use waypoint::Waypoint;

#[cfg(test)]
mod tests;
