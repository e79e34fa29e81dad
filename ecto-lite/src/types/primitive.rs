//! Truth values, numbers, text and bytes.
//!
//! Input is cast as Ecto 3.13 does: a string must be the whole of a number, a number too large for the type is an error,
//! a float is no integer.

use super::{CastError, DbType, DumpError, LoadError, Param, Type, Value, sql};

impl Type for bool {
    type Sql = sql::Bool;
    type Inner = Self;
    const DB: DbType = DbType::Bool;
    const NAME: &'static str = "boolean";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::Bool(value) => Ok(*value),
            Param::String(text) => match text.as_str() {
                "true" | "1" => Ok(true),
                "false" | "0" => Ok(false),
                _ => Err(CastError::default()),
            },
            Param::Null => Err(CastError::blank()),
            _ => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Bool(value) => Ok(value),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        Ok(Value::Bool(*self))
    }
}

macro_rules! integers {
    ($($int:ty),+) => {$(
        impl Type for $int {
            type Sql = sql::Int;
            type Inner = Self;
            const DB: DbType = DbType::Int;
            const NAME: &'static str = "integer";

            fn cast(input: &Param) -> Result<Self, CastError> {
                match input {
                    Param::Number(number) => {
                        number.as_i64().and_then(|number| Self::try_from(number).ok()).ok_or_else(CastError::default)
                    }
                    Param::String(text) => text.parse().map_err(|_| CastError::default()),
                    Param::Null => Err(CastError::blank()),
                    _ => Err(CastError::default()),
                }
            }

            fn load(value: Value) -> Result<Self, LoadError> {
                match value {
                    Value::Int(number) => {
                        Self::try_from(number).map_err(|_| LoadError::new::<Self>(&Value::Int(number)))
                    }
                    other => Err(LoadError::new::<Self>(&other)),
                }
            }

            fn dump(&self) -> Result<Value, DumpError> {
                Ok(Value::Int(i64::from(*self)))
            }
        }
    )+};
}

// Not `u64`: neither database has a column for its upper half.
integers!(i16, i32, i64, u8, u16, u32);

macro_rules! floats {
    ($($float:ty),+) => {$(
        /// Neither infinities nor "not a number": SQLite would store null for them.
        impl Type for $float {
            type Sql = sql::Float;
            type Inner = Self;
            const DB: DbType = DbType::Float;
            const NAME: &'static str = "float";

            fn cast(input: &Param) -> Result<Self, CastError> {
                let number = match input {
                    Param::Number(number) => number.as_f64().map(|number| number as $float),
                    Param::String(text) => text.parse().ok(),
                    Param::Null => return Err(CastError::blank()),
                    _ => None,
                };
                number.filter(|number: &$float| number.is_finite()).ok_or_else(CastError::default)
            }

            fn load(value: Value) -> Result<Self, LoadError> {
                match value {
                    Value::Float(number) if (number as $float).is_finite() => Ok(number as $float),
                    Value::Int(number) => Ok(number as $float),
                    other => Err(LoadError::new::<Self>(&other)),
                }
            }

            fn dump(&self) -> Result<Value, DumpError> {
                if self.is_finite() {
                    Ok(Value::Float(f64::from(*self)))
                } else {
                    Err(DumpError::new::<Self>(self, "only finite numbers can be stored"))
                }
            }
        }
    )+};
}

floats!(f32, f64);

/// Blank input is the empty string. A NUL character is refused, for PostgreSQL has none in text.
impl Type for String {
    type Sql = sql::Text;
    type Inner = Self;
    const DB: DbType = DbType::Text;
    const NAME: &'static str = "string";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) if !has_nul(text) => Ok(text.clone()),
            Param::Null => Ok(Self::new()),
            _ => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        self.clone().into_value()
    }

    fn into_value(self) -> Result<Value, DumpError> {
        if has_nul(&self) {
            return Err(DumpError::new::<Self>(&self, "text cannot hold a NUL character"));
        }
        Ok(Value::Text(self))
    }
}

fn has_nul(text: &str) -> bool {
    text.as_bytes().contains(&0)
}

/// Bytes. Input is text, of which the UTF-8 bytes are taken.
impl Type for Vec<u8> {
    type Sql = sql::Binary;
    type Inner = Self;
    const DB: DbType = DbType::Binary;
    const NAME: &'static str = "binary";

    fn cast(input: &Param) -> Result<Self, CastError> {
        match input {
            Param::String(text) => Ok(text.clone().into_bytes()),
            Param::Null => Ok(Self::new()),
            _ => Err(CastError::default()),
        }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        match value {
            Value::Binary(bytes) => Ok(bytes),
            other => Err(LoadError::new::<Self>(&other)),
        }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        Ok(Value::Binary(self.clone()))
    }

    fn into_value(self) -> Result<Value, DumpError> {
        Ok(Value::Binary(self))
    }
}
