//! Keys: what may refer to what, and who makes their values.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Autogenerate;
use crate::Type;
use crate::types::{DbType, Value};

/// A foreign key of this type can hold a key of type `K`: the same type, one of them perhaps an `Option`.
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{Self}` cannot refer to a key of type `{K}`",
    label = "holds a `{Self}`, and the key is a `{K}`",
    note = "give both fields the same type; the foreign key may be an `Option` of it"
)]
pub trait RefersTo<K> {}

impl<K> RefersTo<K> for K {}
impl<K> RefersTo<K> for Option<K> {}
impl<K> RefersTo<Option<K>> for K {}

/// Who makes the value of a primary key of one field that says nothing about it: the database makes integers, the type
/// makes uuids, the user anything else.
pub const fn autogenerate_key<T: Type>() -> Autogenerate {
    match T::DB {
        DbType::Int => Autogenerate::Database,
        DbType::Uuid => Autogenerate::OnInsert(generate::<T>),
        _ => Autogenerate::No,
    }
}

/// Who makes the value of a field that is `autogenerate`.
pub const fn autogenerate<T: Type>() -> Autogenerate {
    match T::DB {
        DbType::Int => Autogenerate::Database,
        _ => Autogenerate::OnInsert(generate::<T>),
    }
}

/// Random uuids instead of those that sort by time.
///
/// # Panics
///
/// If the field is no uuid: while the program is compiled, for it is called in a constant.
pub const fn autogenerate_v4<T: Type>() -> Autogenerate {
    assert!(matches!(T::DB, DbType::Uuid), "`autogenerate = v4` makes uuids: the field is none");
    Autogenerate::OnInsert(|_| Value::Uuid(Uuid::new_v4()))
}

/// Null where the type makes no values, so that the database refuses the row.
fn generate<T: Type>(_now: DateTime<Utc>) -> Value {
    T::autogenerate().and_then(|value| value.dump().ok()).unwrap_or(Value::Null(T::DB))
}
