//! What came in from outside, before anything is known about it.

use std::sync::Arc;

use crate::types::Param;

type Map = serde_json::Map<String, Param>;

/// Input by name: a form's fields as strings, a JSON object as it is. Cheap to clone.
///
/// A name that is absent was not sent; a name that is null was sent empty.
///
/// ```
/// use ecto_lite::Params;
///
/// let params = Params::from_pairs([("robot[name]", "Ada"), ("robot[tags][]", "lab"), ("robot[missions][0][title]", "Map")]);
/// let robot = params.map("robot").expect("a map");
/// assert_eq!(robot.get("name"), Some(&"Ada".into()));
/// assert_eq!(robot.get("missions"), Some(&serde_json::json!({"0": {"title": "Map"}})));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Arc<Map>);

impl Params {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// From pairs as forms send them, with nested names: `a[b]` is `b` in the map `a`, `a[]` one more entry of the
    /// list `a`. The last one of a name wins; a name that is not well formed is taken as it is.
    pub fn from_pairs<N: AsRef<str>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut map = Map::new();
        for (name, value) in pairs {
            let value = Param::String(value.into());
            match path(name.as_ref()) {
                Some((first, rest)) => put(map.entry(first).or_insert(Param::Null), &rest, value),
                None => {
                    map.insert(name.as_ref().to_owned(), value);
                }
            }
        }
        Self(Arc::new(map))
    }

    /// What was sent under `name`.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.get(name)
    }

    /// The map that was sent under `name`.
    pub fn map(&self, name: &str) -> Option<Self> {
        self.get(name)?.as_object().cloned().map(Self::from)
    }

    /// Whether something was sent under `name`, be it null.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Sets one.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Param>) {
        Arc::make_mut(&mut self.0).insert(name.into(), value.into());
    }

    /// Takes one out.
    pub fn remove(&mut self, name: &str) -> Option<Param> {
        if self.contains(name) { Arc::make_mut(&mut self.0).remove(name) } else { None }
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Param)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These, and those of `newer` instead where both have a name.
    pub(crate) fn merge(self, newer: &Self) -> Self {
        if self.is_empty() {
            return newer.clone();
        }
        let mut merged = self;
        Arc::make_mut(&mut merged.0).extend(newer.iter().map(|(name, value)| (name.to_owned(), value.clone())));
        merged
    }
}

impl From<Map> for Params {
    fn from(map: Map) -> Self {
        Self(Arc::new(map))
    }
}

impl From<Param> for Params {
    /// What is no object has no names: nothing.
    fn from(value: Param) -> Self {
        match value {
            Param::Object(map) => map.into(),
            _ => Self::new(),
        }
    }
}

impl<N: Into<String>, V: Into<Param>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect::<Map>().into()
    }
}

impl<N: Into<String>, V: Into<Param>, const LEN: usize> From<[(N, V); LEN]> for Params {
    fn from(pairs: [(N, V); LEN]) -> Self {
        pairs.into_iter().collect()
    }
}

/// What [`cast`](crate::Changeset::cast) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not input that can be cast",
    note = "give it `&Params`, a `&serde_json::Value`, or implement `ToParams`"
)]
pub trait ToParams {
    /// The names and values.
    fn to_params(&self) -> Params;
}

impl ToParams for Params {
    fn to_params(&self) -> Params {
        self.clone()
    }
}

impl ToParams for Param {
    fn to_params(&self) -> Params {
        self.clone().into()
    }
}

impl ToParams for Map {
    fn to_params(&self) -> Params {
        self.clone().into()
    }
}

/// The parts of `a[b][]`: `a`, and `b` and the empty part. None if it is not nested well.
fn path(name: &str) -> Option<(&str, Vec<&str>)> {
    let (first, rest) = name.split_once('[')?;
    let parts: Vec<_> = rest.strip_suffix(']')?.split("][").collect();
    (!first.is_empty() && !parts.iter().any(|part| part.contains(['[', ']']))).then_some((first, parts))
}

/// Puts `value` at `path` below `place`; what is there and of another shape gives way.
fn put(place: &mut Param, path: &[&str], value: Param) {
    match path {
        [] => *place = value,
        ["", rest @ ..] => {
            if !place.is_array() {
                *place = Param::Array(Vec::new());
            }
            if let Param::Array(list) = place {
                let mut entry = Param::Null;
                put(&mut entry, rest, value);
                list.push(entry);
            }
        }
        [name, rest @ ..] => {
            if !place.is_object() {
                *place = Param::Object(Map::new());
            }
            if let Param::Object(map) = place {
                put(map.entry(*name).or_insert(Param::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Params, ToParams};

    fn pairs(pairs: &[(&str, &str)]) -> serde_json::Value {
        let params = Params::from_pairs(pairs.iter().copied());
        params.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect::<serde_json::Map<_, _>>().into()
    }

    #[test]
    fn names_nest_as_forms_nest_them() {
        assert_eq!(pairs(&[("a", "1"), ("a", "2"), ("b", "")]), json!({"a": "2", "b": ""}));
        assert_eq!(pairs(&[("a[]", "1"), ("a[]", "2")]), json!({"a": ["1", "2"]}));
        assert_eq!(pairs(&[("a[b][c]", "1"), ("a[b][d]", "2")]), json!({"a": {"b": {"c": "1", "d": "2"}}}));
        assert_eq!(pairs(&[("a[0][b]", "1"), ("a[1][b]", "2")]), json!({"a": {"0": {"b": "1"}, "1": {"b": "2"}}}));
        assert_eq!(pairs(&[("a[][b]", "1"), ("a[][b]", "2")]), json!({"a": [{"b": "1"}, {"b": "2"}]}));
    }

    #[test]
    fn of_names_that_clash_the_last_one_wins() {
        assert_eq!(pairs(&[("a", "1"), ("a[b]", "2")]), json!({"a": {"b": "2"}}));
        assert_eq!(pairs(&[("a[b]", "1"), ("a[]", "2")]), json!({"a": ["2"]}));
        assert_eq!(pairs(&[("a[]", "1"), ("a", "2")]), json!({"a": "2"}));
    }

    #[test]
    fn a_name_that_is_not_well_formed_is_taken_as_it_is() {
        for name in ["a[b", "a]b", "[a]", "a[b]c", "a[b[c]]", "[", "a["] {
            assert_eq!(pairs(&[(name, "1")]), json!({name: "1"}));
        }
    }

    #[test]
    fn absent_is_not_null() {
        let params = json!({"a": null}).to_params();
        assert_eq!((params.get("a"), params.get("b")), (Some(&json!(null)), None));
        assert!(params.contains("a") && !params.contains("b"));
        assert!(json!([1]).to_params().is_empty(), "what is no object has no names");
    }

    #[test]
    fn a_clone_is_another_one() {
        let mut params = Params::from([("a", 1), ("b", 2)]);
        let before = params.clone();
        params.insert("a", "x");
        assert_eq!(params.remove("b"), Some(json!(2)));
        assert_eq!(before, Params::from([("a", 1), ("b", 2)]));
        assert_eq!(params, Params::from([("a", "x")]));
    }
}
