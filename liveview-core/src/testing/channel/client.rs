//! The client's end of a connection: what it has heard and nobody has asked for yet.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::wire::{Heard, TestReply, read};
use crate::channel::connection::Connection;
use crate::channel::registry::Place;
use crate::channel::{Incoming, Payload};
use crate::link::HangUp;
use crate::live_socket::Entered;

/// What is waited for comes at once, or not at all.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Client {
    /// None, when the client is gone.
    connection: Option<(Connection, Place, Option<Entered>)>,
    heard: VecDeque<Heard>,
    last_ref: u64,
}

/// `None` after a while.
pub(super) async fn patiently<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, future).await.ok()
}

impl Client {
    pub(super) fn new(connection: Connection, place: Place, entered: Option<Entered>) -> Self {
        Self { connection: Some((connection, place, entered)), heard: VecDeque::new(), last_ref: 0 }
    }

    pub(super) fn next_ref(&mut self) -> Arc<str> {
        self.last_ref += 1;
        self.last_ref.to_string().into()
    }

    pub(super) fn close(&mut self) {
        self.connection = None;
    }

    pub(super) fn discard(&mut self) {
        let outbox = self.connection().shared().outbox.clone();
        while outbox.try_next().is_some() {}
        self.heard = VecDeque::new();
    }

    pub(super) async fn send(
        &mut self,
        join_ref: Option<&Arc<str>>,
        reference: &Arc<str>,
        topic: &str,
        event: &str,
        payload: Payload,
    ) {
        let message = Incoming {
            join_ref: join_ref.cloned(),
            reference: Some(reference.clone()),
            topic: topic.into(),
            event: event.into(),
            payload,
        };
        let connection = self.connection();
        let mut stalled = connection.handle(Box::new(message));
        while let Some(waiting) = stalled {
            stalled = waiting.wait().await.and_then(|message| connection.handle(message));
        }
    }

    pub(super) async fn reply(&mut self, reference: &str) -> TestReply {
        loop {
            if let Some(reply) = self.waiting_reply(reference) {
                return reply;
            }
            self.hear(&format!("an answer to {reference}")).await;
        }
    }

    pub(super) async fn push(&mut self, topic: &str, event: &str) -> Payload {
        self.push_where(topic, event, |_| true, "").await
    }

    pub(super) async fn push_where(
        &mut self,
        topic: &str,
        event: &str,
        is_right: impl Fn(&Payload) -> bool,
        expected: &str,
    ) -> Payload {
        loop {
            while let Some(payload) = self.waiting_push(topic, event) {
                if is_right(&payload) {
                    return payload;
                }
            }
            self.hear(&format!("`{event}` {expected} on {topic}")).await;
        }
    }

    pub(super) fn waiting_reply(&mut self, of: &str) -> Option<TestReply> {
        let is_it = |heard: &Heard| matches!(heard, Heard::Reply { reference, .. } if reference == of);
        match self.heard.iter().position(is_it).and_then(|index| self.heard.remove(index)) {
            Some(Heard::Reply { reply, .. }) => Some(reply),
            _ => None,
        }
    }

    pub(super) fn waiting_push(&mut self, on: &str, of: &str) -> Option<Payload> {
        let is_it = |heard: &Heard| matches!(heard, Heard::Push { topic, event, .. } if topic == on && event == of);
        match self.heard.iter().position(is_it).and_then(|index| self.heard.remove(index)) {
            Some(Heard::Push { payload, .. }) => Some(payload),
            _ => None,
        }
    }

    /// Waits until the channel has handled all that it was sent, and takes what came of it.
    pub(super) async fn settle(&mut self, topic: &str) {
        let shared = self.connection().shared().clone();
        if let Some(handled) = shared.ping(topic) {
            patiently(handled).await.unwrap_or_else(|| panic!("the channel of {topic} is busy")).ok();
        }
        while let Some(frame) = shared.outbox.try_next() {
            self.heard.push_back(read(&frame));
        }
    }

    pub(super) async fn closed(&mut self) -> (u16, &'static str) {
        let outbox = self.connection().shared().outbox.clone();
        let closed = patiently(async {
            loop {
                if let Err(HangUp { code, reason }) = outbox.next().await {
                    return (code, reason);
                }
            }
        });
        closed.await.expect("the server closes the connection")
    }

    async fn hear(&mut self, what: &str) {
        let outbox = self.connection().shared().outbox.clone();
        match patiently(outbox.next()).await {
            Some(Ok(frame)) => self.heard.push_back(read(&frame)),
            Some(Err(HangUp { code, reason })) => {
                panic!("the connection was closed ({code} {reason}) before {what} came")
            }
            None => panic!("{what} did not come; there is {:?}", self.heard),
        }
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection.as_mut().expect("the client is there").0
    }
}
