//! What stands between a field and a database.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// How a database holds a field; chooses the codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DbType {
    /// PostgreSQL `boolean`, SQLite 0 or 1.
    Bool,
    /// Up to 64 bits, signed: PostgreSQL `smallint`, `integer`, `bigint`.
    Int,
    /// 64-bit IEEE 754; PostgreSQL `real`, `double precision`.
    Float,
    /// UTF-8 text without a length limit; PostgreSQL `text`, `varchar`.
    Text,
    /// Bytes.
    Binary,
    /// PostgreSQL `uuid`, SQLite text of 36 characters.
    Uuid,
    /// PostgreSQL `numeric`, SQLite text.
    Decimal,
    /// `YYYY-MM-DD` in SQLite.
    Date,
    /// Microseconds; `HH:MM:SS.ffffff` in SQLite.
    Time,
    /// Without a time zone, microseconds.
    NaiveDateTime,
    /// UTC, microseconds; PostgreSQL `timestamptz`.
    DateTime,
    /// PostgreSQL `jsonb`, SQLite text.
    Json,
    /// PostgreSQL array, SQLite JSON text.
    Array(&'static DbType),
}

impl DbType {
    /// The type, to be that of an array's elements; none for an array.
    pub(crate) fn element(self) -> Option<&'static Self> {
        Some(match self {
            Self::Bool => &Self::Bool,
            Self::Int => &Self::Int,
            Self::Float => &Self::Float,
            Self::Text => &Self::Text,
            Self::Binary => &Self::Binary,
            Self::Uuid => &Self::Uuid,
            Self::Decimal => &Self::Decimal,
            Self::Date => &Self::Date,
            Self::Time => &Self::Time,
            Self::NaiveDateTime => &Self::NaiveDateTime,
            Self::DateTime => &Self::DateTime,
            Self::Json => &Self::Json,
            Self::Array(_) => return None,
        })
    }

    /// What messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int => "integer",
            Self::Float => "float",
            Self::Text => "string",
            Self::Binary => "binary",
            Self::Uuid => "uuid",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Time => "time",
            Self::NaiveDateTime => "naive_datetime",
            Self::DateTime => "utc_datetime",
            Self::Json => "map",
            Self::Array(_) => "array",
        }
    }
}

/// A field's value on its way to or from a database.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Null, of a type: PostgreSQL wants to know which.
    Null(DbType),
    /// See [`DbType::Bool`].
    Bool(bool),
    /// See [`DbType::Int`].
    Int(i64),
    /// See [`DbType::Float`].
    Float(f64),
    /// See [`DbType::Text`].
    Text(String),
    /// See [`DbType::Binary`].
    Binary(Vec<u8>),
    /// See [`DbType::Uuid`].
    Uuid(Uuid),
    /// See [`DbType::Decimal`].
    Decimal(Decimal),
    /// See [`DbType::Date`].
    Date(NaiveDate),
    /// See [`DbType::Time`].
    Time(NaiveTime),
    /// See [`DbType::NaiveDateTime`].
    NaiveDateTime(NaiveDateTime),
    /// See [`DbType::DateTime`].
    DateTime(DateTime<Utc>),
    /// See [`DbType::Json`].
    Json(serde_json::Value),
    /// Elements of one type. See [`DbType::Array`].
    Array(&'static DbType, Vec<Value>),
}

impl Value {
    /// The type that a database binds it as.
    pub fn db_type(&self) -> DbType {
        match self {
            Self::Null(of) => *of,
            Self::Bool(_) => DbType::Bool,
            Self::Int(_) => DbType::Int,
            Self::Float(_) => DbType::Float,
            Self::Text(_) => DbType::Text,
            Self::Binary(_) => DbType::Binary,
            Self::Uuid(_) => DbType::Uuid,
            Self::Decimal(_) => DbType::Decimal,
            Self::Date(_) => DbType::Date,
            Self::Time(_) => DbType::Time,
            Self::NaiveDateTime(_) => DbType::NaiveDateTime,
            Self::DateTime(_) => DbType::DateTime,
            Self::Json(_) => DbType::Json,
            Self::Array(of, _) => DbType::Array(of),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}
