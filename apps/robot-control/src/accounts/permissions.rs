//! What each role allows. Everything that asks, asks here.

use bennu::ecto::DbEnum;

use super::{Role, User};
use crate::robots::Command;

/// Something that not everybody may do. Looking at robots takes an account and nothing else.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Act {
    /// To send a robot a command.
    Command(Command),
    /// To make, change and delete missions.
    EditMissions,
    /// To start and cancel missions.
    RunMissions,
    /// To read who did what.
    ReadAudit,
    /// To make a robot's task panic.
    CrashRobots,
    /// To change roles and reset passwords.
    ManageUsers,
    /// To register devices, and to give them tokens.
    ManageDevices,
}

/// Why somebody may not. `Display` is for that person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The password is good for one log-in.
    #[error("choose a password of your own first")]
    PasswordChangeFirst,
    /// The role does not allow it.
    #[error(
        "this takes the role {needed}, and yours is {has}: ask an administrator",
        needed = .needed.name(),
        has = .has.name()
    )]
    Role {
        /// The least role that allows it.
        needed: Role,
        /// The user's.
        has: Role,
    },
}

impl Act {
    /// The least role that allows it.
    const fn needs(self) -> Role {
        match self {
            Self::Command(_) | Self::EditMissions | Self::RunMissions | Self::ReadAudit => Role::Operator,
            Self::CrashRobots | Self::ManageUsers | Self::ManageDevices => Role::Admin,
        }
    }
}

impl From<Command> for Act {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<&Command> for Act {
    fn from(command: &Command) -> Self {
        Self::Command(*command)
    }
}

/// Whether `user` may do that: `may(&user, &command)?`, `may(&user, Act::ReadAudit).is_ok()`.
///
/// # Errors
/// When not; the error tells the user why.
pub fn may(user: &User, act: impl Into<Act>) -> Result<(), Refused> {
    let needed = act.into().needs();
    if user.must_change_password {
        return Err(Refused::PasswordChangeFirst);
    }
    if user.role < needed {
        return Err(Refused::Role { needed, has: user.role });
    }
    Ok(())
}
