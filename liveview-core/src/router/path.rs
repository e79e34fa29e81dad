//! Paths to routes, as `path!` builds them, and the check that a route has them.
//!
//! A value never leaves its place: in a segment all but RFC 3986's *unreserved* characters are encoded, so it holds no `/`, `?` or `#`; a query
//! is `application/x-www-form-urlencoded`. Empty segments are left out, as routes do not count them: so no value makes a path begin
//! with `//`, which browsers read as another host.

mod check;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use check::{check, check_under};

use super::param::{Query, ToParam, ToQuery, ToQueryMap, ToSegments};

/// What stays as it is in a value (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stays as it is in the text of a path: *pchar* (section 3.3) and `/`.
const PATH: &AsciiSet = &UNRESERVED
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// A path in the making. Its functions are what `path!` calls.
pub struct Builder {
    path: String,
    fragment: Option<String>,
    query: Query,
}

impl Builder {
    /// The root.
    #[allow(clippy::new_without_default, reason = "made by macros only")]
    pub fn new() -> Self {
        Self { path: String::new(), fragment: None, query: Query::new() }
    }

    /// Puts `prefix` before what comes, if `is_under`.
    #[must_use]
    pub fn under(mut self, is_under: bool, prefix: Self) -> Self {
        if is_under {
            self.path = prefix.path;
        }
        self
    }

    /// Text of the path, with `/` between segments.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let is_parted = self.path.ends_with('/');
        let text = text.strip_prefix('/').filter(|_| is_parted).unwrap_or(text);
        self.path.extend(utf8_percent_encode(text, PATH));
        self
    }

    /// A value within a segment.
    #[must_use]
    pub fn value<T: ToParam + ?Sized>(mut self, value: &T) -> Self {
        self.path.extend(utf8_percent_encode(&value.to_param(), UNRESERVED));
        self
    }

    /// A segment for each value.
    #[must_use]
    pub fn values<T: ToSegments + ?Sized>(mut self, values: &T) -> Self {
        values.to_segments(&mut |segment| {
            if !segment.is_empty() {
                if !self.path.ends_with('/') {
                    self.path.push('/');
                }
                self.path.extend(utf8_percent_encode(segment, UNRESERVED));
            }
        });
        self
    }

    /// Text behind `#`.
    #[must_use]
    pub fn fragment_text(mut self, text: &str) -> Self {
        self.fragment.get_or_insert_default().extend(utf8_percent_encode(text, PATH));
        self
    }

    /// A value behind `#`.
    #[must_use]
    pub fn fragment_value<T: ToParam + ?Sized>(mut self, value: &T) -> Self {
        self.fragment.get_or_insert_default().extend(utf8_percent_encode(&value.to_param(), UNRESERVED));
        self
    }

    /// A parameter of the query, which [`others`](Self::others) does not give again.
    #[must_use]
    pub fn query<T: ToQuery + ?Sized>(mut self, name: &str, value: &T) -> Self {
        value.to_query(name, &mut self.query);
        self.query.take(name);
        self
    }

    /// Parameters of the query that were not given one by one.
    #[must_use]
    pub fn others<T: ToQueryMap + ?Sized>(mut self, others: &T) -> Self {
        others.to_query_map(&mut self.query);
        self
    }

    /// The path, with its query and fragment.
    pub fn finish(self) -> String {
        let Self { mut path, fragment, query } = self;
        if path.len() > 1 && path.ends_with('/') {
            path.pop();
        }
        if path.is_empty() {
            path.push('/');
        }
        for (mark, more) in [('?', query.finish()), ('#', fragment)] {
            if let Some(more) = more {
                path.push(mark);
                path.push_str(&more);
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Builder;
    use crate::Params;

    fn path() -> Builder {
        Builder::new()
    }

    #[test]
    fn values_are_encoded_by_where_they_stand() {
        let value = "a/b c&d=é?#%";
        let built = path().text("/räume/").value(value).query("q", value).fragment_value(value).finish();
        let (segment, query) = ("a%2Fb%20c%26d%3D%C3%A9%3F%23%25", "a%2Fb+c%26d%3D%C3%A9%3F%23%25");
        assert_eq!(built, format!("/r%C3%A4ume/{segment}?q={query}#{segment}"));
        assert_eq!(path().text("/@ada/v").value(&1.5).text("/a,b").finish(), "/@ada/v1.5/a,b");
    }

    #[test]
    fn no_value_makes_a_segment_or_another_host() {
        assert_eq!(path().text("/").value("").text("/").value("evil.example").finish(), "/evil.example");
        assert_eq!(path().text("/robots/").value("").finish(), "/robots");
        assert_eq!(path().text("/").value("").finish(), "/");
        assert_eq!(path().text("/").value("/evil").finish(), "/%2Fevil");
        assert_eq!(path().text("/").values(&["", "evil"]).finish(), "/evil");
        assert_eq!(path().text("/").values("//evil//x/").finish(), "/evil/x");
    }

    #[test]
    fn a_list_is_as_many_segments() {
        assert_eq!(path().text("/files/").values(&["maps", "hall 1"]).finish(), "/files/maps/hall%201");
        assert_eq!(path().text("/files/").values(&Vec::<String>::new()).finish(), "/files");
        assert_eq!(path().text("/files/").values("maps/hall 1").finish(), "/files/maps/hall%201");
    }

    #[test]
    fn a_query_has_one_parameter_none_or_several_of_a_name() {
        let tags = vec!["a", "b"];
        let built = path()
            .text("/robots")
            .query("page", &2)
            .query("owner", &None::<i64>)
            .query("site", &Some("Kairo"))
            .query("tags", &tags)
            .query("tags2", &&tags)
            .finish();
        assert_eq!(built, "/robots?page=2&site=Kairo&tags%5B%5D=a&tags%5B%5D=b&tags2%5B%5D=a&tags2%5B%5D=b");
        assert_eq!(path().query("owner", &None::<i64>).finish(), "/");
    }

    #[test]
    fn others_are_those_that_were_not_given_one_by_one() {
        let params = Params::decode("page=1&status=open&filter[a]=1&filter[b]=2&tags[]=x&rows[0][n]=5&_target=page")
            .expect("params");
        let kept = path().others(&params).finish();
        assert_eq!(Params::decode(&kept[2..]).expect("ours").len(), 5);
        let built = path()
            .query("page", &2)
            .query("tags", &["y"])
            .query("filter[a]", &None::<i64>)
            .query("rows", &0)
            .others(&&params)
            .finish();
        assert_eq!(built, "/?page=2&tags%5B%5D=y&rows=0&filter%5Bb%5D=2&status=open");
        let map = HashMap::from([("b", Some(1)), ("a", None), ("page", Some(3))]);
        assert_eq!(path().query("page", &1).others(&map).finish(), "/?page=1&b=1");
        assert_eq!(path().others(&[("b", "1"), ("a", "2")]).finish(), "/?b=1&a=2");
    }

    #[test]
    fn a_prefix_is_there_or_not() {
        let german = || path().text("/").value("de");
        assert_eq!(path().under(true, german()).text("/robots").finish(), "/de/robots");
        assert_eq!(path().under(true, german()).finish(), "/de");
        assert_eq!(path().under(false, german()).finish(), "/");
    }
}
