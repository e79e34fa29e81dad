//! A client of channels over a WebSocket: frames as they are, and the few words that every test says.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::Response;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// No test waits longer than this; what it waits for is always something that the server sends.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Phx {
    ws: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What the server answered to the handshake.
    pub response: Response<Option<Vec<u8>>>,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    Text(Value),
    Binary(Vec<u8>),
    /// With its code.
    Closed(Option<u16>),
}

impl Phx {
    /// Connects with the protocol 2.0.0.
    pub async fn connect(addr: SocketAddr, path: &str) -> Self {
        Self::try_connect(addr, &format!("{path}/websocket?vsn=2.0.0"), &[]).await.expect("a socket")
    }

    /// Connects to any URL, with these headers.
    pub async fn try_connect(addr: SocketAddr, url: &str, headers: &[(&'static str, &str)]) -> Result<Self, WsError> {
        let mut request = format!("ws://{addr}{url}").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        let (ws, response) = connect_async(request).await?;
        Ok(Self { ws, response })
    }

    /// The status with which a connection is refused, and the body.
    pub async fn refusal(addr: SocketAddr, url: &str, headers: &[(&'static str, &str)]) -> (u16, String) {
        match Self::try_connect(addr, url, headers).await {
            Ok(_) => (101, String::new()),
            Err(WsError::Http(response)) => {
                let body = response.body().clone().unwrap_or_default();
                (response.status().as_u16(), String::from_utf8(body).expect("text"))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a text frame.
    pub async fn send(&mut self, frame: Value) {
        self.ws.send(Message::text(frame.to_string())).await.expect("the socket is open");
    }

    /// Sends any frame, which may break the connection.
    pub async fn send_raw(&mut self, message: Message) {
        self.ws.send(message).await.ok();
    }

    /// Sends a frame without flushing it.
    pub async fn feed(&mut self, frame: Value) {
        self.ws.feed(Message::text(frame.to_string())).await.expect("the socket is open");
    }

    pub async fn flush(&mut self) {
        self.ws.flush().await.expect("the socket is open");
    }

    /// The next thing that the server says.
    pub async fn hear(&mut self) -> Said {
        loop {
            match timeout(PATIENCE, self.ws.next()).await.expect("the server says something") {
                Some(Ok(Message::Text(text))) => return Said::Text(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Binary(bytes))) => return Said::Binary(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => return Said::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Said::Closed(None),
            }
        }
    }

    /// The next text frame.
    #[track_caller]
    pub fn text(&mut self) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            match self.hear().await {
                Said::Text(value) => value,
                other => panic!("at {place}: {other:?}"),
            }
        }
    }

    /// The code with which the server closes; what it says before is passed over.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Said::Closed(code) = self.hear().await {
                return code;
            }
        }
    }

    /// Joins with this ref; the answer's payload.
    pub async fn join(&mut self, reference: &str, topic: &str, payload: Value) -> Value {
        self.send(json!([reference, reference, topic, "phx_join", payload])).await;
        self.reply_to(reference).await
    }

    /// Joins, and is let in.
    pub async fn joined(&mut self, reference: &str, topic: &str) {
        let reply = self.join(reference, topic, json!({})).await;
        assert_eq!(reply["status"], "ok", "{reply}");
    }

    /// Pushes and waits for the answer's payload.
    pub async fn push(&mut self, join_ref: &str, reference: &str, topic: &str, event: &str, payload: Value) -> Value {
        self.send(json!([join_ref, reference, topic, event, payload])).await;
        self.reply_to(reference).await
    }

    /// The payload of the answer with this ref; what comes before is passed over.
    pub async fn reply_to(&mut self, reference: &str) -> Value {
        loop {
            match self.hear().await {
                Said::Text(frame) if frame[1] == reference && frame[3] == "phx_reply" => return frame[4].clone(),
                Said::Closed(code) => panic!("the socket was closed: {code:?}"),
                _ => {}
            }
        }
    }

    /// The next frame with this event; what comes before is passed over.
    pub async fn event(&mut self, event: &str) -> Value {
        loop {
            match self.hear().await {
                Said::Text(frame) if frame[3] == event => return frame,
                Said::Closed(code) => panic!("the socket was closed: {code:?}"),
                _ => {}
            }
        }
    }

    /// Everything until the answer to a heartbeat that is sent now: what the server had to say so far.
    pub async fn until_now(&mut self) -> Vec<Value> {
        self.send(json!([null, "now", "phoenix", "heartbeat", {}])).await;
        let mut heard = Vec::new();
        loop {
            let frame = self.text().await;
            if frame[1] == "now" {
                return heard;
            }
            heard.push(frame);
        }
    }
}

/// A push in bytes, as `phoenix.js` writes it.
pub fn binary_push(join_ref: &str, reference: &str, topic: &str, event: &str, payload: &[u8]) -> Message {
    let fields = [join_ref, reference, topic, event];
    let mut bytes = vec![0];
    bytes.extend(fields.iter().map(|field| u8::try_from(field.len()).expect("short")));
    bytes.extend(fields.iter().flat_map(|field| field.bytes()));
    bytes.extend_from_slice(payload);
    Message::binary(bytes)
}
