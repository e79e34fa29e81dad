//! What robots measured. A row is found by its robot and its time, so these are the key.

use bennu::ecto::migration::*;

pub(super) struct CreateReadings;

impl Migration for CreateReadings {
    const VERSION: i64 = 2026_11_28_08_30_00;

    fn change(&self, m: &mut Commands) {
        m.create(
            table("readings")
                .add("robot_id", integer().primary_key())
                .add("at_ms", bigint().primary_key())
                .add("speed", float().null(false))
                .add("battery", float().null(false))
                .add("x", float().null(false))
                .add("y", float().null(false)),
        );
        // For deleting what is too old.
        m.create(index("readings", ["at_ms"]));
    }
}
