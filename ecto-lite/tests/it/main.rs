//! What users rely on, against real databases. One binary.

mod changeset;
mod conformance;
mod faults;
mod from_macro;
mod migration_ddl;
mod migration_processes;
mod migration_properties;
mod postgres_tcp;
mod properties;
#[cfg(feature = "liveview")]
mod pubsub;
mod query_sql;
mod repo_options;
mod schema;
mod support;
mod types;
mod ui;
