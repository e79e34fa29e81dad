//! The contract between the macros' output and this crate. Nobody else may use it.
