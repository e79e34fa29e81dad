//! Processes, and who starts them again: supervisors, actors, tasks, names.
//!
//! ```
//! use std::time::Duration;
//! use liveview_core::supervision::{Child, Supervisor, TaskSupervisor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> liveview_core::Result<()> {
//! let tasks = TaskSupervisor::new("tasks");
//! let tree = Supervisor::one_for_one("app")
//!     .child(Child::tasks(&tasks))
//!     .child(Child::worker("heartbeat", || async {
//!         loop {
//!             tokio::time::sleep(Duration::from_secs(1)).await;
//!         }
//!     }))
//!     .start()
//!     .await?;
//! println!("{}", tree.inspect());
//! tree.shut_down().await;
//! # Ok(())
//! # }
//! ```
//!
//! | | |
//! |---|---|
//! | [`Supervisor`], [`Child`] | who is started, in which order, and what happens when one ends |
//! | [`Actor`], [`ActorRef`] | a state with a mailbox: calls, casts, timers, subscriptions |
//! | [`TaskSupervisor`], [`Task`] | work beside the caller's, with its result |
//! | [`Registry`] | keys that lead to processes, as long as they live |
//! | [`Partitions`] | several supervisors in place of one, by key |
//! | [`Process`] | what all of them are: monitors, links, exit reasons |
//! | [`ProcessInfo`] | what the tree looks like now |
//!
//! The semantics are OTP's, as far as they can be had without a process of one's own for each heap and stack. The difference that counts: nobody can
//! interrupt a future between two `.await`s. One that never waits holds a thread of tokio's, cannot be killed, and is left behind, with a line in the
//! log, when its supervisor wants it to end.

mod actor;
mod child;
mod exit;
mod partition;
mod process;
mod registry;
mod supervisor;
mod task;

pub use self::actor::{Actor, ActorCx, ActorRef, ActorTimer, CallError, CastError, Reply};
pub use self::child::{Child, Restart, Shutdown, ShutdownSignal};
pub use self::exit::{ExitReason, IntoExit};
pub use self::partition::Partitions;
pub use self::process::{Down, Exit, Exits, Monitor, Process, ProcessInfo, ProcessKind, ProcessState};
pub use self::registry::{Registry, RegistryError};
pub use self::supervisor::{AutoShutdown, ChildError, StartError, Strategy, Supervisor, SupervisorRef};
pub use self::task::{Task, TaskError, TaskStream, TaskSupervisor};

#[cfg(test)]
mod tests;
