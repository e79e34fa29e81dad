//! What a browser says on its socket: text frames of Channels V2, and the binary frames of the wire document.
//!
//! Frames in, values out. Nothing here trusts the frame: a frame that is not one of these is a [`MessageError`].

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::wire::{Reader, WireError};
use crate::live_view::{ClientEvent, EventKind, EventValue};
use crate::{Params, ParamsError};

/// Topic of the socket itself.
pub(crate) const PHOENIX_TOPIC: &str = "phoenix";
/// Prefix of a live view's topic.
pub(crate) const LIVE_TOPIC: &str = "lv:";

pub(crate) const JOIN: &str = "phx_join";
pub(crate) const LEAVE: &str = "phx_leave";
pub(crate) const HEARTBEAT: &str = "heartbeat";
pub(crate) const EVENT: &str = "event";
pub(crate) const LIVE_PATCH: &str = "live_patch";
pub(crate) const ACK: &str = "ack";
pub(crate) const REPLY: &str = "phx_reply";
pub(crate) const ERROR: &str = "phx_error";
pub(crate) const CLOSE: &str = "phx_close";
pub(crate) const DIFF: &str = "diff";
pub(crate) const SESSION: &str = "session";

/// The type of an event that a Dioxus listener waits for.
const LISTENER: &str = "listener";

const EVENT_FRAME: u8 = 0x20;
const LISTENER_FRAME: u8 = 0x21;
const ACK_FRAME: u8 = 0x22;

/// Why a frame is none of ours. The socket is closed with this as its reason.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    #[error("not a frame `[join_ref, ref, topic, event, payload]`")]
    Envelope(#[source] serde_json::Error),
    #[error("unknown kind of binary frame: {0:#x}")]
    Kind(u8),
    #[error("the binary frame ends early or holds no UTF-8")]
    Binary(#[from] WireError),
}

/// Why a push cannot be understood. Its sender is told; the socket stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PayloadError {
    #[error("the payload does not have the shape of this event")]
    Shape(#[source] serde_json::Error),
    #[error("unknown type of event")]
    Type,
    #[error(transparent)]
    Form(#[from] ParamsError),
}

/// A text frame.
#[derive(Debug)]
pub(crate) struct Push<'a> {
    pub(crate) join_ref: Option<Box<str>>,
    pub(crate) reference: Option<Box<str>>,
    pub(crate) topic: Box<str>,
    pub(crate) event: Box<str>,
    payload: &'a RawValue,
}

/// The payload of `event`.
#[derive(Debug)]
pub(crate) enum TextEvent {
    /// Of a `phx-*` binding.
    Binding(ClientEvent),
    /// That a Dioxus listener waits for; only pages with the JSON serializer send these as text.
    Listener { node: u32, name: Box<str>, json: Box<str> },
}

/// The payload of `phx_join` on a live view's topic.
#[derive(Debug, Deserialize)]
pub(crate) struct Join {
    pub(crate) session: Box<str>,
    #[serde(default)]
    pub(crate) url: Option<Box<str>>,
    /// In place of `url`: the page navigates here, away from the view that the token names.
    #[serde(default)]
    pub(crate) redirect: Option<Box<str>>,
    /// A token of messages for the view that is navigated to.
    #[serde(default)]
    pub(crate) flash: Option<Box<str>>,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
    #[serde(default)]
    pub(crate) adopt: bool,
    #[serde(default)]
    pub(crate) seq: Option<u64>,
}

/// The payload of `live_patch`.
#[derive(Debug, Deserialize)]
pub(crate) struct LivePatch {
    pub(crate) url: Box<str>,
    /// The last frame that the browser has applied.
    #[serde(default)]
    pub(crate) ack: u64,
}

/// A binary frame.
#[derive(Debug)]
pub(crate) enum BinaryMessage<'a> {
    Event { n: u64, reference: u64, ack: u64, kind: u8, name: &'a str, args: &'a str, value: &'a [u8] },
    Listener { n: u64, reference: u64, ack: u64, node: u32, name: &'a str, json: &'a [u8] },
    Ack { n: u64, seq: u64 },
}

/// Reads a text frame's envelope; the payload is read when it is known what it should be.
pub(crate) fn parse_text(text: &str) -> Result<Push<'_>, MessageError> {
    type Envelope<'a> = (Option<Box<str>>, Option<Box<str>>, Box<str>, Box<str>, &'a RawValue);
    let (join_ref, reference, topic, event, payload): Envelope<'_> =
        serde_json::from_str(text).map_err(MessageError::Envelope)?;
    Ok(Push { join_ref, reference, topic, event, payload })
}

/// Reads a binary frame.
pub(crate) fn parse_binary(bytes: &[u8]) -> Result<BinaryMessage<'_>, MessageError> {
    let mut reader = Reader::new(bytes);
    match reader.byte()? {
        EVENT_FRAME => Ok(BinaryMessage::Event {
            n: reader.varint()?,
            reference: reader.varint()?,
            ack: reader.varint()?,
            kind: reader.byte()?,
            name: reader.string()?,
            args: reader.string()?,
            value: reader.rest(),
        }),
        LISTENER_FRAME => Ok(BinaryMessage::Listener {
            n: reader.varint()?,
            reference: reader.varint()?,
            ack: reader.varint()?,
            node: reader.number()?,
            name: reader.string()?,
            json: reader.rest(),
        }),
        ACK_FRAME => Ok(BinaryMessage::Ack { n: reader.varint()?, seq: reader.varint()? }),
        kind => Err(MessageError::Kind(kind)),
    }
}

impl Push<'_> {
    pub(crate) fn join(&self) -> Result<Join, PayloadError> {
        serde_json::from_str(self.payload.get()).map_err(PayloadError::Shape)
    }

    pub(crate) fn live_patch(&self) -> Result<LivePatch, PayloadError> {
        serde_json::from_str(self.payload.get()).map_err(PayloadError::Shape)
    }

    /// Of `phx_leave`: whether another view takes the place of this one.
    pub(crate) fn is_navigation(&self) -> bool {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            navigate: bool,
        }
        serde_json::from_str(self.payload.get()).is_ok_and(|payload: Payload| payload.navigate)
    }

    /// The last frame that the browser has applied.
    pub(crate) fn ack(&self) -> Result<u64, PayloadError> {
        #[derive(Deserialize)]
        struct Payload {
            seq: u64,
        }
        let payload: Payload = serde_json::from_str(self.payload.get()).map_err(PayloadError::Shape)?;
        Ok(payload.seq)
    }

    /// The event, and the last frame that the browser has applied.
    pub(crate) fn event(&self) -> Result<(TextEvent, u64), PayloadError> {
        #[derive(Deserialize)]
        struct Payload {
            r#type: Box<str>,
            event: Box<str>,
            #[serde(default)]
            value: Value,
            #[serde(default)]
            args: Vec<Value>,
            #[serde(default)]
            node: u32,
            #[serde(default)]
            ack: u64,
        }
        let payload: Payload = serde_json::from_str(self.payload.get()).map_err(PayloadError::Shape)?;
        if *payload.r#type == *LISTENER {
            let json = payload.value.to_string().into();
            return Ok((TextEvent::Listener { node: payload.node, name: payload.event, json }, payload.ack));
        }
        let kind = EventKind::from_name(&payload.r#type).ok_or(PayloadError::Type)?;
        let value = match (kind, payload.value) {
            (EventKind::Form, Value::String(form)) => EventValue::Form(Params::decode(&form)?),
            (EventKind::Form, _) => return Err(PayloadError::Type),
            (_, Value::Object(map)) => EventValue::Object(map),
            (_, Value::Null) => EventValue::Object(Map::new()),
            (_, other) => EventValue::Object(Map::from_iter([("value".to_owned(), other)])),
        };
        Ok((TextEvent::Binding(ClientEvent::new(kind, payload.event, payload.args, value)), payload.ack))
    }
}

/// Makes the event of a binary event frame.
pub(crate) fn binary_event(kind: u8, name: &str, args: &str, value: &[u8]) -> Result<ClientEvent, PayloadError> {
    let kind = EventKind::from_code(kind).ok_or(PayloadError::Type)?;
    let args = if args.is_empty() { Vec::new() } else { serde_json::from_str(args).map_err(PayloadError::Shape)? };
    let value =
        if value.is_empty() { Map::new() } else { serde_json::from_slice(value).map_err(PayloadError::Shape)? };
    Ok(ClientEvent::new(kind, name, args, EventValue::Object(value)))
}

#[cfg(test)]
mod tests {
    use super::{BinaryMessage, EventKind, TextEvent, binary_event, parse_binary, parse_text};

    #[test]
    fn a_click_is_ten_bytes() {
        let frame = [0x20, 1, 7, 3, 0, 3, b'i', b'n', b'c', 0];
        let Ok(BinaryMessage::Event { n: 1, reference: 7, ack: 3, kind, name, args, value }) = parse_binary(&frame)
        else {
            panic!("not an event")
        };
        let event = binary_event(kind, name, args, value).unwrap();
        assert_eq!((event.kind(), event.name()), (EventKind::Click, "inc"));
    }

    #[test]
    fn a_form_event_carries_its_fields() {
        let push =
            parse_text(r#"["1","2","lv:x","event",{"type":"form","event":"save","value":"a=1&b=%C3%A9","ack":4}]"#)
                .unwrap();
        let Ok((TextEvent::Binding(event), 4)) = push.event() else { panic!("not a binding's event") };
        assert_eq!(event.form().unwrap().get("b"), Some("é"));
    }

    #[test]
    fn frames_of_others_are_errors() {
        for text in ["", "[]", "{}", "null", r#"["1","2","t","e"]"#, r#"[1,2,"t","e",{}]"#, "[[[[[["] {
            assert!(parse_text(text).is_err(), "{text}");
        }
        for bytes in [
            &[][..],
            &[0x20],
            &[0x99, 1],
            &[0x20, 1, 7, 3, 0, 200],
            &[0x21, 1, 1, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
        ] {
            assert!(parse_binary(bytes).is_err(), "{bytes:?}");
        }
    }
}
