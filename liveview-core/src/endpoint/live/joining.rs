//! Joins on their way, beside the socket that they are for.

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::Poll;
use std::time::Instant;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::join::JoinError;
use super::wire::Wire;
use super::{Closing, Socket};
use crate::link::SocketLink;
use crate::live_view::message::{Detach, Message};
use crate::live_view::nested::sticky;
use crate::mailbox::Address;
use crate::protocol::message::Push;
use crate::protocol::outgoing::TopicRef;
use crate::protocol::serializer::status_reply;
use crate::telemetry::{self, ChannelJoined, JoinResult};
use crate::{Assigns, Params};

/// A view has taken the socket.
pub(super) struct Joined {
    pub(super) view: Address<Message>,
    pub(super) result: JoinResult,
    /// What stays for the views after it, of a live session.
    pub(super) kept: Option<(Box<str>, Assigns)>,
}

type Outcome = Result<Joined, JoinError>;

/// A join that has no outcome yet.
pub(super) struct Joining {
    topic: TopicRef,
    reference: Box<str>,
    began: Instant,
    /// For whoever watches joins.
    params: Option<Params>,
    /// The page has thought better of it meanwhile.
    left: Option<Detach>,
    outcome: Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

impl Joining {
    pub(super) fn new(link: SocketLink, outcome: impl Future<Output = Outcome> + Send + 'static) -> Self {
        let SocketLink { topic, join, .. } = link;
        let (began, outcome) = (Instant::now(), Box::pin(outcome));
        Self { topic, reference: join, began, params: None, left: None, outcome }
    }
}

/// The next join that has an outcome. Never ends while there is none.
///
/// # Cancel safety
/// No outcome is lost: a join that has one is taken out at once.
pub(super) async fn next(joining: &mut Vec<Joining>) -> (Joining, Outcome) {
    poll_fn(|cx| {
        for index in 0..joining.len() {
            if let Poll::Ready(outcome) = joining[index].outcome.as_mut().poll(cx) {
                return Poll::Ready((joining.swap_remove(index), outcome));
            }
        }
        Poll::Pending
    })
    .await
}

impl Socket {
    /// Sets a join going, or says why not.
    pub(super) fn join(&mut self, push: &Push<'_>) -> Result<(), JoinError> {
        let began = Instant::now();
        let params = || push.join().map(|join| Params::from(join.params)).unwrap_or_default();
        let watched = telemetry::is_watched::<ChannelJoined>();
        match self.begin_join(push) {
            Ok(joining) => {
                let params = watched.then(params);
                self.joining.push(Joining { began, params, ..joining });
                Ok(())
            }
            Err(error) => {
                report(&push.topic, began, watched.then(params), Err(&error));
                Err(error)
            }
        }
    }

    /// Takes a view in, or answers why there is none.
    pub(super) async fn joined(
        &mut self,
        wire: &mut Wire,
        joining: Joining,
        outcome: Outcome,
    ) -> ControlFlow<Option<Closing>> {
        let Joining { topic, reference, began, params, left, .. } = joining;
        report(&topic.name, began, params, outcome.as_ref().map(|joined| &joined.result));
        match outcome {
            Ok(Joined { view, kept, .. }) => {
                if kept.is_some() {
                    self.assigns = kept;
                    self.staying = None;
                }
                self.topics.insert(topic.n, topic.name, topic.join_ref, view, self.number);
                if let Some(how) = left {
                    self.topics.let_go(topic.n, how, self.number);
                }
                ControlFlow::Continue(())
            }
            Err(refusal) => {
                let response = refusal.response();
                let reply = status_reply(Some(&topic.join_ref), Some(&reference), &topic.name, "error", &response);
                self.write(wire, reply).await
            }
        }
    }

    /// Before the answer to a join is written: the page may push as soon as it has it. The view gives its answer and its word at once, so this
    /// waits for no longer than a moment.
    pub(super) async fn expect(&mut self, wire: &mut Wire, topic: u64) -> ControlFlow<Option<Closing>> {
        while self.joining.iter().any(|joining| joining.topic.n == topic) {
            let (joining, outcome) = next(&mut self.joining).await;
            self.joined(wire, joining, outcome).await?;
        }
        ControlFlow::Continue(())
    }

    /// Has the sticky views of a view that is left wait for the next one, no longer than that may take to come.
    fn keep_stickies(&mut self) {
        let Some((_, assigns)) = &self.assigns else { return };
        let stickies = sticky::all(assigns);
        if stickies.is_empty() {
            return;
        }
        let (staying, dropped) = oneshot::channel();
        self.staying = Some(staying);
        let patience = self.shared.host.limits.mount_patience();
        tokio::spawn(async move {
            drop(timeout(patience, dropped).await);
            drop(stickies);
        });
    }

    /// The page says that it leaves a topic, which it may be joining still.
    pub(super) fn leave(&mut self, push: &Push<'_>) {
        let how = if push.is_navigation() { Detach::Navigated } else { Detach::Left };
        if how == Detach::Navigated {
            self.keep_stickies();
        }
        let meant = |joining: &&mut Joining| {
            *joining.topic.name == *push.topic
                && push.join_ref.as_deref().is_none_or(|join_ref| *joining.topic.join_ref == *join_ref)
        };
        match self.joining.iter_mut().find(meant) {
            Some(joining) => joining.left = Some(how),
            None => self.topics.leave(push, how, self.number),
        }
    }
}

fn report(topic: &str, began: Instant, params: Option<Params>, outcome: Result<&JoinResult, &JoinError>) {
    if let Some(params) = params {
        let result = match outcome {
            Ok(result) => result.clone(),
            Err(error) => JoinResult::Refused { reason: error.to_string() },
        };
        telemetry::emit(&ChannelJoined { duration: began.elapsed(), topic: topic.to_owned(), result, params });
    }
    if let Err(error) = outcome {
        tracing::info!(topic, %error, cause = ?std::error::Error::source(error), "a join was refused");
    }
}
