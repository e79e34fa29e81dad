//! The fleet: simulated robots in a warehouse and devices that are attached from outside, and the commands that move
//! them. Knows nothing of the web.
//!
//! The middle is pure and is stepped by hand in its tests: [`geometry`], [`world`], [`physics`], [`battery`],
//! [`route`], [`patrol`] and [`robot`] turn a state and a span of simulated time into the next state. The edge is
//! small: [`driver`] gives each simulated robot a supervised task of its own at 20 Hz, [`attached`] is where devices
//! come in, [`publisher`] puts all of them into one frame, and [`fleet`] is the handle that the rest of the program
//! holds. A robot of either kind has a [`chassis`] in the [`roster`], which is all that the others see of it.
//!
//! Lengths are metres, angles radians counted counter-clockwise from the x axis, times seconds where they are bare
//! numbers. The origin is the lower left corner of the floor.

pub mod attached;
pub mod battery;
pub mod chassis;
pub mod command;
pub mod crew;
pub mod driver;
pub mod fleet;
pub mod geometry;
pub mod history;
pub mod journal;
pub mod model;
pub mod patrol;
pub mod physics;
pub mod publisher;
pub mod record;
pub mod robot;
pub mod roster;
pub mod route;
pub mod topics;
pub mod traffic;
pub mod trail;
pub mod world;

pub use attached::{Answer, AttachError, Attachment, Order, Orders, Report, ReportError};
pub use command::{Accepted, Command, Outcome, Refusal};
pub use fleet::Fleet;
pub use geometry::{Point, Pose, Rect};
pub use history::Sample;
pub use journal::{Entries, Entry, Operator};
pub use model::{FleetFrame, Link, RobotId, Status, Telemetry};
pub use physics::{LIMITS, Velocity};
pub use roster::NumberTaken;
pub use topics::{fleet_topic, journal_topic, robot_topic};
pub use world::{Kind, World};
