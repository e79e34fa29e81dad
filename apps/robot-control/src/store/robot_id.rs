//! The number of a robot as a column: an integer.

use bennu::ecto::query::{Expr, IntoExpr, functions};
use bennu::ecto::types::{CastError, DumpError, LoadError, sql};
use bennu::ecto::{DbType, Type, Value};
use serde_json::Value as Param;

use crate::robots::RobotId;

impl Type for RobotId {
    type Sql = sql::Int;
    type Inner = Self;
    const DB: DbType = DbType::Int;
    const NAME: &'static str = "robot";

    fn cast(input: &Param) -> Result<Self, CastError> {
        u16::cast(input).map(Self)
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        u16::load(value).map(Self)
    }

    fn dump(&self) -> Result<Value, DumpError> {
        self.0.dump()
    }
}

impl IntoExpr for RobotId {
    type Type = Self;

    fn into_expr(self) -> Expr<Self> {
        functions::value(&self)
    }
}
