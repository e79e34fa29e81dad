//! The live views: one per page.

pub mod account;
pub mod audit;
pub mod devices;
pub mod fleet;
pub mod mission;
pub mod missions;
pub mod password;
pub mod register;
pub mod robot;
pub mod users;

use std::sync::Arc;

use bennu::prelude::{Cx, Error, Result};

pub use account::AccountLive;
pub use audit::AuditLive;
pub use devices::DevicesLive;
pub use fleet::FleetLive;
pub use mission::MissionLive;
pub use missions::MissionsLive;
pub use password::PasswordLive;
pub use register::RegisterLive;
pub use robot::RobotLive;
pub use users::UsersLive;

use crate::robots::{Fleet, RobotId};

/// The robot that a page's URL names, and what it is called.
///
/// # Errors
/// Status 404 when there is none.
fn robot_of(cx: &Cx) -> Result<(RobotId, Arc<str>)> {
    let wanted = cx.params().get("id").unwrap_or_default();
    let found = wanted.parse().ok().and_then(|id: RobotId| cx.state::<Fleet>().telemetry(id));
    let robot = found
        .ok_or_else(|| Error::not_found(format!("There is no robot `{wanted}`. The fleet's page lists all robots.")))?;
    Ok((robot.id, robot.name))
}
