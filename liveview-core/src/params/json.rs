//! Parameters from and to JSON.

use serde_json::{Map, Value};

use super::decode::UNUSED;
use super::{Param, Params, ParamsError};

impl Params {
    /// Reads a JSON object. Numbers and bools become their texts, `null` the empty one, so that the same types can be made of
    /// it as of a form, and a changeset's cast sets to nothing what is sent as nothing. Names are taken as they are, but for `_unused_<name>`, which marks a name as in a form.
    ///
    /// # Errors
    ///
    /// [`ParamsError::NotAnObject`].
    pub fn from_json(value: Value) -> Result<Self, ParamsError> {
        match value {
            Value::Object(object) => Ok(object.into()),
            _ => Err(ParamsError::NotAnObject),
        }
    }

    /// The values as a JSON object, with an entry `_unused_<name>` for each name that nobody has touched: what
    /// [`Params::from_json`] makes the same parameters of.
    pub fn to_marked_json(&self) -> Map<String, Value> {
        let marks = self.unused.iter().map(|name| (format!("{UNUSED}{name}"), Value::String(String::new())));
        marks.chain(self.entries.iter().map(|(name, param)| (name.clone(), param.to_marked_json()))).collect()
    }
}

impl Param {
    fn to_marked_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::List(list) => list.iter().map(Self::to_marked_json).collect(),
            Self::Map(params) => Value::Object(params.to_marked_json()),
        }
    }
}

impl From<Map<String, Value>> for Params {
    fn from(object: Map<String, Value>) -> Self {
        let mut params = Self::new();
        for (name, value) in object {
            match name.strip_prefix(UNUSED) {
                Some(unused) => params.mark_unused(unused),
                None => drop(params.entries.insert(name, param(value))),
            }
        }
        params
    }
}

fn param(value: Value) -> Param {
    match value {
        Value::Null => Param::Text(String::new()),
        Value::Bool(bool) => Param::Text(bool.to_string()),
        Value::Number(number) => Param::Text(number.to_string()),
        Value::String(text) => Param::Text(text),
        Value::Array(values) => Param::List(values.into_iter().map(param).collect()),
        Value::Object(object) => Param::Map(object.into()),
    }
}

/// The values alone, without target and unused marks.
impl From<Params> for Value {
    fn from(params: Params) -> Self {
        Self::Object(params.entries.into_iter().map(|(name, param)| (name, param.into())).collect())
    }
}

impl From<Param> for Value {
    fn from(param: Param) -> Self {
        match param {
            Param::Text(text) => Self::String(text),
            Param::List(list) => Self::Array(list.into_iter().map(Self::from).collect()),
            Param::Map(params) => params.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::params::{Params, ParamsError};

    #[test]
    fn numbers_and_bools_are_their_texts_and_null_is_the_empty_one() {
        let value = json!({"n": 1.5, "b": true, "x": null, "l": [1, null, "a"], "m": {"k": 0}});
        let params = Params::from_json(value).expect("an object");
        assert_eq!(
            Value::from(params),
            json!({"n": "1.5", "b": "true", "x": "", "l": ["1", "", "a"], "m": {"k": "0"}})
        );
    }

    #[test]
    fn null_is_nothing_to_whoever_takes_nothing() {
        #[derive(serde::Deserialize, Debug, PartialEq)]
        struct Move {
            to: Option<u32>,
            by: Vec<Option<u32>>,
        }
        let params = Params::from_json(json!({"to": null, "by": [1, null]})).expect("an object");
        assert_eq!(params.deserialize::<Move>().expect("a move"), Move { to: None, by: vec![Some(1), None] });
    }

    #[test]
    fn what_nobody_touched_is_known_on_the_way_there_and_back() {
        let params = Params::decode("_unused_a=&a=1&r[0][_unused_b]=&r[0][b]=&l[]=x&m[][_unused_c]=").expect("a form");
        let marked = params.to_marked_json();
        assert_eq!(
            Value::from(marked.clone()),
            json!({"_unused_a": "", "a": "1", "r": {"0": {"_unused_b": "", "b": ""}}, "l": ["x"], "m": [{"_unused_c": ""}]})
        );
        assert_eq!(Params::from(marked), params);
    }

    #[test]
    fn only_an_object_has_names() {
        assert_eq!(Params::from_json(json!([1])), Err(ParamsError::NotAnObject));
    }
}
