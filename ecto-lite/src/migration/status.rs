//! Which migrations have run.

use std::fmt;

/// Whether a migration has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// It has run.
    Up,
    /// It has not.
    Down,
}

/// One migration, or one version in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Whether it has run.
    pub state: MigrationState,
    /// Its version.
    pub version: i64,
    /// Its name; none if the application has no migration of this version: it was removed, or the database has been
    /// migrated by a newer application.
    pub name: Option<&'static str>,
}

/// Each migration of the application and each version in the database, oldest first. `Display` is a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statuses(pub(super) Vec<MigrationStatus>);

impl Statuses {
    /// How many have not run.
    pub fn pending(&self) -> usize {
        self.0.iter().filter(|status| status.state == MigrationState::Down).count()
    }
}

impl std::ops::Deref for Statuses {
    type Target = [MigrationStatus];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  Status    Migration ID    Migration Name")?;
        writeln!(f, "--------------------------------------------------")?;
        for status in &self.0 {
            let state = if status.state == MigrationState::Up { "up" } else { "down" };
            let name = status.name.unwrap_or("** NOT IN THIS APPLICATION **");
            writeln!(f, "  {state:<8}  {:<14}  {name}", status.version)?;
        }
        Ok(())
    }
}
