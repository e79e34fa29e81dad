//! URLs that name their content: `/app.css` is `/app-<digest>.css?vsn=d`, which a browser may keep for a year (`mix phx.digest`).
//!
//! Of files that are part of the program the digest is known when the server starts. For the files of a folder a build tool writes
//! `cache_manifest.json` into it, with an object `latest` from names to names with a digest, and one `digests` from these to what is known of the content
//! (`sha512`, in base64), as `mix phx.digest` writes it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use dioxus::prelude::try_consume_context;
use serde::Deserialize;

const MANIFEST: &str = "cache_manifest.json";

/// The files of one endpoint whose digests are known, by their paths. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct StaticPaths(Arc<HashMap<String, StaticFile>>);

/// A file whose content is known.
#[derive(Debug)]
pub(crate) struct StaticFile {
    /// Names the content.
    url: String,
    /// A hash of it, as browsers check it: [Subresource Integrity](https://www.w3.org/TR/SRI/).
    integrity: Option<String>,
}

#[derive(Deserialize, Default)]
struct Manifest {
    latest: HashMap<String, String>,
    #[serde(default)]
    digests: HashMap<String, Content>,
}

#[derive(Deserialize)]
struct Content {
    sha512: Option<String>,
}

/// The URL of a static file, with its digest where it is known: of `asset` routes, and of folders with a manifest. For use while a page is rendered: in
/// layouts, components, and the `render` of views. Elsewhere, and for other paths, it is the path itself.
///
/// ```
/// # use liveview_core::{Element, LayoutProps, dioxus_elements, static_path};
/// # use dioxus::prelude::*;
/// fn layout(props: LayoutProps) -> Element {
///     rsx! {
///         head {
///             link { rel: "stylesheet", href: static_path("/app.css") }
///             {props.head}
///         }
///         body { {props.inner} }
///     }
/// }
/// ```
pub fn static_path(path: &str) -> String {
    let (file, query) = path.split_once('?').map_or((path, None), |(file, query)| (file, Some(query)));
    match (of_file(file, |file| Some(file.url.clone())), query) {
        (Some(digested), None) => digested,
        (Some(digested), Some(query)) => format!("{digested}&{query}"),
        (None, _) => path.to_owned(),
    }
}

/// The hash of a static file for an `integrity` attribute: a browser takes the file only if it is that one, whoever stands between. Of `asset` routes, and of
/// folders with a manifest that has `sha512`. For use where [`static_path`] is, and `None` where that knows nothing. The attribute is left out then.
///
/// Source: `static_integrity` of `Phoenix.Endpoint` 1.8.
///
/// ```
/// # use liveview_core::{Element, LayoutProps, dioxus_elements, static_integrity, static_path};
/// # use dioxus::prelude::*;
/// # fn layout(props: LayoutProps) -> Element {
/// rsx! {
///     link { rel: "stylesheet", href: static_path("/app.css"), integrity: static_integrity("/app.css") }
/// }
/// # }
/// ```
pub fn static_integrity(path: &str) -> Option<String> {
    of_file(path, |file| file.integrity.clone())
}

fn of_file<T>(path: &str, find: impl FnOnce(&StaticFile) -> Option<T>) -> Option<T> {
    // Without a runtime there is nothing to ask, and asking would panic.
    dioxus_core::Runtime::try_current()?;
    try_consume_context::<StaticPaths>()?.0.get(path).and_then(find)
}

/// `/app.css` with a digest in its name.
pub(crate) fn digested_path(path: &str, digest: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{folder}/{stem}-{digest}.{extension}"),
        None => format!("{folder}/{name}-{digest}"),
    }
}

impl StaticFile {
    /// Of the path that has the digest in it, and the hash of the content in base64.
    pub(crate) fn new(digested: &str, sha512: Option<String>) -> Self {
        let integrity = sha512.map(|hash| format!("sha512-{hash}"));
        Self { url: format!("{digested}?vsn=d"), integrity }
    }
}

impl StaticPaths {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of embedded files (by their paths) and folders (prefix and folder).
    ///
    /// # Errors
    /// A sentence, when there is a manifest that cannot be read.
    pub(crate) fn new<'a>(
        assets: impl IntoIterator<Item = (String, StaticFile)>,
        folders: impl IntoIterator<Item = (&'a str, &'a Path)>,
    ) -> Result<Self, String> {
        let mut files: HashMap<_, _> = assets.into_iter().collect();
        for (prefix, folder) in folders {
            let prefix = prefix.trim_end_matches('/');
            let Manifest { latest, mut digests } = read(folder)?;
            for (name, digested) in latest {
                let sha512 = digests.remove(&digested).and_then(|content| content.sha512);
                files.insert(format!("{prefix}/{name}"), StaticFile::new(&format!("{prefix}/{digested}"), sha512));
            }
        }
        Ok(Self(Arc::new(files)))
    }
}

fn read(folder: &Path) -> Result<Manifest, String> {
    let path = folder.join(MANIFEST);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display())),
        Err(_) => Ok(Manifest::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::{StaticFile, StaticPaths, digested_path, static_integrity, static_path};
    use crate::render::static_page;
    use dioxus::prelude::*;

    fn rendered(paths: &StaticPaths, path: &'static str) -> String {
        static_page::render(move || rsx! { {static_path(path)} }, |dom| dom.provide_root_context(paths.clone()))
            .expect("a page")
    }

    #[test]
    fn a_file_of_the_program_is_named_with_its_digest() {
        let digested = digested_path("/css/app.min.css", "d1g");
        assert_eq!(digested, "/css/app.min-d1g.css");
        let files = [("/css/app.min.css".to_owned(), StaticFile::new(&digested, None))];
        let paths = StaticPaths::new(files, []).expect("no manifest");
        assert_eq!(rendered(&paths, "/css/app.min.css"), "/css/app.min-d1g.css?vsn=d");
        assert_eq!(rendered(&paths, "/css/app.min.css?a=b"), "/css/app.min-d1g.css?vsn=d&amp;a=b");
        assert_eq!(rendered(&paths, "/other.css"), "/other.css");
    }

    #[test]
    fn a_folder_s_manifest_is_read_and_a_broken_one_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = folder.path().join("cache_manifest.json");
        std::fs::write(&manifest, r#"{"latest":{"app.css":"app-1.css"},"digests":{}}"#).expect("written");
        let paths = StaticPaths::new([], [("/assets", folder.path())]).expect("a manifest");
        assert_eq!(rendered(&paths, "/assets/app.css"), "/assets/app-1.css?vsn=d");
        std::fs::write(&manifest, "[]").expect("written");
        assert!(
            StaticPaths::new([], [("/assets", folder.path())]).expect_err("broken").contains("cache_manifest.json")
        );
    }

    #[test]
    fn what_the_manifest_says_of_the_content_is_what_a_browser_checks() {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = r#"{"latest":{"a.js":"a-1.js","b.js":"b-1.js"},"digests":{"a-1.js":{"sha512":"aGFzaA==","size":1},"b-1.js":{}}}"#;
        std::fs::write(folder.path().join("cache_manifest.json"), manifest).expect("written");
        let paths = StaticPaths::new([], [("/assets", folder.path())]).expect("a manifest");
        let page = || rsx! { for name in ["a", "b"] { script { integrity: static_integrity(&format!("/assets/{name}.js")) } } };
        let html = static_page::render(page, |dom| dom.provide_root_context(paths.clone())).expect("a page");
        assert_eq!(html, r#"<script integrity="sha512-aGFzaA=="></script><script></script>"#);
    }

    #[test]
    fn outside_of_a_page_a_path_is_itself() {
        assert_eq!(static_path("/app.css"), "/app.css");
        assert_eq!(static_integrity("/app.css"), None);
    }
}
