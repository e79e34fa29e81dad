//! The tables, in the order in which they came to be. A migration that was released is never changed.

// As Ecto users write them: versions are times, and the words of migrations are many.
#![allow(clippy::inconsistent_digit_grouping, clippy::wildcard_imports)]

mod accounts;
mod audit;
mod devices;
mod missions;
mod telemetry;

use bennu::ecto::migration::{Migrations, migrations};

/// All of them.
pub fn all() -> Migrations {
    migrations![
        accounts::CreateAccounts,
        missions::CreateMissions,
        audit::CreateAudit,
        telemetry::CreateReadings,
        devices::CreateDevices
    ]
}
