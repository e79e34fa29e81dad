//! From what views say to WebSocket messages, in the language that the socket speaks.
//!
//! A [`Serializer`] belongs to one socket: it knows which templates its browser has, and puts the definitions of others in
//! front of the patch that first needs them.

use serde::Serialize;
use serde_json::{Value, json};

use super::message::{CLOSE, DIFF, ERROR, REPLY, SESSION};
use super::op::{OpReader, to_json};
use super::outgoing::{Answer, Outgoing, Reference, ReplyTo, TopicRef};
use super::wire::{write_string, write_varint};
use crate::protocol::frame::Frame;
use crate::render::{KnownTemplates, write_definitions};

const DIFF_FRAME: u8 = 0x10;
const REPLY_FRAME: u8 = 0x11;

/// The two forms of patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    #[default]
    Binary,
    Json,
}

/// A WebSocket message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Encoded {
    Text(String),
    Binary(Vec<u8>),
}

/// Writes the messages of one socket.
pub(crate) struct Serializer {
    format: Format,
    known: KnownTemplates,
}

impl Serializer {
    pub(crate) fn new(format: Format) -> Self {
        Self { format, known: KnownTemplates::default() }
    }

    pub(crate) fn encode(&mut self, message: Outgoing) -> Encoded {
        match message {
            Outgoing::Diff { topic, frame } => self.diff(&topic, &frame),
            Outgoing::Reply { topic, to, answer, frame } => self.reply(&topic, to, answer, frame.as_deref()),
            Outgoing::Joined { topic, to, mut response, frame } => {
                if let Some(frame) = frame {
                    response["diff"] = self.embedded(&frame);
                }
                status_reply(Some(&topic.join_ref), Some(&to), &topic.name, "ok", &response)
            }
            Outgoing::Error { topic, reason } => closing(&topic, ERROR, reason),
            Outgoing::Close { topic, reason } => closing(&topic, CLOSE, reason),
        }
    }

    fn diff(&mut self, topic: &TopicRef, frame: &Frame) -> Encoded {
        match self.format {
            Format::Json => text(Some(&topic.join_ref), None, &topic.name, DIFF, &self.embedded(frame)),
            Format::Binary => {
                let mut bytes = Vec::with_capacity(frame.edits.ops.len() + 12);
                bytes.push(DIFF_FRAME);
                write_varint(&mut bytes, topic.n);
                self.write_frame(frame, &mut bytes);
                Encoded::Binary(bytes)
            }
        }
    }

    fn reply(&mut self, topic: &TopicRef, to: ReplyTo, answer: Answer, frame: Option<&Frame>) -> Encoded {
        match to.reference {
            Reference::Text(reference) => {
                let (status, mut response) = match answer {
                    Answer::Ok(None) => ("ok", json!({})),
                    Answer::Ok(Some(reply)) => ("ok", json!({ "reply": reply })),
                    Answer::Error(reason) => ("error", json!({ "reason": reason })),
                };
                if let Some(frame) = frame {
                    response["diff"] = self.embedded(frame);
                }
                status_reply(Some(&topic.join_ref), Some(&reference), &topic.name, status, &response)
            }
            Reference::Binary(reference) => {
                let (status, reply) = match answer {
                    Answer::Ok(None) => (0, String::new()),
                    Answer::Ok(Some(reply)) => (0, reply.to_string()),
                    Answer::Error(reason) => (1, json!({ "reason": reason }).to_string()),
                };
                let mut bytes = vec![REPLY_FRAME];
                write_varint(&mut bytes, topic.n);
                write_varint(&mut bytes, reference);
                bytes.push(status);
                write_string(&mut bytes, &reply);
                if let Some(frame) = frame {
                    self.write_frame(frame, &mut bytes);
                }
                Encoded::Binary(bytes)
            }
        }
    }

    /// A frame inside a text message.
    fn embedded(&mut self, frame: &Frame) -> Value {
        let mut bytes = Vec::with_capacity(frame.edits.ops.len() + 8);
        match self.format {
            Format::Binary => {
                self.write_frame(frame, &mut bytes);
                Value::String(crate::base64(&bytes))
            }
            Format::Json => {
                self.write_ops(frame, &mut bytes);
                // Our own encoder wrote these bytes, so every op can be read.
                let ops: Vec<Value> = OpReader::new(&bytes).map_while(Result::ok).map(|op| to_json(&op)).collect();
                json!({ "seq": frame.seq, "ops": ops })
            }
        }
    }

    fn write_frame(&mut self, frame: &Frame, out: &mut Vec<u8>) {
        write_varint(out, frame.seq);
        self.write_ops(frame, out);
    }

    fn write_ops(&mut self, frame: &Frame, out: &mut Vec<u8>) {
        write_definitions(&frame.edits.templates, &mut self.known, out);
        out.extend_from_slice(&frame.edits.ops);
    }
}

/// `phx_reply` in text: of a view, or of the socket to a push that no view takes.
pub(crate) fn status_reply(
    join_ref: Option<&str>,
    reference: Option<&str>,
    topic: &str,
    status: &str,
    response: &Value,
) -> Encoded {
    text(join_ref, reference, topic, REPLY, &StatusReply { status, response })
}

/// `session`: the token that the page joins with next time.
pub(crate) fn session(join_ref: &str, topic: &str, token: &str) -> Encoded {
    text(Some(join_ref), None, topic, SESSION, &json!({ "session": token }))
}

fn closing(topic: &TopicRef, event: &str, reason: &str) -> Encoded {
    text(Some(&topic.join_ref), Some(&topic.join_ref), &topic.name, event, &json!({ "reason": reason }))
}

/// The payload of `phx_reply`, in the order in which people read it.
#[derive(Serialize)]
struct StatusReply<'a> {
    status: &'a str,
    response: &'a Value,
}

fn text(
    join_ref: Option<&str>,
    reference: Option<&str>,
    topic: &str,
    event: &str,
    payload: &impl Serialize,
) -> Encoded {
    // Texts and JSON have a form in JSON.
    Encoded::Text(serde_json::to_string(&(join_ref, reference, topic, event, payload)).unwrap_or_default())
}
