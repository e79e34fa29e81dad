//! Arrays and maps of other types.

use std::collections::{BTreeMap, HashMap};

use super::{CastError, DbType, DumpError, LoadError, Param, Type, Value, json, sql};

/// A type of which a field may hold a `Vec`. Of this crate's, all but `u8` (`Vec<u8>` are bytes) and arrays.
///
/// For a type of a program's own: `impl ecto_lite::types::ArrayElement for Celsius {}`.
#[diagnostic::on_unimplemented(
    message = "`Vec<{Self}>` cannot be a schema's field",
    note = "say that it may be an element of arrays: `impl ecto_lite::types::ArrayElement for {Self} {{}}`",
    note = "a list of embedded documents is `#[schema(embeds_many)]`"
)]
pub trait ArrayElement: Type {}

macro_rules! elements {
    ($($of:ty),+ $(,)?) => { $(impl ArrayElement for $of {})+ };
}

elements!(
    bool,
    i16,
    i32,
    i64,
    u16,
    u32,
    f32,
    f64,
    String,
    Vec<u8>,
    uuid::Uuid,
    rust_decimal::Decimal,
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::TimeDelta,
    Param,
);

impl<T: ArrayElement> ArrayElement for Option<T> {}

/// An array. Every element must be one of the type's: the first one that is not makes the whole invalid. Blank input is
/// the empty array.
impl<T: ArrayElement> Type for Vec<T> {
    type Sql = sql::Array<T::Sql>;
    type Inner = Self;
    const DB: DbType = DbType::Array(&T::DB);
    const NAME: &'static str = "array";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::Array(elements) => elements.iter().map(T::cast).collect(),
            Param::Null => Ok(Self::new()),
            _ => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Array(_, elements) => elements.into_iter().map(T::load).collect(),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        Ok(Value::Array(&T::DB, self.iter().map(T::dump).collect::<Result<_, _>>()?))
    }

    fn into_value(self) -> Result<Value, DumpError> {
        Ok(Value::Array(&T::DB, self.into_iter().map(T::into_value).collect::<Result<_, _>>()?))
    }
}

macro_rules! maps {
    ($($map:ident),+) => {$(
        /// A JSON object whose values are of one type. Blank input is the empty map.
        #[allow(clippy::implicit_hasher, reason = "another hasher would be another type to the reader of a schema")]
        impl<T: Type> Type for $map<String, T> {
            type Sql = sql::Json;
            type Inner = Self;
            const DB: DbType = DbType::Json;
            const NAME: &'static str = "map";

            fn cast(input: &Param) -> Result<Self, CastError> {
                match input {
                    Param::Object(map) => map.iter().map(|(key, value)| Ok((key.clone(), T::cast(value)?))).collect(),
                    Param::Null => Ok(Self::new()),
                    _ => Err(CastError::default()),
                }
            }

            fn load(value: Value) -> Result<Self, LoadError> {
                match value {
                    Value::Json(Param::Object(map)) => map
                        .into_iter()
                        .map(|(key, value)| Ok((key, T::load(json::from_json(&value, T::DB)?)?)))
                        .collect(),
                    other => Err(LoadError::new::<Self>(&other)),
                }
            }

            fn dump(&self) -> Result<Value, DumpError> {
                let entries = self.iter().map(|(key, value)| Ok((key.clone(), value.dump()?.to_json())));
                Ok(Value::Json(Param::Object(entries.collect::<Result<_, _>>()?)))
            }
        }
    )+};
}

maps!(BTreeMap, HashMap);
