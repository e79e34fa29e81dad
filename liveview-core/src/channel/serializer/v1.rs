//! Objects: `{"topic", "event", "payload", "ref", "join_ref"}` (`Phoenix.Socket.V1.JSONSerializer`). Clients that name no `vsn` speak it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{DecodeError, EncodeError, Serializer};
use crate::channel::frame::Frame;
use crate::channel::message::{Incoming, Outgoing, REPLY};
use crate::channel::payload::Payload;

/// The protocol 1.0.0.
#[derive(Debug, Clone, Copy)]
pub struct V1;

const VSN: &str = "1.0.0";

#[derive(Deserialize)]
struct Read {
    topic: Box<str>,
    event: Box<str>,
    #[serde(default)]
    payload: Option<Box<RawValue>>,
    #[serde(default, rename = "ref")]
    reference: Option<Box<str>>,
    #[serde(default)]
    join_ref: Option<Box<str>>,
}

#[derive(Serialize)]
struct Write<'a, P> {
    topic: &'a str,
    event: &'a str,
    payload: P,
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    join_ref: Option<&'a str>,
}

#[derive(Serialize)]
struct ReplyPayload<'a> {
    status: &'a str,
    response: &'a RawValue,
}

impl Serializer for V1 {
    fn vsn(&self) -> &str {
        VSN
    }

    fn decode(&self, frame: &Frame) -> Result<Incoming, DecodeError> {
        let text = frame.as_text().ok_or_else(|| DecodeError::new("clients of 1.0.0 send text"))?;
        let Read { topic, event, payload, reference, join_ref } =
            serde_json::from_str(text).map_err(DecodeError::new)?;
        Ok(Incoming {
            join_ref: join_ref.map(Into::into),
            reference: reference.map(Into::into),
            topic: topic.into(),
            event,
            payload: payload.map_or_else(Payload::empty, Payload::raw),
        })
    }

    fn encode(&self, message: &Outgoing<'_>) -> Result<Frame, EncodeError> {
        match *message {
            Outgoing::Push { join_ref, reference, topic, event, payload } => {
                write(&Write { topic, event, payload: json(payload)?, reference, join_ref })
            }
            Outgoing::Broadcast { topic, event, payload } => {
                write(&Write { topic, event, payload: json(payload)?, reference: None, join_ref: None })
            }
            Outgoing::Reply { join_ref, reference, topic, status, response } => {
                let payload = ReplyPayload { status: status.as_str(), response: json(response)? };
                write(&Write { topic, event: REPLY, payload, reference: Some(reference), join_ref })
            }
        }
    }
}

fn json(payload: &Payload) -> Result<&RawValue, EncodeError> {
    payload.as_raw().ok_or(EncodeError::Binary { vsn: VSN })
}

fn write(value: &impl Serialize) -> Result<Frame, EncodeError> {
    serde_json::to_string(value).map(Frame::text).map_err(EncodeError::Payload)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::V1;
    use crate::channel::{EncodeError, Frame, Outgoing, Payload, Serializer as _, Status};

    #[test]
    fn a_message_is_an_object() {
        let text = r#"{"topic":"room:1","event":"new","payload":{"__proto__":1},"ref":"3"}"#;
        let message = V1.decode(&Frame::text(text)).expect("a message");
        assert_eq!((&*message.topic, &*message.event, message.reference.as_deref()), ("room:1", "new", Some("3")));
        assert_eq!(message.join_ref, None);
        assert_eq!(message.payload.as_json(), Some(r#"{"__proto__":1}"#));
        for malformed in ["", "[]", r#"{"topic":1}"#, r#"["1","2","room:1","new",{}]"#] {
            assert!(V1.decode(&Frame::text(malformed)).is_err(), "{malformed}");
        }
        assert!(V1.decode(&Frame::binary(vec![0])).is_err());
    }

    #[test]
    fn answers_are_objects_and_bytes_have_no_form() {
        let response = Payload::json(&json!({ "id": 7 })).expect("JSON");
        let reply =
            Outgoing::Reply { join_ref: None, reference: "3", topic: "t", status: Status::Ok, response: &response };
        let frame = V1.encode(&reply).expect("a frame");
        let value: Value = serde_json::from_str(frame.as_text().expect("text")).expect("JSON");
        let expected =
            json!({"topic": "t", "event": "phx_reply", "payload": {"status": "ok", "response": {"id": 7}}, "ref": "3"});
        assert_eq!(value, expected);
        let bytes = Payload::binary(vec![1]);
        let push = Outgoing::Broadcast { topic: "t", event: "e", payload: &bytes };
        assert!(matches!(V1.encode(&push), Err(EncodeError::Binary { .. })));
    }
}
