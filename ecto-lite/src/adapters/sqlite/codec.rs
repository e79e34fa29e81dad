//! Values to SQLite and back.
//!
//! SQLite stores integers, reals, text and bytes. What it has no type for is kept in forms that sort as text in their own
//! order: dates `YYYY-MM-DD`, times `HH:MM:SS.ffffff`, both with a space between for date-times (always UTC, as
//! `datetime('now')` writes them), UUIDs with hyphens. JSON and arrays are JSON text. Decimals are text too, so that no
//! digit is lost, and so compare as text: `'10' < '9'`; sort and compare them by `cast(… as real)`, or keep cents in an integer.

use std::fmt::Write;
use std::sync::Arc;

use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteRow, SqliteValueRef};
use sqlx::{Arguments, Column, Decode, Row as _, TypeInfo, ValueRef};
use uuid::Uuid;

use super::time;
use crate::adapter::Row;
use crate::adapters::{load_error, shorten};
use crate::types::{DbType, LoadError, Value, hex};

pub(super) fn arguments(values: &[Value]) -> Result<SqliteArguments, BoxDynError> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    let mut written = String::new();
    for value in values {
        bind(&mut arguments, value, &mut written)?;
    }
    Ok(arguments)
}

/// Binds one value. What is text only for SQLite is put together in `written`, to which every value may add room.
fn bind(arguments: &mut SqliteArguments, value: &Value, written: &mut String) -> Result<(), BoxDynError> {
    written.clear();
    match value {
        Value::Null(_) => return arguments.add(None::<i64>),
        Value::Bool(it) => return arguments.add(i64::from(*it)),
        Value::Int(it) => return arguments.add(*it),
        Value::Float(it) => return arguments.add(*it),
        Value::Text(it) => return text(arguments, it),
        Value::Binary(it) => return arguments.add(it.as_slice()),
        Value::Json(it) => return arguments.add(it.to_string()),
        Value::Array(_, items) => {
            let items = items.iter().map(to_json).collect::<Result<Vec<_>, _>>()?;
            return arguments.add(serde_json::Value::Array(items).to_string());
        }
        Value::Uuid(it) => write!(written, "{}", it.hyphenated())?,
        Value::Decimal(it) => write!(written, "{it}")?,
        Value::Date(it) => time::push_date(written, *it),
        Value::Time(it) => time::push_time(written, *it),
        Value::NaiveDateTime(it) => time::push_date_time(written, *it),
        Value::DateTime(it) => time::push_date_time(written, it.naive_utc()),
    }
    text(arguments, written)
}

/// As an `Arc<str>` it is one allocation; sqlx puts a `&str` into a `String` and that into an `Arc`.
fn text(arguments: &mut SqliteArguments, text: &str) -> Result<(), BoxDynError> {
    arguments.add(Arc::<str>::from(text))
}

/// An element of an array, as JSON.
fn to_json(value: &Value) -> Result<serde_json::Value, BoxDynError> {
    Ok(match value {
        Value::Null(_) => serde_json::Value::Null,
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Float(it) => {
            serde_json::Number::from_f64(*it).ok_or("a float that is not a number cannot be in an array")?.into()
        }
        Value::Text(it) => it.as_str().into(),
        Value::Binary(it) => hex::encode(it).into(),
        Value::Uuid(it) => it.hyphenated().to_string().into(),
        Value::Decimal(it) => it.to_string().into(),
        Value::Date(it) => time::date(*it).into(),
        Value::Time(it) => time::time(*it).into(),
        Value::NaiveDateTime(it) => time::date_time(*it).into(),
        Value::DateTime(it) => time::date_time(it.naive_utc()).into(),
        Value::Json(it) => it.clone(),
        Value::Array(_, items) => items.iter().map(to_json).collect::<Result<Vec<_>, _>>()?.into(),
    })
}

fn from_json(json: serde_json::Value, of: DbType) -> Result<Value, LoadError> {
    use serde_json::Value as Json;
    let wrong = |json: &Json| load_error(of, json);
    Ok(match (of, json) {
        (_, Json::Null) => Value::Null(of),
        (DbType::Json, json) => Value::Json(json),
        (DbType::Bool, Json::Bool(it)) => Value::Bool(it),
        (DbType::Int, Json::Number(it)) => Value::Int(it.as_i64().ok_or_else(|| wrong(&Json::Number(it)))?),
        (DbType::Float, Json::Number(it)) => Value::Float(it.as_f64().ok_or_else(|| wrong(&Json::Number(it)))?),
        (DbType::Binary, Json::String(it)) => {
            Value::Binary(hex::decode(&it).ok_or_else(|| load_error(of, shorten(&it)))?)
        }
        (DbType::Array(element), Json::Array(items)) => {
            Value::Array(element, items.into_iter().map(|item| from_json(item, *element)).collect::<Result<_, _>>()?)
        }
        (_, Json::String(it)) => parse(&it, of)?,
        (_, other) => return Err(wrong(&other)),
    })
}

/// What is kept as text.
fn parse(text: &str, of: DbType) -> Result<Value, LoadError> {
    let value = match of {
        DbType::Text => Some(Value::Text(text.to_owned())),
        DbType::Uuid => Uuid::try_parse(text).ok().map(Value::Uuid),
        DbType::Decimal => decimal(text).map(Value::Decimal),
        DbType::Date => time::parse_date(text).map(Value::Date),
        DbType::Time => time::parse_time(text).map(Value::Time),
        DbType::NaiveDateTime => time::parse_date_time(text).map(|it| Value::NaiveDateTime(it.naive_utc())),
        DbType::DateTime => time::parse_date_time(text).map(Value::DateTime),
        DbType::Json => serde_json::from_str(text).ok().map(Value::Json),
        DbType::Array(_) => {
            return from_json(serde_json::from_str(text).map_err(|_| load_error(of, shorten(text)))?, of);
        }
        DbType::Bool | DbType::Int | DbType::Float | DbType::Binary => None,
    };
    value.ok_or_else(|| load_error(of, shorten(text)))
}

fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

/// What SQLite holds in one place.
enum Stored<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'r str),
    Blob(&'r [u8]),
}

impl<'r> Stored<'r> {
    fn read(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        fn get<'r, T: Decode<'r, sqlx::Sqlite>>(value: SqliteValueRef<'r>) -> Result<T, BoxDynError> {
            T::decode(value)
        }
        if value.is_null() {
            return Ok(Self::Null);
        }
        // Of a value that is not null this is the storage class, whatever the column was declared as.
        let class = value.type_info();
        Ok(match class.name() {
            "INTEGER" => Self::Integer(get(value)?),
            "REAL" => Self::Real(get(value)?),
            "TEXT" => Self::Text(get(value)?),
            _ => Self::Blob(get(value)?),
        })
    }

    fn into_value(self, of: DbType) -> Result<Value, LoadError> {
        Ok(match (of, self) {
            (_, Self::Null) => Value::Null(of),
            (DbType::Bool, Self::Integer(it @ (0 | 1))) => Value::Bool(it == 1),
            (DbType::Int, Self::Integer(it)) => Value::Int(it),
            (DbType::Float, Self::Real(it)) => Value::Float(it),
            (DbType::Float, Self::Integer(it)) => Value::Float(it as f64),
            // Columns declared NUMERIC turn text into numbers.
            (DbType::Decimal, Self::Integer(it)) => Value::Decimal(it.into()),
            (DbType::Decimal, Self::Real(it)) => {
                Value::Decimal(decimal(&it.to_string()).ok_or_else(|| load_error(of, it))?)
            }
            (DbType::Json, Self::Integer(it)) => Value::Json(it.into()),
            (DbType::Json, Self::Real(it)) => Value::Json(it.into()),
            (DbType::Binary, Self::Blob(it)) => Value::Binary(it.to_vec()),
            (DbType::Binary, Self::Text(it)) => Value::Binary(it.as_bytes().to_vec()),
            (DbType::Uuid, Self::Blob(it)) => {
                Value::Uuid(Uuid::from_slice(it).map_err(|_| load_error(of, format_args!("{} bytes", it.len())))?)
            }
            (_, Self::Text(it)) => parse(it, of)?,
            (_, Self::Integer(it)) => return Err(load_error(of, it)),
            (_, Self::Real(it)) => return Err(load_error(of, it)),
            (_, Self::Blob(it)) => return Err(load_error(of, format_args!("{} bytes", it.len()))),
        })
    }
}

pub(super) struct SqliteRowRef<'r>(pub(super) &'r SqliteRow);

impl SqliteRowRef<'_> {
    fn stored(&self, index: usize, of: &'static str) -> Result<Stored<'_>, LoadError> {
        let value = self.0.try_get_raw(index).map_err(|e| LoadError { expected: of, found: e.to_string() })?;
        Stored::read(value).map_err(|e| LoadError { expected: of, found: e.to_string() })
    }
}

impl Row for SqliteRowRef<'_> {
    fn value(&self, index: usize, of: DbType) -> Result<Value, LoadError> {
        self.stored(index, super::super::type_name(of))?.into_value(of)
    }

    fn dynamic(&self, index: usize) -> Result<Value, LoadError> {
        Ok(match self.stored(index, "any value")? {
            Stored::Null => Value::Null(DbType::Text),
            Stored::Integer(it) => Value::Int(it),
            Stored::Real(it) => Value::Float(it),
            Stored::Text(it) => Value::Text(it.to_owned()),
            Stored::Blob(it) => Value::Binary(it.to_vec()),
        })
    }

    fn names(&self) -> Vec<String> {
        self.0.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}
