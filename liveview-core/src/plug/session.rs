//! The plug `session`.

use crate::Conn;

/// Gives the request its session (`Plug.Session` and `fetch_session`): the cookie is read when somebody asks for a value, and
/// written with the response if something changed.
///
/// Routes outside of any pipeline and live pages have the session without it.
#[allow(clippy::unused_async, reason = "a plug is an asynchronous function")]
pub async fn session(conn: Conn) {
    conn.allow_session();
}
