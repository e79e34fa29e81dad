//! Parameters fit for a log: the secret ones masked.

use serde_json::Value;

use crate::params::{Param, Params};

/// What stands in place of a secret.
const MASK: &str = "[FILTERED]";

/// Masks the parameters whose name contains one of its words, in whatever case, with all that is below them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamFilter {
    words: Vec<String>,
}

/// `password`, `token` and `secret`.
impl Default for ParamFilter {
    fn default() -> Self {
        Self::new(["password", "token", "secret"])
    }
}

impl ParamFilter {
    /// A filter for other words; empty ones are left out, for they are in every name.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(|word| word.as_ref().to_lowercase());
        Self { words: words.filter(|word| !word.is_empty()).collect() }
    }

    /// Whether a parameter of that name is masked.
    pub fn hides(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.words.iter().any(|word| name.contains(word.as_str()))
    }

    /// The parameters, masked.
    pub fn params(&self, params: &Params) -> Params {
        let masked = |name: &str, param: &Param| {
            if self.hides(name) { MASK.into() } else { self.param(param) }
        };
        params.iter().map(|(name, param)| (name, masked(name, param))).collect()
    }

    /// A JSON value, masked; texts within it that are urlencoded forms are not looked into.
    pub fn json(&self, value: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(|value| self.json(value)).collect(),
            Value::Object(object) => {
                let masked = |name: &String, value| {
                    if self.hides(name) { MASK.into() } else { self.json(value) }
                };
                object.iter().map(|(name, value)| (name.clone(), masked(name, value))).collect()
            }
            scalar => scalar.clone(),
        }
    }

    fn param(&self, param: &Param) -> Param {
        match param {
            Param::Text(text) => Param::Text(text.clone()),
            Param::List(list) => Param::List(list.iter().map(|param| self.param(param)).collect()),
            Param::Map(params) => Param::Map(self.params(params)),
        }
    }
}

/// The parameters as a log may have them, with the default filter.
pub fn filter_params(params: &Params) -> Params {
    ParamFilter::default().params(params)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ParamFilter, filter_params};
    use crate::params::Params;

    #[test]
    fn secrets_are_masked_at_every_depth_and_nothing_else_is() {
        let text = "name=Ada&user[Password]=p&user[mail]=m&_csrf_token=t&secrets[a][b]=s&l[][api_token]=t&l[][n]=1";
        let params = filter_params(&Params::decode(text).expect("well formed"));
        let expected = json!({
            "name": "Ada", "user": {"Password": "[FILTERED]", "mail": "m"}, "_csrf_token": "[FILTERED]",
            "secrets": "[FILTERED]", "l": [{"api_token": "[FILTERED]"}, {"n": "1"}],
        });
        assert_eq!(Value::from(params), expected);
    }

    #[test]
    fn json_is_masked_likewise() {
        let value = json!({"args": [{"token": [1], "n": 1}], "password_confirmation": null});
        let expected = json!({"args": [{"token": "[FILTERED]", "n": 1}], "password_confirmation": "[FILTERED]"});
        assert_eq!(ParamFilter::default().json(&value), expected);
    }

    #[test]
    fn the_words_can_be_chosen() {
        let filter = ParamFilter::new(["PIN", ""]);
        assert!(filter.hides("card_pin"));
        assert!(!filter.hides("password"));
    }
}
