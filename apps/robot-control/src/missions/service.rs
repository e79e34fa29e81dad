//! The handle of all running missions: starts and cancels them, and knows how far they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bennu::ecto::changeset::ConstraintOptions;
use bennu::ecto::prelude::*;
use bennu::prelude::{PubSub, Supervisor, SupervisorRef};
use bennu::supervision;
use tokio::sync::oneshot;

use super::board::{Board, Running};
use super::runner::{Job, Message, Runners};
use super::{
    Ending, INTERRUPTED, Mission, MissionsChanged, Progress, Status, fetch_mission, missions_topic, progress_topic,
    supervision as trees,
};
use crate::robots::battery::Battery;
use crate::robots::{Fleet, Refusal, RobotId, Status as RobotStatus};
use crate::store;

/// Why a mission was not started. `Display` is for whoever wanted to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It is a draft.
    #[error("the mission is a draft: declare it ready first")]
    Draft,
    /// It leads nowhere.
    #[error("the mission has no waypoint: add one first")]
    NoWaypoint,
    /// It runs already.
    #[error("the mission is running already")]
    Running,
    /// The robot follows another mission.
    #[error("the robot follows another mission: cancel that one first")]
    RobotTaken,
    /// The robot cannot go now.
    #[error(transparent)]
    Robot(#[from] Refusal),
    /// Somebody changed the mission at the same moment.
    #[error("somebody has just changed the mission: look at it and try again")]
    Changed,
    /// There are no runners any more.
    #[error("missions do not run any more: the program is stopping")]
    Stopped,
    /// There is no such mission, or the database failed.
    #[error(transparent)]
    Repo(RepoError),
}

/// Why a mission was not cancelled. `Display` is for whoever wanted to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CancelError {
    /// It does not run.
    #[error("the mission is not running")]
    NotRunning,
    /// There is no such mission, or the database failed.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

/// All missions that run. Clones are the same. They run until [`Missions::shut_down`].
#[derive(Clone)]
pub struct Missions(Arc<Inner>);

struct Inner {
    repo: Repo,
    fleet: Fleet,
    pubsub: PubSub,
    board: Arc<Board>,
    /// Where the runners are found.
    found: Runners,
    /// Below which they run.
    runners: SupervisorRef,
    supervisor: SupervisorRef,
}

impl Missions {
    /// Missions for the robots of `fleet`, and the supervisor to start for them to run.
    pub fn declare(repo: &Repo, fleet: &Fleet, pubsub: &PubSub) -> (Self, Supervisor) {
        let board = Arc::default();
        let (tree, runners) = trees::tree(&board);
        let missions = Self(Arc::new(Inner {
            repo: repo.clone(),
            fleet: fleet.clone(),
            pubsub: pubsub.clone(),
            board,
            found: Runners::unique(),
            runners,
            supervisor: tree.handle(),
        }));
        (missions, tree)
    }

    /// Makes the robots of `fleet` ready for missions, below no other supervisor, until [`Missions::shut_down`].
    ///
    /// # Errors
    /// When the supervisor cannot be started.
    pub async fn launch(repo: &Repo, fleet: &Fleet, pubsub: &PubSub) -> Result<Self, supervision::StartError> {
        let (missions, tree) = Self::declare(repo, fleet, pubsub);
        tree.start().await?;
        Ok(missions)
    }

    /// Starts a mission: its robot is on its way a moment later. Answers with the mission as it is now.
    ///
    /// # Errors
    /// When it is not ready or the robot is not; the database lets each robot have one running mission.
    pub async fn start(&self, id: i64) -> Result<Mission, StartError> {
        let mission = fetch_mission(&self.0.repo, id).await?;
        self.check(&mission)?;
        let mission = self.mark_running(mission).await?;
        let job = Arc::new(self.job(&mission));
        let run = job.run();
        let progress = job.progress(&run, run.phase());
        self.0.board.put(Arc::clone(&job), progress.clone());
        self.0.pubsub.broadcast(&progress_topic(mission.robot_id), progress);
        if self.0.runners.start_child(trees::runner(&job)).await.is_err() {
            job.finish(&Ending::failed(INTERRUPTED)).await;
            return Err(StartError::Stopped);
        }
        self.announce(mission.robot_id);
        Ok(mission)
    }

    /// Cancels a running mission in the name of `by`; its robot stops. The mission has ended when this returns.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn cancel(&self, id: i64, by: &str) -> Result<(), CancelError> {
        let Some(running) = self.0.board.mission(id) else {
            fetch_mission(&self.0.repo, id).await?;
            return Err(CancelError::NotRunning);
        };
        end(&running, Ending::Cancelled { by: by.to_owned() }).await;
        Ok(())
    }

    /// How far the mission of a robot is; none if it follows none.
    pub fn progress(&self, robot: RobotId) -> Option<Progress> {
        self.0.board.of(robot).map(|running| running.progress)
    }

    /// Says that the missions of a robot are other than they were: for whoever makes, changes or deletes one.
    pub fn announce(&self, robot: RobotId) {
        self.0.pubsub.broadcast(&missions_topic(robot), MissionsChanged(robot));
    }

    /// Ends all runs as interrupted, and waits until they have ended. A second call does nothing.
    pub async fn shut_down(&self) {
        self.0.supervisor.shut_down().await;
    }

    /// What can be told before anything is done. The rest the robot tells.
    fn check(&self, mission: &Mission) -> Result<(), StartError> {
        match mission.status {
            Status::Draft => return Err(StartError::Draft),
            Status::Running => return Err(StartError::Running),
            Status::Ready | Status::Done | Status::Failed | Status::Cancelled => {}
        }
        if mission.waypoints.get().map_err(RepoError::from)?.is_empty() {
            return Err(StartError::NoWaypoint);
        }
        let robot = self.0.fleet.telemetry(mission.robot_id).ok_or(Refusal::UnknownRobot)?;
        match robot.status {
            RobotStatus::Offline => Err(Refusal::Offline.into()),
            RobotStatus::EmergencyStop => Err(Refusal::EmergencyStop.into()),
            _ if Battery::at(robot.battery).is_critical() => {
                Err(Refusal::BatteryCritical { percent: robot.battery }.into())
            }
            _ => Ok(()),
        }
    }

    async fn mark_running(&self, mission: Mission) -> Result<Mission, StartError> {
        let status = mission.status;
        let changeset = mission
            .change()
            .put_change(Mission::status, Status::Running)
            .put_change(Mission::reason, None)
            .put_change(Mission::started_at, store::now())
            .put_change(Mission::finished_at, None)
            .filter(Mission::status, status)
            .unique_constraint_with(Mission::robot_id, ConstraintOptions::default().message("is taken"));
        self.0.repo.update(changeset).await.map_err(|error| match error {
            // The one thing that can be wrong with it.
            WriteError::Invalid(_) => StartError::RobotTaken,
            WriteError::Repo(RepoError::StaleEntry { .. }) => StartError::Changed,
            WriteError::Repo(error) => StartError::Repo(error),
        })
    }

    fn job(&self, mission: &Mission) -> Job {
        // A mission may be started again while the last word of its former run is being written.
        static RUNS: AtomicU64 = AtomicU64::new(1);
        let Inner { repo, fleet, pubsub, board, found, .. } = &*self.0;
        let name = format!("mission-{}/{}", mission.id, RUNS.fetch_add(1, Ordering::Relaxed));
        Job::new(name, mission.clone(), fleet.clone(), repo.clone(), pubsub.clone(), Arc::clone(board), found.clone())
    }

    /// Makes the runner of a robot's mission panic, as soon as it runs, and waits until it is gone.
    #[cfg(test)]
    pub(super) async fn crash_runner(&self, robot: RobotId) {
        let name = self.0.board.of(robot).expect("a mission runs").job.name.clone();
        loop {
            if let Some(runner) = self.0.found.lookup(&name) {
                runner.cast(Message::Crash).expect("its runner listens");
                runner.process().ended().await;
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

impl From<RepoError> for StartError {
    fn from(error: RepoError) -> Self {
        Self::Repo(error)
    }
}

/// Ends all runs, because the program ends.
pub(super) async fn interrupt_all(board: &Board) {
    for running in board.all() {
        end(&running, Ending::failed(INTERRUPTED)).await;
    }
}

/// Has the runner end the run, or ends it in its place while it is down. A run that ends by itself meanwhile has ended,
/// too.
async fn end(running: &Running, ending: Ending) {
    let (ended, has_ended) = oneshot::channel();
    let runner = running.job.runners.lookup(&running.job.name);
    let sent = runner.is_some_and(|runner| runner.cast(Message::End(ending.clone(), ended)).is_ok());
    if !sent || has_ended.await.is_err() {
        running.job.finish(&ending).await;
    }
}
