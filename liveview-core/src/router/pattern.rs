//! The pattern of a route's path, and what it captures of a request's.
//!
//! A segment is a text, `:name` (one segment), text and a name (`v:version`, a segment that begins so), or at the end `*name` (all that
//! is left, which may be nothing). Segments are compared after percent-decoding, so `/%61dmin` is `/admin`, and `%2F` does not part two. As in
//! `Plug`, empty segments do not count: `/robots/` and `//robots` are `/robots`.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::Params;

/// A path's pattern, read once when the server starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: Box<str>,
    segments: Vec<Segment>,
    /// The name behind `*`, if the pattern has such an end; `""` for a prefix below which everything is meant.
    rest: Option<Box<str>>,
    names: Vec<Box<str>>,
}

/// One segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Literal(Box<str>),
    /// What the segment begins with, perhaps nothing; the name is in `names`, in order.
    Param(Box<str>),
}

/// A path's segments, decoded.
pub(crate) type Segments<'a> = [Cow<'a, str>];

/// What a pattern captured, in the order of its names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Captures {
    pub(crate) values: Vec<String>,
    /// The segments behind `*`.
    pub(crate) rest: Vec<String>,
}

/// The path is no path: wrong percent-encoding, or no UTF-8 behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path is wrongly encoded")]
pub(crate) struct MalformedPath;

impl Pattern {
    /// Reads `/robots/:id/*rest`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the path.
    pub(crate) fn parse(path: &str) -> Result<Self, String> {
        let Some(after) = path.strip_prefix('/') else {
            return Err(format!("the path `{path}` does not begin with `/`"));
        };
        let mut pattern = Self { text: path.into(), segments: Vec::new(), rest: None, names: Vec::new() };
        for segment in after.split('/').filter(|segment| !segment.is_empty()) {
            if pattern.rest.is_some() {
                return Err(format!("the path `{path}`: `*` takes the rest of a path, so nothing comes after it"));
            }
            pattern.push(segment).map_err(|mistake| format!("the path `{path}`: {mistake}"))?;
        }
        Ok(pattern)
    }

    fn push(&mut self, segment: &str) -> Result<(), String> {
        if let Some(name) = segment.strip_prefix('*') {
            self.name(name)?;
            self.rest = Some(name.into());
        } else if let Some((prefix, name)) = segment.split_once(':') {
            self.name(name)?;
            self.segments.push(Segment::Param(prefix.into()));
        } else {
            self.segments.push(Segment::Literal(segment.into()));
        }
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<(), String> {
        if name.is_empty() || name.contains([':', '*', '{', '}']) {
            return Err(format!("`{name}` is no name for a parameter"));
        }
        if self.names.iter().any(|known| **known == *name) {
            return Err(format!("there are two parameters `{name}`"));
        }
        self.names.push(name.into());
        Ok(())
    }

    /// The same, with everything below it.
    pub(crate) fn below(mut self) -> Self {
        self.rest.get_or_insert_default();
        self
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The names of its parameters, in order; the one of `*` is the last.
    pub(crate) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// Whether it ends with `*`, or is a prefix.
    pub(crate) fn has_rest(&self) -> bool {
        self.rest.is_some()
    }

    /// Whether a segment is text and a name.
    pub(crate) fn has_prefixes(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment, Segment::Param(prefix) if !prefix.is_empty()))
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The same for two patterns that match the same paths: names do not matter.
    pub(super) fn shape(&self) -> String {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Param(prefix) => format!("/{prefix}:"),
        });
        segments.chain(self.rest.iter().map(|_| "/*".to_owned())).collect()
    }

    /// Matches a path of as many segments as the pattern has, or more if it has a rest.
    pub(super) fn matches(&self, path: &Segments<'_>) -> bool {
        let enough =
            if self.rest.is_some() { path.len() >= self.segments.len() } else { path.len() == self.segments.len() };
        enough
            && self.segments.iter().zip(path).all(|(segment, part)| match segment {
                Segment::Literal(text) => **text == **part,
                // A name takes at least one character, as in Phoenix.
                Segment::Param(prefix) => part.len() > prefix.len() && part.starts_with(&**prefix),
            })
    }

    /// Whether axum matches this path just as [`matches`](Self::matches) does: it is written as the pattern is, segment for segment.
    pub(crate) fn is_plain(&self, path: &str) -> bool {
        let mut parts = path.split('/').skip(1);
        let same = self.segments.iter().all(|segment| match (segment, parts.next()) {
            (Segment::Literal(text), Some(part)) => **text == *part,
            (Segment::Param(prefix), Some(part)) => prefix.is_empty() && !part.is_empty(),
            (_, None) => false,
        });
        same && match (&self.rest, parts.next()) {
            (None, left) => left.is_none(),
            (Some(_), Some(first)) => !first.is_empty() && parts.all(|part| !part.is_empty()),
            (Some(_), None) => false,
        }
    }

    /// A path that [matches](Self::matches) a prefix as axum wants it, which compares it letter for letter: the prefix as it was declared, and
    /// no empty segments. What is below has its own end.
    pub(crate) fn plain(&self, path: &str) -> String {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let mut plain = String::with_capacity(path.len());
        for (segment, part) in self.segments.iter().zip(&mut parts) {
            plain.push('/');
            plain.push_str(if let Segment::Literal(text) = segment { text } else { part });
        }
        let prefix = plain.len();
        for part in parts {
            plain.push('/');
            plain.push_str(part);
        }
        if plain.len() > prefix && path.ends_with('/') {
            plain.push('/');
        }
        plain
    }

    /// What a path that [matches](Self::matches) holds for the names.
    pub(super) fn capture(&self, path: &Segments<'_>) -> Captures {
        let mut captures = Captures::default();
        if self.names.is_empty() {
            return captures;
        }
        for (segment, part) in self.segments.iter().zip(path) {
            if let Segment::Param(prefix) = segment {
                captures.values.push(part[prefix.len()..].to_owned());
            }
        }
        if self.rest.as_ref().is_some_and(|name| !name.is_empty()) {
            captures.rest = path[self.segments.len()..].iter().map(ToString::to_string).collect();
            captures.values.push(captures.rest.join("/"));
        }
        captures
    }

    /// What was captured, by name.
    pub(crate) fn params(&self, captures: &Captures) -> Params {
        self.names.iter().zip(&captures.values).map(|(name, value)| (&**name, value.as_str())).collect()
    }
}

/// The segments of a request's path, without empty ones.
///
/// # Errors
/// [`MalformedPath`].
pub(crate) fn segments(path: &str) -> Result<SmallVec<[Cow<'_, str>; 8]>, MalformedPath> {
    path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect()
}

/// Strict, where `percent_encoding` leaves wrong escapes as they are.
fn decode(segment: &str) -> Result<Cow<'_, str>, MalformedPath> {
    if !segment.contains('%') {
        return Ok(Cow::Borrowed(segment));
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(MalformedPath),
            }
        } else {
            byte
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| MalformedPath)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{Captures, MalformedPath, Pattern, segments};

    fn captured(pattern: &str, path: &str) -> Option<Captures> {
        let pattern = Pattern::parse(pattern).expect("a path");
        let path = segments(path).expect("well encoded");
        pattern.matches(&path).then(|| pattern.capture(&path))
    }

    fn values(pattern: &str, path: &str) -> Option<Vec<String>> {
        captured(pattern, path).map(|captures| captures.values)
    }

    #[test]
    fn segments_are_texts_names_prefixes_and_a_rest() {
        assert_eq!(values("/", "/"), Some(vec![]));
        assert_eq!(values("/robots/:id", "/robots/7"), Some(vec!["7".into()]));
        assert_eq!(values("/robots/:id", "/robots"), None);
        assert_eq!(values("/robots/:id", "/robots/7/log"), None);
        assert_eq!(values("/api/v:version/robots", "/api/v12/robots"), Some(vec!["12".into()]));
        assert_eq!(values("/api/v:version/robots", "/api/v/robots"), None);
        assert_eq!(values("/api/v:version/robots", "/api/12/robots"), None);
        assert_eq!(values("/:a/x/*rest", "/1/x/2/3"), Some(vec!["1".into(), "2/3".into()]));
    }

    #[test]
    fn a_rest_may_be_nothing_and_knows_its_segments() {
        assert_eq!(captured("/files/*rest", "/files"), Some(Captures { values: vec![String::new()], rest: vec![] }));
        let rest = captured("/files/*rest", "/files/a/b%2Fc").expect("a match").rest;
        assert_eq!(rest, ["a", "b/c"]);
    }

    #[test]
    fn a_prefix_takes_itself_and_all_below_and_captures_nothing() {
        let below = Pattern::parse("/admin").expect("a path").below();
        for path in ["/admin", "/admin/", "/admin/a/b"] {
            let path = segments(path).expect("well encoded");
            assert!(below.matches(&path));
            assert_eq!(below.capture(&path), Captures::default());
        }
        assert!(!below.matches(&segments("/administration").expect("well encoded")));
    }

    #[test]
    fn paths_are_compared_decoded_and_without_empty_segments() {
        assert!(values("/admin", "/%61dmin").is_some());
        assert!(values("/robots", "//robots/").is_some());
        assert_eq!(values("/:name", "/r%20%C3%A9"), Some(vec!["r é".into()]));
        assert!(values("/a/b", "/a%2Fb").is_none());
    }

    #[test]
    fn a_plain_path_is_written_as_the_pattern_is() {
        let is_plain = |pattern: &str, path: &str| Pattern::parse(pattern).expect("a path").is_plain(path);
        assert!(is_plain("/robots/:id", "/robots/7") && is_plain("/a/*rest", "/a/b/c"));
        for path in ["/robots/7/", "//robots/7", "/%72obots/7", "/robots//7"] {
            assert!(!is_plain("/robots/:id", path), "{path}");
        }
        assert!(!is_plain("/api/v:version", "/api/v1"));
        for path in ["/a", "/a/", "/a//b", "/a/b/"] {
            assert!(!is_plain("/a/*rest", path), "{path}");
        }
    }

    #[test]
    fn wrong_encoding_is_an_error() {
        for path in ["/%", "/a/%4", "/%zz", "/%ff", "/%+1", "/ok/%C3"] {
            assert_eq!(segments(path).err(), Some(MalformedPath), "{path}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for (path, said) in [
            ("robots", "does not begin"),
            ("/*rest/more", "nothing comes after"),
            ("/:id/:id", "two parameters `id`"),
            ("/:", "no name"),
            ("/*", "no name"),
        ] {
            let mistake = Pattern::parse(path).expect_err(path);
            assert!(mistake.contains(said) && mistake.contains(path), "{mistake}");
        }
    }

    #[test]
    fn names_do_not_change_the_shape() {
        let shape = |path: &str| Pattern::parse(path).expect("a path").shape();
        assert_eq!(shape("/a/:x/*r"), shape("//a/:y/*s"));
        assert_ne!(shape("/a/v:x"), shape("/a/:x"));
        assert_ne!(shape("/a/:x"), shape("/a/*x"));
    }
}
