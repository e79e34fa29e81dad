//! The language of tests: what goes out, as values.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::channel::{DecodeError, EncodeError, Frame, Incoming, Outgoing, Payload, Serializer, Status};

/// A client in Rust needs no language of its own: it sends messages as they are.
struct Values;

/// One for all tests, so that a broadcast is written once, as it is for clients of one language.
pub(super) fn values() -> Arc<dyn Serializer> {
    static VALUES: LazyLock<Arc<dyn Serializer>> = LazyLock::new(|| Arc::new(Values));
    VALUES.clone()
}

/// How a push was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct TestReply {
    /// How.
    pub status: Status,
    /// With what.
    pub payload: Payload,
}

/// What the client hears.
#[derive(Debug)]
pub(super) enum Heard {
    Push { topic: String, event: String, payload: Payload },
    Reply { reference: String, reply: TestReply },
}

#[derive(Serialize, Deserialize)]
struct Wire {
    topic: String,
    event: String,
    reference: Option<String>,
    is_ok: bool,
    json: Option<Box<RawValue>>,
    binary: Option<String>,
}

impl Serializer for Values {
    fn vsn(&self) -> &'static str {
        "test"
    }

    fn decode(&self, _: &Frame) -> Result<Incoming, DecodeError> {
        Err(DecodeError::new("a test sends messages"))
    }

    fn encode(&self, message: &Outgoing<'_>) -> Result<Frame, EncodeError> {
        let (topic, event, reference, is_ok, payload) = match *message {
            Outgoing::Push { topic, event, payload, .. } | Outgoing::Broadcast { topic, event, payload } => {
                (topic, event, None, true, payload)
            }
            Outgoing::Reply { reference, topic, status, response, .. } => {
                (topic, "", Some(reference.to_owned()), status == Status::Ok, response)
            }
        };
        let wire = Wire {
            topic: topic.to_owned(),
            event: event.to_owned(),
            reference,
            is_ok,
            json: payload.as_raw().map(ToOwned::to_owned),
            binary: payload.as_binary().map(|bytes| crate::base64(bytes)),
        };
        serde_json::to_string(&wire).map(Frame::text).map_err(EncodeError::Payload)
    }
}

/// Reads what [`Values`] wrote.
pub(super) fn read(frame: &Frame) -> Heard {
    let wire: Wire = serde_json::from_str(frame.as_text().unwrap_or_default()).expect("a frame of ours");
    let payload = match (wire.json, wire.binary) {
        (Some(json), _) => Payload::raw(json),
        (None, binary) => Payload::binary(crate::from_base64(&binary.unwrap_or_default()).expect("base64 of ours")),
    };
    match wire.reference {
        Some(reference) => {
            let status = if wire.is_ok { Status::Ok } else { Status::Error };
            Heard::Reply { reference, reply: TestReply { status, payload } }
        }
        None => Heard::Push { topic: wire.topic, event: wire.event, payload },
    }
}
