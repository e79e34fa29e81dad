//! How an actor is reached.

use std::fmt;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::{Actor, run_as};
use crate::supervision::exit::ExitReason;
use crate::supervision::process::{Monitor, Probe, Process, ProcessKind};
use crate::supervision::supervisor::StartError;

/// How long a call waits for its answer, unless it says otherwise.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// What an actor that drops a question may take to be seen as ended.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// The address of one life of an actor. Clones are the same. An actor that is started again has another, which a
/// [`Registry`](crate::supervision::Registry) tells.
pub struct ActorRef<A: Actor> {
    pub(super) to: mpsc::Sender<Envelope<A>>,
    pub(super) process: Process,
}

/// What is in a mailbox.
pub(super) enum Envelope<A: Actor> {
    Message(A::Message),
    /// A timer's message, which says whether one of it waits already.
    Tick(A::Message, std::sync::Arc<std::sync::atomic::AtomicBool>),
    Down(crate::supervision::process::Down),
    Exit(crate::supervision::process::Exit),
}

/// Where the answer to a call goes. Keep it to answer later; send it elsewhere for somebody else to answer; drop it, and the caller has an error.
pub struct Reply<T>(oneshot::Sender<T>);

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// It took too long. An answer that comes later is dropped.
    #[error("{name} did not answer within {limit:?}")]
    TimedOut {
        /// Whom.
        name: String,
        /// How long it had.
        limit: Duration,
    },
    /// The actor has ended.
    #[error("{name} has ended: {reason}")]
    Ended {
        /// Whom.
        name: String,
        /// Why.
        reason: ExitReason,
    },
    /// The actor lives, and has dropped the question.
    #[error("{name} does not answer this")]
    Unanswered {
        /// Whom.
        name: String,
    },
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CastError {
    /// The actor has ended.
    #[error("{name} has ended")]
    Ended {
        /// Whom.
        name: String,
    },
    /// Its mailbox is full.
    #[error("the mailbox of {name} is full: {waiting} messages wait")]
    Full {
        /// Whom.
        name: String,
        /// How many messages wait.
        waiting: usize,
    },
}

impl<T> Reply<T> {
    /// Answers. A caller that does not wait any more has no use for it.
    pub fn send(self, answer: T) {
        drop(self.0.send(answer));
    }

    /// Whether the caller still waits.
    pub fn is_wanted(&self) -> bool {
        !self.0.is_closed()
    }
}

impl<A: Actor> ActorRef<A> {
    /// Starts an actor with no supervisor.
    ///
    /// # Errors
    /// When its [`init`](Actor::init) fails.
    pub async fn start(name: &str, args: A::Args) -> Result<Self, StartError> {
        let process = Process::new(name, ProcessKind::Actor(std::any::type_name::<A>()));
        let started = run_as::<A>(&process, args).await;
        started.map_err(|reason| StartError::Failed { name: name.into(), reason })
    }

    /// The same, [linked](Process::link) to the process that the caller runs in, if it is one.
    ///
    /// # Errors
    /// When its [`init`](Actor::init) fails.
    pub async fn start_link(name: &str, args: A::Args) -> Result<Self, StartError> {
        let actor = Self::start(name, args).await?;
        if let Some(caller) = Process::current() {
            caller.link(&actor.process);
        }
        Ok(actor)
    }

    /// Asks, and waits for the answer, for 5 seconds: `counter.call(Message::Get).await?`.
    ///
    /// # Errors
    /// [`CallError`], when there is none.
    ///
    /// # Cancel safety
    /// Dropping the future loses the answer; the question may or may not have been asked.
    pub async fn call<T: Send>(&self, question: impl FnOnce(Reply<T>) -> A::Message) -> Result<T, CallError> {
        self.call_within(CALL_TIMEOUT, question).await
    }

    /// The same with another limit of time, which includes that for a place in the mailbox.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub async fn call_within<T: Send>(
        &self,
        limit: Duration,
        question: impl FnOnce(Reply<T>) -> A::Message,
    ) -> Result<T, CallError> {
        let deadline = Instant::now() + limit;
        let (reply, answer) = oneshot::channel();
        let asking = async {
            // Whoever has ended has dropped its mailbox, and the answer with it.
            self.to.send(Envelope::Message(question(Reply(reply)))).await.ok();
            answer.await.ok()
        };
        match timeout_at(deadline, asking).await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(self.no_answer().await),
            Err(_) => Err(CallError::TimedOut { name: self.name(), limit }),
        }
    }

    /// Sends a message, and does not wait.
    ///
    /// # Errors
    /// When the actor has ended, or its mailbox is full.
    pub fn cast(&self, message: A::Message) -> Result<(), CastError> {
        match self.to.try_send(Envelope::Message(message)) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(CastError::Ended { name: self.name() }),
            Err(mpsc::error::TrySendError::Full(_)) => {
                Err(CastError::Full { name: self.name(), waiting: self.waiting() })
            }
        }
    }

    /// Sends a message; waits while the mailbox is full.
    ///
    /// # Errors
    /// When the actor has ended.
    ///
    /// # Cancel safety
    /// The message is in the mailbox when this returns, and otherwise nowhere.
    pub async fn send(&self, message: A::Message) -> Result<(), CastError> {
        self.to.send(Envelope::Message(message)).await.map_err(|_| CastError::Ended { name: self.name() })
    }

    /// Its process: to monitor, link or end it.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// [Watches](Process::monitor) it.
    pub fn monitor(&self) -> Monitor {
        self.process.monitor()
    }

    /// Whether it has not ended.
    pub fn is_alive(&self) -> bool {
        self.process.is_alive()
    }

    /// How many messages wait in its mailbox.
    pub fn waiting(&self) -> usize {
        self.to.max_capacity() - self.to.capacity()
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&self, reason: ExitReason) -> ExitReason {
        self.process.exit(reason);
        self.process.ended().await
    }

    fn name(&self) -> String {
        self.process.name().to_owned()
    }

    async fn no_answer(&self) -> CallError {
        // Who ends drops its questions a moment before it has ended.
        match tokio::time::timeout(LAST_WORDS, self.process.ended()).await {
            Ok(reason) => CallError::Ended { name: self.name(), reason },
            Err(_) => CallError::Unanswered { name: self.name() },
        }
    }
}

/// The mailbox as its process shows it.
pub(super) struct Waiting<A: Actor>(pub(super) mpsc::WeakSender<Envelope<A>>);

impl<A: Actor> Probe for Waiting<A> {
    fn mailbox(&self) -> usize {
        self.0.upgrade().map_or(0, |to| to.max_capacity() - to.capacity())
    }
}

impl<A: Actor> Clone for ActorRef<A> {
    fn clone(&self) -> Self {
        Self { to: self.to.clone(), process: self.process.clone() }
    }
}

impl<A: Actor> PartialEq for ActorRef<A> {
    fn eq(&self, other: &Self) -> bool {
        self.process == other.process
    }
}

impl<A: Actor> fmt::Debug for ActorRef<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ActorRef").field(&self.process).finish()
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("is_wanted", &self.is_wanted()).finish()
    }
}
