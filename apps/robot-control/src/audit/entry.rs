//! One thing that somebody asked for.

use bennu::ecto::prelude::*;

use crate::accounts::User;
use crate::robots::{Command, Refusal, RobotId};
use crate::store;

/// What came of it.
#[derive(DbEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, or is under way.
    #[default]
    Ok,
    /// It was not allowed, or the robot would not.
    Refused,
    /// It could not be done, or nobody knows whether it was.
    Failed,
}

/// An entry of the audit log, or a row of equal drive commands.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "audit_entries")]
pub struct AuditEntry {
    /// Counts up.
    #[schema(primary_key)]
    pub id: i64,
    /// When it was asked for; of a row, the first time.
    #[schema(default = DateTime::UNIX_EPOCH)]
    pub at: DateTime<Utc>,
    /// When it was asked for the last time.
    #[schema(default = DateTime::UNIX_EPOCH)]
    pub last_at: DateTime<Utc>,
    /// How often it was asked for in a row.
    #[schema(default = 1)]
    pub times: i32,
    /// Who asked; none once the account is gone.
    pub user_id: Option<i64>,
    /// What that user was called.
    pub user_name: String,
    /// Of which robot; none where it is about none.
    pub robot_id: Option<RobotId>,
    /// What was asked for: `go_to`, `start_mission`, `change_role`.
    pub command: String,
    /// The whole of it: `{"command": "go_to", "x": 3.0, "y": 4.5}`.
    pub detail: serde_json::Value,
    /// What came of it.
    pub result: Outcome,
    /// Why it was refused or failed.
    pub reason: Option<String>,
}

impl AuditEntry {
    /// That `user` asked for something now, and got it.
    pub fn of(user: &User, robot: Option<RobotId>, command: &str, detail: serde_json::Value) -> Self {
        let now = store::now();
        Self {
            at: now,
            last_at: now,
            user_id: Some(user.id),
            user_name: user.name.clone(),
            robot_id: robot,
            command: command.to_owned(),
            detail,
            ..Self::default()
        }
    }

    /// That `user` sent a robot a command now.
    pub fn of_command(user: &User, robot: RobotId, command: Command) -> Self {
        // A velocity that is no number has no JSON: it is null there.
        let detail = serde_json::to_value(command).unwrap_or_default();
        Self::of(user, Some(robot), command.name(), detail)
    }

    /// The same, with what came of it.
    #[must_use]
    pub fn ended(self, result: Outcome, reason: &impl ToString) -> Self {
        Self { result, reason: Some(reason.to_string()), ..self }
    }

    /// Whether `next` is one more of the same.
    pub(super) fn is_row_of(&self, next: &Self) -> bool {
        let what = |entry: &Self| (entry.user_id, entry.robot_id, entry.command.clone(), entry.result);
        what(self) == what(next) && self.detail == next.detail && self.reason == next.reason
    }
}

impl From<&Refusal> for Outcome {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownRobot | Refusal::Offline | Refusal::Busy | Refusal::TimedOut { .. } => Self::Failed,
            _ => Self::Refused,
        }
    }
}
