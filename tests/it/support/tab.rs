//! A browser tab without a browser: loads a page, joins, applies what it is sent, pushes events.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bennu::protocol::wire::{Reader, write_string, write_varint};
use bennu::testing::Page;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::http::{self, Response};
use super::line::{Line, Polls};

/// No test waits longer than this for a message; what it waits for is always something that the server sends.
const PATIENCE: Duration = Duration::from_secs(20);

/// One page in one browser.
pub struct Tab {
    addr: SocketAddr,
    pub path: String,
    pub cookie: String,
    /// The container's id.
    pub id: String,
    topic: String,
    /// What went over the socket since the last [`take_wire`](Self::take_wire): `> event` up, `< event` down, binary frames by their kind.
    wire: Vec<String>,
    pub session: String,
    pub csrf: String,
    pub page: Page,
    pub seq: u64,
    n: u64,
    joins: u64,
    last_ref: u64,
    line: Option<Line>,
    polls: bool,
    acks: bool,
    is_json: bool,
}

/// What the server says.
#[derive(Debug)]
pub enum Heard {
    /// A text frame.
    Text { reference: Option<String>, event: String, payload: Value },
    /// A binary diff, applied already.
    Diff,
    /// A binary reply, its diff applied already.
    Reply { reference: u64, ok: bool, reply: Option<Value> },
    /// The socket was closed.
    Closed(Option<u16>),
}

impl Tab {
    /// Loads a page in a new browser.
    pub async fn open(addr: SocketAddr, path: &str) -> Self {
        Self::from_response(addr, path, &http::get(addr, path, &[]).await)
    }

    pub fn from_response(addr: SocketAddr, path: &str, response: &Response) -> Self {
        assert_eq!(response.status, 200, "{}", response.body);
        let body = &response.body;
        let container = between(body, "data-phx-session=\"", ">");
        let start = body
            .find("data-phx-session")
            .and_then(|at| body[at..].find('>').map(|end| at + end + 1))
            .expect("a container");
        let end = body.rfind("</div>").expect("the container is the last element of its kind");
        let id = between(body, "<div id=\"", "\"");
        Self {
            addr,
            path: path.to_owned(),
            cookie: response.cookie().unwrap_or_default().to_owned(),
            id: id.to_owned(),
            topic: format!("lv:{id}"),
            wire: Vec::new(),
            session: container.split('"').next().expect("a token").to_owned(),
            csrf: between(body, "name=\"csrf-token\" content=\"", "\"").to_owned(),
            page: Page::from_html(&body[start..end]).expect("HTML of ours"),
            seq: 0,
            n: 0,
            joins: 0,
            last_ref: 0,
            line: None,
            polls: false,
            acks: true,
            is_json: false,
        }
    }

    /// The same page in another tab of the same browser, without a socket.
    pub fn duplicate(&self) -> Self {
        Self {
            path: self.path.clone(),
            cookie: self.cookie.clone(),
            id: self.id.clone(),
            topic: self.topic.clone(),
            wire: Vec::new(),
            session: self.session.clone(),
            csrf: self.csrf.clone(),
            page: self.page.clone(),
            line: None,
            ..*self
        }
    }

    /// The nested view in the container with this id, as the page shows it now, with a line of its own.
    pub fn nested(&self, id: &str) -> Self {
        let html = self.html();
        let (tag, content) = container(&html, id);
        let session = between(tag, "data-phx-session=\"", "\"").to_owned();
        let page = Page::from_html(content).expect("HTML of ours");
        let topic = format!("lv:{id}");
        Self { id: id.to_owned(), topic, session, page, seq: 0, n: 0, joins: 0, ..self.duplicate() }
    }

    pub fn topic(&self) -> String {
        self.topic.clone()
    }

    /// What went over the socket since the last call.
    pub fn take_wire(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wire)
    }

    /// Goes to another URL of the view, as a link does; the reply's payload.
    pub async fn patch(&mut self, path: &str) -> Value {
        let url = format!("http://{}{path}", self.addr);
        let reference = self.next_ref().to_string();
        self.push_text(json!([null, reference, self.topic(), "live_patch", { "url": url, "ack": self.seq }])).await;
        let reply = self.reply_to(&reference).await;
        if reply["status"] == "ok" {
            path.clone_into(&mut self.path);
        }
        reply
    }

    /// Leaves the view and joins the one at `path` with these keys besides the usual ones.
    pub async fn navigate_with(&mut self, path: &str, more: Value) -> Result<Value, Value> {
        let left = self.topic();
        let reference = self.next_ref().to_string();
        self.push_text(json!([null, reference, left, "phx_leave", { "navigate": true }])).await;
        self.join_elsewhere(path, more).await
    }

    pub async fn navigate(&mut self, path: &str) -> Result<Value, Value> {
        self.navigate_with(path, json!({})).await
    }

    /// Joins the view at `path` on a new topic, without leaving the one that the page shows.
    pub async fn join_elsewhere(&mut self, path: &str, more: Value) -> Result<Value, Value> {
        let referer = format!("http://{}{}", self.addr, self.path);
        self.topic = format!("lv:new-{}", self.last_ref);
        let mut keys = json!({
            "url": null,
            "redirect": format!("http://{}{path}", self.addr),
            "params": { "_csrf_token": self.csrf, "_mounts": 0, "_live_referer": referer },
        });
        for (key, value) in more.as_object().expect("an object") {
            keys[key] = value.clone();
        }
        let response = self.join_with(keys).await?;
        response["id"].as_str().expect("an id").clone_into(&mut self.id);
        path.clone_into(&mut self.path);
        Ok(response)
    }

    pub fn html(&self) -> String {
        self.page.to_html()
    }

    /// From now on frames are applied and not acknowledged.
    pub fn stop_acking(&mut self) {
        self.acks = false;
    }

    pub async fn resume_acking(&mut self) {
        self.acks = true;
        self.ack().await;
    }

    /// Opens a socket with these headers besides the cookie.
    pub async fn connect_with(&mut self, query: &str, headers: &[(&'static str, &str)]) -> Result<(), WsError> {
        let mut request = format!("ws://{}/live/websocket?vsn=2.0.0{query}", self.addr).into_client_request()?;
        request.headers_mut().insert("cookie", self.cookie.parse().expect("a header"));
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        let (ws, _) = connect_async(request).await?;
        self.line = Some(Line::WebSocket(Box::new(ws)));
        self.is_json = query.contains("json");
        Ok(())
    }

    pub async fn connect(&mut self) {
        if self.polls {
            self.line = Some(Line::Polls(Polls::connect(self.addr, &self.cookie, "").await));
        } else {
            self.connect_with("", &[]).await.expect("a socket");
        }
    }

    /// From the next connection on it polls, as in a network that lets no `WebSocket` through.
    pub fn poll(mut self) -> Self {
        self.polls = true;
        self
    }

    /// From the next connection on, another server is behind the page's address.
    pub fn move_to(&mut self, addr: SocketAddr) {
        self.line = None;
        self.addr = addr;
    }

    /// Has a poll of the tab wait at the server.
    pub async fn wait_by_poll(&mut self) {
        let Some(Line::Polls(polls)) = &mut self.line else { panic!("the tab does not poll") };
        polls.wait().await;
    }

    /// What a polling tab sends when it is closed.
    pub async fn end_polls(&mut self) {
        let Some(Line::Polls(polls)) = self.line.take() else { panic!("the tab does not poll") };
        assert_eq!(polls.ask("DELETE", "").await["status"], 410);
    }

    /// Joins as a page that was just loaded, and adopts.
    pub async fn join(&mut self) -> Value {
        self.connect().await;
        let response = self.join_with(json!({ "adopt": true })).await.expect("the join succeeds");
        assert!(response.get("adopt").is_some(), "{response}");
        response
    }

    /// Joins as a page whose socket was lost.
    pub async fn rejoin(&mut self) -> Value {
        self.connect().await;
        self.join_with(json!({ "seq": self.seq })).await.expect("the join succeeds")
    }

    /// Joins again after [`drop_socket`](Self::drop_socket), with acknowledgements.
    pub async fn resume_after_drop(&mut self) {
        self.acks = true;
        let response = self.rejoin().await;
        assert_eq!(response["resume"], true, "{response}");
    }

    /// Sends `phx_join` with these keys besides the usual ones, and follows the reply.
    pub async fn join_with(&mut self, more: Value) -> Result<Value, Value> {
        let mut payload = json!({
            "session": self.session,
            "url": format!("http://{}{}", self.addr, self.path),
            "params": { "_csrf_token": self.csrf, "_mounts": self.joins },
        });
        for (key, value) in more.as_object().expect("an object") {
            payload[key] = value.clone();
        }
        let reference = self.next_ref();
        self.push_text(json!([reference.to_string(), reference.to_string(), self.topic(), "phx_join", payload])).await;
        let response = loop {
            match self.hear().await {
                Heard::Text { reference: Some(answered), payload, .. } if answered == reference.to_string() => {
                    break payload;
                }
                Heard::Closed(code) => panic!("the socket was closed: {code:?}"),
                _ => {}
            }
        };
        if response["status"] != "ok" {
            return Err(response["response"].clone());
        }
        self.joins += 1;
        let response = response["response"].clone();
        self.enter(&response);
        Ok(response)
    }

    fn enter(&mut self, response: &Value) {
        self.n = response["n"].as_u64().expect("a number");
        if let Some(program) = response["adopt"].as_str() {
            let program = STANDARD.decode(program).expect("base64");
            let check = response["check"].as_u64().and_then(|check| u32::try_from(check).ok()).expect("a checksum");
            self.page.adopt(&program, check).expect("the page is the one that the server rendered");
        }
        if response["fresh"] == true {
            self.page.begin_anew();
            self.seq = 0;
            self.follow(&response["diff"]);
        }
        if let Some(session) = response["session"].as_str() {
            session.clone_into(&mut self.session);
        }
    }

    /// Applies a patch inside a text message, in either form.
    fn follow(&mut self, diff: &Value) -> Option<u64> {
        match diff {
            Value::String(text) => {
                let bytes = STANDARD.decode(text).expect("base64");
                let mut reader = Reader::new(&bytes);
                let seq = reader.varint().expect("a number");
                self.apply(seq, reader.rest());
                Some(seq)
            }
            Value::Object(diff) => {
                let seq = diff["seq"].as_u64().expect("a number");
                for op in diff["ops"].as_array().expect("ops") {
                    let op = bennu::protocol::op::from_json(op).expect("an op");
                    self.page.apply_op(&op).expect("an op for this page");
                }
                self.seq = seq;
                Some(seq)
            }
            _ => None,
        }
    }

    fn apply(&mut self, seq: u64, ops: &[u8]) {
        if seq > self.seq {
            self.page.apply(ops).expect("ops for this page");
            self.seq = seq;
        }
    }

    pub fn next_ref(&mut self) -> u64 {
        self.last_ref += 1;
        self.last_ref
    }

    pub async fn push_text(&mut self, frame: Value) {
        self.wire.push(format!("> {}", frame[3].as_str().unwrap_or_default()));
        self.send(Message::text(frame.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        self.try_send(message).await.expect("the socket is open");
    }

    pub async fn try_send(&mut self, message: Message) -> Result<(), WsError> {
        self.line.as_mut().expect("a socket").send(message).await
    }

    /// Pushes a binary click with these arguments; does not wait.
    pub async fn push_click(&mut self, name: &str, args: &Value) -> u64 {
        self.push_click_acking(self.seq, name, args).await
    }

    /// Pushes a binary click that says that frames up to `acked` are applied.
    pub async fn push_click_acking(&mut self, acked: u64, name: &str, args: &Value) -> u64 {
        let reference = self.next_ref();
        let mut frame = vec![0x20];
        write_varint(&mut frame, self.n);
        write_varint(&mut frame, reference);
        write_varint(&mut frame, acked);
        frame.push(0);
        write_string(&mut frame, name);
        write_string(&mut frame, &if args.is_null() { String::new() } else { args.to_string() });
        self.send(Message::binary(frame)).await;
        reference
    }

    /// Clicks and waits for the answer.
    pub async fn click(&mut self, name: &str, args: Value) -> Result<Option<Value>, Value> {
        let reference = self.push_click(name, &args).await;
        self.answer(reference).await
    }

    /// Waits for the reply to a binary push.
    async fn answer(&mut self, reference: u64) -> Result<Option<Value>, Value> {
        loop {
            match self.hear().await {
                Heard::Reply { reference: answered, ok, reply } if answered == reference => {
                    return if ok { Ok(reply) } else { Err(reply.unwrap_or_default()) };
                }
                Heard::Closed(code) => panic!("the socket was closed: {code:?}"),
                _ => {}
            }
        }
    }

    /// A listener event of Dioxus on this node.
    pub async fn listener(&mut self, node: u32, event: &str, data: &Value) -> Result<Option<Value>, Value> {
        let reference = self.next_ref();
        let mut frame = vec![0x21];
        write_varint(&mut frame, self.n);
        write_varint(&mut frame, reference);
        write_varint(&mut frame, self.seq);
        write_varint(&mut frame, u64::from(node));
        write_string(&mut frame, event);
        frame.extend_from_slice(data.to_string().as_bytes());
        self.send(Message::binary(frame)).await;
        self.answer(reference).await
    }

    /// A text event, and its reply's payload.
    pub async fn event(&mut self, payload: Value) -> Value {
        let reference = self.next_ref().to_string();
        self.push_text(json!([null, reference, self.topic(), "event", payload])).await;
        self.reply_to(&reference).await
    }

    /// Waits for the reply to a text push.
    pub async fn reply_to(&mut self, reference: &str) -> Value {
        loop {
            match self.hear().await {
                Heard::Text { reference: Some(answered), payload, .. } if answered == reference => return payload,
                Heard::Closed(code) => panic!("the socket was closed: {code:?}"),
                _ => {}
            }
        }
    }

    /// Applies frames until the page shows `text`.
    pub async fn sees(&mut self, text: &str) {
        while !self.html().contains(text) {
            match self.hear().await {
                Heard::Closed(code) => {
                    panic!("the socket was closed ({code:?}) before the page showed {text:?}: {}", self.html())
                }
                Heard::Text { event, payload, .. } if event == "phx_error" => panic!("the view crashed: {payload}"),
                _ => {}
            }
        }
    }

    /// The next message, followed.
    pub async fn hear(&mut self) -> Heard {
        if let Ok(heard) = timeout(PATIENCE, self.listen()).await {
            return heard;
        }
        panic!("the server says nothing; the page is {}", self.page.to_html())
    }

    /// [`hear`](Self::hear), however long it takes.
    pub async fn listen(&mut self) -> Heard {
        match self.line.as_mut().expect("a socket").next().await {
            Some(Ok(Message::Text(text))) => self.hear_text(&text).await,
            Some(Ok(Message::Binary(bytes))) => self.hear_binary(&bytes).await,
            Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map(|CloseFrame { code, .. }| code.into())),
            Some(Ok(_)) => Box::pin(self.listen()).await,
            Some(Err(_)) | None => Heard::Closed(None),
        }
    }

    async fn hear_text(&mut self, text: &str) -> Heard {
        type Envelope = (Option<String>, Option<String>, String, String, Value);
        let (_, reference, topic, event, payload): Envelope = serde_json::from_str(text).expect("an envelope");
        self.wire.push(format!("< {event}"));
        if topic != self.topic {
            // Of a view that the page has left.
            return Heard::Text { reference, event, payload };
        }
        if event == "session" {
            payload["session"].as_str().expect("a token").clone_into(&mut self.session);
        }
        let diff = if event == "diff" { &payload } else { &payload["response"]["diff"] };
        if event == "diff" || payload["response"].get("fresh").is_none() {
            let diff = diff.clone();
            if self.follow(&diff).is_some() {
                self.ack_if_wanted().await;
            }
        }
        Heard::Text { reference, event, payload }
    }

    async fn hear_binary(&mut self, bytes: &[u8]) -> Heard {
        let mut reader = Reader::new(bytes);
        let kind = reader.byte().expect("a kind");
        self.wire.push(format!("< {kind:#x}"));
        assert_eq!(reader.varint().expect("a topic"), self.n);
        let heard = if kind == 0x10 {
            let seq = reader.varint().expect("a number");
            self.apply(seq, reader.rest());
            Heard::Diff
        } else {
            assert_eq!(kind, 0x11);
            let reference = reader.varint().expect("a ref");
            let ok = reader.byte().expect("a status") == 0;
            let reply = reader.string().expect("a reply");
            let reply = (!reply.is_empty()).then(|| serde_json::from_str(reply).expect("JSON"));
            if !reader.is_empty() {
                let number = reader.varint().expect("a number");
                self.apply(number, reader.rest());
            }
            Heard::Reply { reference, ok, reply }
        };
        self.ack_if_wanted().await;
        heard
    }

    async fn ack_if_wanted(&mut self) {
        if self.acks {
            self.ack().await;
        }
    }

    async fn ack(&mut self) {
        if self.is_json {
            let frame = json!([null, null, self.topic(), "ack", { "seq": self.seq }]);
            drop(self.try_send(Message::text(frame.to_string())).await);
            return;
        }
        let mut frame = vec![0x22];
        write_varint(&mut frame, self.n);
        write_varint(&mut frame, self.seq);
        // A socket that was closed meanwhile is found out by the next read.
        drop(self.try_send(Message::binary(frame)).await);
    }

    /// Breaks the connection without a word.
    pub fn drop_socket(&mut self) {
        self.line = None;
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let start = text.find(before).unwrap_or_else(|| panic!("no {before:?} in {text}")) + before.len();
    let length = text[start..].find(after).unwrap_or_else(|| panic!("no {after:?} in {text}"));
    &text[start..start + length]
}

/// The start tag and the content of the `div` with this id.
fn container<'a>(html: &'a str, id: &str) -> (&'a str, &'a str) {
    let at = html.find(&format!(" id=\"{id}\"")).unwrap_or_else(|| panic!("no container {id:?} in {html}"));
    let start = html[..at].rfind('<').expect("a tag");
    let begin = start + html[start..].find('>').expect("a tag") + 1;
    let mut depth = 1;
    for (at, _) in html[begin..].match_indices('<') {
        let rest = &html[begin + at..];
        depth += i32::from(rest.starts_with("<div")) - i32::from(rest.starts_with("</div"));
        if depth == 0 {
            return (&html[start..begin], &html[begin..begin + at]);
        }
    }
    panic!("the container {id:?} has no end in {html}")
}
