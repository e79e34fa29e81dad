//! The plug `csrf`: requests that change something come from pages of ours (`Plug.CSRFProtection`).

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::session::csrf::{CSRF_HEADER, presented};
use crate::{Conn, Error, Result};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// Refuses requests by forgers with 403. Needs [`session`](super::session) before it.
///
/// - `POST`, `PUT`, `PATCH`, `DELETE` and all other methods but `GET`, `HEAD` and `OPTIONS` need a token of this session: the parameter
///   `_csrf_token` or the header `x-csrf-token`. What the browser itself says of the request's origin (`Sec-Fetch-Site`, else `Origin`) must not
///   speak against it either.
/// - Scripts that are answered to a `GET` are not for pages of other sites, which could read out of them what is meant for their visitors.
pub async fn csrf(conn: Conn) -> Result<()> {
    if matches!(*conn.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        if *conn.method() == Method::GET && !asks_from_here(conn.headers()) {
            conn.before_send(refuse_script);
        }
        return Ok(());
    }
    let refused = |why: &dyn std::fmt::Display| Error::msg(why).with_status(StatusCode::FORBIDDEN.as_u16());
    match fetch_site(conn.headers()) {
        Some("same-origin" | "none") => {}
        _ => conn.check_origin().map_err(|error| refused(&error))?,
    }
    if !conn.headers().contains_key(CSRF_HEADER) {
        // Only a form without the header says it in its body, which has to be read now.
        conn.parse_body().await?;
    }
    let params = conn.params();
    let token = presented(&params, conn.headers());
    conn.verify_csrf(token).map_err(|error| refused(&error))
}

/// What the browser says of the page that asks; scripts cannot forge it.
fn fetch_site(headers: &HeaderMap) -> Option<&str> {
    headers.get(FETCH_SITE)?.to_str().ok()
}

/// Whether the request was made by a page of ours for sure: another site can send neither of these headers with `<script src>`.
fn asks_from_here(headers: &HeaderMap) -> bool {
    match fetch_site(headers) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => headers.contains_key(REQUESTED_WITH),
    }
}

fn refuse_script(response: &mut Response) {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if ["text/javascript", "application/javascript"].iter().any(|script| media_type.eq_ignore_ascii_case(script)) {
        let why = "a script was asked for by another site's page; send it with the header `x-requested-with` from pages of ours";
        *response = Error::msg(why).with_status(StatusCode::FORBIDDEN.as_u16()).into_response();
    }
}
