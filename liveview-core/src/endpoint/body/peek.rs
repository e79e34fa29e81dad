//! A look at the beginning of a form, before it is known who reads it.
//!
//! The method of a request decides about its route, and a form may change it (`_method`). So the first bytes of a form
//! are read ahead, looked into, and put back in front of the rest.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};

use super::{BodyError, Kind, RequestBody, Source, timed};

/// Where the parameter must stand. Forms have it at their beginning.
const WINDOW: usize = 16 * 1024;

/// The value of a text field that stands within the first 16 KiB of a form, if the body is one.
///
/// # Errors
/// When nothing comes, or the connection breaks.
pub(crate) async fn peek(body: &RequestBody, name: &str) -> Result<Option<String>, BodyError> {
    let kind = body.kind();
    if !matches!(kind, Kind::Urlencoded | Kind::Multipart) {
        return Ok(None);
    }
    let source = match body.swap(Source::Taken) {
        Source::Stream(stream) => stream,
        other => {
            body.swap(other);
            return Ok(None);
        }
    };
    let (beginning, is_all, rest) = read_ahead(source, body).await?;
    body.swap(if is_all {
        Source::Whole(beginning.clone())
    } else {
        let first = stream::once({
            let beginning = beginning.clone();
            async move { Ok(beginning) }
        });
        Source::Stream(Body::from_stream(first.chain(rest.into_data_stream())))
    });
    Ok(match kind {
        Kind::Urlencoded => urlencoded(&beginning, is_all, name),
        _ => multipart(&body.0.content_type, beginning, name).await,
    })
}

/// The first bytes, whether they are all, and the rest.
async fn read_ahead(body: Body, of: &RequestBody) -> Result<(Bytes, bool, Body), BodyError> {
    let mut chunks = Box::pin(timed(body, of.0.patience));
    let mut beginning = BytesMut::new();
    while beginning.len() < WINDOW {
        match chunks.next().await.transpose()? {
            Some(chunk) => beginning.extend_from_slice(&chunk),
            None => return Ok((beginning.freeze(), true, Body::empty())),
        }
    }
    Ok((beginning.freeze(), false, Body::from_stream(chunks)))
}

fn urlencoded(beginning: &[u8], is_all: bool, name: &str) -> Option<String> {
    let end = if is_all { beginning.len() } else { beginning.iter().rposition(|byte| *byte == b'&').unwrap_or(0) };
    let mut pairs = form_urlencoded::parse(&beginning[..end]);
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Reads field after field until the bytes run out.
async fn multipart(content_type: &str, beginning: Bytes, name: &str) -> Option<String> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let stream = stream::once(async move { Ok::<_, std::convert::Infallible>(beginning) });
    let mut form = multer::Multipart::new(stream, boundary);
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some(name) && field.file_name().is_none() {
            return field.text().await.ok();
        }
    }
    None
}
