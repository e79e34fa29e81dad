//! Robots that are attached from outside: devices, whatever way they come.
//!
//! [`Fleet::attach`](super::Fleet::attach) plugs a connection into a registered device's [`Port`]. What it holds then, an
//! [`Attachment`], is all that a transport needs: it [`report`](Attachment::report)s what the device says, hands it its
//! [`Orders`], and takes its [`answer`](Attachment::answer)s. [`Report`], [`Order`] and [`Answer`] are in JSON what
//! devices and transports say to each other.
//!
//! ```text
//! device ── transport ── Attachment ──┬── report ──> Record ──> frames, pages, missions
//!                                     ├── orders <── Port <── commands
//!                                     └── answer ──> Port ──> whoever asked, journal, audit
//! ```
//!
//! No task and no network is here.

mod answer;
mod attachment;
mod order;
mod port;
mod report;

use std::sync::Arc;
use std::time::Duration;

pub use answer::{Answer, AnswerError};
pub use attachment::{Attachment, Orders};
pub use order::Order;
pub use port::{AttachError, Port};
pub use report::{Report, ReportError};

use super::geometry::Pose;
use super::model::{RobotId, Status, Telemetry};
use super::physics::Velocity;

/// A device that reported nothing for this long is offline: people see it within 2 seconds.
pub const SILENCE: Duration = Duration::from_millis(1500);

/// What is known of a device that was never heard of.
pub(super) fn absent(id: RobotId, name: Arc<str>) -> Telemetry {
    Telemetry {
        id,
        name,
        link: None,
        pose: Pose::default(),
        velocity: Velocity::REST,
        battery: 0.0,
        status: Status::Offline,
        route: Arc::default(),
        trail: Arc::default(),
        resumes_in: 0.0,
        odometer: 0.0,
        collisions: 0,
        restarts: 0,
        tick: 0,
    }
}

#[cfg(test)]
mod tests;
