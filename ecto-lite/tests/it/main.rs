//! What users rely on, against real databases. One binary.

mod conformance;
mod from_macro;
mod migration_ddl;
mod migration_processes;
mod migration_properties;
mod query_sql;
mod schema;
mod support;
mod ui;
