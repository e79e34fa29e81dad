//! Components that come with the framework: plain Dioxus components, for views, layouts and pages of controllers alike.

mod flash_group;
mod link;
mod portal;

pub use flash_group::FlashGroup;
pub use link::Link;
pub use portal::Portal;
