//! Missions in the database: making, changing, deleting and listing them.

use std::sync::Arc;

use bennu::ecto::prelude::*;
use bennu::ecto::repo::WriteOptions;

use super::{Mission, Status};
use crate::robots::{RobotId, World};
use crate::store;

/// Why a mission failed that was running when the program stopped.
pub const INTERRUPTED: &str = "interrupted: robot control was stopped while the mission ran";
/// Why a running mission stays as it is.
const IS_RUNNING: &str = "is running: cancel it first";

/// The missions of a robot with their waypoints, by name.
///
/// # Errors
/// When the database fails.
pub async fn list_missions(repo: &Repo, robot: RobotId) -> Result<Vec<Mission>, RepoError> {
    repo.all(from!(m in Mission, where: m.robot_id == robot, order_by: (m.name, m.id), preload: [waypoints])).await
}

/// A mission with its waypoints.
///
/// # Errors
/// [`RepoError::NotFound`] when there is none of that id.
pub async fn fetch_mission(repo: &Repo, id: i64) -> Result<Mission, RepoError> {
    repo.fetch_one(from!(m in Mission, where: m.id == id, preload: [waypoints])).await
}

/// A form for a mission, new or with its waypoints, with or without input: to be shown while it is being filled in.
pub fn change_mission(mission: Mission, params: &impl ToParams, world: &Arc<World>) -> Changeset<Mission> {
    mission.changeset(params, world)
}

/// Makes a mission for a robot.
///
/// # Errors
/// [`WriteError::Invalid`] when the input is not fit.
pub async fn create_mission(
    repo: &Repo,
    world: &Arc<World>,
    robot: RobotId,
    params: &impl ToParams,
) -> Result<Mission, WriteError<Mission>> {
    let mission = Mission { robot_id: robot, ..Mission::default() };
    repo.insert(mission.changeset(params, world)).await
}

/// Changes a mission, which must have its waypoints. One that has ended is a draft or ready again, if the input says
/// so.
///
/// # Errors
/// [`WriteError::Invalid`] when the input is not fit, or the mission is running (an error of `status`).
pub async fn update_mission(
    repo: &Repo,
    world: &Arc<World>,
    mission: Mission,
    params: &impl ToParams,
) -> Result<Mission, WriteError<Mission>> {
    let changeset = unless_running(mission.changeset(params, world));
    repo.update_with(changeset, WriteOptions::new().stale_error(Mission::status, IS_RUNNING)).await
}

/// Deletes a mission and its waypoints.
///
/// # Errors
/// [`WriteError::Invalid`] when it is running (an error of `status`).
pub async fn delete_mission(repo: &Repo, mission: Mission) -> Result<Mission, WriteError<Mission>> {
    let changeset = unless_running(mission.change());
    repo.delete_with(changeset, WriteOptions::new().stale_error(Mission::status, IS_RUNNING)).await
}

/// Marks what is running as failed, because nobody runs it: at the start of the program. Says how many missions that
/// were.
///
/// # Errors
/// When the database fails.
pub async fn interrupt_running(repo: &Repo) -> Result<u64, RepoError> {
    let now = store::now();
    repo.update_all(from!(m in Mission,
        where: m.status == Status::Running,
        update: { m.status = Status::Failed, m.reason = Some(INTERRUPTED), m.finished_at = Some(now), m.updated_at = now }))
        .await
}

/// The changeset goes through only if the mission's status is still what it was, and not `running`.
fn unless_running(changeset: Changeset<Mission>) -> Changeset<Mission> {
    match changeset.data().status {
        Status::Running => changeset.add_error(Mission::status, IS_RUNNING),
        status => changeset.filter(Mission::status, status),
    }
}
