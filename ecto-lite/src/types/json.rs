//! Values as JSON, and JSON as values.

use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{CastError, DbType, DumpError, LoadError, Param, Type, Value, hex, number, sql, time};

/// Any JSON. A database's null is read as JSON's; an `Option` keeps the two apart, but not inside a document.
impl Type for Param {
    type Sql = sql::Json;
    type Inner = Self;
    const DB: DbType = DbType::Json;
    const NAME: &'static str = "map";

    fn cast(input: &Param) -> Result<Self, CastError> {
        Ok(input.clone())
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Json(json) => Ok(json),
            Value::Null(_) => Ok(Self::Null),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        Ok(Value::Json(self.clone()))
    }

    fn into_value(self) -> Result<Value, DumpError> {
        Ok(Value::Json(self))
    }
}

/// What serde knows, as a JSON document in one column. It is replaced whole: what is to be edited field by field, with
/// validations, is an embedded schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Type for Json<T> {
    type Sql = sql::Json;
    type Inner = Self;
    const DB: DbType = DbType::Json;
    const NAME: &'static str = "map";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match T::deserialize(input) {
            Ok(value) => Ok(Self(value)),
            Err(_) if input.is_null() => Err(CastError::blank()),
            Err(_) => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        let json = match value {
            Value::Json(json) => json,
            Value::Null(_) => Param::Null,
            other => return Err(LoadError::new::<Self>(&other)),
        };
        T::deserialize(&json).map(Self).map_err(|_| LoadError::new::<Self>(&Value::Json(json)))
    }

    fn dump(&self) -> Result<Value, DumpError> {
        let json = serde_json::to_value(&self.0)
            .map_err(|error| DumpError::new::<Self>(error, "serde cannot write it as JSON"))?;
        Ok(Value::Json(json))
    }
}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> super::ArrayElement for Json<T> {}

impl Value {
    /// The value as a document holds it: dates and times in ISO 8601, decimals as text so that no digit is lost, bytes as
    /// PostgreSQL writes them (`\x6869`). [`from_json`] reads it back.
    pub fn to_json(&self) -> Param {
        match self {
            Self::Null(_) => Param::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Binary(bytes) => format!("\\x{}", hex::encode(bytes)).into(),
            Self::Uuid(uuid) => uuid.to_string().into(),
            Self::Decimal(number) => number.to_string().into(),
            Self::Date(date) => date.to_string().into(),
            Self::Time(time) => time.to_string().into(),
            Self::NaiveDateTime(datetime) => datetime.format("%FT%T%.f").to_string().into(),
            Self::DateTime(datetime) => datetime.format("%FT%T%.fZ").to_string().into(),
            Self::Json(json) => json.clone(),
            Self::Array(_, elements) => elements.iter().map(Self::to_json).collect(),
        }
    }
}

/// What [`Value::to_json`] wrote, as a value of type `of`.
pub fn from_json(json: &Param, of: DbType) -> Result<Value, LoadError> {
    let value = match (of, json) {
        (_, Param::Null) => Some(Value::Null(of)),
        (DbType::Json, json) => Some(Value::Json(json.clone())),
        (DbType::Bool, json) => json.as_bool().map(Value::Bool),
        (DbType::Int, json) => json.as_i64().map(Value::Int),
        (DbType::Float, json) => json.as_f64().map(Value::Float),
        (DbType::Decimal, Param::Number(number)) => number::parse(&number.to_string()).map(Value::Decimal),
        (DbType::Array(of), Param::Array(elements)) => {
            let elements = elements.iter().map(|element| from_json(element, *of));
            Some(Value::Array(of, elements.collect::<Result<_, _>>()?))
        }
        (of, Param::String(text)) => from_text(text, of),
        _ => None,
    };
    value.ok_or_else(|| LoadError { expected: of.name(), found: super::shortened(&json) })
}

fn from_text(text: &str, of: DbType) -> Option<Value> {
    match of {
        DbType::Text => Some(Value::Text(text.to_owned())),
        DbType::Binary => text.strip_prefix("\\x").and_then(hex::decode).map(Value::Binary),
        DbType::Uuid => text.parse().ok().map(Value::Uuid),
        DbType::Decimal => number::parse(text).map(Value::Decimal),
        DbType::Date => time::date(text).map(Value::Date),
        DbType::Time => time::time(text).map(Value::Time),
        DbType::NaiveDateTime => time::datetime(text).map(|(datetime, _)| Value::NaiveDateTime(datetime)),
        DbType::DateTime => time::datetime(text).and_then(|(datetime, offset)| {
            Some(Value::DateTime(datetime.checked_sub_signed(offset.unwrap_or_default())?.and_utc()))
        }),
        _ => None,
    }
}
