//! Statements: values in, text and values out.
//!
//! Queries are written by [`Writer`]. The rest is the one place that knows sea-query: a statement is built with stand-ins for its values: slot numbers. The builder tells in which order it wrote them, and
//! the values themselves go to the driver as they are, with their own types. So no value is ever part of the text, and
//! text of the same shape is the same text.

pub(crate) mod by_key;
mod change;
pub(crate) mod ddl;
mod expr;
mod function;
pub(crate) mod insert;
mod select;
mod source;
mod writer;

pub(crate) use writer::{Writer, Written, delete, select, update};

use sea_query::{PostgresQueryBuilder, QueryStatementBuilder, SqliteQueryBuilder, Value as Slot};

use crate::adapter::{Dialect, Statement};
use crate::types::Value;

/// The values of one statement, by slot.
#[derive(Debug, Default)]
pub(crate) struct Slots(Vec<Value>);

impl Slots {
    /// Keeps `value` and gives what stands for it.
    pub(crate) fn bind(&mut self, value: Value) -> sea_query::Expr {
        sea_query::Expr::Value(Slot::BigInt(Some(self.slot(value) as i64)))
    }

    /// The same for places that take a bare number: `limit` and `offset`.
    pub(crate) fn slot(&mut self, value: Value) -> u64 {
        self.0.push(value);
        self.0.len() as u64 - 1
    }

    /// The text of `query`, with the values in the order of its placeholders.
    pub(crate) fn finish(self, dialect: Dialect, query: &impl QueryStatementBuilder) -> Statement {
        let (sql, order) = match dialect {
            Dialect::Sqlite => query.build_any(&SqliteQueryBuilder),
            Dialect::Postgres => query.build_any(&PostgresQueryBuilder),
        };
        // A slot can be written twice, where the builder repeats an expression.
        let values = order.0.iter().filter_map(number).map(|slot| self.0[slot].clone()).collect();
        Statement { sql: sql.into(), values }
    }
}

fn number(slot: &Slot) -> Option<usize> {
    match slot {
        Slot::BigInt(Some(number)) => usize::try_from(*number).ok(),
        Slot::BigUnsigned(Some(number)) => usize::try_from(*number).ok(),
        _ => None,
    }
}
