//! Values as expressions: each is bound, none is written.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Expr, IntoExpr, Node};
use crate::types::{Type, Value};

/// `value` as an expression; for types that are not expressions by themselves, such as a custom [`Type`]'s.
pub fn value<T: Type>(value: &T) -> Expr<T> {
    Expr::new(match value.dump() {
        Ok(value) => Node::Value(value),
        Err(refused) => Node::invalid(refused.to_string()),
    })
}

macro_rules! values {
    ($($name:ty),+) => {
        $(impl IntoExpr for $name {
            type Type = $name;

            fn into_expr(self) -> Expr<$name> {
                value(&self)
            }
        })+
    };
}

values!(bool, i16, i32, i64, u8, u16, u32, f32, f64);
values!(Uuid, Decimal, NaiveDate, NaiveTime, NaiveDateTime, DateTime<Utc>, serde_json::Value);

impl IntoExpr for String {
    type Type = String;

    fn into_expr(self) -> Expr<String> {
        Expr::new(Node::Value(Value::Text(self)))
    }
}

impl IntoExpr for &str {
    type Type = String;

    fn into_expr(self) -> Expr<String> {
        self.to_owned().into_expr()
    }
}

impl IntoExpr for Vec<u8> {
    type Type = Vec<u8>;

    fn into_expr(self) -> Expr<Vec<u8>> {
        Expr::new(Node::Value(Value::Binary(self)))
    }
}

impl IntoExpr for &[u8] {
    type Type = Vec<u8>;

    fn into_expr(self) -> Expr<Vec<u8>> {
        self.to_owned().into_expr()
    }
}

macro_rules! wide {
    ($($name:ty),+) => {
        $(impl IntoExpr for $name {
            type Type = i64;

            fn into_expr(self) -> Expr<i64> {
                match i64::try_from(self) {
                    Ok(number) => number.into_expr(),
                    Err(_) => Expr::new(Node::invalid(format!("{self} does not fit into a 64-bit integer"))),
                }
            }
        })+
    };
}

wide!(u64, usize);
