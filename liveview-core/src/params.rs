//! The parameters of a request or a form: a tree of texts, by names.
//!
//! Decoded from `application/x-www-form-urlencoded` text with the names that Phoenix gives them: `user[name]` is `name` in the map `user`,
//! `tags[]` is one more entry of the list `tags`. What a form means beside its values is kept apart from them: `_target`, the control that
//! changed ([`Params::target`]), and `_unused_<name>`, the controls that nobody touched yet ([`Params::is_used`]).
//!
//! | text | is |
//! |---|---|
//! | `a=1&a=2` | `a` is `2`: the last one wins |
//! | `a=`, `a` | `a` is the empty text |
//! | `a[]=1&a[]=2` | `a` is the list `1, 2` |
//! | `a[b]=1&a[c]=2` | `a` is a map of two |
//! | `a[][b]=1&a[][b]=2` | `a` is a list of two maps |
//! | `a=1&a[b]=2` | a clash: the last one wins whole, `a` is a map of one |
//! | `a[b=1`, `a[b]c=1`, `[a]=1` | not nested: the name is all that stands before `=` |
//!
//! Wrong percent-encoding, text that is not UTF-8, more than [`MAX_DEPTH`] levels or [`MAX_PARAMS`] parameters are errors.
//!
//! ```
//! use liveview_core::params::Params;
//!
//! #[derive(serde::Deserialize)]
//! struct Robot { name: String, battery: f64, tags: Vec<String> }
//!
//! let params = Params::decode("robot[name]=Ada&robot[battery]=87.5&robot[tags][]=lab&page=3&_target=robot%5Bname%5D")?;
//! assert_eq!(params.get("robot[name]"), Some("Ada"));
//! assert_eq!(params.parse::<u32>("page")?, 3);
//! assert_eq!(params.target(), ["robot", "name"]);
//!
//! let robot: Robot = params.map("robot").expect("a map").deserialize()?;
//! assert_eq!((robot.battery, robot.tags.len()), (87.5, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
mod deserialize;
mod encode;
mod error;
mod json;
mod name;
mod scrub;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;

pub use self::error::{DeserializeError, ParamError, ParamsError};
use self::name::{Name, Part};

/// How deep names may be nested.
pub const MAX_DEPTH: usize = 32;

/// How many parameters one text may have. A form with nested rows sends several for each of its fields.
pub const MAX_PARAMS: usize = 10_000;

/// The hidden entry of a nested row by which the row keeps its ids when rows come, go and change places.
pub(crate) const PERSISTENT_ID: &str = "_persistent_id";

/// No parameters, for whoever asks for a map that was not sent.
static EMPTY: Params = Params { entries: BTreeMap::new(), unused: BTreeSet::new(), target: Vec::new() };

/// Parameters by name, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    entries: BTreeMap<String, Param>,
    unused: BTreeSet<String>,
    target: Vec<String>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    /// A text; may be empty.
    Text(String),
    /// What stood under `name[]`.
    List(Vec<Param>),
    /// What stood under `name[…]`.
    Map(Params),
}

impl Params {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads urlencoded text, as of a query or a form.
    ///
    /// # Errors
    ///
    /// [`ParamsError`] for what the [module](self) says.
    pub fn decode(text: impl AsRef<[u8]>) -> Result<Self, ParamsError> {
        decode::decode(text.as_ref())
    }

    /// A text by its name, which may be nested: `"id"`, `"user[name]"`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.param(name)?.as_text()
    }

    /// A text by the names on the way to it: `["user", "name"]`.
    pub fn get_path<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&str> {
        let mut names = path.into_iter();
        let first = self.entries.get(names.next()?)?;
        names.try_fold(first, |param, name| param.as_map()?.entries.get(name))?.as_text()
    }

    /// A map by its name.
    pub fn map(&self, name: &str) -> Option<&Params> {
        self.param(name)?.as_map()
    }

    /// A map by its name, empty if there is none: the part of a form that one wants, `params.within("robot")`.
    pub fn within(&self, name: &str) -> &Params {
        self.map(name).unwrap_or(&EMPTY)
    }

    /// A list by its name, given without `[]`.
    pub fn list(&self, name: &str) -> Option<&[Param]> {
        match self.param(name)? {
            Param::List(list) => Some(list),
            _ => None,
        }
    }

    /// Whatever has that name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        let (params, key) = self.locate(name)?;
        params.entries.get(key)
    }

    /// A text as a `T`.
    ///
    /// # Errors
    ///
    /// [`ParamError`] when it is absent, no text, or not the text of a `T`.
    pub fn parse<T>(&self, name: &str) -> Result<T, ParamError>
    where
        T: FromStr<Err: Display>,
    {
        let param = self.param(name).ok_or_else(|| ParamError::Missing { name: name.to_owned() })?;
        let text = param.as_text().ok_or_else(|| ParamError::NotText { name: name.to_owned() })?;
        text.parse().map_err(|error: T::Err| ParamError::invalid::<T>(name, &error))
    }

    /// All of it as a `T`: structs, maps, lists, options, numbers, bools, and enums without content.
    ///
    /// Texts are read as what the type asks for: numbers as Rust writes them; `true`, `on`, `1` and `false`, `off`, `0`
    /// as bools; an empty text as `None`. A map whose names are numbers is also a list, in their order, as
    /// forms with nested rows send it.
    ///
    /// # Errors
    ///
    /// [`DeserializeError`], which names the parameter.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, DeserializeError> {
        deserialize::params(self)
    }

    /// Sets a parameter; the name is taken as it is, not as a nested one.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Param>) -> Option<Param> {
        self.entries.insert(name.into(), value.into())
    }

    /// Adds all of `other`, which wins where both have a name: so come the parameters of a path over those of a query.
    pub fn merge(&mut self, other: Params) {
        // What `other` gives anew is as used as it says.
        self.unused.retain(|name| !other.entries.contains_key(name));
        self.entries.extend(other.entries);
        self.unused.extend(other.unused);
        if !other.target.is_empty() {
            self.target = other.target;
        }
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Param)> {
        self.entries.iter().map(|(name, param)| (name.as_str(), param))
    }

    /// How many parameters are here, those within maps and lists not counted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names on the way to the control whose change sent this form; empty if the form did not say.
    pub fn target(&self) -> &[String] {
        &self.target
    }

    /// Whether the user has touched the control of that name, or one within it; `false` for what was not sent. What one shows
    /// errors for.
    pub fn is_used(&self, name: &str) -> bool {
        self.locate(name).is_some_and(|(params, key)| params.is_entry_used(key))
    }

    /// Marks the control of that name as one that nobody has touched yet.
    pub(crate) fn mark_unused(&mut self, key: impl Into<String>) {
        self.unused.insert(key.into());
    }

    fn is_entry_used(&self, key: &str) -> bool {
        // A persistent id is always sent, whether or not anybody came near its row.
        key != PERSISTENT_ID
            && !self.unused.contains(key)
            && match self.entries.get(key) {
                None => false,
                Some(Param::Map(params)) => params.entries.keys().any(|key| params.is_entry_used(key)),
                Some(Param::Text(_) | Param::List(_)) => true,
            }
    }

    /// The map that a nested name leads to, and the name in it.
    fn locate<'a>(&self, name: &'a str) -> Option<(&Params, &'a str)> {
        let Name { base, parts } = Name::parse(name).ok()?;
        let mut found = (self, base);
        for part in parts {
            if let Part::Key(key) = part {
                found = (found.0.entries.get(found.1)?.as_map()?, key);
            }
        }
        Some(found)
    }
}

impl Param {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Params> {
        match self {
            Self::Map(params) => Some(params),
            _ => None,
        }
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Params> for Param {
    fn from(params: Params) -> Self {
        Self::Map(params)
    }
}

impl From<Vec<Param>> for Param {
    fn from(list: Vec<Param>) -> Self {
        Self::List(list)
    }
}

impl<N: Into<String>, P: Into<Param>> FromIterator<(N, P)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, P)>>(pairs: I) -> Self {
        let entries = pairs.into_iter().map(|(name, param)| (name.into(), param.into())).collect();
        Self { entries, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::{ParamError, Params};

    fn decode(text: &str) -> Params {
        Params::decode(text).expect("well formed")
    }

    #[test]
    fn texts_are_found_by_nested_name_and_by_path() {
        let params = decode("user[address][city]=Kairo&a[]=1");
        assert_eq!(params.get("user[address][city]"), Some("Kairo"));
        assert_eq!(params.get_path(["user", "address", "city"]), Some("Kairo"));
        assert_eq!(params.get("user"), None);
        assert_eq!(params.get("user[nobody][city]"), None);
        assert_eq!(params.get_path([]), None);
        assert_eq!(params.list("a").map(<[_]>::len), Some(1));
        assert_eq!(params.within("user[address]").get("city"), Some("Kairo"));
        assert!(params.within("nobody").is_empty() && params.within("a").is_empty());
    }

    #[test]
    fn parse_says_what_is_wrong_with_which_parameter() {
        let params = decode("id=3&name=Ada&tags[]=x");
        assert_eq!(params.parse::<i64>("id"), Ok(3));
        let message = |name| params.parse::<i64>(name).expect_err("no number").to_string();
        assert_eq!(message("name"), "parameter `name` is not a valid i64: invalid digit found in string");
        assert_eq!(message("nobody"), "parameter `nobody` is missing");
        assert!(matches!(params.parse::<i64>("tags"), Err(ParamError::NotText { .. })));
    }

    #[test]
    fn a_control_is_used_until_the_form_says_that_it_is_not() {
        let params = decode(
            "_unused_name=&name=&mail=a&user[_unused_age]=&user[age]=&user[city]=&_unused_tags[]=&tags[]=&car[_unused_year]=&car[year]=",
        );
        assert!(!params.is_used("name"));
        assert!(params.is_used("mail"));
        assert!(!params.is_used("user[age]"));
        assert!(params.is_used("user[city]"));
        assert!(params.is_used("user"));
        assert!(!params.is_used("car"));
        assert!(!params.is_used("tags"));
        assert!(!params.is_used("tags[]"));
        assert!(!params.is_used("nobody"));
        let rows = decode("rows[0][_persistent_id]=0&rows[0][_unused_x]=&rows[0][x]=");
        assert!(!rows.is_used("rows"), "a row is not used because it has an id");
        assert_eq!(params.map("user").map(Params::len), Some(2));
    }

    #[test]
    fn the_target_is_the_way_to_the_control() {
        assert_eq!(decode("a=1&_target=user[address][city]").target(), ["user", "address", "city"]);
        assert_eq!(decode("a=1&_target=tags[]").target(), ["tags"]);
        assert!(decode("a=1").target().is_empty());
        assert_eq!(decode("a=1&_target=a").len(), 1);
    }

    #[test]
    fn merging_lets_the_other_win() {
        let mut params = decode("id=1&_unused_id=&q=x");
        params.merge(Params::from_iter([("id", "7")]));
        assert_eq!((params.get("id"), params.get("q")), (Some("7"), Some("x")));
        assert!(params.is_used("id"));
    }
}
