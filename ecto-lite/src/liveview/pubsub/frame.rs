//! A message as PostgreSQL carries it: texts of less than 8,000 bytes without NUL.
//!
//! ```text
//! bennu1 <node> <number> <part>/<parts> <t|b> <piece>
//! ```
//!
//! The pieces of all parts make the body, `<length of the topic in bytes>:<topic><message>`, as it is (`t`) or, where it is no such text, in Base64 (`b`). Numbers of a node grow, so
//! that no two notifications are alike: PostgreSQL drops the second of two in one transaction.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

/// What stands before everything. Another format would have another word.
const WORD: &str = "bennu1";

/// The longest payload of a notification, in bytes (`NOTIFY_PAYLOAD_MAX_LENGTH` of PostgreSQL, less its final NUL).
const LONGEST: usize = 7_999;

/// The most that a head takes: the word, a node, two numbers of 20 digits and two of 10.
const HEAD: usize = 128;

/// How the body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// As it is.
    Text,
    /// In Base64.
    Bytes,
}

/// One notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Notification<'a> {
    pub(super) node: &'a str,
    pub(super) number: u64,
    /// From 0.
    pub(super) part: usize,
    pub(super) parts: usize,
    pub(super) writing: Writing,
    pub(super) piece: &'a str,
}

/// Writes a message as one notification or several, in order.
pub(super) fn write(node: &str, number: u64, topic: &str, message: &[u8], to: &mut Vec<String>) {
    let (mark, body) = match body(topic, message) {
        Ok(text) => ('t', text),
        Err(bytes) => ('b', BASE64.encode(bytes)),
    };
    let pieces = cut(&body);
    let parts = pieces.len();
    for (part, piece) in pieces.into_iter().enumerate() {
        to.push(format!("{WORD} {node} {number} {part}/{parts} {mark} {piece}"));
    }
}

/// As text if PostgreSQL can take it as that.
fn body(topic: &str, message: &[u8]) -> Result<String, Vec<u8>> {
    let mut body = format!("{}:{topic}", topic.len()).into_bytes();
    body.extend_from_slice(message);
    if body.contains(&0) {
        return Err(body);
    }
    String::from_utf8(body).map_err(std::string::FromUtf8Error::into_bytes)
}

/// Pieces that fit, cut between characters; one of them when the text is empty.
fn cut(mut text: &str) -> Vec<&str> {
    let mut pieces = Vec::with_capacity(text.len() / (LONGEST - HEAD) + 1);
    while text.len() > LONGEST - HEAD {
        let (piece, rest) = text.split_at(text.floor_char_boundary(LONGEST - HEAD));
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}

/// Reads a notification; `None` when it is none of ours.
pub(super) fn read(payload: &str) -> Option<Notification<'_>> {
    let mut fields = payload.splitn(6, ' ');
    let mut field = || fields.next();
    if field()? != WORD {
        return None;
    }
    let (node, number) = (field()?, field()?.parse().ok()?);
    let (part, parts) = field()?.split_once('/')?;
    let (part, parts) = (part.parse().ok()?, parts.parse().ok()?);
    let writing = match field()? {
        "t" => Writing::Text,
        "b" => Writing::Bytes,
        _ => return None,
    };
    let piece = field()?;
    (part < parts && !node.is_empty()).then_some(Notification { node, number, part, parts, writing, piece })
}

/// The topic and the message of a body that was put together; `None` when it is none.
pub(super) fn open<T>(writing: Writing, body: &str, take: impl FnOnce(&str, &[u8]) -> T) -> Option<T> {
    let decoded;
    let body = match writing {
        Writing::Text => body.as_bytes(),
        Writing::Bytes => {
            decoded = BASE64.decode(body).ok()?;
            &decoded
        }
    };
    let colon = body.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&body[..colon]).ok()?.parse().ok()?;
    let (topic, message) = body[colon + 1..].split_at_checked(length)?;
    Some(take(std::str::from_utf8(topic).ok()?, message))
}
