//! Payloads as patterns.

use serde_json::Value;

/// Whether a value is as expected: of objects, all keys that are named; of lists, each in its place.
pub(super) fn holds(expected: &Value, value: &Value) -> bool {
    match (expected, value) {
        (Value::Object(expected), Value::Object(value)) => {
            expected.iter().all(|(key, expected)| value.get(key).is_some_and(|value| holds(expected, value)))
        }
        (Value::Array(expected), Value::Array(value)) => {
            expected.len() == value.len() && expected.iter().zip(value).all(|(expected, value)| holds(expected, value))
        }
        _ => expected == value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::holds;

    #[test]
    fn keys_that_are_not_named_do_not_matter() {
        let value = json!({ "id": 7, "user": { "name": "Ada", "age": 36 }, "tags": [{ "a": 1, "b": 2 }] });
        assert!(holds(&json!({}), &value));
        assert!(holds(&json!({ "user": { "name": "Ada" }, "tags": [{ "a": 1 }] }), &value));
        assert!(!holds(&json!({ "user": { "name": "Bo" } }), &value));
        assert!(!holds(&json!({ "tags": [] }), &value));
        assert!(!holds(&json!({ "nobody": null }), &value));
    }
}
