//! Robot control: a fleet of simulated robots, watched and driven from live pages.
//!
//! ```text
//!            web ── pages and the JSON API                               knows everything below
//!             │
//!          commands ── may they? ── do it ── write it down               the one way that people's commands take
//!         ┌───┴──────┬───────────┬──────────────┐
//!     accounts    missions     robots         audit      telemetry
//!     devices     waypoints,   the fleet,     who asked  what was measured,
//!     users,      runners      its physics,   for what   for a day
//!     sessions        │        its journal        │          │
//!         └───────────┴───── store ───────────────┴──────────┘           the database: SQLite file or PostgreSQL
//! ```
//!
//! | module | what it is | talks to |
//! |---|---|---|
//! | [`robots`] | simulated robots as supervised actors, and devices that are attached ([`robots::attached`]); the middle is pure. Neither web nor database | pubsub: `fleet`, `robot:1`, `robot:1:commands` |
//! | [`bridges`] | devices that come by a mesh, with the feature `zenoh`, or a broker, with `mqtt` | keys and topics below `bennu/robots` |
//! | [`store`] | opening and migrating the database | the file, or `DATABASE_URL` |
//! | [`accounts`] | who people are, how they log in, what they may do ([`accounts::may`]) | `users`, `user_tokens` |
//! | [`devices`] | robots from outside: registered, and known by tokens | `devices` |
//! | [`missions`] | ways with waypoints, and the runners that send robots along them | `missions`, `waypoints`; pubsub: `robot:1:mission`, `robot:1:missions` |
//! | [`audit`] | the log of commands, filtered and paged | `audit_entries` |
//! | [`telemetry`] | readings once a second, written in batches, read as charts | `readings` |
//! | [`commands`] | the way from a person to all of these | - |
//! | [`system`] | the start in order, the stop in reverse | - |
//! | [`web`] | what people see, and the channel that devices talk to ([`web::channels`]) | - |
//! | [`sim`] | the binary `robot-sim`: simulated robots as devices of a server elsewhere. Uses [`robots`], and nothing else of it runs there | the channel of a server |
//!
//! Each context is a module with schemas, their changesets, and functions that take a [`Repo`](bennu::ecto::Repo), as
//! in Phoenix. Only the tasks hold a repo of their own: the missions' runners, the telemetry writer,
//! [`commands::Commands`].
//!
//! A robot obeys whoever asked last, and keeps itself safe (`robots::robot`). Missions ask like anybody else, in a name
//! of their own, and give way: whoever gives the robot a command that it takes has ended its mission.

// The tests compare numbers that are exact by construction.
#![cfg_attr(test, allow(clippy::float_cmp))]

pub mod accounts;
pub mod audit;
pub mod backoff;
pub mod bridges;
pub mod commands;
pub mod devices;
pub mod missions;
pub mod robots;
pub mod sim;
pub mod store;
pub mod system;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod web;
