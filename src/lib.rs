//! Bennu.
pub use liveview_core::*;
