//! A place of a mission.

use bennu::ecto::changeset::FieldError;
use bennu::ecto::prelude::*;

use super::Mission;
use crate::robots::{LIMITS, Point, World};

/// Where the robot goes, and how long it stays.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "waypoints")]
pub struct Waypoint {
    /// Made by the database.
    #[schema(primary_key)]
    pub id: i64,
    /// Of which mission.
    pub mission_id: i64,
    /// Counts from 0.
    pub position: i32,
    /// Metres.
    pub x: f64,
    /// Metres.
    pub y: f64,
    /// How long the robot stays there, in seconds; at most an hour.
    #[schema(default = 0)]
    pub wait_s: i32,
    /// What it is there for; at most 200 characters.
    pub note: Option<String>,
    /// Of which mission.
    #[schema(belongs_to)]
    pub mission: BelongsTo<Mission>,
}

impl Waypoint {
    /// From `x`, `y`, `wait_s` and `note`; its place is the one that it has in the input. A robot must fit there.
    pub fn changeset(self, params: &impl ToParams, position: usize, world: &World) -> Changeset<Self> {
        let changeset = self
            .cast(params, (Waypoint::x, Waypoint::y, Waypoint::wait_s, Waypoint::note))
            .put_change(Waypoint::position, i32::try_from(position).unwrap_or(i32::MAX))
            .validate_required((Waypoint::x, Waypoint::y))
            .validate_number(Waypoint::x, 0.0..=world.width)
            .validate_number(Waypoint::y, 0.0..=world.height)
            .validate_number(Waypoint::wait_s, 0..=3600)
            .validate_length(Waypoint::note, ..=200);
        match changeset.is_valid().then(|| room(&changeset, world)) {
            Some(Err(error)) => changeset.add_error(Waypoint::x, error),
            _ => changeset,
        }
    }

    /// Where it is.
    pub fn at(&self) -> Point {
        Point::new(self.x, self.y)
    }
}

fn room(changeset: &Changeset<Waypoint>, world: &World) -> Result<(), FieldError> {
    let at = Point::new(changeset.get_field(Waypoint::x), changeset.get_field(Waypoint::y));
    if world.clearance(at) >= LIMITS.radius {
        Ok(())
    } else {
        Err("leaves no room for a robot: choose a point away from shelves and walls".into())
    }
}
