//! Arrays hold what says that it may be in one.

use ecto_lite::types::{CastError, DbType, DumpError, LoadError, Param, Type, Value};
use ecto_lite::Schema;

#[derive(Clone)]
struct Celsius(i64);

impl Type for Celsius {
    type Sql = Self;
    type Inner = Self;
    const DB: DbType = DbType::Int;
    const NAME: &'static str = "temperature";

    fn cast(input: &Param) -> Result<Self, CastError> {
        i64::cast(input).map(Self)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        i64::load(value).map(Self)
    }

    fn dump(&self) -> Result<Value, DumpError> {
        self.0.dump()
    }
}

#[derive(Schema, Clone)]
#[schema(source = "rooms")]
struct Room {
    #[schema(primary_key)]
    id: i64,
    measured: Vec<Celsius>,
}

fn main() {}
