//! The values of one session, by name.
//!
//! There are few, and every view and every socket holds a session: a sorted list, because the first node of a tree alone
//! is larger than most sessions. As JSON it is an object.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// What a session holds: what a [`SessionStore`](super::SessionStore) keeps. Sorted by name, each name once; with `serde` an object. `Debug` shows names
/// and no values.
#[derive(Clone, Default, PartialEq)]
pub struct SessionValues(Vec<(Box<str>, Value)>);

impl SessionValues {
    /// The value of this name, such as a user's id for a column of its own.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|place| &self.0[place].1)
    }

    /// Puts a value in, in place of the one of that name.
    pub(super) fn insert(&mut self, name: Box<str>, value: Value) {
        match self.place(&name) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => {
                self.0.reserve_exact(1);
                self.0.insert(place, (name, value));
            }
        }
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|place| self.0.remove(place).1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (**known).cmp(name))
    }
}

impl fmt::Debug for SessionValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Serialize for SessionValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for SessionValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = SessionValues;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SessionValues, A::Error> {
        let mut values = SessionValues::default();
        while let Some((name, value)) = map.next_entry()? {
            values.insert(name, value);
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::SessionValues;

    #[test]
    fn an_object_comes_back_sorted_and_the_last_of_two_equal_names_stays() {
        let values: SessionValues = serde_json::from_str(r#"{"b":1,"a":2,"b":3}"#).expect("an object");
        assert_eq!(values.get("b"), Some(&json!(3)));
        assert_eq!(serde_json::to_string(&values).expect("JSON"), r#"{"a":2,"b":3}"#);
    }

    #[test]
    fn what_is_no_object_is_no_session() {
        assert!(serde_json::from_str::<SessionValues>("[1]").is_err());
    }
}
