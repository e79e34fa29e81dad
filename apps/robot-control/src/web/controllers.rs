//! What answers requests that are no live page.

pub mod api;
pub mod sessions;
