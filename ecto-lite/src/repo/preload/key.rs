//! Values as keys of maps: what binds rows to their owners.

use std::hash::{Hash, Hasher};
use std::mem;

use crate::types::Value;

/// A value that was a key in a database. Two keys are one where the database would say `=`, except for text: a
/// collation that ignores case is not known here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key(pub(crate) Value);

// A float that is not a number is refused by dump and equals nothing if it is loaded: at worst it finds no owner.
impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        mem::discriminant(&self.0).hash(state);
        match &self.0 {
            Value::Bool(value) => value.hash(state),
            Value::Int(value) => value.hash(state),
            // Zero has two signs and one hash.
            Value::Float(value) => (value + 0.0).to_bits().hash(state),
            Value::Text(value) => value.hash(state),
            Value::Binary(value) => value.hash(state),
            Value::Uuid(value) => value.hash(state),
            Value::Decimal(value) => value.hash(state),
            Value::Date(value) => value.hash(state),
            Value::Time(value) => value.hash(state),
            Value::NaiveDateTime(value) => value.hash(state),
            Value::DateTime(value) => value.hash(state),
            // Nobody keys a table by a document; equality alone tells these apart.
            Value::Null(_) | Value::Json(_) | Value::Array(..) => {}
        }
    }
}

/// The different ones of `values` that are not null, in order of first appearance.
pub(crate) fn distinct(values: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    values.into_iter().filter(|value| !value.is_null() && seen.insert(Key(value.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rust_decimal::Decimal;

    use super::{Key, distinct};
    use crate::types::{DbType, Value};

    #[test]
    fn equal_keys_meet_in_a_map() {
        let pairs = [
            (Value::Float(0.0), Value::Float(-0.0)),
            (Value::Decimal(Decimal::new(10, 1)), Value::Decimal(Decimal::new(1, 0))),
            (Value::Text("r2".into()), Value::Text("r2".into())),
        ];
        for (a, b) in pairs {
            let set = HashSet::from([Key(a)]);
            assert!(set.contains(&Key(b.clone())), "{b:?}");
        }
    }

    #[test]
    fn different_keys_do_not_meet() {
        let set = HashSet::from([Key(Value::Int(1))]);
        for other in [Value::Int(2), Value::Text("1".into()), Value::Bool(true), Value::Null(DbType::Int)] {
            assert!(!set.contains(&Key(other)));
        }
    }

    #[test]
    fn distinct_keeps_the_first_of_each_and_no_null() {
        let values = [Value::Int(2), Value::Null(DbType::Int), Value::Int(1), Value::Int(2)];
        assert_eq!(distinct(values), [Value::Int(2), Value::Int(1)]);
    }
}
