//! Paths of routes: `/robots/:id/log/*file`.
//!
//! A path begins with `/` and does not end with it, but for `/` itself. A segment is text, `:name` (one segment, any text), or, at
//! the end, `*name` (the rest). Names are Rust identifiers, each used once.

use std::fmt::Write as _;

use syn::LitStr;

/// A path that keeps these rules.
pub(super) struct RoutePath {
    pub(super) literal: LitStr,
    shape: String,
    has_params: bool,
}

impl RoutePath {
    /// The path, or all that is wrong with it in one error.
    pub(super) fn new(literal: LitStr) -> syn::Result<Self> {
        let text = literal.value();
        let segments = split(&text).map_err(|message| syn::Error::new(literal.span(), message))?;
        let mut names = Vec::new();
        let mut shape = String::new();
        for (index, segment) in segments.iter().enumerate() {
            let is_last = index + 1 == segments.len();
            let kind = segment_kind(segment, is_last, &mut names)
                .map_err(|message| syn::Error::new(literal.span(), message))?;
            // Writing to a string cannot fail.
            let _ = write!(shape, "/{kind}");
        }
        Ok(Self { literal, shape, has_params: !names.is_empty() })
    }

    /// The same for two paths that match the same URLs: parameters have no name here.
    pub(super) fn shape(&self) -> &str {
        &self.shape
    }

    /// Whether any segment is a parameter.
    pub(super) fn has_params(&self) -> bool {
        self.has_params
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

/// What stands for the segment in the shape.
fn segment_kind<'a>(segment: &'a str, is_last: bool, names: &mut Vec<&'a str>) -> Result<&'a str, String> {
    if let Some(name) = segment.strip_prefix(':') {
        parameter(name, segment, names).map(|()| ":")
    } else if let Some(name) = segment.strip_prefix('*') {
        if !is_last {
            return Err(format!("`{segment}` matches the rest of the path, so it comes last"));
        }
        parameter(name, segment, names).map(|()| "*")
    } else if segment.contains(['{', '}']) {
        let name = segment.trim_matches(['{', '}', '*']);
        Err(format!("a parameter is written `:{name}`, and the rest of a path `*{name}`"))
    } else if segment.contains([':', '*']) {
        Err(format!("a parameter is a whole segment: `{segment}` mixes it with text"))
    } else {
        Ok(segment)
    }
}

fn parameter<'a>(name: &'a str, segment: &str, names: &mut Vec<&'a str>) -> Result<(), String> {
    if syn::parse_str::<syn::Ident>(name).is_err() {
        return Err(format!("`{segment}` needs a name that is a Rust identifier, such as `:id`"));
    }
    if names.contains(&name) {
        return Err(format!("there are two parameters `{name}` in this path"));
    }
    names.push(name);
    Ok(())
}
