//! Parameters from and to JSON.

use serde_json::{Map, Value};

use super::{Param, Params, ParamsError};

impl Params {
    /// Reads a JSON object. Numbers and bools become their texts, `null` is left out, so that the same types can be made of
    /// it as of a form. Names are taken as they are.
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
}

impl From<Map<String, Value>> for Params {
    fn from(object: Map<String, Value>) -> Self {
        object.into_iter().filter_map(|(name, value)| Some((name, param(value)?))).collect()
    }
}

fn param(value: Value) -> Option<Param> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(bool) => Param::Text(bool.to_string()),
        Value::Number(number) => Param::Text(number.to_string()),
        Value::String(text) => Param::Text(text),
        Value::Array(values) => Param::List(values.into_iter().filter_map(param).collect()),
        Value::Object(object) => Param::Map(object.into()),
    })
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
    fn numbers_and_bools_are_their_texts_and_null_is_nothing() {
        let value = json!({"n": 1.5, "b": true, "x": null, "l": [1, null, "a"], "m": {"k": 0}});
        let params = Params::from_json(value).expect("an object");
        assert_eq!(Value::from(params), json!({"n": "1.5", "b": "true", "l": ["1", "a"], "m": {"k": "0"}}));
    }

    #[test]
    fn only_an_object_has_names() {
        assert_eq!(Params::from_json(json!([1])), Err(ParamsError::NotAnObject));
    }
}
