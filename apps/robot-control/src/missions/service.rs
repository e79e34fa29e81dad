//! The handle of all running missions: starts and cancels them, and knows how far they are.

use std::sync::{Arc, Mutex, PoisonError};

use bennu::ecto::changeset::ConstraintOptions;
use bennu::ecto::prelude::*;
use bennu::prelude::PubSub;
use ractor::{ActorRef, SpawnErr};
use ractor_supervisor::DynamicSupervisorMsg;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::board::{Board, Running};
use super::runner::{Job, Message};
use super::{
    Ending, INTERRUPTED, Mission, MissionsChanged, Progress, Status, fetch_mission, missions_topic, progress_topic,
    supervision,
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
    supervisor: ActorRef<DynamicSupervisorMsg>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Missions {
    /// Makes the robots of `fleet` ready for missions.
    ///
    /// # Errors
    /// When the supervisor cannot be started.
    pub async fn launch(repo: &Repo, fleet: &Fleet, pubsub: &PubSub) -> Result<Self, SpawnErr> {
        let (supervisor, task) = supervision::start().await?;
        Ok(Self(Arc::new(Inner {
            repo: repo.clone(),
            fleet: fleet.clone(),
            pubsub: pubsub.clone(),
            board: Arc::default(),
            supervisor,
            task: Mutex::new(Some(task)),
        })))
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
        if supervision::run(&self.0.supervisor, &job).await.is_err() {
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
        for running in self.0.board.all() {
            end(&running, Ending::failed(INTERRUPTED)).await;
        }
        self.0.supervisor.stop(None);
        let task = self.0.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            // An error says that the supervisor panicked; it has ended all the same.
            let _ = task.await;
        }
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
        let Inner { repo, fleet, pubsub, board, .. } = &*self.0;
        let name = supervision::unique_name(&format!("mission-{}", mission.id));
        Job::new(name, mission.clone(), fleet.clone(), repo.clone(), pubsub.clone(), Arc::clone(board))
    }

    /// Makes the runner of a robot's mission panic, as soon as it runs, and waits until it is gone.
    #[cfg(test)]
    pub(super) async fn crash_runner(&self, robot: RobotId) {
        let name = self.0.board.of(robot).expect("a mission runs").job.name.clone();
        let runner = || ActorRef::<Message>::where_is(name.clone());
        let mut crashed = None;
        loop {
            match (runner(), &crashed) {
                (Some(runner), None) => {
                    runner.send_message(Message::Crash).expect("its runner listens");
                    crashed = Some(runner.get_id());
                }
                (Some(runner), Some(id)) if runner.get_id() == *id => {}
                (None, None) => {}
                (_, Some(_)) => return,
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

/// Has the runner end the run, or ends it in its place while it is down. A run that ends by itself meanwhile has ended,
/// too.
async fn end(running: &Running, ending: Ending) {
    let (ended, has_ended) = oneshot::channel();
    let runner: Option<ActorRef<Message>> = ActorRef::where_is(running.job.name.clone());
    let sent = runner.is_some_and(|runner| runner.send_message(Message::End(ending.clone(), ended)).is_ok());
    if !sent || has_ended.await.is_err() {
        running.job.finish(&ending).await;
    }
}
