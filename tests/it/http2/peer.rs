//! A peer that writes frames byte by byte, and what it is told.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
pub(super) const PADDED: u8 = 8;
pub(super) const HAS_PRIORITY: u8 = 32;

pub(super) const PROTOCOL_ERROR: u32 = 1;
pub(super) const FLOW_CONTROL_ERROR: u32 = 3;
pub(super) const STREAM_CLOSED: u32 = 5;
pub(super) const FRAME_SIZE_ERROR: u32 = 6;
pub(super) const REFUSED_STREAM: u32 = 7;
pub(super) const COMPRESSION_ERROR: u32 = 9;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The last thing that a peer says: whoever answers it has found nothing wrong.
const LAST_PING: &[u8; 8] = b"the last";

/// How long what must come may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) type Fields<'a> = &'a [(&'a str, &'a str)];

pub(super) const GET: Fields<'static> =
    &[(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")];
pub(super) const POST: Fields<'static> =
    &[(":method", "POST"), (":scheme", "http"), (":path", "/echo"), (":authority", "localhost")];

/// What must come of it.
#[derive(Debug)]
pub(super) enum Expect {
    /// The connection ends, or says so with one of these codes.
    Connection(&'static [u32]),
    /// A stream is reset with one of these codes, or it is an error of the connection.
    Stream(&'static [u32]),
    /// Nothing is wrong, and a request was answered with 200.
    Answer,
    /// Nothing is wrong, and nobody was answered.
    Nothing,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The code of a `GOAWAY`.
    pub(super) gone: Option<u32>,
    pub(super) closed: bool,
    /// The code of a `RST_STREAM`.
    pub(super) reset: Option<u32>,
    pub(super) status: Option<&'static str>,
    /// The last ping was answered.
    pub(super) alive: bool,
    pub(super) pongs: Vec<Vec<u8>>,
    /// Answers to our `SETTINGS`.
    pub(super) settings_acks: usize,
    /// Bytes of the answers' bodies.
    pub(super) body: usize,
}

impl Expect {
    /// Whether that is what must come of it, and no more than that.
    pub(super) fn allows(&self, outcome: &Outcome) -> bool {
        let Outcome { gone, reset, closed, .. } = outcome;
        let ended = |codes: &[u32]| *closed || gone.is_some_and(|code| codes.contains(&code));
        let is_well = gone.is_none() && reset.is_none() && !closed;
        match self {
            Self::Connection(codes) => ended(codes),
            Self::Stream(codes) => reset.is_some_and(|code| codes.contains(&code)) || ended(codes),
            Self::Answer => is_well && outcome.alive && outcome.status == Some("200"),
            Self::Nothing => is_well && outcome.alive && outcome.status.is_none(),
        }
    }

    /// Whether there is nothing more to wait for.
    fn is_settled(&self, outcome: &Outcome) -> bool {
        match self {
            Self::Connection(_) | Self::Stream(_) => outcome.closed || self.allows(outcome),
            Self::Answer => outcome.closed || (outcome.alive && outcome.status.is_some()),
            Self::Nothing => outcome.closed || outcome.alive,
        }
    }
}

/// What is to be said, in bytes.
pub(super) struct Peer {
    addr: SocketAddr,
    preface: Vec<u8>,
    said: Vec<u8>,
}

impl Peer {
    pub(super) fn new(addr: SocketAddr) -> Self {
        Self { addr, preface: PREFACE.to_vec(), said: frame(SETTINGS, 0, 0, &[]) }
    }

    /// In place of the right beginning.
    pub(super) fn preface(&mut self, bytes: &[u8]) {
        self.preface = bytes.to_vec();
    }

    pub(super) fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> &mut Self {
        self.said.extend(frame(kind, flags, stream, payload));
        self
    }

    /// A header block in one frame.
    pub(super) fn headers(&mut self, flags: u8, stream: u32, fields: Fields<'_>) -> &mut Self {
        self.frame(HEADERS, flags | END_HEADERS, stream, &block(fields))
    }

    pub(super) fn settings(&mut self, pairs: &[(u16, u32)]) -> &mut Self {
        let payload: Vec<u8> =
            pairs.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
        self.frame(SETTINGS, 0, 0, &payload)
    }

    /// A request that nothing is wrong with.
    pub(super) fn get_root(&mut self) {
        self.headers(END_STREAM, 1, GET);
    }

    /// Says all of it, and listens until it is clear what comes of it.
    pub(super) async fn run(self, expected: &Expect) -> Outcome {
        let mut stream = TcpStream::connect(self.addr).await.expect("the server listens");
        let said = [&self.preface[..], &self.said, &frame(PING, 0, 0, LAST_PING)].concat();
        // It may have been let go already.
        drop(stream.write_all(&said).await);
        let mut outcome = Outcome::default();
        let listening = async {
            while !expected.is_settled(&outcome) {
                outcome.closed = outcome.hear(&mut stream).await.is_err();
            }
        };
        // What does not come is a failure, which the caller tells of.
        drop(timeout(PATIENCE, listening).await);
        outcome
    }
}

impl Outcome {
    /// Takes a frame.
    async fn hear(&mut self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await?;
        let code = |at: usize| payload.get(at..at + 4).map(|bytes| u32::from_be_bytes(bytes.try_into().expect("four")));
        match head[3] {
            // Without an error it is how a server says that it is about to stop.
            GOAWAY => self.gone = code(4).filter(|code| *code != 0).or(self.gone),
            RST_STREAM => self.reset = code(0).filter(|code| *code != 0).or(self.reset),
            HEADERS => self.status = self.status.or_else(|| status(&payload)),
            DATA => self.body += payload.len(),
            SETTINGS if head[4] & ACK != 0 => self.settings_acks += 1,
            PING if head[4] & ACK != 0 && payload == LAST_PING => self.alive = true,
            PING if head[4] & ACK != 0 => self.pongs.push(payload),
            _ => {}
        }
        Ok(())
    }
}

/// Of an answer: 200 has a place in the static table, 8.
fn status(block: &[u8]) -> Option<&'static str> {
    Some(if *block.first()? == 0x88 { "200" } else { "another" })
}

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("small").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header block: literals that are not indexed, without Huffman's code.
pub(super) fn block(fields: Fields<'_>) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            let length = u8::try_from(text.len()).ok().filter(|length| *length < 127);
            block.push(length.expect("a length of one byte"));
            block.extend(text.as_bytes());
        }
    }
    block
}
