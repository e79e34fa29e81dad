//! Robot control: a fleet of simulated robots, watched and driven from live pages.
//!
//! [`robots`] is the fleet and knows nothing of the web; [`web`] shows it and passes commands on.

// The tests compare numbers that are exact by construction.
#![cfg_attr(test, allow(clippy::float_cmp))]

pub mod robots;
pub mod web;
