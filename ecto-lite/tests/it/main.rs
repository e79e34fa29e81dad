//! What users rely on, against real databases. One binary.

mod conformance;
mod query_sql;
mod schema;
mod support;
