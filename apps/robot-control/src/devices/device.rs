//! A robot from outside, as it is registered.

use bennu::ecto::changeset::{CastOptions, ConstraintOptions};
use bennu::ecto::prelude::*;

use crate::robots::{RobotId, crew};

/// A row. Whether the device is there now, the fleet knows.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "devices", timestamps(updated_at = false))]
pub struct Device {
    /// Made by the database.
    #[schema(primary_key)]
    pub id: i64,
    /// The robot's number: that of no other robot.
    #[schema(default = RobotId(0))]
    pub robot_id: RobotId,
    /// 1 to 40 characters.
    pub name: String,
    /// SHA-256 of its token.
    pub token_hash: String,
    /// Who registered it.
    pub made_by: String,
    /// When it was registered.
    pub inserted_at: DateTime<Utc>,
}

impl Device {
    /// From `robot_id` and `name`.
    pub fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let taken = ConstraintOptions::default().message("is another device's: choose a free one");
        let changeset = self
            .cast(params, Device::robot_id)
            .cast_with(params, Device::name, &CastOptions::default().trim())
            .validate_required(Device::name)
            .validate_length(Device::name, 1..=40)
            .unique_constraint_with(Device::robot_id, taken);
        match changeset.get_field(Device::robot_id) {
            _ if changeset.errors_on(Device::robot_id).next().is_some() => changeset,
            RobotId(0) => changeset.add_error(Device::robot_id, "is a number from 1 to 65535"),
            id if crew::is_of_crew(id) => {
                changeset.add_error(Device::robot_id, "is a simulated robot's: choose a free one")
            }
            _ => changeset,
        }
    }
}
