//! Channels without a network (`Phoenix.ChannelTest`): the same connection that transports drive, with the test as its client.

mod client;
mod pattern;
mod wire;

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Mutex;

use self::client::Client;
use self::pattern::holds;
pub use self::wire::TestReply;
use crate::channel::connection::{self, Connection};
use crate::channel::socket::{ConnectRequest, Identity};
use crate::channel::{
    Broadcast, FromPayload, IntoPayload, Payload, Refused, SocketConnect, Status, Transport, channel_topic,
};
use crate::endpoint::{Endpoint, EndpointError, Unbound};
use crate::pubsub::{Received, Receiver};
use crate::{PubSub, Session};

/// An endpoint whose channels are tested.
///
/// Expectations wait for what the channel does; those that something does *not* happen wait until the channel has handled all that it was sent.
/// An expected payload is a pattern: of objects, the keys that it names.
///
/// ```
/// use liveview_core::channel::{Anyone, ChannelCx, ChannelJoin, ChannelReply, Payload, Refused};
/// use liveview_core::testing::ChannelTest;
/// use liveview_core::{Endpoint, Router};
/// use serde_json::json;
/// # use liveview_core::channel::Channel;
/// # struct Room;
/// # impl Channel for Room {
/// #     type Socket = Anyone;
/// #     async fn join(_: &mut ChannelJoin<'_, Anyone>, _: Payload) -> Result<Self, Refused> { Ok(Self) }
/// #     async fn handle_in(&mut self, cx: &mut ChannelCx, _: &str, payload: Payload) -> ChannelReply {
/// #         drop(cx.broadcast("new_msg", payload));
/// #         ChannelReply::ok(json!({ "id": 7 }))
/// #     }
/// # }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let test = ChannelTest::new(Endpoint::new().router(Router::new().channel::<Room>("room:*")))?;
/// let socket = test.socket("/socket").connect().await.expect("anyone may");
/// let mut room = socket.join("room:lobby", json!({})).await.expect("anyone may");
///
/// let sent = room.push("say", json!({ "text": "hello" })).await;
/// room.assert_reply(&sent, "ok", json!({ "id": 7 })).await;
/// room.assert_broadcast("new_msg", json!({ "text": "hello" })).await;
/// room.assert_push("new_msg", json!({ "text": "hello" })).await;
/// room.refute_push("typing").await;
/// room.leave().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct ChannelTest(Unbound);

/// A client that is about to connect.
pub struct TestConnect<'a> {
    test: &'a ChannelTest,
    path: String,
    request: ConnectRequest,
}

/// A client that has connected. Clones are the same one.
#[derive(Clone)]
pub struct TestSocket {
    client: Arc<Mutex<Client>>,
    id: Option<String>,
    pubsub: PubSub,
}

/// A topic that a client has joined.
pub struct TestChannel {
    socket: TestSocket,
    topic: String,
    join_ref: Arc<str>,
    response: Payload,
    broadcasts: Receiver<Broadcast>,
}

impl ChannelTest {
    /// To be called on a tokio runtime.
    ///
    /// # Errors
    /// When the endpoint is not usable, as [`Endpoint::start`].
    pub fn new(endpoint: Endpoint) -> Result<Self, EndpointError> {
        Ok(Self(endpoint.unbound()?))
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> PubSub {
        self.0.shared().host.pubsub.clone()
    }

    /// A client for the socket at this path, which the router knows: `/devices`, without a transport.
    pub fn socket(&self, path: &str) -> TestConnect<'_> {
        let request = ConnectRequest { transport: Transport::Test, ..ConnectRequest::default() };
        TestConnect { test: self, path: path.to_owned(), request }
    }
}

impl TestConnect<'_> {
    /// Sends parameters.
    #[must_use]
    pub fn params<N: Into<String>, V: Into<String>>(mut self, params: impl IntoIterator<Item = (N, V)>) -> Self {
        self.request.params = params.into_iter().map(|(name, value)| (name, value.into())).collect();
        self
    }

    /// Sends a token outside of the parameters.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.request.token = Some(token.into());
        self
    }

    /// As a page with this session.
    #[must_use]
    pub fn session(mut self, session: Session) -> Self {
        self.request.session = Some(session);
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// What the socket refused.
    ///
    /// # Panics
    /// When the router has no socket at the path.
    pub async fn connect(self) -> Result<TestSocket, Refused> {
        let shared = self.test.0.shared();
        let def = shared.socket_defs.iter().find(|def| def.path == self.path.trim_end_matches('/'));
        let def = def.unwrap_or_else(|| panic!("the router has no socket at {}", self.path)).clone();
        let mut cx = SocketConnect { host: shared.host.clone(), request: self.request };
        let Identity { socket, id } = (def.connect)(&mut cx).await?;
        let named = id.as_deref().map(str::to_owned);
        let (host, transport) = (shared.host.clone(), Transport::Test);
        let serializer = wire::values();
        let connection =
            Connection::new(connection::Client { host, def, serializer, socket, id, transport, peer_addr: None });
        let place = shared.channel_sockets.enter(connection.shared());
        let entered = named.as_deref().map(|id| shared.live_sockets.enter_as(id, &connection.shared().outbox));
        let client = Client::new(connection, place, entered);
        Ok(TestSocket { client: Arc::new(Mutex::new(client)), id: named, pubsub: self.test.pubsub() })
    }
}

impl TestSocket {
    /// Its name, if its type gives it one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Joins a topic (`subscribe_and_join/4`).
    ///
    /// # Errors
    /// What the channel answered, if not `ok`.
    pub async fn join(&self, topic: &str, payload: impl IntoPayload) -> Result<TestChannel, Value> {
        let broadcasts = self.pubsub.receiver(&channel_topic(topic));
        let mut client = self.client.lock().await;
        let join_ref = client.next_ref();
        client.send(Some(&join_ref), &join_ref, topic, "phx_join", payload_of(payload)).await;
        let TestReply { status, payload } = client.reply(&join_ref).await;
        drop(client);
        if status == Status::Error {
            return Err(payload.to_value());
        }
        let (topic, socket) = (topic.to_owned(), self.clone());
        Ok(TestChannel { socket, topic, join_ref, response: payload, broadcasts })
    }

    /// Waits until the server closes the connection; the code and the reason.
    pub async fn closed(&self) -> (u16, &'static str) {
        self.client.lock().await.closed().await
    }

    /// Forgets what the server has said so far.
    pub async fn discard(&self) {
        self.client.lock().await.discard();
    }

    /// The client is gone, without a word.
    pub async fn close(self) {
        self.client.lock().await.close();
    }
}

impl TestChannel {
    /// What the join was answered.
    pub fn response(&self) -> &Payload {
        &self.response
    }

    /// What the join was answered, as a `T`.
    ///
    /// # Panics
    /// When it is none.
    pub fn response_as<T: FromPayload>(&self) -> T {
        let response = T::from_payload("phx_join", self.response.clone());
        response.unwrap_or_else(|refused| panic!("the join was answered otherwise: {}", refused.reason()))
    }

    /// Pushes an event; its ref.
    pub async fn push(&self, event: &str, payload: impl IntoPayload) -> Arc<str> {
        let mut client = self.socket.client.lock().await;
        let reference = client.next_ref();
        client.send(Some(&self.join_ref), &reference, &self.topic, event, payload_of(payload)).await;
        reference
    }

    /// The answer to a push.
    pub async fn reply(&self, reference: &str) -> TestReply {
        self.socket.client.lock().await.reply(reference).await
    }

    /// The answer to a push has this status and this payload.
    ///
    /// # Panics
    /// When it is another one, or none comes.
    pub async fn assert_reply(&self, reference: &str, status: &str, expected: Value) {
        let reply = self.reply(reference).await;
        let payload = reply.payload.to_value();
        let is_right = reply.status.as_str() == status && holds(&expected, &payload);
        assert!(is_right, "expected {status} {expected}, and it was answered {} {payload}", reply.status.as_str());
    }

    /// The next push of this event; also a broadcast's, and `phx_close` and `phx_error` at the end.
    pub async fn next_push(&self, event: &str) -> Payload {
        self.socket.client.lock().await.push(&self.topic, event).await
    }

    /// The client is sent this event with such a payload; others of the event are passed over.
    ///
    /// # Panics
    /// When none comes.
    pub async fn assert_push(&self, event: &str, expected: Value) {
        let is_right = |payload: &Payload| holds(&expected, &payload.to_value());
        self.socket.client.lock().await.push_where(&self.topic, event, is_right, &expected.to_string()).await;
    }

    /// The topic is broadcast this event with such a payload, whoever hears it.
    ///
    /// # Panics
    /// When none comes.
    pub async fn assert_broadcast(&mut self, event: &str, expected: Value) {
        let broadcasts = &mut self.broadcasts;
        let found = client::patiently(async {
            loop {
                if let Received::Message(broadcast) = broadcasts.recv().await
                    && broadcast.event() == event
                    && holds(&expected, &broadcast.payload().to_value())
                {
                    return;
                }
            }
        });
        assert!(found.await.is_some(), "nobody broadcast `{event}` {expected} to {}", self.topic);
    }

    /// The client is not sent this event by what the channel was sent so far.
    ///
    /// # Panics
    /// When it is.
    pub async fn refute_push(&self, event: &str) {
        let mut client = self.socket.client.lock().await;
        client.settle(&self.topic).await;
        let pushed = client.waiting_push(&self.topic, event);
        assert!(pushed.is_none(), "`{event}` was pushed: {pushed:?}");
    }

    /// The push is not answered by what the channel was sent so far.
    ///
    /// # Panics
    /// When it is.
    pub async fn refute_reply(&self, reference: &str) {
        let mut client = self.socket.client.lock().await;
        client.settle(&self.topic).await;
        let reply = client.waiting_reply(reference);
        assert!(reply.is_none(), "it was answered: {reply:?}");
    }

    /// The topic is not broadcast this event by what the channel was sent so far.
    ///
    /// # Panics
    /// When it is.
    pub async fn refute_broadcast(&mut self, event: &str) {
        self.socket.client.lock().await.settle(&self.topic).await;
        while let Some(received) = self.broadcasts.try_recv() {
            let is_it = received.message().is_some_and(|broadcast| broadcast.event() == event);
            assert!(!is_it, "`{event}` was broadcast to {}", self.topic);
        }
    }

    /// Leaves, and waits until the channel has ended.
    ///
    /// # Panics
    /// When it does not end in order.
    pub async fn leave(self) {
        let mut client = self.socket.client.lock().await;
        let reference = client.next_ref();
        client.send(Some(&self.join_ref), &reference, &self.topic, "phx_leave", Payload::empty()).await;
        let reply = client.reply(&reference).await;
        assert_eq!(reply.status, Status::Ok, "leaving is answered ok");
        client.push(&self.topic, "phx_close").await;
    }
}

#[track_caller]
fn payload_of(payload: impl IntoPayload) -> Payload {
    payload.into_payload().unwrap_or_else(|error| panic!("the payload cannot be sent: {error}"))
}
