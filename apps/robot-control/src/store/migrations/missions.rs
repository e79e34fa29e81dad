//! Missions and their waypoints.

use bennu::ecto::migration::*;

pub(super) struct CreateMissions;

impl Migration for CreateMissions {
    const VERSION: i64 = 2026_11_28_08_10_00;

    fn change(&self, m: &mut Commands) {
        m.create(
            table("missions")
                .add("robot_id", integer().null(false))
                .add("name", string(60).null(false))
                .add("status", text().null(false))
                .add("repeat", boolean().null(false).default(false))
                .add("reason", text())
                .add("started_at", datetime())
                .add("finished_at", datetime())
                .timestamps(),
        );
        m.create(index("missions", ["robot_id", "name"]));
        // A robot follows one mission at a time, whoever starts them.
        m.create(unique_index("missions", ["robot_id"]).filter("status = 'running'"));
        m.create(
            table("waypoints")
                .add("mission_id", references("missions").null(false).on_delete(OnDelete::DeleteAll))
                .add("position", integer().null(false))
                .add("x", float().null(false))
                .add("y", float().null(false))
                .add("wait_s", integer().null(false).default(0))
                .add("note", text()),
        );
        m.create(index("waypoints", ["mission_id", "position"]));
    }
}
