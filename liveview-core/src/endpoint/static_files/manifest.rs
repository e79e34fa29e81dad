//! URLs that name their content: `/app.css` is `/app-<digest>.css?vsn=d`, which a browser may keep for a year (`mix phx.digest`).
//!
//! Of files that are part of the program the digest is known when the server starts. For the files of a folder a build tool writes
//! `cache_manifest.json` into it, with an object `latest` from names to names with a digest.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use dioxus::prelude::try_consume_context;
use serde::Deserialize;

const MANIFEST: &str = "cache_manifest.json";

/// The digested URLs of one endpoint. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct StaticPaths(Arc<HashMap<String, String>>);

#[derive(Deserialize)]
struct Manifest {
    latest: HashMap<String, String>,
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
    // Without a runtime there is nothing to ask, and asking would panic.
    let paths = dioxus_core::Runtime::try_current().and_then(|_| try_consume_context::<StaticPaths>());
    let (file, query) = path.split_once('?').map_or((path, None), |(file, query)| (file, Some(query)));
    match (paths.and_then(|paths| paths.0.get(file).cloned()), query) {
        (Some(digested), None) => digested,
        (Some(digested), Some(query)) => format!("{digested}&{query}"),
        (None, _) => path.to_owned(),
    }
}

/// `/app.css` with a digest in its name.
pub(crate) fn digested_path(path: &str, digest: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{folder}/{stem}-{digest}.{extension}"),
        None => format!("{folder}/{name}-{digest}"),
    }
}

impl StaticPaths {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of embedded files (path and digested path) and folders (prefix and folder).
    ///
    /// # Errors
    /// A sentence, when there is a manifest that cannot be read.
    pub(crate) fn new<'a>(
        assets: impl IntoIterator<Item = (&'a str, &'a str)>,
        folders: impl IntoIterator<Item = (&'a str, &'a Path)>,
    ) -> Result<Self, String> {
        let versioned = |digested: &str| format!("{digested}?vsn=d");
        let mut paths: HashMap<_, _> =
            assets.into_iter().map(|(path, digested)| (path.to_owned(), versioned(digested))).collect();
        for (prefix, folder) in folders {
            let prefix = prefix.trim_end_matches('/');
            for (name, digested) in read(folder)?.latest {
                paths.insert(format!("{prefix}/{name}"), versioned(&format!("{prefix}/{digested}")));
            }
        }
        Ok(Self(Arc::new(paths)))
    }
}

fn read(folder: &Path) -> Result<Manifest, String> {
    let path = folder.join(MANIFEST);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display())),
        Err(_) => Ok(Manifest { latest: HashMap::new() }),
    }
}

#[cfg(test)]
mod tests {
    use super::{StaticPaths, digested_path, static_path};
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
        let paths = StaticPaths::new([("/css/app.min.css", &*digested)], []).expect("no manifest");
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
    fn outside_of_a_page_a_path_is_itself() {
        assert_eq!(static_path("/app.css"), "/app.css");
    }
}
