//! Who asked for what, and what came of it. Entries outlive the accounts of their users.

use bennu::ecto::migration::*;

pub(super) struct CreateAudit;

impl Migration for CreateAudit {
    const VERSION: i64 = 2026_11_28_08_20_00;

    fn change(&self, m: &mut Commands) {
        m.create(
            table("audit_entries")
                .add("at", datetime().null(false))
                .add("last_at", datetime().null(false))
                .add("times", integer().null(false).default(1))
                .add("user_id", references("users").on_delete(OnDelete::NilifyAll))
                .add("user_name", text().null(false))
                .add("robot_id", integer())
                .add("command", text().null(false))
                .add("detail", json().null(false))
                .add("result", text().null(false))
                .add("reason", text()),
        );
        m.create(index("audit_entries", ["at", "id"]));
        m.create(index("audit_entries", ["robot_id", "id"]));
        m.create(index("audit_entries", ["user_name", "at"]));
    }
}
