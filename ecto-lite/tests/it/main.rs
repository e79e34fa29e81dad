//! What users rely on, against real databases. One binary.

mod changeset;
mod conformance;
mod faults;
mod from_macro;
mod properties;
mod query_sql;
mod schema;
mod support;
mod types;
mod ui;
