//! People, and the tokens by which they are known.

use bennu::ecto::migration::*;

pub(super) struct CreateAccounts;

impl Migration for CreateAccounts {
    const VERSION: i64 = 2026_11_28_08_00_00;

    fn change(&self, m: &mut Commands) {
        m.create(
            table("users")
                .add("name", string(40).null(false))
                .add("password_hash", text().null(false))
                .add("role", text().null(false))
                .add("must_change_password", boolean().null(false).default(false))
                .timestamps(),
        );
        m.create(unique_index("users", ["name"]));
        m.create(
            table("user_tokens")
                .add("user_id", references("users").null(false).on_delete(OnDelete::DeleteAll))
                .add("token_hash", text().null(false))
                .add("context", text().null(false))
                .add("label", text())
                .add("expires_at", datetime().null(false))
                .timestamps_with(Timestamps::default().no_updated_at()),
        );
        m.create(unique_index("user_tokens", ["token_hash"]));
        m.create(index("user_tokens", ["user_id", "context"]));
    }
}
