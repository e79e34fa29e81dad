//! Exact numbers and identifiers.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{CastError, DbType, DumpError, LoadError, Param, Type, Value, sql};

/// Up to 28 digits, scale kept: `1.50` stays `1.50` (but PostgreSQL gives `0.00` back as `0`). There is neither infinity nor "not a number".
impl Type for Decimal {
    type Sql = sql::Decimal;
    type Inner = Self;
    const DB: DbType = DbType::Decimal;
    const NAME: &'static str = "decimal";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::Number(number) => parse(&number.to_string()),
            Param::String(text) => parse(text),
            Param::Null => return Err(CastError::blank()),
            _ => None,
        }
        .ok_or_else(CastError::default)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Decimal(number) => Ok(number),
            Value::Int(number) => Ok(number.into()),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        Ok(Value::Decimal(*self))
    }
}

/// Exactly: what would need rounding is refused. Unlike the parsers of `rust_decimal`, none of `1_000`.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    if text.contains('_') {
        return None;
    }
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let (mantissa, exponent) = (Decimal::from_str_exact(mantissa).ok()?, exponent.parse::<i32>().ok()?);
    let scale = i64::from(mantissa.scale()) - i64::from(exponent);
    let digits = match u32::try_from(-scale) {
        Ok(zeros) if !mantissa.is_zero() => mantissa.mantissa().checked_mul(10_i128.checked_pow(zeros)?)?,
        _ => mantissa.mantissa(),
    };
    Decimal::try_from_i128_with_scale(digits, u32::try_from(scale.max(0)).ok()?).ok()
}

/// Text of 36 or 32 characters, in either case. A generated one is of version 7: they sort by the time they were made.
impl Type for Uuid {
    type Sql = sql::Uuid;
    type Inner = Self;
    const DB: DbType = DbType::Uuid;
    const NAME: &'static str = "uuid";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) if matches!(text.len(), 32 | 36) => {
                Self::try_parse(text).map_err(|_| CastError::default())
            }
            Param::Null => Err(CastError::blank()),
            _ => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Uuid(uuid) => Ok(uuid),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        Ok(Value::Uuid(*self))
    }

    fn autogenerate() -> Option<Self> {
        Some(Self::now_v7())
    }
}
