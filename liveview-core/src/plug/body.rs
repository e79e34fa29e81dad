//! Plugs about the body of a request (`Plug.Parsers`).

use super::Plug;
use crate::endpoint::body::{BodyError, Kind};
use crate::{Conn, Error, Result};

/// Reads the body's parameters and files for all plugs and handlers behind it: see [`Conn::parse_body`]. For pipelines whose
/// plugs look at them; the extractors `Params` and `Uploads` need no plug.
pub async fn parse_body(conn: Conn) -> Result<()> {
    Ok(conn.parse_body().await?)
}

/// The same, and a body of any other type than these is refused with 415. Types are `urlencoded`, `multipart` and `json`.
///
/// # Panics
/// At another name.
#[track_caller]
pub fn parse_body_of(types: impl IntoIterator<Item = &'static str>) -> impl Plug {
    let kind = |name| match name {
        "urlencoded" => Kind::Urlencoded,
        "multipart" => Kind::Multipart,
        "json" => Kind::Json,
        other => panic!("`{other}` is no type of body: they are urlencoded, multipart and json"),
    };
    let known: Vec<Kind> = types.into_iter().map(kind).collect();
    move |conn: Conn| {
        let checked: Result<(), BodyError> = conn.check_body_kind(&known);
        async move {
            checked?;
            Ok::<(), Error>(conn.parse_body().await?)
        }
    }
}

/// Bodies of up to so many bytes, in place of [`Limits::max_body_size`](crate::Limits::max_body_size): larger where files come in, smaller where nobody
/// sends much. Before [`csrf`](super::csrf), which may read the body.
pub fn body_limit(bytes: usize) -> impl Plug {
    move |conn: Conn| {
        conn.set_body_limit(bytes);
        std::future::ready(())
    }
}
