//! Paths of routes: `/robots/:id/log/*file`.
//!
//! A path begins with `/` and does not end with it, but for `/` itself. A segment is text, `:name` (one segment, any text), text and a name
//! (`v:version`), or, at the end, `*name` (the rest). Names are letters, digits and `_`, each used once.

use std::fmt;

use syn::LitStr;

/// A path that keeps these rules.
#[derive(Clone)]
pub(super) struct RoutePath {
    pub(super) literal: LitStr,
    pub(super) segments: Vec<Segment>,
}

/// What stands between two `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Text(String),
    Param { before: String, name: String },
    Rest(String),
}

impl RoutePath {
    /// The path, or the first thing that is wrong with it.
    pub(super) fn new(literal: LitStr) -> syn::Result<Self> {
        match segments(&literal.value()) {
            Ok(segments) => Ok(Self { literal, segments }),
            Err(message) => Err(syn::Error::new(literal.span(), message)),
        }
    }

    /// This path and more of it, at the place of this one.
    pub(super) fn with(&self, more: &[Segment]) -> Self {
        let segments: Vec<_> = self.segments.iter().chain(more).cloned().collect();
        let literal = LitStr::new(&Shown(&segments).to_string(), self.literal.span());
        Self { literal, segments }
    }

    /// This path below another one, as the routes of a scope are.
    pub(super) fn below(&self, above: &[Segment]) -> Result<Vec<Segment>, String> {
        let whole: Vec<_> = above.iter().chain(&self.segments).cloned().collect();
        match repeated(&whole) {
            Some(name) => Err(format!("there are two parameters `{name}` in the whole path `{}`", Shown(&whole))),
            None => Ok(whole),
        }
    }
}

impl Segment {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Param { name, .. } | Self::Rest(name) => Some(name),
        }
    }
}

/// Segments as they are written.
pub(super) struct Shown<'a>(pub(super) &'a [Segment]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Text(text) => write!(f, "/{text}"),
            Segment::Param { before, name } => write!(f, "/{before}:{name}"),
            Segment::Rest(name) => write!(f, "/*{name}"),
        })
    }
}

fn segments(text: &str) -> Result<Vec<Segment>, String> {
    let parts = split(text)?;
    let last = parts.len().saturating_sub(1);
    let segments = parts.iter().enumerate().map(|(index, part)| segment(part, index == last));
    let segments: Vec<_> = segments.collect::<Result<_, _>>()?;
    match repeated(&segments) {
        Some(name) => Err(format!("there are two parameters `{name}` in this path")),
        None => Ok(segments),
    }
}

fn split(text: &str) -> Result<Vec<&str>, String> {
    let Some(rest) = text.strip_prefix('/') else {
        return Err(format!("a path begins with `/`: `/{text}`"));
    };
    if let Some(bad) = text.chars().find(|c| c.is_whitespace() || c.is_control() || "?#\\%".contains(*c)) {
        return Err(format!(
            "a path of a route holds no {bad:?}: it is compared with the decoded path of a URL, without its query"
        ));
    }
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let segments: Vec<&str> = rest.split('/').collect();
    if segments.last().is_some_and(|last| last.is_empty()) {
        return Err(format!("a path does not end with `/`: `{}`", text.trim_end_matches('/')));
    }
    if segments.contains(&"") {
        return Err("a path has no empty segment: there are two `/` in a row".to_owned());
    }
    if segments.iter().any(|segment| matches!(*segment, "." | "..")) {
        return Err("a path has no `.` or `..`: browsers resolve them before they ask".to_owned());
    }
    Ok(segments)
}

fn segment(segment: &str, is_last: bool) -> Result<Segment, String> {
    if segment.contains(['{', '}']) {
        let name = segment.trim_matches(['{', '}', '*']);
        return Err(format!("a parameter is written `:{name}`, and the rest of a path `*{name}`"));
    }
    if let Some((before, name)) = segment.split_once(':') {
        return match is_name(name) {
            true if before.contains('*') => Err(format!("`{segment}` is the rest of a path and a parameter at once")),
            true => Ok(Segment::Param { before: before.to_owned(), name: name.to_owned() }),
            false if name.is_empty() || name.starts_with(|c: char| !is_letter(c)) => {
                Err(format!("`{segment}` needs a name of letters, digits and `_` behind its `:`, such as `:id`"))
            }
            false => Err(format!(
                "a parameter ends its segment, and its name has only letters, digits and `_`: `{before}:{}`",
                name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
            )),
        };
    }
    match segment.split_once('*') {
        None => Ok(Segment::Text(segment.to_owned())),
        Some((before, _)) if !before.is_empty() => Err(format!(
            "`*` begins its segment and matches the rest of the path, so `{segment}` is neither it nor text"
        )),
        Some((_, name)) if !is_name(name) => {
            Err(format!("`{segment}` needs a name of letters, digits and `_` behind its `*`, such as `*rest`"))
        }
        Some(_) if !is_last => Err(format!("`{segment}` matches the rest of the path, so it comes last")),
        Some((_, name)) => Ok(Segment::Rest(name.to_owned())),
    }
}

/// Whether it can be a parameter's name: what a field of a struct may be called, keywords included.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(is_letter) && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn repeated(segments: &[Segment]) -> Option<&str> {
    let names: Vec<_> = segments.iter().filter_map(Segment::name).collect();
    names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)).map(|(_, name)| *name)
}
