//! The client's half of the channel protocol, as far as a device needs it: join a topic, push, and hear replies.
//!
//! Messages are `[join_ref, ref, topic, event, payload]` (`Phoenix.Socket.V2.JSONSerializer`).

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, HeaderValue};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Our reference of the join, which all messages of the channel carry.
const JOIN_REF: &str = "1";

/// A message as it is written.
type Wire = (Option<String>, Option<String>, String, String, Value);

/// Why there is no channel, or none any more. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The address or the token is none.
    #[error("the connection cannot be made: {0}")]
    Request(String),
    /// The server does not let the device in.
    #[error("the server refuses the connection ({status}): {reason}")]
    Refused {
        /// HTTP's.
        status: u16,
        /// The server's words.
        reason: String,
    },
    /// The channel does not let the device in.
    #[error("the channel refuses to be joined: {0}")]
    Join(String),
    /// The server has ended the channel.
    #[error("the server has closed the channel")]
    Closed,
    /// Something that is no message of the protocol.
    #[error("the server does not speak the protocol: {0}")]
    Protocol(String),
    /// The network.
    #[error(transparent)]
    Socket(#[from] WsError),
    /// Nothing was heard for too long.
    #[error("the server does not answer")]
    Silent,
}

/// What the server says on a joined channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// An event.
    Push {
        /// Its name.
        event: String,
        /// Its payload.
        payload: Value,
    },
    /// The answer to a push or a heartbeat; the reason if it is no.
    Reply(Result<(), Value>),
}

/// A channel that is joined.
pub struct Channel {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    topic: String,
    last_ref: u64,
}

impl Channel {
    /// Connects to the socket at `url` with a token, and joins a topic.
    ///
    /// # Errors
    /// [`ChannelError`]; it says who refused and why.
    pub async fn join(url: &str, token: &str, topic: &str) -> Result<Self, ChannelError> {
        let url = format!("{}/websocket?vsn=2.0.0", url.trim_end_matches('/'));
        let mut request = url.into_client_request().map_err(|error| ChannelError::Request(error.to_string()))?;
        let bearer = HeaderValue::try_from(format!("Bearer {token}"));
        let bearer =
            bearer.map_err(|_| ChannelError::Request("the token has letters that no header has".to_owned()))?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        let (socket, _) = connect_async(request).await.map_err(refusal)?;
        let mut channel = Self { socket, topic: topic.to_owned(), last_ref: 0 };
        channel.push("phx_join", json!({})).await?;
        loop {
            match channel.next().await? {
                Heard::Reply(Ok(())) => return Ok(channel),
                Heard::Reply(Err(response)) => return Err(ChannelError::Join(reason(&response))),
                Heard::Push { .. } => {}
            }
        }
    }

    /// Pushes an event.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn push(&mut self, event: &str, payload: impl Serialize) -> Result<(), ChannelError> {
        let topic = self.topic.clone();
        self.send(Some(JOIN_REF), &topic, event, payload).await
    }

    /// Asks the server whether it is there; it replies.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn heartbeat(&mut self) -> Result<(), ChannelError> {
        self.send(None, "phoenix", "heartbeat", json!({})).await
    }

    async fn send(
        &mut self,
        join_ref: Option<&str>,
        topic: &str,
        event: &str,
        payload: impl Serialize,
    ) -> Result<(), ChannelError> {
        self.last_ref += 1;
        let message = (join_ref, self.last_ref.to_string(), topic, event, payload);
        let text = serde_json::to_string(&message).map_err(|error| ChannelError::Protocol(error.to_string()))?;
        Ok(self.socket.send(Message::text(text)).await?)
    }

    /// What the server says next.
    ///
    /// # Errors
    /// When the connection is gone, or the server has closed the channel.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub async fn next(&mut self) -> Result<Heard, ChannelError> {
        loop {
            let text = match self.socket.next().await.ok_or(WsError::ConnectionClosed)?? {
                Message::Text(text) => text,
                Message::Close(_) => return Err(WsError::ConnectionClosed.into()),
                // Pings are answered below us.
                _ => continue,
            };
            let (_, _, topic, event, payload): Wire =
                serde_json::from_str(&text).map_err(|error| ChannelError::Protocol(error.to_string()))?;
            if event == "phx_reply" {
                let is_ok = payload["status"] == "ok";
                return Ok(Heard::Reply(if is_ok { Ok(()) } else { Err(payload["response"].clone()) }));
            }
            if topic == self.topic {
                return match &*event {
                    "phx_close" | "phx_error" => Err(ChannelError::Closed),
                    _ => Ok(Heard::Push { event, payload }),
                };
            }
        }
    }
}

/// The server's words in the answer to a connection that it refuses.
fn refusal(error: WsError) -> ChannelError {
    let WsError::Http(response) = error else { return error.into() };
    let body: Option<Value> = response.body().as_deref().and_then(|body| serde_json::from_slice(body).ok());
    let reason = body.as_ref().map_or_else(|| "it does not say why".to_owned(), reason);
    ChannelError::Refused { status: response.status().as_u16(), reason }
}

/// `{"reason": "…"}` in words.
pub(super) fn reason(response: &Value) -> String {
    response["reason"].as_str().map_or_else(|| response.to_string(), ToOwned::to_owned)
}
