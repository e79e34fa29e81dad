//! The pages of the fleet: live views, the components that they share, what answers other requests, and the router over all of them.

pub mod auth;
pub mod channels;
pub mod components;
pub mod controllers;
pub mod format;
pub mod layout;
pub mod live;
pub mod metrics;
pub mod router;
#[cfg(test)]
mod tests;

use bennu::prelude::Endpoint;

pub use metrics::Metrics;
pub use router::Routes;

use crate::system::System;

/// The endpoint with all that the pages ask for.
pub fn endpoint(endpoint: Endpoint, system: &System) -> Endpoint {
    endpoint
        .state(system.repo.clone())
        .state(system.fleet.clone())
        .state(system.missions.clone())
        .state(system.commands.clone())
        .state(Metrics::attach())
        .router(Routes)
}
