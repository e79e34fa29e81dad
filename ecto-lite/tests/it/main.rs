//! What users rely on, against real databases. One binary.

mod from_macro;
mod query_sql;
mod schema;
