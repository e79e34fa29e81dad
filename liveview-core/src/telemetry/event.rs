//! Every event: its name, what it measures and what it tells.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::params::Params;

/// Something that happened. Applications may define their own.
pub trait Event: 'static {
    /// The parts of its name, such as `["bennu", "live_view", "mount", "stop"]`.
    const NAME: &'static [&'static str];
}

/// Something that takes time: what its [`Start`], [`Stop`] and [`Exception`] tell beside the time.
pub trait SpanKind: 'static {
    /// Whose it is, such as `"live_view"`.
    const GROUP: &'static str;
    /// What it is, such as `"mount"`.
    const NAME: &'static str;
}

/// A span began.
#[derive(Clone, Debug)]
pub struct Start<S> {
    /// When, by the system's clock.
    pub system_time: SystemTime,
    /// What began.
    pub metadata: S,
}

impl<S: SpanKind> Event for Start<S> {
    const NAME: &'static [&'static str] = &["bennu", S::GROUP, S::NAME, "start"];
}

/// A span ended well.
#[derive(Clone, Debug)]
pub struct Stop<S> {
    /// From start to end, waiting included, by the monotonic clock.
    pub duration: Duration,
    /// What ended.
    pub metadata: S,
}

impl<S: SpanKind> Event for Stop<S> {
    const NAME: &'static [&'static str] = &["bennu", S::GROUP, S::NAME, "stop"];
}

/// A span ended otherwise.
#[derive(Clone, Debug)]
pub struct Exception<S> {
    /// From start to end, by the monotonic clock.
    pub duration: Duration,
    /// How it ended.
    pub kind: ExceptionKind,
    /// The error's or the panic's text; empty where there is none.
    pub reason: String,
    /// What ended.
    pub metadata: S,
}

impl<S: SpanKind> Event for Exception<S> {
    const NAME: &'static [&'static str] = &["bennu", S::GROUP, S::NAME, "exception"];
}

/// How a span failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExceptionKind {
    /// It returned an error.
    Error,
    /// It panicked.
    Panic,
    /// It was dropped before its end, as by a time-out.
    Cancelled,
}

/// Span `live_view.mount`: from the call of `mount` to its return.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The view's type.
    pub view: &'static str,
    /// The id of the view's actor.
    pub id: Arc<str>,
    /// The path and query that were asked for.
    pub uri: String,
    /// The parameters of path and query, unmasked.
    pub params: Params,
}

/// Span `live_view.handle_params`: likewise.
#[derive(Clone, Debug)]
pub struct HandleParams {
    /// The view's type.
    pub view: &'static str,
    /// The id of the view's actor.
    pub id: Arc<str>,
    /// The path and query.
    pub uri: String,
    /// The parameters of path and query, unmasked.
    pub params: Params,
}

/// Span `live_view.handle_event`: from the decoding of the arguments to the return of the handler.
#[derive(Clone, Debug)]
pub struct HandleEvent {
    /// The view's type.
    pub view: &'static str,
    /// The id of the view's actor.
    pub id: Arc<str>,
    /// The event's name; what a client sends, so it may be any text.
    pub event: String,
    /// The event's value, unmasked. Of a form, its decoded parameters and not the urlencoded text, so that a filter sees names.
    pub value: Value,
}

/// Span `live_view.handle_info`: the handling of a message.
#[derive(Clone, Debug)]
pub struct HandleInfo {
    /// The view's type.
    pub view: &'static str,
    /// The id of the view's actor.
    pub id: Arc<str>,
    /// The topic, if the message came from one.
    pub topic: Option<Arc<str>>,
    /// The message's type.
    pub message: &'static str,
}

/// Span `live_view.render`: from the call of `render` to the encoded frame.
#[derive(Clone, Debug)]
pub struct Render {
    /// The view's type.
    pub view: &'static str,
    /// The id of the view's actor.
    pub id: Arc<str>,
    /// Whether the whole page was rendered, and not a patch to it.
    pub whole: bool,
}

macro_rules! live_view_spans {
    ($($span:ident $name:literal)*) => {
        $(impl SpanKind for $span {
            const GROUP: &'static str = "live_view";
            const NAME: &'static str = $name;
        })*
    };
}

live_view_spans! {
    Mount "mount"
    HandleParams "handle_params"
    HandleEvent "handle_event"
    HandleInfo "handle_info"
    Render "render"
}

/// A client asked for a socket: `socket_connected`.
#[derive(Clone, Debug)]
pub struct SocketConnected {
    /// How long the checks before the upgrade took.
    pub duration: Duration,
    /// Why it was refused, if it was.
    pub refused: Option<String>,
    /// The path of the socket.
    pub path: String,
    /// The other end of the connection, which may be a proxy.
    pub peer_addr: Option<SocketAddr>,
    /// The parameters of the query, unmasked.
    pub params: Params,
}

impl Event for SocketConnected {
    const NAME: &'static [&'static str] = &["bennu", "socket_connected"];
}

/// A server that stops has told a batch of sockets to close: `socket_drain`.
#[derive(Clone, Copy, Debug)]
pub struct SocketDrain {
    /// How many it told.
    pub count: usize,
    /// How many were open when it began to stop.
    pub total: usize,
    /// Which batch it was, from 1.
    pub round: usize,
    /// How long it waits before the next one.
    pub interval: Duration,
}

impl Event for SocketDrain {
    const NAME: &'static [&'static str] = &["bennu", "socket_drain"];
}

/// A join of a channel or a live view was answered: `channel_joined`.
#[derive(Clone, Debug)]
pub struct ChannelJoined {
    /// From the arrival of the join to its answer.
    pub duration: Duration,
    /// The topic, as the client sent it.
    pub topic: String,
    /// How it was answered.
    pub result: JoinResult,
    /// The parameters of the join, unmasked.
    pub params: Params,
}

impl Event for ChannelJoined {
    const NAME: &'static [&'static str] = &["bennu", "channel_joined"];
}

/// A channel has handled an event of its client: `channel_handled_in`.
#[derive(Clone, Debug)]
pub struct ChannelHandledIn {
    /// From when the channel took the event to when its handler returned.
    pub duration: Duration,
    /// The channel's type.
    pub channel: &'static str,
    /// The topic.
    pub topic: String,
    /// The event, as the client sent it.
    pub event: String,
    /// The payload, unmasked; null for bytes.
    pub payload: Value,
}

impl Event for ChannelHandledIn {
    const NAME: &'static [&'static str] = &["bennu", "channel_handled_in"];
}

/// The answer to a join.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JoinResult {
    /// The page of the first request went on with its own actor.
    Adopted,
    /// A page that had lost its socket went on where it was.
    Resumed,
    /// The view was mounted, or the channel joined, anew.
    Joined,
    /// It was not let in.
    Refused {
        /// Why.
        reason: String,
    },
}
