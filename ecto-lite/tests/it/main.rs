//! What users rely on, against real databases. One binary.

mod changeset;
mod conformance;
mod from_macro;
mod query_sql;
mod schema;
mod support;
mod types;
mod ui;
