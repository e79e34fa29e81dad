//! Actors: a state that one task owns, and a mailbox of typed messages that it handles one at a time.
//!
//! What OTP calls a `GenServer`. There is one type of messages; one that wants an answer carries a [`Reply`], so each has an answer of its own type,
//! and may be answered now, later, or by somebody else.
//!
//! ```
//! use liveview_core::Result;
//! use liveview_core::supervision::{Actor, ActorCx, ActorRef, Reply};
//!
//! struct Counter(i64);
//!
//! enum Message {
//!     Add(i64),
//!     Get(Reply<i64>),
//! }
//!
//! impl Actor for Counter {
//!     type Args = i64;
//!     type Message = Message;
//!
//!     async fn init(start: i64, _: &mut ActorCx<Self>) -> Result<Self> {
//!         Ok(Self(start))
//!     }
//!
//!     async fn handle(&mut self, message: Message, _: &mut ActorCx<Self>) -> Result<()> {
//!         match message {
//!             Message::Add(n) => self.0 += n,
//!             Message::Get(reply) => reply.send(self.0),
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let counter = ActorRef::<Counter>::start("counter", 40).await?;
//! counter.cast(Message::Add(2))?;
//! assert_eq!(counter.call(Message::Get).await?, 42);
//! # Ok(())
//! # }
//! ```
//!
//! Messages of one sender are handled in the order in which they were sent. A mailbox holds [`Actor::CAPACITY`] messages: when it is full,
//! [`cast`](ActorRef::cast) fails and [`call`](ActorRef::call) waits.

mod address;
mod context;
mod run;

use std::future::Future;

pub use self::address::{ActorRef, CallError, CastError, Reply};
pub use self::context::{ActorCx, ActorTimer};
pub(super) use self::run::run_as;
use super::exit::ExitReason;
use super::process::{Down, Exit};
use crate::Result;

/// The state of an actor, and how it answers. See the [module](crate::supervision) for an example.
///
/// A callback that returns an error or panics ends the actor; its supervisor decides what then. The callbacks run on the threads of tokio: work
/// that does not wait belongs into [`spawn_blocking`](tokio::task::spawn_blocking).
#[doc(alias = "GenServer")]
pub trait Actor: Sized + Send + 'static {
    /// What it is started with. A supervisor keeps it for the next start.
    type Args: Clone + Send + Sync + 'static;
    /// What it is sent.
    type Message: Send + 'static;

    /// How many messages may wait.
    const CAPACITY: usize = 10_000;

    /// Makes the state. Who starts the actor waits for it.
    ///
    /// # Errors
    /// Then it is not started.
    fn init(args: Self::Args, cx: &mut ActorCx<Self>) -> impl Future<Output = Result<Self>> + Send;

    /// Handles one message.
    ///
    /// # Errors
    /// The actor ends with [`ExitReason::Failed`], after [`terminate`](Self::terminate).
    fn handle(&mut self, message: Self::Message, cx: &mut ActorCx<Self>) -> impl Future<Output = Result<()>> + Send;

    /// A process that it [monitors](ActorCx::monitor) has ended.
    ///
    /// # Errors
    /// As for [`handle`](Self::handle).
    fn handle_down(&mut self, down: Down, cx: &mut ActorCx<Self>) -> impl Future<Output = Result<()>> + Send {
        let _ = (down, cx);
        async { Ok(()) }
    }

    /// A process that it is linked to has ended, and it [traps](ActorCx::trap_exits) exits.
    ///
    /// # Errors
    /// As for [`handle`](Self::handle).
    fn handle_exit(&mut self, exit: Exit, cx: &mut ActorCx<Self>) -> impl Future<Output = Result<()>> + Send {
        let _ = (exit, cx);
        async { Ok(()) }
    }

    /// The last thing that it does: called when it stops, fails with an error or is told to end, not when it panics or is killed. Messages that still
    /// wait are dropped afterwards. Has as long as its [`Shutdown`](super::Shutdown) says.
    fn terminate(&mut self, reason: &ExitReason) -> impl Future<Output = ()> + Send {
        let _ = reason;
        async {}
    }
}
