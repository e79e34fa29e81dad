//! Files that came in a form (`Plug.Upload`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tempfile::TempPath;

use super::RequestBody;
use crate::Error;

/// A file from a multipart form, in a temporary file of ours.
///
/// The temporary file is removed when the request has been answered and the last clone of the `Upload` is gone: a task that goes on with the file
/// keeps a clone (`Plug.Upload.give_away/3`), or [`persist`](Self::persist) puts it where it stays.
#[derive(Clone, Debug)]
pub struct Upload(Arc<Part>);

#[derive(Debug)]
struct Part {
    filename: String,
    content_type: Option<String>,
    size: u64,
    file: TempPath,
}

/// The files of a request by the names of their inputs, as an extractor.
///
/// ```
/// use liveview_core::{Result, Uploads};
///
/// async fn create(uploads: Uploads) -> Result<String> {
///     let map = uploads.get("robot[map]").ok_or_else(|| liveview_core::Error::bad_request("no map"))?;
///     map.persist(format!("maps/{}", 7)).await?;
///     Ok(format!("{} has {} bytes", map.filename(), map.size()))
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Uploads(Arc<BTreeMap<String, Vec<Upload>>>);

/// The longest file name that is kept, in characters.
const MAX_FILENAME: usize = 255;

impl Upload {
    pub(super) fn new(filename: &str, content_type: Option<String>, size: u64, file: TempPath) -> Self {
        Self(Arc::new(Part { filename: display_name(filename), content_type, size, file }))
    }

    /// The name that the browser gave, without folders and control characters: to be shown, and not to be used as a path.
    pub fn filename(&self) -> &str {
        &self.0.filename
    }

    /// The content type that the browser gave. It is a claim.
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type.as_deref()
    }

    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Where the temporary file is.
    pub fn path(&self) -> &Path {
        &self.0.file
    }

    /// Moves the file to where it stays, in place of what was there. `path` must be the program's own.
    ///
    /// # Errors
    /// When it cannot be written there.
    pub async fn persist(&self, path: impl Into<PathBuf>) -> std::io::Result<()> {
        let path = path.into();
        if tokio::fs::rename(self.path(), &path).await.is_err() {
            // Another file system.
            tokio::fs::copy(self.path(), &path).await?;
        }
        Ok(())
    }
}

impl Uploads {
    pub(super) fn new(files: BTreeMap<String, Vec<Upload>>) -> Self {
        Self(Arc::new(files))
    }

    /// The last file of an input, by its name as the form has it: `avatar`, `robot[map]`.
    pub fn get(&self, name: &str) -> Option<&Upload> {
        self.list(name).last()
    }

    /// All files of an input; the name with or without its `[]`.
    pub fn list(&self, name: &str) -> &[Upload] {
        self.0.get(name.strip_suffix("[]").unwrap_or(name)).map_or(&[], Vec::as_slice)
    }

    /// Names, without `[]`, and files.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Upload)> {
        self.0.iter().flat_map(|(name, files)| files.iter().map(move |file| (name.as_str(), file)))
    }

    /// Whether no file came.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: Sync> FromRequestParts<S> for Uploads {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(RequestBody::of(parts).parsed().await?.uploads.clone())
    }
}

/// What stands behind the last slash of either kind, without what cannot be seen or turns text around.
fn display_name(filename: &str) -> String {
    let name = filename.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_odd = |c: &char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = name.chars().filter(|c| !is_odd(c)).take(MAX_FILENAME).collect();
    if matches!(name.trim(), "" | "." | "..") { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::display_name;

    #[test]
    fn a_name_is_shown_without_folders_and_tricks() {
        for (sent, shown) in [
            ("map.png", "map.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\maps\\Lager 2.png", "Lager 2.png"),
            ("a\0b\r\nc.png", "abc.png"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("..", "file"),
            ("maps/", "file"),
        ] {
            assert_eq!(display_name(sent), shown, "{sent:?}");
        }
        assert_eq!(display_name(&"ä".repeat(400)).chars().count(), 255);
    }
}
