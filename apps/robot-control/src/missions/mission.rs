//! What a robot is to do.

use std::sync::Arc;

use bennu::ecto::changeset::{CastOptions, CastRelation};
use bennu::ecto::prelude::*;

use super::Waypoint;
use crate::robots::{RobotId, World};

/// How far a mission is.
#[derive(DbEnum, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// Somebody still works on it.
    #[default]
    Draft,
    /// It can be started.
    Ready,
    /// A robot is on its way.
    Running,
    /// The robot was everywhere.
    Done,
    /// The robot could not, or the program stopped meanwhile.
    Failed,
    /// Somebody had other plans for the robot.
    Cancelled,
}

/// A way for one robot.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions", timestamps)]
pub struct Mission {
    /// Made by the database.
    #[schema(primary_key)]
    pub id: i64,
    /// Whose.
    #[schema(default = RobotId(0))]
    pub robot_id: RobotId,
    /// 1 to 60 characters.
    pub name: String,
    /// How far it is.
    pub status: Status,
    /// Whether it starts again at its end, until somebody cancels it.
    pub repeat: bool,
    /// Why the last run failed or was cancelled.
    pub reason: Option<String>,
    /// When the last run began.
    pub started_at: Option<DateTime<Utc>>,
    /// When the last run ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub inserted_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// Where it leads, in order.
    #[schema(has_many, on_replace = delete, on_delete = delete_all, preload_order = |w| (w.position, w.id))]
    pub waypoints: HasMany<Waypoint>,
}

impl Mission {
    /// From `name`, `repeat`, `status` (`draft` or `ready`) and `waypoints`, a list of maps or a map by index, in the
    /// order that `waypoints_sort` gives and without those that `waypoints_drop` names. They must be loaded.
    pub fn changeset(self, params: &impl ToParams, world: &Arc<World>) -> Changeset<Self> {
        let world = Arc::clone(world);
        let waypoints = CastRelation::with_position(move |waypoint: Waypoint, params, position| {
            waypoint.changeset(params, position, &world)
        });
        let changeset = self
            .cast_with(params, Mission::name, &CastOptions::default().trim())
            .cast(params, (Mission::repeat, Mission::status))
            .validate_required(Mission::name)
            .validate_length(Mission::name, ..=60)
            .validate_inclusion(Mission::status, [Status::Draft, Status::Ready])
            .cast_assoc_with(Mission::waypoints, waypoints.sort_param("waypoints_sort").drop_param("waypoints_drop"));
        let leads_nowhere = changeset.get_assoc(Mission::waypoints).is_empty();
        if changeset.get_field(Mission::status) == Status::Ready && leads_nowhere {
            return changeset.add_error("waypoints", "should have at least one to be ready");
        }
        changeset
    }
}
