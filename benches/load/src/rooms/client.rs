//! A client of a room.

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::TOPIC;

pub(super) struct Client {
    socket: WebSocketStream<TcpStream>,
    last_ref: u64,
}

impl Client {
    /// Connects and joins.
    pub(super) async fn join(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://127.0.0.1:{port}/socket/websocket?vsn=2.0.0");
        let config = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
        let (socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await?;
        let mut client = Self { socket, last_ref: 0 };
        client.push("phx_join", &json!({})).await?;
        client.answered().await?;
        Ok(client)
    }

    /// Pushes, and waits for its answer.
    pub(super) async fn echo(&mut self, payload: &Value) -> Result<()> {
        self.push("echo", payload).await?;
        self.answered().await
    }

    /// Has the payload broadcast; the answer comes among what is heard.
    pub(super) async fn say(&mut self, payload: &Value) -> Result<()> {
        self.push("say", payload).await
    }

    /// The next message: whether it is a broadcast.
    pub(super) async fn heard(&mut self) -> Result<bool> {
        Ok(self.next().await?.contains("\"said\""))
    }

    async fn push(&mut self, event: &str, payload: &Value) -> Result<()> {
        self.last_ref += 1;
        let frame = json!(["1", self.last_ref.to_string(), TOPIC, event, payload]);
        Ok(self.socket.send(Message::text(frame.to_string())).await?)
    }

    async fn answered(&mut self) -> Result<()> {
        let text = self.next().await?;
        let is_answer = text.contains("phx_reply") && text.contains(&format!("\"{}\"", self.last_ref));
        if !is_answer || !text.contains("\"ok\"") {
            bail!("an answer was expected, and not {text}");
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<String> {
        match self.socket.next().await.context("the server closed the socket")?? {
            Message::Text(text) => Ok(text.to_string()),
            other => bail!("unexpected: {other}"),
        }
    }
}
