//! The topics that one socket has joined, and the way from a push to the view of its topic.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::deliver;
use crate::live_view::message::{Detach, Message};
use crate::mailbox::Address;
use crate::protocol::message::{BinaryMessage, PayloadError, Push, TextEvent, binary_event};
use crate::protocol::outgoing::{Reference, ReplyTo};
use crate::router::LivePage;

/// What a push comes to when no view takes it: a reason for its sender.
type Refused = &'static str;

const NOT_JOINED: Refused = "unmatched topic";
const REPLAYED: Refused = "replayed";

/// The joined topics.
#[derive(Default)]
pub(super) struct Topics {
    by_name: HashMap<Arc<str>, u64>,
    by_number: HashMap<u64, Joined>,
    last_number: u64,
}

/// A view on this socket.
pub(super) struct Joined {
    pub(super) join_ref: Arc<str>,
    pub(super) view: Address<Message>,
    /// The highest `ref` so far: refs only rise, so a frame with an older one was sent before.
    last_ref: u64,
}

impl Topics {
    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// A number for a topic that is about to be joined.
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Enters a view. One that had the topic on this socket before is let go.
    pub(super) fn insert(&mut self, n: u64, name: Arc<str>, join_ref: Arc<str>, view: Address<Message>, socket: u64) {
        if let Some(before) = self.by_name.insert(name, n)
            && let Some(joined) = self.by_number.remove(&before)
            && joined.view.id() != view.id()
        {
            detach(&joined.view, Detach::Left, socket);
        }
        self.by_number.insert(n, Joined { join_ref, view, last_ref: 0 });
    }

    /// The page says that it leaves. Leaving what was never joined is no error.
    pub(super) fn leave(&mut self, push: &Push<'_>, how: Detach, socket: u64) {
        let Some(n) = self.by_name.get(&*push.topic).copied() else { return };
        if self.by_number.get(&n).is_some_and(|joined| !is_stale(joined, push)) {
            self.let_go(n, how, socket);
        }
    }

    /// Lets go of the view with this number.
    pub(super) fn let_go(&mut self, n: u64, how: Detach, socket: u64) {
        self.by_name.retain(|_, number| *number != n);
        if let Some(joined) = self.by_number.remove(&n) {
            detach(&joined.view, how, socket);
        }
    }

    /// A link or the way back leads to another URL of the topic's view.
    pub(super) async fn patch(
        &mut self,
        push: &Push<'_>,
        page: LivePage,
        acked: u64,
        socket: u64,
    ) -> Result<(), Refused> {
        let joined = self.by_name.get(&*push.topic).and_then(|n| self.by_number.get_mut(n)).ok_or(NOT_JOINED)?;
        if is_stale(joined, push) {
            return Ok(());
        }
        let reply_to = joined.text_reply(push, socket)?;
        let message = Message::Patch { page: Box::new(page), acked, reply_to };
        if deliver(&joined.view, message).await { Ok(()) } else { Err(NOT_JOINED) }
    }

    /// A text event. Pushes of an older join are dropped, as Phoenix drops them.
    pub(super) async fn event(&mut self, push: &Push<'_>, socket: u64) -> Result<(), Refused> {
        let joined = self.by_name.get(&*push.topic).and_then(|n| self.by_number.get_mut(n)).ok_or(NOT_JOINED)?;
        if is_stale(joined, push) {
            return Ok(());
        }
        let reply_to = joined.text_reply(push, socket)?;
        let message = match push.event() {
            Ok((TextEvent::Binding(event), acked)) => Message::Event { event: Box::new(event), acked, reply_to },
            Ok((TextEvent::Listener { node, name, json }, acked)) => {
                Message::Listener { node, name, json, acked, reply_to }
            }
            Err(error) => refused(&error, reply_to),
        };
        if deliver(&joined.view, message).await { Ok(()) } else { Err(NOT_JOINED) }
    }

    /// A text acknowledgement. It has no answer; one that comes too late, or is none, changes nothing.
    pub(super) async fn ack(&self, push: &Push<'_>) {
        let joined = self.by_name.get(&*push.topic).and_then(|n| self.by_number.get(n));
        if let (Some(joined), Ok(acked)) = (joined, push.ack())
            && !is_stale(joined, push)
        {
            deliver(&joined.view, Message::Ack { acked }).await;
        }
    }

    /// A binary message. One for a number that no topic has (any more) is dropped: its view may have ended a moment ago.
    pub(super) async fn binary(&mut self, message: BinaryMessage<'_>, socket: u64) -> Result<(), Refused> {
        match message {
            BinaryMessage::Ack { n, seq } => {
                if let Some(joined) = self.by_number.get(&n) {
                    deliver(&joined.view, Message::Ack { acked: seq }).await;
                }
            }
            BinaryMessage::Event { n, reference, ack, kind, name, args, value } => {
                let Some(joined) = self.by_number.get_mut(&n) else { return Ok(()) };
                joined.advance(reference)?;
                let reply_to = ReplyTo { socket, reference: Reference::Binary(reference) };
                let message = match binary_event(kind, name, args, value) {
                    Ok(event) => Message::Event { event: Box::new(event), acked: ack, reply_to },
                    Err(error) => refused(&error, reply_to),
                };
                deliver(&joined.view, message).await;
            }
            BinaryMessage::Listener { n, reference, ack, node, name, json } => {
                let Some(joined) = self.by_number.get_mut(&n) else { return Ok(()) };
                joined.advance(reference)?;
                let reply_to = ReplyTo { socket, reference: Reference::Binary(reference) };
                let json = std::str::from_utf8(json).map_err(|_| "the event is not UTF-8")?;
                let message = Message::Listener { node, name: name.into(), json: json.into(), acked: ack, reply_to };
                deliver(&joined.view, message).await;
            }
        }
        Ok(())
    }

    /// Asks each view what goes to the next server; the tokens of those that have something, with their topics and join references.
    pub(super) async fn hand_over(&self) -> Vec<(Arc<str>, Arc<str>, String)> {
        let tokens = self.by_name.iter().filter_map(|(name, n)| {
            let Joined { join_ref, view, .. } = self.by_number.get(n)?;
            let (answer, token) = oneshot::channel();
            view.push(Message::HandOver(answer)).ok()?;
            Some(async move { Some((name.clone(), join_ref.clone(), token.await.ok()?)) })
        });
        join_all(tokens).await.into_iter().flatten().collect()
    }

    /// The socket is gone.
    pub(super) fn detach_all(&self, socket: u64) {
        for joined in self.by_number.values() {
            detach(&joined.view, Detach::Dropped, socket);
        }
    }
}

impl Joined {
    /// How a text push is answered, once its `ref` was found new.
    fn text_reply(&mut self, push: &Push<'_>, socket: u64) -> Result<ReplyTo, Refused> {
        let Some(reference) = &push.reference else { return Err("an event needs a ref") };
        self.advance(reference.parse().map_err(|_| "the ref of an event is a number")?)?;
        Ok(ReplyTo { socket, reference: Reference::Text(reference.clone()) })
    }

    fn advance(&mut self, reference: u64) -> Result<(), Refused> {
        if reference <= self.last_ref {
            return Err(REPLAYED);
        }
        self.last_ref = reference;
        Ok(())
    }
}

/// A view that has ended has nothing to detach. One that gives way to another is to hear nothing more that was queued for it.
fn detach(view: &Address<Message>, how: Detach, socket: u64) {
    let message = Message::Detach { socket, how };
    let told = if how == Detach::Navigated { view.push_first(message) } else { view.push(message) };
    told.ok();
}

/// A push with no `join_ref` is taken, one with that of another join is not (Channels V2).
fn is_stale(joined: &Joined, push: &Push<'_>) -> bool {
    push.join_ref.as_deref().is_some_and(|join_ref| *join_ref != *joined.join_ref)
}

fn refused(error: &PayloadError, reply_to: ReplyTo) -> Message {
    Message::Refused { reason: error.to_string().into(), reply_to }
}
