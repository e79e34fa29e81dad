//! How a browser gets from a live view to another path.

use axum::http::Uri;

use super::LiveRoutes;

/// How a link of a live view leads to a path, so that the least is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavigationType {
    /// To the same view: `patch`. Its state stays, and `handle_params` runs.
    Patch,
    /// To another view of the same live session: `navigate`. The page stays, and the view is mounted on the socket.
    Navigate,
    /// Anywhere else: `href`, a page load.
    Href,
}

impl LiveRoutes {
    /// From the page at `from` to `to`, which is a path, a query (`?page=2`), or an absolute URL.
    pub(crate) fn navigation_type(&self, from: &Uri, to: &str) -> NavigationType {
        let target = target(from, to).and_then(|uri| self.find(&uri).ok());
        let Some((target, own)) = target.zip(self.find(from).ok()) else { return NavigationType::Href };
        if target.route.live_session.name != own.route.live_session.name {
            NavigationType::Href
        } else if target.route.view == own.route.view {
            NavigationType::Patch
        } else {
            NavigationType::Navigate
        }
    }
}

/// The URL on this host; none if it is of another one.
fn target(from: &Uri, to: &str) -> Option<Uri> {
    let to = to.split('#').next().unwrap_or_default();
    if to.is_empty() {
        return Some(from.clone());
    }
    if to.starts_with('?') {
        return format!("{}{to}", from.path()).parse().ok().map(|uri| on_host(from, uri));
    }
    let uri: Uri = to.parse().ok()?;
    match (uri.authority(), from.authority()) {
        // `//other.example/` and `other.example` are no paths.
        (None, _) if to.starts_with('/') && !to.starts_with("//") => Some(on_host(from, uri)),
        (Some(there), Some(here)) if there == here && uri.scheme() == from.scheme() => Some(uri),
        _ => None,
    }
}

/// Routes of a host are found by URLs that name it.
fn on_host(from: &Uri, path: Uri) -> Uri {
    let mut parts = from.clone().into_parts();
    parts.path_and_query = path.into_parts().path_and_query;
    Uri::from_parts(parts).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::target;

    #[test]
    fn a_path_is_on_the_page_s_host_and_another_host_is_elsewhere() {
        let from = Uri::from_static("https://a.b/robots?page=1");
        for (to, expected) in [
            ("/sites?x=1#top", Some("https://a.b/sites?x=1")),
            ("?page=2", Some("https://a.b/robots?page=2")),
            ("#top", Some("https://a.b/robots?page=1")),
            ("https://a.b/sites", Some("https://a.b/sites")),
            ("http://a.b/sites", None),
            ("https://evil/sites", None),
            ("//evil/sites", None),
            ("mailto:a@b", None),
            ("sites", None),
        ] {
            assert_eq!(target(&from, to).map(|uri| uri.to_string()).as_deref(), expected, "{to}");
        }
        assert_eq!(target(&Uri::from_static("/robots"), "?page=2"), Some(Uri::from_static("/robots?page=2")));
    }
}
