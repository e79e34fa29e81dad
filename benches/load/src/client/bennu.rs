//! A browser on a live view: it adopts the page, applies frames and acknowledges them as the wire document says.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bennu::protocol::wire::{Reader, write_string, write_varint};
use bennu::testing;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::counted::Counter;
use super::{Client, Loaded, Socket, Traffic, http, open};
use crate::pages::Page;
use crate::pages::data::{ROWS, Telemetry, touched};

/// Frames applied before an acknowledgement is sent by itself.
const ACK_EVERY: u64 = 4;
/// The same in time.
const ACK_AFTER: Duration = Duration::from_millis(200);
/// A browser's header of an unfragmented, masked frame below 126 bytes.
const SMALL_HEADER: u64 = 6;

const DIFF: u8 = 0x10;
const REPLY: u8 = 0x11;
const EVENT: u8 = 0x20;
const ACK: u8 = 0x22;

pub(crate) struct Bennu {
    socket: Socket,
    counter: Counter,
    /// The page itself, if this is a witness.
    shown: Option<testing::Page>,
    page: Page,
    clicks: u64,
    n: u64,
    last_ref: u64,
    /// The last frame applied, and the last one acknowledged.
    seq: u64,
    acked: u64,
    unacked_since: Option<Instant>,
    ack_bytes: u64,
    updates: u64,
}

/// What the document says about its view.
struct Document<'a> {
    id: &'a str,
    session: &'a str,
    csrf_token: &'a str,
    content: &'a str,
}

impl Client for Bennu {
    async fn connect(port: u16, page: Page, witness: bool) -> Result<(Self, Loaded)> {
        let path = format!("/{}", page.name());
        let answer = http::get(port, &path).await?;
        let document = Document::read(&answer.body)?;
        let (socket, counter) = open(port, "/live/websocket?vsn=2.0.0", answer.cookie.as_deref()).await?;
        let mut client = Self {
            socket,
            counter,
            shown: witness.then(|| testing::Page::from_html(document.content)).transpose()?,
            page,
            clicks: 0,
            n: 0,
            last_ref: 1,
            seq: 0,
            acked: 0,
            unacked_since: None,
            ack_bytes: 0,
            updates: 0,
        };
        let (reply, dynamic_nodes) = client.join(&document, &format!("http://127.0.0.1:{port}{path}")).await?;
        let loaded =
            Loaded { get: answer.bytes, html: answer.body.len() as u64, join: client.traffic(), reply, dynamic_nodes };
        Ok((client, loaded))
    }

    async fn click(&mut self) -> Result<()> {
        let name = self.page.event().context("the page has no button")?;
        self.last_ref += 1;
        let mut frame = vec![EVENT];
        write_varint(&mut frame, self.n);
        write_varint(&mut frame, self.last_ref);
        write_varint(&mut frame, self.seq);
        frame.push(0);
        write_string(&mut frame, name);
        write_string(&mut frame, "");
        self.acknowledged();
        self.socket.send(Message::Binary(frame.into())).await?;
        let before = self.seq;
        while !self.hear().await? {}
        if self.seq == before {
            bail!("the click changed nothing");
        }
        self.clicks += 1;
        Ok(())
    }

    async fn follow(&mut self, until: Instant) -> Result<u64> {
        let before = self.updates;
        loop {
            let ack_at = self.unacked_since.map_or(until, |since| since + ACK_AFTER).min(until);
            // Both arms may be dropped: `hear` takes a message whole or not at all.
            tokio::select! {
                heard = self.hear() => drop(heard?),
                () = sleep_until(ack_at) => {
                    if Instant::now() >= until {
                        return Ok(self.updates - before);
                    }
                    self.ack().await?;
                }
            }
            if self.seq - self.acked >= ACK_EVERY {
                self.ack().await?;
            }
        }
    }

    async fn keep_alive(&mut self) -> Result<()> {
        self.last_ref += 1;
        self.push(&json!([null, self.last_ref.to_string(), "phoenix", "heartbeat", {}])).await?;
        while !self.hear().await? {}
        Ok(())
    }

    fn traffic(&self) -> Traffic {
        Traffic { down: self.counter.down(), up: self.counter.up(), acks: self.ack_bytes }
    }

    fn verify(&self) -> Result<()> {
        let Some(shown) = &self.shown else {
            return Ok(());
        };
        let html = shown.to_html();
        let is_right = match self.page {
            Page::Counter => html.contains(&format!("Count: {}<", self.clicks)),
            Page::Table => values(&html) == (0..ROWS).map(|row| 7 + touches(row, self.clicks)).collect::<Vec<_>>(),
            Page::Telemetry => {
                self.updates == 0 || !html.contains(&format!("<td>{:.2}</td>", Telemetry::at(0).robots[0][0]))
            }
        };
        if is_right {
            Ok(())
        } else {
            bail!("after {} clicks and {} updates the page shows {html}", self.clicks, self.updates)
        }
    }
}

impl Bennu {
    /// Joins and adopts; the payload of the reply and how many nodes got ids.
    async fn join(&mut self, document: &Document<'_>, url: &str) -> Result<(u64, u64)> {
        let payload = json!({
            "session": document.session,
            "url": url,
            "params": { "_csrf_token": document.csrf_token, "_mounts": 0 },
            "adopt": true,
        });
        self.push(&json!(["1", "1", format!("lv:{}", document.id), "phx_join", payload])).await?;
        let Message::Text(text) = self.next().await? else { bail!("the reply to a join is text") };
        let reply: Value = serde_json::from_str(&text)?;
        let response = &reply[4]["response"];
        let (Some(n), Some(program), Some(check)) =
            (response["n"].as_u64(), response["adopt"].as_str(), response["check"].as_u64())
        else {
            bail!("the join was not answered by an adoption: {text}");
        };
        let program = STANDARD.decode(program)?;
        if let Some(shown) = &mut self.shown {
            shown.adopt(&program, u32::try_from(check)?)?;
        }
        self.n = n;
        Ok((text.len() as u64, nodes(&program)?))
    }

    /// Takes one message; whether it answers a push of this client.
    async fn hear(&mut self) -> Result<bool> {
        let bytes = match self.next().await? {
            Message::Binary(bytes) => bytes,
            Message::Text(text) if text.contains("phx_reply") => return Ok(true),
            other => bail!("unexpected: {other}"),
        };
        let mut reader = Reader::new(&bytes);
        let kind = reader.byte()?;
        if reader.varint()? != self.n {
            bail!("a frame for another topic");
        }
        if kind == REPLY {
            let (reference, status, json) = (reader.varint()?, reader.byte()?, reader.string()?);
            if reference != self.last_ref || status != 0 {
                bail!("the event failed: {json}");
            }
        } else if kind != DIFF {
            bail!("unknown frame {kind:#x}");
        }
        if !reader.is_empty() {
            self.seq = reader.varint()?;
            if let Some(shown) = &mut self.shown {
                shown.apply(reader.rest())?;
            }
            self.updates += 1;
            self.unacked_since.get_or_insert_with(Instant::now);
        }
        Ok(kind == REPLY)
    }

    async fn ack(&mut self) -> Result<()> {
        let mut frame = vec![ACK];
        write_varint(&mut frame, self.n);
        write_varint(&mut frame, self.seq);
        self.ack_bytes += frame.len() as u64 + SMALL_HEADER;
        self.acknowledged();
        Ok(self.socket.send(Message::Binary(frame.into())).await?)
    }

    fn acknowledged(&mut self) {
        self.acked = self.seq;
        self.unacked_since = None;
    }

    async fn push(&mut self, message: &Value) -> Result<()> {
        Ok(self.socket.send(Message::Text(message.to_string().into())).await?)
    }

    async fn next(&mut self) -> Result<Message> {
        Ok(self.socket.next().await.context("the server closed the socket")??)
    }
}

impl<'a> Document<'a> {
    fn read(html: &'a str) -> Result<Self> {
        let (head, rest) = html.split_once("<div id=\"").context("the page has no container")?;
        let (tag, rest) = rest.split_once('>').context("the page ends early")?;
        let (content, _) = rest.rsplit_once("</div>").context("the container is not closed")?;
        Ok(Self {
            id: tag.split('"').next().unwrap_or_default(),
            session: between(tag, "data-phx-session=\"")?,
            csrf_token: between(head, "name=\"csrf-token\" content=\"")?,
            content,
        })
    }
}

fn between<'a>(text: &'a str, start: &str) -> Result<&'a str> {
    let (_, rest) = text.split_once(start).with_context(|| format!("the page has no {start}"))?;
    rest.split('"').next().context("the page ends early")
}

/// How many nodes an adoption program gives ids to.
fn nodes(program: &[u8]) -> Result<u64> {
    let mut reader = Reader::new(program);
    for _ in 0..reader.varint()? {
        reader.varint()?;
    }
    let mut nodes = 0;
    while !reader.is_empty() {
        let head = reader.varint()?;
        if head & 4 != 0 {
            reader.varint()?;
        }
        nodes += 1;
        match head & 3 {
            0 | 1 => {}
            2 => drop((reader.varint()?, reader.varint()?)),
            _ if reader.byte()? == 2 => {
                reader.string()?;
                nodes -= 1;
            }
            _ => {
                if reader.byte()? == 3 {
                    reader.varint()?;
                }
            }
        }
    }
    Ok(nodes)
}

/// The third cell of each row.
fn values(html: &str) -> Vec<u64> {
    let rows = html.split("<tr>").skip(1);
    rows.filter_map(|row| row.split("<td>").nth(3)?.split('<').next()?.parse().ok()).collect()
}

/// How many of so many clicks touched this row.
fn touches(row: usize, clicks: u64) -> u64 {
    (0..clicks).filter(|click| touched(*click) == row).count() as u64
}
