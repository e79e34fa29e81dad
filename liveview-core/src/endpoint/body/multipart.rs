//! Multipart forms (RFC 7578): texts to parameters, files to temporary files.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::Stream;
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::{BodyError, Parsed, Upload, Uploads};
use crate::params::{MAX_PARAMS, Params, ParamsError};

/// Reads the whole form. Files that are complete when it fails are removed again.
pub(super) async fn parse(
    content_type: &str,
    stream: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    limit: usize,
) -> Result<Parsed, BodyError> {
    let boundary = multer::parse_boundary(content_type).map_err(|error| failed(error, limit))?;
    let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(limit as u64));
    let mut form = Multipart::with_constraints(stream, boundary, constraints);
    let (mut params, mut files) = (Params::new(), BTreeMap::<String, Vec<Upload>>::new());
    for number in 1.. {
        let Some(field) = form.next_field().await.map_err(|error| failed(error, limit))? else { break };
        if number > MAX_PARAMS {
            return Err(ParamsError::TooMany { limit: MAX_PARAMS }.into());
        }
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            // An input without a chosen file sends an empty name.
            Some(filename) if filename.is_empty() => {}
            Some(filename) => {
                let upload = store(field, &filename, limit).await?;
                files.entry(name.strip_suffix("[]").unwrap_or(&name).to_owned()).or_default().push(upload);
            }
            None => {
                let bytes = field.bytes().await.map_err(|error| failed(error, limit))?;
                let text = String::from_utf8(bytes.into()).map_err(|_| ParamsError::Utf8 { number })?;
                params.add(&name, text)?;
            }
        }
    }
    Ok(Parsed { params, uploads: Uploads::new(files) })
}

async fn store(mut field: Field<'_>, filename: &str, limit: usize) -> Result<Upload, BodyError> {
    let content_type = field.content_type().map(ToString::to_string);
    let opened = tokio::task::spawn_blocking(|| tempfile::Builder::new().prefix("bennu-upload-").tempfile()).await;
    let (file, path) = opened.map_err(unstored)?.map_err(unstored)?.into_parts();
    let mut file = BufWriter::with_capacity(64 * 1024, tokio::fs::File::from_std(file));
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(|error| failed(error, limit))? {
        file.write_all(&chunk).await.map_err(unstored)?;
        size += chunk.len() as u64;
    }
    file.flush().await.map_err(unstored)?;
    Ok(Upload::new(filename, content_type, size, path))
}

fn unstored(error: impl std::fmt::Display) -> BodyError {
    BodyError::Store(error.to_string())
}

fn failed(error: multer::Error, limit: usize) -> BodyError {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            BodyError::TooLarge { limit }
        }
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<BodyError>() {
            Ok(error) => *error,
            Err(cause) => BodyError::Broken(cause.to_string()),
        },
        error => BodyError::Malformed(format!("multipart form: {error}")),
    }
}
