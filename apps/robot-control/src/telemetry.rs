//! Telemetry that outlives the program: what robots measured, once a second, for a day.
//!
//! ```text
//! fleet topic ──> collector ──> queue (bounded) ──> writer ──> readings ──> retention (what is too old goes)
//!                                                                 └──> last_hour ──> chart
//! ```
//!
//! The [`Writer`] inserts many rows at once, so that the database is asked seldom; while it does not answer, readings
//! wait in memory, and when there are too many the oldest are dropped and counted. [`last_hour`] reads what a chart
//! draws: averages, no more than the chart is wide.

mod chart;
mod queue;
mod reading;
mod retention;
mod writer;

pub use chart::{Point, between, last_hour};
pub use queue::Stats;
pub use reading::Reading;
pub use retention::delete_before;
pub use writer::{Options, Writer};

#[cfg(test)]
mod tests;
