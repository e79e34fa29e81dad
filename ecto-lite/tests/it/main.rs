//! What users rely on, against real databases. One binary.

mod from_macro;
mod schema;
