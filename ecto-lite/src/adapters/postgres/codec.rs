//! Values to PostgreSQL and back, in its binary forms.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArguments, PgHasArrayType, PgRow, PgValueRef, Postgres};
use sqlx::{Arguments, Column, Decode, Encode, Row as _, Type, TypeInfo, ValueRef};
use uuid::Uuid;

use crate::adapter::Row;
use crate::adapters::{load_error, type_name};
use crate::types::{DbType, LoadError, Value};

/// The numbers of the types that are built in (`pg_type.dat`).
mod oid {
    pub(super) const BOOL: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const TEXT: u32 = 25;
    pub(super) const OID: u32 = 26;
    pub(super) const JSON: u32 = 114;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
    pub(super) const UNKNOWN: u32 = 705;
    pub(super) const CHAR: u32 = 18;
    pub(super) const NAME: u32 = 19;
    pub(super) const BPCHAR: u32 = 1042;
    pub(super) const VARCHAR: u32 = 1043;
    pub(super) const DATE: u32 = 1082;
    pub(super) const TIME: u32 = 1083;
    pub(super) const TIMESTAMP: u32 = 1114;
    pub(super) const TIMESTAMPTZ: u32 = 1184;
    pub(super) const NUMERIC: u32 = 1700;
    pub(super) const VOID: u32 = 2278;
    pub(super) const UUID: u32 = 2950;
    pub(super) const JSONB: u32 = 3802;
    /// From here on, types are made by extensions and users: enums, `citext`.
    pub(super) const FIRST_OF_USERS: u32 = 16_384;
}

pub(super) fn arguments(values: &[Value]) -> Result<PgArguments, BoxDynError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 8);
    for value in values {
        bind(&mut arguments, value)?;
    }
    Ok(arguments)
}

fn bind(arguments: &mut PgArguments, value: &Value) -> Result<(), BoxDynError> {
    match value {
        Value::Null(of) => bind_null(arguments, *of),
        Value::Bool(it) => arguments.add(*it),
        Value::Int(it) => arguments.add(*it),
        Value::Float(it) => arguments.add(*it),
        Value::Text(it) => arguments.add(it.as_str()),
        Value::Binary(it) => arguments.add(it.as_slice()),
        Value::Uuid(it) => arguments.add(*it),
        Value::Decimal(it) => arguments.add(*it),
        Value::Date(it) => arguments.add(*it),
        Value::Time(it) => arguments.add(*it),
        Value::NaiveDateTime(it) => arguments.add(*it),
        Value::DateTime(it) => arguments.add(*it),
        Value::Json(it) => arguments.add(it),
        Value::Array(of, items) => bind_array(arguments, **of, items),
    }
}

fn bind_null(arguments: &mut PgArguments, of: DbType) -> Result<(), BoxDynError> {
    match of {
        DbType::Bool => arguments.add(None::<bool>),
        DbType::Int => arguments.add(None::<i64>),
        DbType::Float => arguments.add(None::<f64>),
        DbType::Text => arguments.add(None::<&str>),
        DbType::Binary => arguments.add(None::<&[u8]>),
        DbType::Uuid => arguments.add(None::<Uuid>),
        DbType::Decimal => arguments.add(None::<Decimal>),
        DbType::Date => arguments.add(None::<NaiveDate>),
        DbType::Time => arguments.add(None::<NaiveTime>),
        DbType::NaiveDateTime => arguments.add(None::<NaiveDateTime>),
        DbType::DateTime => arguments.add(None::<DateTime<Utc>>),
        DbType::Json => arguments.add(None::<&serde_json::Value>),
        DbType::Array(of) => match of {
            DbType::Bool => arguments.add(None::<Vec<bool>>),
            DbType::Int => arguments.add(None::<Vec<i64>>),
            DbType::Float => arguments.add(None::<Vec<f64>>),
            DbType::Text => arguments.add(None::<Vec<String>>),
            DbType::Binary => arguments.add(None::<Vec<Vec<u8>>>),
            DbType::Uuid => arguments.add(None::<Vec<Uuid>>),
            DbType::Decimal => arguments.add(None::<Vec<Decimal>>),
            DbType::Date => arguments.add(None::<Vec<NaiveDate>>),
            DbType::Time => arguments.add(None::<Vec<NaiveTime>>),
            DbType::NaiveDateTime => arguments.add(None::<Vec<NaiveDateTime>>),
            DbType::DateTime => arguments.add(None::<Vec<DateTime<Utc>>>),
            DbType::Json => arguments.add(None::<Vec<serde_json::Value>>),
            DbType::Array(_) => Err(NESTED.into()),
        },
    }
}

const NESTED: &str = "PostgreSQL has no arrays of arrays: keep it as `Json`";

fn bind_array(arguments: &mut PgArguments, of: DbType, items: &[Value]) -> Result<(), BoxDynError> {
    /// Binds the elements as an array of `T`; null where they are null.
    fn all<'v, T>(
        arguments: &mut PgArguments,
        items: &'v [Value],
        one: impl Fn(&'v Value) -> Option<T>,
    ) -> Result<(), BoxDynError>
    where
        T: Encode<'v, Postgres> + Type<Postgres> + PgHasArrayType + 'v,
    {
        let mut typed = Vec::with_capacity(items.len());
        for item in items {
            let element = one(item);
            if element.is_none() && !item.is_null() {
                return Err(format!("an array of another type holds {item:?}").into());
            }
            typed.push(element);
        }
        arguments.add(typed)
    }
    macro_rules! each {
        ($($kind:ident $it:ident => $one:expr),+ $(,)?) => {
            match of {
                $(DbType::$kind => all(arguments, items, |item| match item {
                    Value::$kind($it) => Some($one),
                    _ => None,
                }),)+
                DbType::Array(_) => Err(NESTED.into()),
            }
        };
    }
    each! {
        Bool it => *it,
        Int it => *it,
        Float it => *it,
        Text it => it.as_str(),
        Binary it => it.as_slice(),
        Uuid it => *it,
        Decimal it => *it,
        Date it => *it,
        Time it => *it,
        NaiveDateTime it => *it,
        DateTime it => *it,
        Json it => it,
    }
}

pub(super) struct PgRowRef<'r>(pub(super) &'r PgRow);

impl PgRowRef<'_> {
    #[inline]
    fn raw(&self, index: usize, expected: &'static str) -> Result<PgValueRef<'_>, LoadError> {
        self.0.try_get_raw(index).map_err(|e| LoadError { expected, found: e.to_string() })
    }
}

/// The number of a value's type.
#[inline]
fn oid_of(value: &PgValueRef<'_>) -> u32 {
    value.type_info().oid().map_or(oid::UNKNOWN, |Oid(oid)| oid)
}

impl Row for PgRowRef<'_> {
    fn value(&self, index: usize, of: DbType) -> Result<Value, LoadError> {
        let value = self.raw(index, type_name(of))?;
        if value.is_null() {
            return Ok(Value::Null(of));
        }
        if let DbType::Array(element) = of {
            return array(&value, element).map_err(|e| LoadError { expected: type_name(of), found: e.to_string() });
        }
        read(oid_of(&value), value, of)
            .map_err(|e| LoadError { expected: type_name(of), found: e.to_string() })?
            .ok_or_else(|| load_error(of, self.0.column(index).type_info().name()))
    }

    fn dynamic(&self, index: usize) -> Result<Value, LoadError> {
        let value = self.raw(index, "any value")?;
        let oid = oid_of(&value);
        let declared = value.type_info();
        let element = declared.name().strip_suffix("[]").and_then(element_of);
        let of = element.map_or_else(|| declared_type(oid), DbType::Array);
        if value.is_null() {
            return Ok(Value::Null(of));
        }
        // `select f()` of a function without a result.
        if oid == oid::VOID {
            return Ok(Value::Null(DbType::Text));
        }
        self.value(index, of)
    }

    fn names(&self) -> Vec<String> {
        self.0.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// The value of a column of type `oid`, read as `of`; none if the two have nothing in common. It is moved: sqlx's values hold
/// their type, and a copy of one costs more than to read it.
fn read(oid: u32, value: PgValueRef<'_>, of: DbType) -> Result<Option<Value>, BoxDynError> {
    #[inline]
    fn get<'r, T: Decode<'r, Postgres>>(value: PgValueRef<'r>) -> Result<T, BoxDynError> {
        T::decode(value)
    }
    Ok(Some(match (of, oid) {
        (DbType::Bool, oid::BOOL) => Value::Bool(get(value)?),
        (DbType::Int, oid::INT2 | oid::INT4 | oid::INT8) => Value::Int(get(value)?),
        (DbType::Int, oid::OID) => Value::Int(get::<Oid>(value)?.0.into()),
        // `sum` of integers is numeric.
        (DbType::Int, oid::NUMERIC) => {
            let number: Decimal = get(value)?;
            let whole = number.is_integer().then(|| number.to_i64()).flatten();
            Value::Int(whole.ok_or_else(|| format!("{number}, which is no 64-bit integer"))?)
        }
        (DbType::Float, oid::FLOAT8) => Value::Float(get(value)?),
        (DbType::Float, oid::FLOAT4) => Value::Float(get::<f32>(value)?.into()),
        (DbType::Float, oid::INT2 | oid::INT4 | oid::INT8) => Value::Float(get::<i64>(value)? as f64),
        (DbType::Float, oid::NUMERIC) => {
            let number: Decimal = get(value)?;
            Value::Float(number.to_f64().ok_or_else(|| format!("{number}, which is no float"))?)
        }
        (DbType::Decimal, oid::NUMERIC) => Value::Decimal(get(value)?),
        (DbType::Decimal, oid::INT2 | oid::INT4 | oid::INT8) => Value::Decimal(get::<i64>(value)?.into()),
        (DbType::Text, oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::CHAR | oid::UNKNOWN) => {
            Value::Text(get(value)?)
        }
        (DbType::Text, oid) if oid >= oid::FIRST_OF_USERS => Value::Text(get(value)?),
        (DbType::Binary, oid::BYTEA) => Value::Binary(get(value)?),
        (DbType::Uuid, oid::UUID) => Value::Uuid(get(value)?),
        (DbType::Date, oid::DATE) => Value::Date(get(value)?),
        (DbType::Time, oid::TIME) => Value::Time(get(value)?),
        (DbType::NaiveDateTime, oid::TIMESTAMP) => Value::NaiveDateTime(get(value)?),
        (DbType::NaiveDateTime, oid::TIMESTAMPTZ) => Value::NaiveDateTime(get::<DateTime<Utc>>(value)?.naive_utc()),
        (DbType::DateTime, oid::TIMESTAMPTZ) => Value::DateTime(get(value)?),
        (DbType::DateTime, oid::TIMESTAMP) => Value::DateTime(get::<NaiveDateTime>(value)?.and_utc()),
        (DbType::Json, oid::JSON | oid::JSONB) => Value::Json(get(value)?),
        _ => return Ok(None),
    }))
}

fn array(value: &PgValueRef<'_>, of: &'static DbType) -> Result<Value, BoxDynError> {
    fn all<'r, T>(value: &PgValueRef<'r>, of: &'static DbType, one: impl Fn(T) -> Value) -> Result<Value, BoxDynError>
    where
        Vec<Option<T>>: Decode<'r, Postgres>,
    {
        let items = <Vec<Option<T>>>::decode(value.clone())?;
        Ok(Value::Array(of, items.into_iter().map(|item| item.map_or(Value::Null(*of), &one)).collect()))
    }
    let declared = value.type_info();
    match (of, declared.name()) {
        (DbType::Bool, "BOOL[]") => all(value, of, Value::Bool),
        (DbType::Int, "INT8[]") => all(value, of, Value::Int),
        (DbType::Int, "INT4[]") => all(value, of, |it: i32| Value::Int(it.into())),
        (DbType::Int, "INT2[]") => all(value, of, |it: i16| Value::Int(it.into())),
        (DbType::Float, "FLOAT8[]") => all(value, of, Value::Float),
        (DbType::Float, "FLOAT4[]") => all(value, of, |it: f32| Value::Float(it.into())),
        (DbType::Text, "TEXT[]" | "VARCHAR[]" | "CHAR[]" | "NAME[]") => all(value, of, Value::Text),
        (DbType::Binary, "BYTEA[]") => all(value, of, Value::Binary),
        (DbType::Uuid, "UUID[]") => all(value, of, Value::Uuid),
        (DbType::Decimal, "NUMERIC[]") => all(value, of, Value::Decimal),
        (DbType::Date, "DATE[]") => all(value, of, Value::Date),
        (DbType::Time, "TIME[]") => all(value, of, Value::Time),
        (DbType::NaiveDateTime, "TIMESTAMP[]") => all(value, of, Value::NaiveDateTime),
        (DbType::DateTime, "TIMESTAMPTZ[]") => all(value, of, Value::DateTime),
        (DbType::Json, "JSON[]" | "JSONB[]") => all(value, of, Value::Json),
        (_, other) => Err(other.to_owned().into()),
    }
}

fn declared_type(oid: u32) -> DbType {
    match oid {
        oid::BOOL => DbType::Bool,
        oid::INT2 | oid::INT4 | oid::INT8 | oid::OID => DbType::Int,
        oid::FLOAT4 | oid::FLOAT8 => DbType::Float,
        oid::BYTEA => DbType::Binary,
        oid::UUID => DbType::Uuid,
        oid::NUMERIC => DbType::Decimal,
        oid::DATE => DbType::Date,
        oid::TIME => DbType::Time,
        oid::TIMESTAMP => DbType::NaiveDateTime,
        oid::TIMESTAMPTZ => DbType::DateTime,
        oid::JSON | oid::JSONB => DbType::Json,
        _ => DbType::Text,
    }
}

fn element_of(name: &str) -> Option<&'static DbType> {
    Some(match name {
        "BOOL" => &DbType::Bool,
        "INT2" | "INT4" | "INT8" => &DbType::Int,
        "FLOAT4" | "FLOAT8" => &DbType::Float,
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" => &DbType::Text,
        "BYTEA" => &DbType::Binary,
        "UUID" => &DbType::Uuid,
        "NUMERIC" => &DbType::Decimal,
        "DATE" => &DbType::Date,
        "TIME" => &DbType::Time,
        "TIMESTAMP" => &DbType::NaiveDateTime,
        "TIMESTAMPTZ" => &DbType::DateTime,
        "JSON" | "JSONB" => &DbType::Json,
        _ => return None,
    })
}
