//! What a tab speaks over: a WebSocket, or polls.

use std::collections::VecDeque;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::http::{self, Response, Sent};

pub enum Line {
    WebSocket(Box<WebSocketStream<MaybeTlsStream<TcpStream>>>),
    Polls(Polls),
}

impl Line {
    pub async fn send(&mut self, message: Message) -> Result<(), Error> {
        match self {
            Self::WebSocket(ws) => ws.send(message).await,
            Self::Polls(polls) => polls.push(&message).await,
        }
    }

    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        match self {
            Self::WebSocket(ws) => ws.next().await,
            Self::Polls(polls) => polls.next().await.map(Ok),
        }
    }
}

/// As the browser's client polls, one request at a time.
pub struct Polls {
    addr: SocketAddr,
    cookie: String,
    /// With the token.
    url: String,
    /// A poll that waits.
    waiting: Option<Sent>,
    heard: VecDeque<Message>,
}

impl Polls {
    pub async fn connect(addr: SocketAddr, cookie: &str, query: &str) -> Self {
        let url = format!("/live/longpoll?vsn=2.0.0{query}");
        let mut polls = Self { addr, cookie: cookie.to_owned(), url, waiting: None, heard: VecDeque::new() };
        let opened = polls.ask("GET", "").await;
        assert_eq!(opened["status"], 410, "{opened}");
        polls.url = format!("{}&token={}", polls.url, opened["token"].as_str().expect("a token"));
        polls
    }

    pub async fn ask(&self, method: &str, body: &str) -> Value {
        match self.begin(method, body).await {
            Ok(sent) => answer(sent.response().await),
            Err(error) => answer(Err(error)),
        }
    }

    async fn begin(&self, method: &str, body: &str) -> std::io::Result<Sent> {
        let headers = [("cookie", &*self.cookie), ("content-type", "application/x-ndjson")];
        http::begin(self.addr, method, &self.url, &headers, body).await
    }

    /// Has a poll wait, as a browser nearly always has.
    pub async fn wait(&mut self) {
        self.waiting = Some(self.begin("GET", "").await.expect("the server listens"));
    }

    /// Without a word where the socket has ended: the next poll tells.
    async fn push(&self, message: &Message) -> Result<(), Error> {
        let line = match message {
            Message::Text(text) => text.to_string(),
            Message::Binary(bytes) => STANDARD.encode(bytes),
            other => panic!("polls carry no {other:?}"),
        };
        match self.ask("POST", &line).await["status"].as_u64() {
            Some(200) => Ok(()),
            _ => Err(Error::ConnectionClosed),
        }
    }

    async fn next(&mut self) -> Option<Message> {
        while self.heard.is_empty() {
            let polled = match self.waiting.take() {
                Some(waiting) => answer(waiting.response().await),
                None => self.ask("GET", "").await,
            };
            if polled["status"] == 410 {
                return None;
            }
            self.heard.extend(polled["messages"].as_array().into_iter().flatten().map(message));
        }
        self.heard.pop_front()
    }
}

/// A server that is gone is what it is to the browser's client: the end of the polls.
fn answer(outcome: std::io::Result<Response>) -> Value {
    let Ok(response) = outcome else { return json!({ "status": 410 }) };
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str(&response.body).expect("JSON")
}

fn message(text: &Value) -> Message {
    let text = text.as_str().expect("a text");
    if text.starts_with('[') { Message::text(text) } else { Message::binary(STANDARD.decode(text).expect("base64")) }
}
