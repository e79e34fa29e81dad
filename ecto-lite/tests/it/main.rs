//! What users rely on, against real databases. One binary.

mod conformance;
mod support;
