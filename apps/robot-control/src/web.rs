//! The pages of the fleet: live views, the components that they share, and what a router makes of them.

pub mod api;
pub mod components;
pub mod format;
pub mod layout;
pub mod live;
pub mod metrics;
pub mod router;
#[cfg(test)]
mod tests;

pub use metrics::Metrics;
pub use router::Routes;
