//! Robots that come from outside, and the hashes of the tokens by which they are known.

use bennu::ecto::migration::*;

pub(super) struct CreateDevices;

impl Migration for CreateDevices {
    const VERSION: i64 = 2026_11_28_15_00_00;

    fn change(&self, m: &mut Commands) {
        m.create(
            table("devices")
                .add("robot_id", integer().null(false))
                .add("name", string(40).null(false))
                .add("token_hash", text().null(false))
                .add("made_by", text().null(false))
                .timestamps_with(Timestamps::default().no_updated_at()),
        );
        m.create(unique_index("devices", ["robot_id"]));
        m.create(unique_index("devices", ["token_hash"]));
    }
}
