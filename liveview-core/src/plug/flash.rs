//! The plug `flash`.

use crate::Conn;

/// Takes the flash of the request before out of the session (`fetch_flash`): it is there for this request, and for the next one only if this
/// one is answered by a redirect. Needs [`session`](super::session) before it.
#[allow(clippy::unused_async, reason = "a plug is an asynchronous function")]
pub async fn flash(conn: Conn) {
    conn.fetch_flash();
}
