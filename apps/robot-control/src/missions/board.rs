//! Which missions run now, for whoever asks. Outlives the runners, which are started again when they crash.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Progress;
use super::runner::Job;
use crate::robots::RobotId;

/// The running missions, by robot.
#[derive(Debug, Default)]
pub(super) struct Board(Mutex<HashMap<RobotId, Running>>);

/// A mission that runs.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// What its runners have in common.
    pub(super) job: Arc<Job>,
    /// How far it is.
    pub(super) progress: Progress,
}

impl Board {
    /// Notes that a mission runs.
    pub(super) fn put(&self, job: Arc<Job>, progress: Progress) {
        self.running().insert(progress.robot, Running { job, progress });
    }

    /// Notes how far it is; answers whether that is news.
    pub(super) fn update(&self, progress: &Progress) -> bool {
        match self.running().get_mut(&progress.robot) {
            Some(running) if running.progress != *progress => {
                running.progress.clone_from(progress);
                true
            }
            _ => false,
        }
    }

    /// Notes that it runs no more.
    pub(super) fn remove(&self, job: &Job) {
        let mut running = self.running();
        if running.get(&job.robot()).is_some_and(|running| running.job.name == job.name) {
            running.remove(&job.robot());
        }
    }

    /// The mission of a robot.
    pub(super) fn of(&self, robot: RobotId) -> Option<Running> {
        self.running().get(&robot).cloned()
    }

    /// That mission, if it runs.
    pub(super) fn mission(&self, id: i64) -> Option<Running> {
        self.running().values().find(|running| running.progress.mission_id == id).cloned()
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Running> {
        self.running().values().cloned().collect()
    }

    fn running(&self) -> MutexGuard<'_, HashMap<RobotId, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
