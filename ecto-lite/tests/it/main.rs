//! What users rely on, against real databases. One binary.

mod query_sql;
mod schema;
mod changeset;
mod conformance;
mod support;
mod types;
mod ui;
