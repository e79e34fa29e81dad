//! The plugs `csrf` and `csrf_or_forget`: requests that change something come from pages of ours (`Plug.CSRFProtection`).
//!
//! ```text
//! GET, HEAD, OPTIONS               pass; but a script as the answer to another site's <script> does not
//! Sec-Fetch-Site                   same-origin and none pass to the token; else `Origin` has to be one of ours
//! `_csrf_token` or x-csrf-token    must be of the session, and of this host if it was made for one
//! ```
//!
//! `Sec-Fetch-Site` (Fetch Metadata, W3C) is sent by all browsers since 2023 and no script can forge it. It is defence in depth: what decides is the token.

use axum::http::header::ORIGIN;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::session::csrf::{FETCH_SITE, in_header, presented, refuses_script};
use crate::{Conn, Error, Result};

/// Refuses requests by forgers with 403. Needs [`session`](super::session) before it.
///
/// - `POST`, `PUT`, `PATCH`, `DELETE` and all other methods but `GET`, `HEAD` and `OPTIONS` need a token of this session: the parameter
///   `_csrf_token` or the header `x-csrf-token`. What the browser itself says of the request's origin (`Sec-Fetch-Site`, else `Origin`) must not
///   speak against it either.
/// - Scripts that are answered to a `GET` are not for pages of other sites, which could read out of them what is meant for their visitors.
pub async fn csrf(conn: Conn) -> Result<()> {
    if is_reading(&conn) {
        return Ok(());
    }
    check(&conn).await
}

/// Lets requests by forgers pass as those of nobody: with an empty session, of which nothing is kept (`with: :clear_session` of Plug). For forms that strangers
/// may send too. Needs [`session`](super::session) before it, and the plug that loads the user behind it.
pub async fn csrf_or_forget(conn: Conn) {
    if !is_reading(&conn)
        && let Err(error) = check(&conn).await
    {
        tracing::debug!(%error, "a request goes on without its session");
        conn.ignore_session();
    }
}

fn is_reading(conn: &Conn) -> bool {
    let is_reading = matches!(*conn.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_reading {
        let asked = conn.clone();
        conn.before_send(move |response| refuse_script(&asked, response));
    }
    is_reading
}

async fn check(conn: &Conn) -> Result<()> {
    let refused = |why: &dyn std::fmt::Display| Error::msg(why).with_status(StatusCode::FORBIDDEN.as_u16());
    // Scripts cannot forge it.
    match conn.headers().get(FETCH_SITE).and_then(|site| site.to_str().ok()) {
        Some("same-origin" | "none") => {}
        Some("cross-site") if !conn.headers().contains_key(ORIGIN) => {
            return Err(refused(&"the request comes from another site, and does not say from which"));
        }
        _ => conn.check_origin().map_err(|error| refused(&error))?,
    }
    // Either is enough: a script may send on a form whose token is an old one.
    if conn.verify_csrf(in_header(conn.headers())).is_ok() {
        return Ok(());
    }
    // Only now the body has to be read, for the token of a form.
    conn.parse_body().await?;
    let params = conn.params();
    conn.verify_csrf(presented(&params, conn.headers())).map_err(|error| refused(&error))
}

fn refuse_script(conn: &Conn, response: &mut Response) {
    if refuses_script(conn.method(), conn.headers(), response.headers()) {
        let why = "a script was asked for by another site's page; send it with the header `x-requested-with: XMLHttpRequest` from pages of ours";
        *response = Error::msg(why).with_status(StatusCode::FORBIDDEN.as_u16()).into_response();
    }
}
