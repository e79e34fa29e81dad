//! What users rely on, against real databases. One binary.

mod conformance;
mod faults;
mod from_macro;
mod query_sql;
mod schema;
mod support;
mod ui;
