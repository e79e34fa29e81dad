//! Values in URLs: what a struct is called in a path, and how a value stands in a query.
//!
//! [`ToParam`] is `Phoenix.Param`. Nothing here encodes: `path!` does, by where a value stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use form_urlencoded::Serializer;

use crate::Params;
use crate::params::Param;

/// A value that stands in one segment of a path: a number, a text, or what a struct is known by.
///
/// `#[derive(Schema)]` implements it by the primary key (feature `ecto`). Another key, such as a slug, is an implementation of your own
/// on a type around it:
///
/// ```
/// use liveview_core::ToParam;
///
/// struct Post { id: i64, slug: String }
///
/// impl ToParam for Post {
///     fn to_param(&self) -> String { format!("{}-{}", self.id, self.slug) }
/// }
/// ```
///
/// An empty text makes no segment: no parameter of a route matches it. `.` and `..` cannot be segments of a URL, whatever is done to them:
/// a name that somebody chooses should not be one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a path",
    label = "no `ToParam`",
    note = "numbers, texts and structs that derive `Schema` can; of another struct name the field, as in `{{robot.id}}`, or implement `ToParam`",
    note = "an `Option` is taken apart first: a path without the value is another path"
)]
pub trait ToParam {
    /// The text, not yet encoded.
    fn to_param(&self) -> String;
}

/// A value in a query: one parameter, none (`None`), or several of one name (lists).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of a query",
    label = "no `ToParam`",
    note = "what implements `ToParam` can, an `Option` of it, which may be nothing, and a list of it (`name[]=…`)"
)]
pub trait ToQuery {
    /// Adds it under `name`.
    fn to_query(&self, name: &str, query: &mut Query);
}

/// The segments for a route's `*rest`: a list of values, or a text that is parted at each `/`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of segments",
    label = "not a list",
    note = "a `Vec`, an array or a slice of what implements `ToParam` is one, and a text that is parted at each `/`"
)]
pub trait ToSegments {
    /// Gives each in order, not yet encoded.
    fn to_segments(&self, each: &mut dyn FnMut(&str));
}

/// Parameters of a query with their names: [`Params`], a map, or a list of pairs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no parameters of a query",
    label = "not a map",
    note = "`Params`, maps and lists of pairs have: names that are texts, and values that implement `ToParam`"
)]
pub trait ToQueryMap {
    /// Adds them all.
    fn to_query_map(&self, query: &mut Query);
}

/// A query in the making.
pub struct Query {
    text: Serializer<'static, String>,
    is_empty: bool,
    /// Names that were given one by one, which no map gives again.
    taken: Vec<String>,
}

impl Query {
    pub(super) fn new() -> Self {
        Self { text: Serializer::new(String::new()), is_empty: true, taken: Vec::new() }
    }

    /// Adds `name=value`, encoded.
    pub fn pair(&mut self, name: &str, value: &str) {
        self.is_empty = false;
        self.text.append_pair(name, value);
    }

    /// From now on [`others`](Self::others) leaves out `name` and what is nested in it.
    pub(super) fn take(&mut self, name: &str) {
        self.taken.push(name.trim_end_matches("[]").to_owned());
    }

    /// Adds `value` unless its name was given before.
    fn other(&mut self, name: &str, value: &dyn ToQuery) {
        let is_taken =
            |taken: &String| name.strip_prefix(&**taken).is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        if !self.taken.iter().any(is_taken) {
            value.to_query(name, self);
        }
    }

    /// The text without `?`; none if nothing was added.
    pub(super) fn finish(mut self) -> Option<String> {
        (!self.is_empty).then(|| self.text.finish())
    }
}

/// Types that write themselves as a URL has them.
macro_rules! by_display {
    ($($type:ty)*) => {
        $(impl ToParam for $type {
            fn to_param(&self) -> String {
                self.to_string()
            }
        })*
    };
}

by_display! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char str String Cow<'_, str> }

#[cfg(feature = "uuid")]
by_display! { uuid::Uuid }

/// Types that are what they point to.
macro_rules! by_content {
    ($($type:ty)*) => {
        $(impl<T: ToParam + ?Sized> ToParam for $type {
            fn to_param(&self) -> String {
                (**self).to_param()
            }
        })*
    };
}

by_content! { &T &mut T Box<T> Arc<T> }

impl<T: ToParam + ?Sized> ToQuery for T {
    fn to_query(&self, name: &str, query: &mut Query) {
        query.pair(name, &self.to_param());
    }
}

impl<T: ToQuery> ToQuery for Option<T> {
    fn to_query(&self, name: &str, query: &mut Query) {
        if let Some(value) = self {
            value.to_query(name, query);
        }
    }
}

impl<T: ToQuery> ToQuery for &Option<T> {
    fn to_query(&self, name: &str, query: &mut Query) {
        (**self).to_query(name, query);
    }
}

/// Lists, and references to them.
macro_rules! lists {
    ($([$($generics:tt)*] $type:ty;)*) => {
        $(impl<T: ToParam, $($generics)*> ToQuery for $type {
            fn to_query(&self, name: &str, query: &mut Query) {
                let name = format!("{name}[]");
                for value in self.iter() {
                    query.pair(&name, &value.to_param());
                }
            }
        }

        impl<T: ToParam, $($generics)*> ToSegments for $type {
            fn to_segments(&self, each: &mut dyn FnMut(&str)) {
                for value in self.iter() {
                    each(&value.to_param());
                }
            }
        })*
    };
}

lists! {
    [] [T];
    [] &[T];
    [] Vec<T>;
    [] &Vec<T>;
    [const N: usize] [T; N];
    [const N: usize] &[T; N];
}

impl ToSegments for str {
    fn to_segments(&self, each: &mut dyn FnMut(&str)) {
        self.split('/').for_each(each);
    }
}

impl ToSegments for &str {
    fn to_segments(&self, each: &mut dyn FnMut(&str)) {
        (**self).to_segments(each);
    }
}

impl ToSegments for String {
    fn to_segments(&self, each: &mut dyn FnMut(&str)) {
        self.as_str().to_segments(each);
    }
}

impl ToSegments for &String {
    fn to_segments(&self, each: &mut dyn FnMut(&str)) {
        self.as_str().to_segments(each);
    }
}

impl<M: ToQueryMap + ?Sized> ToQueryMap for &M {
    fn to_query_map(&self, query: &mut Query) {
        (**self).to_query_map(query);
    }
}

impl<M: ToQueryMap + ?Sized> ToQueryMap for Arc<M> {
    fn to_query_map(&self, query: &mut Query) {
        (**self).to_query_map(query);
    }
}

/// Maps, and lists of pairs.
macro_rules! maps {
    ($([$($generics:tt)*] $type:ty;)*) => {
        $(impl<N: AsRef<str>, T: ToQuery, $($generics)*> ToQueryMap for $type {
            fn to_query_map(&self, query: &mut Query) {
                for (name, value) in self.iter() {
                    query.other(name.as_ref(), value);
                }
            }
        })*
    };
}

maps! {
    [] [(N, T)];
    [] Vec<(N, T)>;
    [const C: usize] [(N, T); C];
}

impl<N: AsRef<str>, T: ToQuery, S: BuildHasher> ToQueryMap for HashMap<N, T, S> {
    /// In the order of the names, so that the same parameters are the same URL.
    fn to_query_map(&self, query: &mut Query) {
        let mut pairs: Vec<_> = self.iter().collect();
        pairs.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
        for (name, value) in pairs {
            query.other(name.as_ref(), value);
        }
    }
}

impl<N: AsRef<str>, T: ToQuery> ToQueryMap for BTreeMap<N, T> {
    fn to_query_map(&self, query: &mut Query) {
        for (name, value) in self {
            query.other(name.as_ref(), value);
        }
    }
}

/// What a form says beside its values (`_target`, `_unused_…`) stays behind.
impl ToQueryMap for Params {
    fn to_query_map(&self, query: &mut Query) {
        self.iter().for_each(|(name, param)| add(name, param, query));
    }
}

fn add(name: &str, param: &Param, query: &mut Query) {
    match param {
        Param::Text(text) => query.other(name, text),
        Param::Map(params) => params.iter().for_each(|(key, param)| add(&format!("{name}[{key}]"), param, query)),
        Param::List(list) => list.iter().enumerate().for_each(|(index, param)| match param {
            Param::Text(text) => query.other(&format!("{name}[]"), text),
            nested => add(&format!("{name}[{index}]"), nested, query),
        }),
    }
}
