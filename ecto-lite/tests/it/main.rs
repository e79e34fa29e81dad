//! What users rely on, against real databases. One binary.

mod changeset;
mod conformance;
mod support;
mod types;
