//! The plug `accepts`: which formats a route answers in (`Phoenix.Controller.accepts/2`).

use super::Plug;
use crate::controller::{Accepted, FORMAT_PARAM, negotiate};
use crate::{Conn, Result};

/// Answers 406 to requests for which none of these formats will do, and [assigns](Conn::assign) the chosen [`Format`](crate::Format) for the others: a handler takes it as an
/// extractor. An error behind this plug is shown in it too.
///
/// The parameter `_format` decides before the header `Accept`. Without either, or for `*/*`, it is the first one. Formats are names such as `html`, `json`,
/// `csv`, or [`Accepted::custom`].
pub fn accepts<F: Into<Accepted>>(formats: impl IntoIterator<Item = F>) -> impl Plug {
    let formats: Vec<Accepted> = formats.into_iter().map(Into::into).collect();
    move |conn: Conn| {
        let chosen: Result<()> = (|| {
            let params = conn.params();
            conn.assign(negotiate(&formats, params.get(FORMAT_PARAM), conn.headers())?);
            Ok(())
        })();
        std::future::ready(chosen)
    }
}
