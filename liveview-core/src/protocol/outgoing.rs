//! What a server says on a socket, before it is written in the socket's language.

use std::sync::Arc;

use serde_json::Value;

use super::frame::Frame;

/// A message on its way to the browser.
pub(crate) enum Outgoing {
    /// A patch that answers nothing.
    Diff { topic: TopicRef, frame: Arc<Frame> },
    /// The answer to an event.
    Reply { topic: TopicRef, to: ReplyTo, answer: Answer, frame: Option<Arc<Frame>> },
    /// The answer to a join. `frame` builds the page anew.
    Joined { topic: TopicRef, to: Box<str>, response: Value, frame: Option<Arc<Frame>> },
    /// The view crashed.
    Error { topic: TopicRef, reason: &'static str },
    /// The view ended in order.
    Close { topic: TopicRef, reason: &'static str },
}

/// What an event came to: the handler's reply, or why there is none.
#[derive(Debug)]
pub(crate) enum Answer {
    Ok(Option<Value>),
    Error(String),
}

/// A topic on one socket: its name and the join that it belongs to for text frames, its number for binary ones.
#[derive(Debug, Clone)]
pub(crate) struct TopicRef {
    pub(crate) n: u64,
    pub(crate) name: Arc<str>,
    pub(crate) join_ref: Arc<str>,
}

/// How the browser finds the event that a reply answers, in the language in which it came.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTo {
    pub(crate) socket: u64,
    pub(crate) reference: Reference,
}

/// The `ref` of a push.
#[derive(Debug, Clone)]
pub(crate) enum Reference {
    Text(Box<str>),
    Binary(u64),
}
