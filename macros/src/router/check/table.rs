//! The routes in their order: the first that matches wins, so a later one may never be reached.
//!
//! Says so only when one earlier route takes every request of a later one. Several that take them together go unnoticed.

use crate::router::path::{Segment, Shown};

/// All routes so far.
#[derive(Default)]
pub(super) struct Table(Vec<Entry>);

/// A route with the scopes around it. Matching is the library's: `*rest` may be nothing, a parameter is one character at least.
pub(super) struct Entry {
    pub(super) segments: Vec<Segment>,
    /// None is any method.
    pub(super) methods: Vec<Option<String>>,
    /// Names, or with a `.` at the end the beginnings of names; none is any host.
    pub(super) hosts: Vec<String>,
    /// Whether it takes all that is below its path, too.
    pub(super) is_prefix: bool,
}

impl Table {
    /// Adds a route, or says why requests for it go elsewhere.
    pub(super) fn add(&mut self, entry: Entry, function: Option<&'static str>) -> Result<(), String> {
        for method in &entry.methods {
            let before = self.0.iter().find(|before| before.takes(&entry, method.as_deref()));
            if let Some(before) = before {
                return Err(entry.unreachable(method.as_deref(), before, function));
            }
        }
        self.0.push(entry);
        Ok(())
    }

    /// The whole paths, each once. A prefix with what is below it is `/prefix/*`.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for entry in &self.0 {
            let mut path = Shown(&entry.segments).to_string();
            if entry.is_prefix {
                path = format!("{}/*", path.trim_end_matches('/'));
            }
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }
}

impl Entry {
    /// Whether every request of `later` by `method` comes here.
    fn takes(&self, later: &Self, method: Option<&str>) -> bool {
        self.methods.iter().any(|own| takes_method(own.as_deref(), method))
            && takes_hosts(&self.hosts, &later.hosts)
            && takes_path(&self.segments, self.is_prefix, &later.segments, later.is_prefix)
    }

    fn unreachable(&self, method: Option<&str>, before: &Self, function: Option<&str>) -> String {
        let requests = match (function, method) {
            (Some(function), _) => format!("requests for `{function}`, which is `{}`,", Shown(&self.segments)),
            (None, Some(method)) if self.methods.len() > 1 => format!("`{method}` requests for this path"),
            (None, _) => "requests for this path".to_owned(),
        };
        let below = if before.is_prefix { "what is mounted at " } else { "the route " };
        let taken = format!("{requests} go to {below}`{}` above", Shown(&before.segments));
        let is_same = takes_path(&self.segments, self.is_prefix, &before.segments, before.is_prefix);
        if is_same { taken } else { format!("{taken}: the first that matches wins, so write this one before it") }
    }
}

/// `HEAD` is `GET` without the answer's body.
fn takes_method(own: Option<&str>, other: Option<&str>) -> bool {
    own.is_none() || own == other || (own == Some("GET") && other == Some("HEAD"))
}

fn takes_hosts(own: &[String], other: &[String]) -> bool {
    let takes = |own: &String, other: &String| own == other || (own.ends_with('.') && other.starts_with(&**own));
    own.is_empty() || (!other.is_empty() && other.iter().all(|other| own.iter().any(|own| takes(own, other))))
}

fn takes_path(own: &[Segment], is_prefix: bool, other: &[Segment], other_is_prefix: bool) -> bool {
    match (own.split_first(), other.split_first()) {
        (None, None) => is_prefix || !other_is_prefix,
        (None, Some(_)) => is_prefix,
        (Some((Segment::Rest(_), _)), _) => true,
        (Some((first, own)), Some((other_first, other))) => {
            takes_segment(first, other_first) && takes_path(own, is_prefix, other, other_is_prefix)
        }
        (Some(_), None) => false,
    }
}

fn takes_segment(own: &Segment, other: &Segment) -> bool {
    match (own, other) {
        (Segment::Text(own), Segment::Text(other)) => own == other,
        (Segment::Param { before, .. }, Segment::Text(text)) => text.starts_with(before) && text != before,
        (Segment::Param { before, .. }, Segment::Param { before: other, .. }) => other.starts_with(before),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::LitStr;

    use super::{takes_hosts, takes_path};
    use crate::router::path::RoutePath;

    fn takes(own: &str, other: &str) -> bool {
        let segments = |path| RoutePath::new(LitStr::new(path, Span::call_site())).expect("a path").segments;
        let (own, own_is_prefix) = own.strip_suffix("/…").map_or((own, false), |own| (own, true));
        let (other, other_is_prefix) = other.strip_suffix("/…").map_or((other, false), |other| (other, true));
        takes_path(&segments(own), own_is_prefix, &segments(other), other_is_prefix)
    }

    #[test]
    fn a_path_takes_what_all_its_requests_match() {
        for (own, other) in [
            ("/", "/"),
            ("/robots/:id", "/robots/:name"),
            ("/robots/:id", "/robots/new"),
            ("/robots/:id", "/robots/v:version"),
            ("/robots/v:version", "/robots/v1"),
            ("/robots/v:version", "/robots/vx:rest"),
            ("/*rest", "/robots/:id/log"),
            ("/files/*rest", "/files/*path"),
            ("/files/*rest", "/files"),
            ("/files/…", "/files/a/b"),
            ("/files/…", "/files"),
            ("/files/…", "/files/deep/…"),
        ] {
            assert!(takes(own, other), "{own} {other}");
        }
    }

    #[test]
    fn a_path_leaves_what_some_request_does_not_match() {
        for (own, other) in [
            ("/robots/new", "/robots/:id"),
            ("/robots/v:version", "/robots/:id"),
            ("/robots/v:version", "/robots/v"),
            ("/robots/:id", "/robots"),
            ("/robots/:id", "/robots/:id/log"),
            ("/:a", "/*rest"),
            ("/files", "/files/…"),
            ("/files/deep/…", "/files/…"),
        ] {
            assert!(!takes(own, other), "{own} {other}");
        }
    }

    #[test]
    fn a_host_takes_those_that_begin_like_it() {
        let takes = |own: &[&str], other: &[&str]| {
            let owned = |hosts: &[&str]| hosts.iter().map(|&host| host.to_owned()).collect::<Vec<_>>();
            takes_hosts(&owned(own), &owned(other))
        };
        assert!(
            takes(&[], &["api."]) && takes(&["api."], &["api.example.com"]) && takes(&["a.", "b."], &["b.x", "a."])
        );
        assert!(!takes(&["api."], &[]) && !takes(&["api.example.com"], &["api."]) && !takes(&["a."], &["a.x", "b."]));
    }
}
