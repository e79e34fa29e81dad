//! Whether a route has a path, found out while the program is compiled.
//!
//! All of it is `const`: `path!` puts the call into a constant, and a panic here is a compile error at the path's string. Paths
//! hold `{}` for a value and `{..}` for a list of segments; routes are written as in `router!`. What matches is what [the table](crate::Router) would match.

/// # Panics
/// When no route has the path. `written` is how it is shown.
#[track_caller]
pub const fn check(routes: &[&str], path: &str, written: &str) {
    if !is_any(routes, path) {
        report(routes, path, written);
    }
}

/// Whether the routes have the path behind its prefix, which it is in `prefixed`.
///
/// # Panics
/// When no route has it, with the prefix or without.
#[track_caller]
pub const fn check_under(routes: &[&str], prefixed: &str, path: &str, written: &str) -> bool {
    let is_under = is_any(routes, prefixed);
    if !is_under && !is_any(routes, path) {
        report(routes, prefixed, written);
    }
    is_under
}

const fn is_any(routes: &[&str], path: &str) -> bool {
    let mut index = 0;
    while index < routes.len() {
        if matches(routes[index].as_bytes(), path.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn matches(route: &[u8], path: &[u8]) -> bool {
    let (mut route, mut path) = (without_root(route), without_root(path));
    while let Some((segment, rest)) = first(route) {
        if is_rest(segment) {
            return true;
        }
        let Some((part, path_rest)) = first(path) else { return false };
        if !is_match(segment, part) {
            return false;
        }
        (route, path) = (rest, path_rest);
    }
    path.is_empty()
}

/// One segment of a route, and one of a path.
const fn is_match(segment: &[u8], part: &[u8]) -> bool {
    if equal(part, LIST) {
        return false;
    }
    match position(segment, b':') {
        None => equal(segment, part),
        Some(prefix) => part.len() > prefix && same_start(segment, part) >= prefix,
    }
}

const LIST: &[u8] = b"{..}";

const fn is_rest(segment: &[u8]) -> bool {
    matches!(segment.first(), Some(b'*'))
}

/// The root has no segments.
const fn without_root(path: &[u8]) -> &[u8] {
    if path.len() == 1 { &[] } else { path }
}

/// The first segment, and what is behind it with its `/`.
const fn first(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some((_, after)) = path.split_first() else { return None };
    Some(match position(after, b'/') {
        Some(end) => after.split_at(end),
        None => (after, &[]),
    })
}

const fn position(text: &[u8], of: u8) -> Option<usize> {
    let mut index = 0;
    while index < text.len() {
        if text[index] == of {
            return Some(index);
        }
        index += 1;
    }
    None
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && same_start(a, b) == a.len()
}

const fn same_start(a: &[u8], b: &[u8]) -> usize {
    let mut same = 0;
    while same < a.len() && same < b.len() && a[same] == b[same] {
        same += 1;
    }
    same
}

const fn same_end(a: &[u8], b: &[u8]) -> usize {
    let mut same = 0;
    while same < a.len() && same < b.len() && a[a.len() - 1 - same] == b[b.len() - 1 - same] {
        same += 1;
    }
    same
}

/// What a value or a parameter counts, where the other path has something else.
const VALUE: usize = 3;

/// How much a path differs from a route. Cheap, for the compiler's interpreter goes through all routes: of two segments that differ, all that is
/// between their same beginnings and ends counts.
const fn distance(route: &[u8], path: &[u8]) -> usize {
    let (mut route, mut path) = (without_root(route), without_root(path));
    let mut sum = 0;
    loop {
        match (first(route), first(path)) {
            (Some((segment, _)), _) if is_rest(segment) => return sum,
            (Some((segment, rest)), Some((part, path_rest))) => {
                if !is_match(segment, part) {
                    sum += difference(segment, part);
                }
                (route, path) = (rest, path_rest);
            }
            (Some((segment, rest)), None) => {
                sum += 1 + if position(segment, b':').is_some() { VALUE } else { segment.len() };
                route = rest;
            }
            (None, Some((part, rest))) => {
                sum += 1 + if position(part, b'{').is_some() { VALUE } else { part.len() };
                path = rest;
            }
            (None, None) => return sum,
        }
    }
}

const fn difference(segment: &[u8], part: &[u8]) -> usize {
    if position(part, b'{').is_some() {
        return VALUE;
    }
    let (shorter, longer) = if segment.len() < part.len() { (segment, part) } else { (part, segment) };
    let start = same_start(segment, part);
    let end = same_end(shorter.split_at(start).1, longer.split_at(start).1);
    longer.len() - start - end
}

const fn nearest<'a>(routes: &[&'a str], path: &str) -> Option<&'a str> {
    let (mut nearest, mut least) = (None, usize::MAX);
    let mut index = 0;
    while index < routes.len() {
        let distance = distance(routes[index].as_bytes(), path.as_bytes());
        if distance < least {
            (nearest, least) = (Some(routes[index]), distance);
        }
        index += 1;
    }
    nearest
}

#[track_caller]
const fn report(routes: &[&str], path: &str, written: &str) -> ! {
    let message = Message::new().push("no route has the path `").push(written);
    let message = match nearest(routes, path) {
        Some(route) => message.push("`; the nearest is `").push(route).push("`"),
        None => message.push("`: this router has no routes"),
    };
    panic!("{}", message.text())
}

/// A text in the making. What does not fit is left out, piece by piece.
struct Message {
    bytes: [u8; 1024],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }

    const fn push(mut self, piece: &str) -> Self {
        let piece = piece.as_bytes();
        if piece.len() <= self.bytes.len() - self.length {
            let mut index = 0;
            while index < piece.len() {
                self.bytes[self.length + index] = piece[index];
                index += 1;
            }
            self.length += piece.len();
        }
        self
    }

    const fn text(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "no route has this path",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check, check_under, matches, nearest};

    const ROUTES: &[&str] = &[
        "/",
        "/robots",
        "/robots/new",
        "/robots/:id",
        "/robots/:id/missions",
        "/api/v:version",
        "/files/*",
        "/docs/*rest",
    ];

    fn has(route: &str, path: &str) -> bool {
        matches(route.as_bytes(), path.as_bytes())
    }

    #[test]
    fn a_path_is_compared_segment_by_segment() {
        for (route, path) in [
            ("/", "/"),
            ("/robots/new", "/robots/new"),
            ("/robots/:id", "/robots/{}"),
            ("/robots/:id", "/robots/7"),
            ("/robots/:id", "/robots/r-{}"),
            ("/api/v:version", "/api/v{}"),
            ("/api/v:version", "/api/v2"),
            ("/files/*", "/files/{..}"),
            ("/files/*", "/files/a/{}/b.png"),
            ("/docs/*rest", "/docs"),
            ("/*", "/"),
        ] {
            assert!(has(route, path), "{route} {path}");
        }
        for (route, path) in [
            ("/", "/robots"),
            ("/robots", "/"),
            ("/robots/new", "/robots/{}"),
            ("/robots/:id", "/robots"),
            ("/robots/:id", "/robots/{}/x"),
            ("/robots/:id", "/robots/{..}"),
            ("/api/v:version", "/api/{}"),
            ("/api/v:version", "/api/v"),
            ("/files/*", "/filesystem"),
        ] {
            assert!(!has(route, path), "{route} {path}");
        }
    }

    #[test]
    fn the_nearest_route_is_the_one_that_was_meant() {
        for (path, route) in [
            ("/robot", "/robots"),
            ("/rboots", "/robots"),
            ("/robots/{}/misions", "/robots/:id/missions"),
            ("/robots/{}/missions/{}", "/robots/:id/missions"),
            ("/robot/{}", "/robots/:id"),
            ("/api/{}", "/api/v:version"),
            ("/file/x", "/files/*"),
        ] {
            assert_eq!(nearest(ROUTES, path), Some(route), "{path}");
        }
    }

    #[test]
    fn a_path_is_checked_with_its_prefix_and_without() {
        const ROUTES: &[&str] = &["/:locale/robots", "/app.css"];
        const { assert!(check_under(ROUTES, "/{}/robots", "/robots", "/robots")) };
        const { assert!(!check_under(ROUTES, "/{}/app.css", "/app.css", "/app.css")) };
        const { check(ROUTES, "/app.css", "/app.css") };
    }

    #[test]
    #[should_panic(expected = "no route has the path `/robot/{robot}`; the nearest is `/robots/:id`")]
    fn a_path_that_is_not_there_is_shown_with_the_nearest() {
        check(ROUTES, "/robot/{}", "/robot/{robot}");
    }

    #[test]
    #[should_panic(expected = "this router has no routes")]
    fn a_message_that_is_too_long_is_cut() {
        let long = "/x".repeat(600);
        check(&[], &long, &long);
    }
}
