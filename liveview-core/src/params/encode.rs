//! Parameters to urlencoded text, such that decoding it gives the same parameters.
//!
//! Three things have no place in such text: an empty map or list is left out; the maps and lists within a list are written with their
//! number in place of `[]`, since two neighbours could not be told apart otherwise; and names that contain brackets nest.

use std::fmt::Write as _;

use form_urlencoded::Serializer;

use super::{Param, Params};

impl Params {
    /// The text of a query or a form, without `?`.
    pub fn encode(&self) -> String {
        let mut text = Serializer::new(String::new());
        self.write("", &mut text);
        if let Some((first, rest)) = self.target.split_first() {
            let target = rest.iter().fold(first.clone(), |name, part| format!("{name}[{part}]"));
            text.append_pair("_target", &target);
        }
        text.finish()
    }

    fn write(&self, within: &str, text: &mut Serializer<'_, String>) {
        let name = |key: &str| {
            if within.is_empty() { key.to_owned() } else { format!("{within}[{key}]") }
        };
        for key in &self.unused {
            text.append_pair(&name(&format!("_unused_{key}")), "");
        }
        for (key, param) in &self.entries {
            param.write(&mut name(key), text);
        }
    }
}

impl Param {
    /// Leaves `name` as it was.
    fn write(&self, name: &mut String, text: &mut Serializer<'_, String>) {
        match self {
            Self::Text(value) => {
                text.append_pair(name, value);
            }
            Self::Map(params) => params.write(name, text),
            Self::List(list) => {
                let length = name.len();
                for (index, param) in list.iter().enumerate() {
                    // Writing to a string does not fail.
                    let _ = match param {
                        Self::Text(_) => write!(name, "[]"),
                        Self::List(_) | Self::Map(_) => write!(name, "[{index}]"),
                    };
                    param.write(name, text);
                    name.truncate(length);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use serde_json::json;

    use crate::params::{Param, Params};

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Table {
        rows: Vec<std::collections::BTreeMap<String, u8>>,
    }

    #[test]
    fn maps_within_lists_are_numbered_and_read_as_a_list_again() {
        let params =
            Params::from_json(json!({"rows": [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]})).expect("an object");
        let text = params.encode();
        assert_eq!(text, "rows%5B0%5D%5Ba%5D=1&rows%5B0%5D%5Bb%5D=2&rows%5B1%5D%5Ba%5D=3&rows%5B1%5D%5Bb%5D=4");
        let (decoded, direct) = (Params::decode(text).expect("ours").deserialize::<Table>(), params.deserialize());
        assert_eq!(decoded, direct);
        assert_eq!(direct.map(|table| table.rows[1]["b"]), Ok(4));
    }

    /// Names that mean nothing by themselves.
    fn name() -> impl Strategy<Value = String> {
        any::<String>().prop_filter("plain", |name| {
            !name.is_empty() && !name.contains(['[', ']']) && !name.starts_with("_unused_") && name != "_target"
        })
    }

    fn params() -> impl Strategy<Value = Params> {
        let text = any::<String>().prop_map(Param::Text);
        let list = vec(text.clone(), 1..4).prop_map(Param::List);
        let leaf = prop_oneof![3 => text, 1 => list];
        let tree = leaf.prop_recursive(4, 24, 4, |inner| {
            let map = btree_map(name(), inner, 1..4);
            (map, btree_set(name(), 0..2))
                .prop_map(|(entries, unused)| Param::Map(Params { entries, unused, ..Params::new() }))
        });
        (btree_map(name(), tree, 0..6), vec(name(), 0..3), btree_set(name(), 0..3))
            .prop_map(|(entries, target, unused)| Params { entries, unused, target })
    }

    proptest! {
        #[test]
        fn decoding_the_encoded_gives_the_same(params in params()) {
            prop_assert_eq!(Params::decode(params.encode()), Ok(params));
        }

        #[test]
        fn json_gives_the_same_values(params in params()) {
            let value = serde_json::Value::from(params.clone());
            let back = Params::from_json(value.clone()).expect("an object");
            prop_assert_eq!(serde_json::Value::from(back), value);
        }
    }
}
