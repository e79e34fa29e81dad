//! What users rely on, against real databases. One binary.

mod schema;
