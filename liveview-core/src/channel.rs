//! Channels: topics on one socket, each with a state and a task of its own, for devices and clients of any kind.
//!
//! ```text
//! frame -> transport -> Connection (topics, join refs, limits) -> mailbox -> task of the channel -> Outbox -> transport -> frame
//! broadcast -> PubSub -> FastLane -> Outbox of each subscriber's socket        (the channel's task sleeps on, unless it intercepts the event)
//! ```
//!
//! The module `connection` is a state machine without a transport: it takes frames and fills an outbox, and knows neither WebSocket nor
//! HTTP. A [`Serializer`] turns messages into frames and back; those of Phoenix are [`V2`] and [`V1`]. A [`Socket`] is who connects, a [`Channel`] what happens on a
//! topic; `#[channel]` writes the latter's implementation.
//!
//! The protocol is that of `Phoenix.Channel` and `Phoenix.Socket` 1.8: the client `phoenix.js` works as it is published.

mod broadcast;
pub(crate) mod connection;
mod context;
mod fast_lane;
mod frame;
mod handle;
mod message;
pub(crate) mod outbox;
mod payload;
mod rate;
mod refused;
pub(crate) mod registry;
mod reply;
mod routes;
mod serializer;
pub(crate) mod socket;
mod socket_ref;
mod task;
mod topic;

use std::future::Future;

pub use self::broadcast::{Broadcast, broadcast, broadcast_from, channel_topic};
pub use self::context::{ChannelCx, ChannelJoin};
pub use self::frame::Frame;
pub use self::handle::ChannelHandle;
pub use self::message::{Incoming, Outgoing, Status};
pub use self::payload::{FromPayload, IntoPayload, Payload};
pub use self::refused::Refused;
pub use self::registry::{ChannelInfo, SocketInfo, Transport};
pub use self::reply::{ChannelReply, IntoChannelReply, IntoHandledOut, Stop};
pub(crate) use self::routes::SocketDef;
pub use self::routes::SocketRoutes;
pub use self::serializer::{DecodeError, EncodeError, Serializer, V1, V2};
pub use self::socket::{Anyone, Socket, SocketConnect};
pub use self::socket_ref::SocketRef;
use crate::live_view::Info;

/// What happens on a topic that a client has joined. Implemented by `#[channel]`.
///
/// Callbacks run one at a time in the channel's own task, in the order in which messages came. One that panics ends the channel: the client is sent
/// `phx_error` and joins again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no channel",
    note = "`#[channel]` on the `impl` block with its `join` makes it one"
)]
pub trait Channel: Sized + Send + 'static {
    /// Whose topics these are.
    type Socket: Socket;

    /// The events that [`handle_out`](Self::handle_out) is asked about; all others go by the fast lane.
    const INTERCEPTS: &'static [&'static str] = &[];

    /// Lets a client in, and makes the state. What this returns as an error is the answer.
    fn join(
        cx: &mut ChannelJoin<'_, Self::Socket>,
        payload: Payload,
    ) -> impl Future<Output = Result<Self, Refused>> + Send;

    /// A client has pushed an event.
    fn handle_in(
        &mut self,
        cx: &mut ChannelCx,
        event: &str,
        payload: Payload,
    ) -> impl Future<Output = ChannelReply> + Send;

    /// Somebody has broadcast an event of [`INTERCEPTS`](Self::INTERCEPTS): what this client is sent in its place, if anything.
    fn handle_out(
        &mut self,
        cx: &mut ChannelCx,
        broadcast: &Broadcast,
    ) -> impl Future<Output = Option<Payload>> + Send {
        let _ = cx;
        let payload = broadcast.payload().clone();
        async move { Some(payload) }
    }

    /// A message from a topic that the channel has subscribed to, or one that was sent to its handle. `None`: there is no handler for it.
    fn handle_info(&mut self, cx: &mut ChannelCx, info: Info) -> impl Future<Output = Option<ChannelReply>> + Send {
        let _ = (cx, info);
        async { None }
    }

    /// The channel ends. Not called after a panic.
    fn terminate(&mut self, reason: &ChannelExit) {
        let _ = reason;
    }
}

/// Why a channel ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelExit {
    /// The client has left the topic.
    Left,
    /// The socket is gone.
    Disconnected,
    /// A handler said [`Stop`].
    Stopped,
    /// The client has joined the topic anew on the same socket.
    Replaced,
}
