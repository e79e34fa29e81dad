//! The table of all routes: which one a request is for.
//!
//! The first that matches wins, in the order in which they were declared. Candidates are found by their literal segments, in a tree, so that a
//! table of hundreds costs a few comparisons; each candidate is then compared in order.
//!
//! Knows nothing of what a route does: an index comes out.

use std::collections::{BTreeSet, HashMap};

use axum::http::Method;
use smallvec::SmallVec;

use super::host::HostPattern;
use super::methods::Methods;
use super::pattern::{Captures, Pattern, Segment, Segments, segments};

/// What a request must be for a route.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) pattern: Pattern,
    pub(crate) methods: Methods,
    /// Any of them; all hosts if there is none.
    pub(crate) hosts: Vec<HostPattern>,
}

/// All rows, and the tree that finds candidates among them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    root: Node,
}

/// The rows whose pattern has come to this place.
#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, Node>,
    params: Option<Box<Node>>,
    ends: Vec<usize>,
    rests: Vec<usize>,
}

/// Rows that may be meant: rarely more than a few.
type Candidates = SmallVec<[usize; 8]>;

/// The route of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) index: usize,
    pub(crate) captures: Captures,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Miss {
    /// No route has this path: 404.
    NotFound,
    /// Only other methods have it: 405, with these in `Allow`.
    Method { allowed: Vec<String> },
    /// The path is wrongly encoded: 400.
    Malformed,
}

impl Table {
    /// # Errors
    /// A sentence, when a row is never reached because an earlier one takes all of its requests.
    pub(crate) fn new(rows: Vec<Row>) -> Result<Self, String> {
        check(&rows)?;
        let mut root = Node::default();
        for (index, row) in rows.iter().enumerate() {
            root.insert(row.pattern.segments(), row.pattern.has_rest(), index);
        }
        Ok(Self { rows, root })
    }

    /// The pattern of a row's path.
    pub(crate) fn pattern(&self, index: usize) -> &Pattern {
        &self.rows[index].pattern
    }

    /// The first row that a request matches.
    ///
    /// # Errors
    /// [`Miss`].
    pub(crate) fn find(&self, method: &Method, path: &str, host: &str) -> Result<Found, Miss> {
        let path = segments(path).map_err(|_| Miss::Malformed)?;
        let mut candidates = Candidates::new();
        self.root.collect(&path, &mut candidates);
        candidates.sort_unstable();
        let mut allowed = BTreeSet::new();
        for index in candidates {
            let row = &self.rows[index];
            if !row.is_at(host) || !row.pattern.matches(&path) {
                continue;
            }
            if row.methods.contains(method) {
                return Ok(Found { index, captures: row.pattern.capture(&path) });
            }
            allowed.extend(row.methods.names());
        }
        if allowed.is_empty() {
            return Err(Miss::NotFound);
        }
        Err(Miss::Method { allowed: allowed.into_iter().map(str::to_owned).collect() })
    }
}

impl Row {
    fn is_at(&self, host: &str) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|own| own.matches(host))
    }
}

impl Node {
    fn insert(&mut self, segments: &[Segment], has_rest: bool, index: usize) {
        match segments.split_first() {
            None if has_rest => self.rests.push(index),
            None => self.ends.push(index),
            Some((Segment::Literal(text), rest)) => {
                self.literals.entry(text.clone()).or_default().insert(rest, has_rest, index);
            }
            Some((Segment::Param(_), rest)) => self.params.get_or_insert_default().insert(rest, has_rest, index),
        }
    }

    /// No deeper than the longest pattern, and through each node at most once, whatever the path is.
    fn collect(&self, path: &Segments<'_>, found: &mut Candidates) {
        found.extend_from_slice(&self.rests);
        let Some((first, rest)) = path.split_first() else {
            found.extend_from_slice(&self.ends);
            return;
        };
        if let Some(node) = self.literals.get(&**first) {
            node.collect(rest, found);
        }
        if let Some(node) = &self.params {
            node.collect(rest, found);
        }
    }
}

fn check(rows: &[Row]) -> Result<(), String> {
    let mut by_shape: HashMap<String, Vec<&Row>> = HashMap::new();
    for row in rows {
        let before = by_shape.entry(row.pattern.shape()).or_default();
        let covers =
            |first: &&&Row| first.methods.cover(&row.methods) && (first.hosts.is_empty() || first.hosts == row.hosts);
        if let Some(first) = before.iter().find(covers) {
            return Err(format!(
                "the route {} {} is never reached: its requests go to {} {} above it",
                row.methods,
                row.pattern.text(),
                first.methods,
                first.pattern.text()
            ));
        }
        before.push(row);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::{Miss, Row, Table};
    use crate::router::host::HostPattern;
    use crate::router::methods::Methods;
    use crate::router::pattern::Pattern;

    fn row(methods: Methods, path: &str, hosts: &[&str]) -> Row {
        let pattern = Pattern::parse(path).expect("a path");
        Row { pattern, methods, hosts: hosts.iter().map(|host| HostPattern::new(host)).collect() }
    }

    fn get(path: &str) -> Row {
        row(Methods::One(Method::GET), path, &[])
    }

    fn table(rows: Vec<Row>) -> Table {
        Table::new(rows).expect("routes that are reached")
    }

    fn index(table: &Table, path: &str) -> Option<usize> {
        table.find(&Method::GET, path, "").ok().map(|found| found.index)
    }

    #[test]
    fn the_first_that_matches_wins_in_the_order_of_declaration() {
        let routes =
            table(vec![get("/robots/:id"), get("/robots/new"), get("/:any/new"), get("/robots/new/x"), get("/*rest")]);
        assert_eq!(index(&routes, "/robots/new"), Some(0));
        assert_eq!(index(&routes, "/cars/new"), Some(2));
        assert_eq!(index(&routes, "/robots/new/x"), Some(3));
        assert_eq!(index(&routes, "/robots/old/x"), Some(4));
        assert_eq!(index(&routes, "/"), Some(4));
        let routes = table(vec![get("/robots/new"), get("/robots/:id")]);
        assert_eq!(index(&routes, "/robots/new"), Some(0));
        assert_eq!(index(&routes, "/robots/7"), Some(1));
    }

    #[test]
    fn a_route_for_another_method_is_passed_over() {
        let routes = table(vec![row(Methods::One(Method::POST), "/robots/:id", &[]), get("/robots/new")]);
        assert_eq!(index(&routes, "/robots/new"), Some(1));
    }

    #[test]
    fn methods_that_no_route_has_are_told_from_paths_that_no_route_has() {
        let purge = Method::from_bytes(b"PURGE").expect("a method");
        let routes = table(vec![
            get("/robots"),
            row(Methods::One(Method::POST), "/robots", &[]),
            row(Methods::One(purge.clone()), "/cache", &[]),
            row(Methods::All, "/any", &[]),
        ]);
        let find = |method: &Method, path: &str| routes.find(method, path, "").map(|found| found.index);
        assert_eq!(find(&Method::HEAD, "/robots"), Ok(0));
        assert_eq!(find(&Method::POST, "/robots"), Ok(1));
        let allowed = ["GET", "HEAD", "POST"].map(str::to_owned).to_vec();
        assert_eq!(find(&Method::DELETE, "/robots"), Err(Miss::Method { allowed }));
        assert_eq!(find(&purge, "/cache"), Ok(2));
        assert_eq!(find(&Method::TRACE, "/any"), Ok(3));
        assert_eq!(find(&Method::DELETE, "/nowhere"), Err(Miss::NotFound));
        assert_eq!(find(&Method::GET, "/robots/%zz"), Err(Miss::Malformed));
    }

    #[test]
    fn a_route_of_a_host_is_for_that_host() {
        let routes = table(vec![
            row(Methods::One(Method::GET), "/", &["api.", "api2.example.com"]),
            row(Methods::One(Method::POST), "/only", &["api."]),
            get("/"),
        ]);
        let find = |path: &str, host: &str| routes.find(&Method::GET, path, host).map(|found| found.index);
        assert_eq!(find("/", "api.example.com"), Ok(0));
        assert_eq!(find("/", "api2.example.com"), Ok(0));
        assert_eq!(find("/", "example.com"), Ok(2));
        assert_eq!(find("/only", "example.com"), Err(Miss::NotFound));
        assert!(matches!(find("/only", "api.example.com"), Err(Miss::Method { .. })));
    }

    #[test]
    fn a_route_that_is_never_reached_is_an_error_that_names_both() {
        let refused = |first: Row, second: Row| Table::new(vec![first, second]).expect_err("unreachable");
        let error = refused(get("/a/:x"), get("/a/:y"));
        assert!(error.contains("/a/:y") && error.contains("/a/:x"), "{error}");
        refused(row(Methods::All, "/a", &[]), get("/a"));
        refused(get("/a"), row(Methods::One(Method::HEAD), "/a", &[]));
        refused(get("/a"), row(Methods::One(Method::GET), "/a", &["api."]));
        let reached = |first: Row, second: Row| Table::new(vec![first, second]).is_ok();
        assert!(reached(get("/a"), row(Methods::All, "/a", &[])));
        assert!(reached(row(Methods::One(Method::GET), "/a", &["api."]), get("/a")));
        assert!(reached(get("/a/*rest"), get("/a/:x")));
    }

    #[test]
    fn a_table_of_many_routes_finds_each() {
        let paths: Vec<_> = (0..500).flat_map(|n| [format!("/api/r{n}"), format!("/api/r{n}/:id/log")]).collect();
        let routes = table(paths.iter().map(|path| get(path)).collect());
        for (place, path) in paths.iter().enumerate() {
            assert_eq!(index(&routes, &path.replace(":id", "7")), Some(place), "{path}");
        }
    }
}
