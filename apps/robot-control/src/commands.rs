//! The one way that commands of people take: whether they may, then the command, then the audit log.
//!
//! [`Commands`] asks [`may`], does what was asked, and writes what came of it to the log, what was not allowed
//! included. A robot's answer does not wait for the log, and a robot obeys also while the database is away: that an
//! emergency stop works counts for more than that it is written down. What could not be written is in the program's own
//! log.
//!
//! Missions drive their robots without this: who started them is in the log.

use std::sync::Arc;

use bennu::ecto::prelude::*;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::accounts::{self, AccountError, Act, Changed, Refused, Role, User, may};
use crate::audit::{self, AuditEntry, Outcome};
use crate::devices::{self, Device, DeviceError, DeviceToken};
use crate::missions::{CancelError, Mission, Missions, StartError};
use crate::robots::{Accepted, Command, Fleet, Operator, Refusal, RobotId};

/// Why something was not done. `Display` is for whoever asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// That user may not.
    #[error(transparent)]
    NotAllowed(#[from] Refused),
    /// The robot would not, or did not answer.
    #[error(transparent)]
    Robot(#[from] Refusal),
    /// The mission could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The mission could not be cancelled.
    #[error(transparent)]
    Cancel(#[from] CancelError),
    /// The account could not be changed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The device could not be registered or changed.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// What came of a command.
pub type Answer = Result<Accepted, Rejected>;

/// Takes commands of people. Clones are the same.
#[derive(Clone)]
pub struct Commands(Arc<Inner>);

struct Inner {
    repo: Repo,
    fleet: Fleet,
    missions: Missions,
    /// What is being done and written.
    tasks: TaskTracker,
}

impl Commands {
    /// For that fleet and its missions; the log is in `repo`.
    pub fn new(repo: &Repo, fleet: &Fleet, missions: &Missions) -> Self {
        let (repo, fleet, missions) = (repo.clone(), fleet.clone(), missions.clone());
        Self(Arc::new(Inner { repo, fleet, missions, tasks: TaskTracker::new() }))
    }

    /// Sends a robot a command.
    ///
    /// The command is on its way when this returns: commands arrive in the order of the calls. The task that is
    /// returned may be dropped; the log is written all the same.
    pub fn issue(&self, user: &User, robot: RobotId, command: Command) -> JoinHandle<Answer> {
        let entry = AuditEntry::of_command(user, robot, command);
        let sent = may(user, command).map(|()| self.0.fleet.issue(robot, &operator(user), command));
        let this = self.clone();
        self.0.tasks.spawn(async move {
            let answer = match sent {
                Ok(task) => answer(task).await,
                Err(refused) => Err(refused.into()),
            };
            let entry = ended(entry, &answer);
            let recorded = match command {
                Command::Drive { .. } => audit::record_drive(&this.0.repo, entry).await,
                _ => audit::record(&this.0.repo, entry).await,
            };
            log(recorded);
            answer
        })
    }

    /// Sends every robot a command and answers with what each of them said, in the order of their numbers.
    ///
    /// All commands are on their way when this returns.
    ///
    /// # Errors
    /// When the user may not; the log has one entry of that.
    pub fn issue_all(&self, user: &User, command: Command) -> JoinHandle<Result<Vec<(RobotId, Answer)>, Refused>> {
        let of = |robot| AuditEntry::of_command(user, robot, command);
        let this = self.clone();
        if let Err(refused) = may(user, command) {
            let entry = AuditEntry { robot_id: None, ..of(RobotId(0)) }.ended(Outcome::Refused, &refused);
            return self.0.tasks.spawn(async move {
                log(audit::record(&this.0.repo, entry).await);
                Err(refused)
            });
        }
        let operator = operator(user);
        let ids = this.0.fleet.frame().robots.into_iter().map(|robot| robot.id);
        let sent: Vec<_> = ids.map(|id| (of(id), id, self.0.fleet.issue(id, &operator, command))).collect();
        self.0.tasks.spawn(async move {
            let (mut entries, mut answers) = (Vec::new(), Vec::new());
            for (entry, id, task) in sent {
                let answer = answer(task).await;
                entries.push(ended(entry, &answer));
                answers.push((id, answer));
            }
            log(audit::record_all(&this.0.repo, entries).await);
            Ok(answers)
        })
    }

    /// Starts a mission.
    ///
    /// # Errors
    /// When the user may not, or the mission or its robot is not ready.
    pub async fn start_mission(&self, user: &User, mission: &Mission) -> Result<Mission, Rejected> {
        let this = self.clone();
        let id = mission.id;
        self.carry_out(user, Act::RunMissions, about("start_mission", mission), async move {
            Ok(this.0.missions.start(id).await?)
        })
        .await
    }

    /// Cancels a running mission; its robot stops.
    ///
    /// # Errors
    /// When the user may not, or the mission does not run.
    pub async fn cancel_mission(&self, user: &User, mission: &Mission) -> Result<(), Rejected> {
        let this = self.clone();
        let (id, by) = (mission.id, user.name.clone());
        self.carry_out(user, Act::RunMissions, about("cancel_mission", mission), async move {
            Ok(this.0.missions.cancel(id, &by).await?)
        })
        .await
    }

    /// Makes the task of a robot panic, to see how the fleet copes.
    ///
    /// # Errors
    /// When the user may not, or the robot is down already.
    pub async fn crash(&self, user: &User, robot: RobotId) -> Result<(), Rejected> {
        let this = self.clone();
        let subject = Subject { robot: Some(robot), command: "crash", detail: json!({}) };
        self.carry_out(user, Act::CrashRobots, subject, async move { Ok(this.0.fleet.crash(robot)?) }).await
    }

    /// Gives somebody another role. See [`accounts::change_role`].
    ///
    /// # Errors
    /// When the user may not, or nobody would be left who may.
    pub async fn change_role(&self, user: &User, of: &User, role: Role) -> Result<Changed, Rejected> {
        let this = self.clone();
        let detail = json!({ "user": of.name, "from": of.role.name(), "to": role.name() });
        let (id, subject) = (of.id, Subject { robot: None, command: "change_role", detail });
        self.carry_out(user, Act::ManageUsers, subject, async move {
            Ok(accounts::change_role(&this.0.repo, id, role).await?)
        })
        .await
    }

    /// Gives somebody a new password. See [`accounts::reset_password`].
    ///
    /// # Errors
    /// When the user may not.
    pub async fn reset_password(
        &self,
        user: &User,
        of: &User,
    ) -> Result<(Changed, accounts::OneTimePassword), Rejected> {
        let this = self.clone();
        let (id, detail) = (of.id, json!({ "user": of.name }));
        let subject = Subject { robot: None, command: "reset_password", detail };
        self.carry_out(
            user,
            Act::ManageUsers,
            subject,
            async move { Ok(accounts::reset_password(&this.0.repo, id).await?) },
        )
        .await
    }

    /// Registers a device from `robot_id` and `name`, and takes it into the fleet. See [`devices::register_device`].
    ///
    /// # Errors
    /// When the user may not, or the input is not fit.
    pub async fn register_device(
        &self,
        user: &User,
        params: &impl ToParams,
    ) -> Result<(Device, DeviceToken), Rejected> {
        let this = self.clone();
        let params = params.to_params();
        let detail = json!({ "robot": params.get("robot_id"), "name": params.get("name") });
        let robot = params.get("robot_id").and_then(|id| RobotId::cast(id).ok());
        let made_by = user.name.clone();
        let subject = Subject { robot, command: "register_device", detail };
        self.carry_out(user, Act::ManageDevices, subject, async move {
            let (device, token) = devices::register_device(&this.0.repo, &made_by, &params).await?;
            this.0.fleet.add_device(device.robot_id, &device.name).map_err(DeviceError::from)?;
            Ok((device, token))
        })
        .await
    }

    /// Gives a device another token; its sockets ([`devices::socket_id`]) are to be disconnected.
    ///
    /// # Errors
    /// When the user may not.
    pub async fn renew_device_token(&self, user: &User, device: &Device) -> Result<(Device, DeviceToken), Rejected> {
        let (this, id) = (self.clone(), device.id);
        let subject = about_device("renew_device_token", device);
        self.carry_out(
            user,
            Act::ManageDevices,
            subject,
            async move { Ok(devices::renew_token(&this.0.repo, id).await?) },
        )
        .await
    }

    /// Forgets a device: whatever speaks for it does so no more, and its sockets are to be disconnected.
    ///
    /// # Errors
    /// When the user may not.
    pub async fn remove_device(&self, user: &User, device: &Device) -> Result<(), Rejected> {
        let (this, id) = (self.clone(), device.id);
        let subject = about_device("remove_device", device);
        self.carry_out(user, Act::ManageDevices, subject, async move {
            let device = devices::delete_device(&this.0.repo, id).await?;
            this.0.fleet.remove_device(device.robot_id);
            Ok(())
        })
        .await
    }

    /// Waits until everything that was asked for is done and written down.
    pub async fn shut_down(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// The three steps. In a task of its own, so that what was begun is written down even if nobody waits any more.
    async fn carry_out<T: Send + 'static>(
        &self,
        user: &User,
        act: Act,
        subject: Subject,
        work: impl Future<Output = Result<T, Rejected>> + Send + 'static,
    ) -> Result<T, Rejected> {
        let entry = AuditEntry::of(user, subject.robot, subject.command, subject.detail);
        let allowed = may(user, act);
        let this = self.clone();
        let task = self.0.tasks.spawn(async move {
            let result = match allowed {
                Ok(()) => work.await,
                Err(refused) => Err(refused.into()),
            };
            log(audit::record(&this.0.repo, ended(entry, &result)).await);
            result
        });
        match task.await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime goes down, and so does whoever waits here.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// What something is about, for the log.
struct Subject {
    robot: Option<RobotId>,
    command: &'static str,
    detail: serde_json::Value,
}

fn about(command: &'static str, mission: &Mission) -> Subject {
    let detail = json!({ "mission": mission.id, "name": mission.name });
    Subject { robot: Some(mission.robot_id), command, detail }
}

fn about_device(command: &'static str, device: &Device) -> Subject {
    let detail = json!({ "robot": device.robot_id, "name": device.name });
    Subject { robot: Some(device.robot_id), command, detail }
}

/// What a user is called in a robot's journal.
pub fn operator(user: &User) -> Operator {
    user.name.as_str().into()
}

/// What a robot said; a task that was torn down with the runtime says that it is offline.
async fn answer(task: JoinHandle<Result<Accepted, Refusal>>) -> Answer {
    Ok(task.await.unwrap_or(Err(Refusal::Offline))?)
}

fn ended<T>(entry: AuditEntry, result: &Result<T, Rejected>) -> AuditEntry {
    match result {
        Ok(_) => entry,
        Err(rejected) => entry.ended(rejected.outcome(), rejected),
    }
}

/// What the audit log lacks, the program's log has.
fn log<T>(recorded: Result<T, RepoError>) {
    if let Err(error) = recorded {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, cause, "an entry of the audit log could not be written");
    }
}

impl Rejected {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Robot(refusal) | Self::Start(StartError::Robot(refusal)) => refusal.into(),
            Self::Start(StartError::Repo(_) | StartError::Stopped)
            | Self::Cancel(CancelError::Repo(_))
            | Self::Account(AccountError::Repo(_) | AccountError::Hash(_))
            | Self::Device(DeviceError::Repo(_)) => Outcome::Failed,
            Self::NotAllowed(_) | Self::Start(_) | Self::Cancel(_) | Self::Account(_) | Self::Device(_) => {
                Outcome::Refused
            }
        }
    }
}

#[cfg(test)]
mod tests;
