//! What may be null.

use super::{CastError, DbType, DumpError, LoadError, Param, Type, Value};

/// A value or null. Compares in queries as `T` does; null itself compares with nothing.
impl<T: Type> Type for Option<T> {
    type Sql = T::Sql;
    type Inner = T::Inner;
    const DB: DbType = T::DB;
    const NULLABLE: bool = true;
    const NAME: &'static str = T::NAME;
    const VALUES: &'static [&'static str] = T::VALUES;

    fn cast(input: &Param) -> Result<Self, CastError> {
        if input.is_null() { Ok(None) } else { T::cast(input).map(Some) }
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        if value.is_null() { Ok(None) } else { T::load(value).map(Some) }
    }

    fn dump(&self) -> Result<Value, DumpError> {
        self.as_ref().map_or(Ok(Value::Null(T::DB)), Type::dump)
    }

    fn into_value(self) -> Result<Value, DumpError> {
        self.map_or(Ok(Value::Null(T::DB)), Type::into_value)
    }

    fn autogenerate() -> Option<Self> {
        T::autogenerate().map(Some)
    }
}
