//! Arrays in text, and bytes with a head of lengths (`Phoenix.Socket.V2.JSONSerializer`).
//!
//! ```text
//! text    [join_ref, ref, topic, event, payload]
//! up      0, lengths of join_ref, ref, topic, event; then these, then the payload
//! push    0, lengths of join_ref, topic, event; then these, then the payload
//! reply   1, lengths of join_ref, ref, topic, status; then these, then the payload
//! all     2, lengths of topic, event; then these, then the payload
//! ```
//!
//! A length is one byte. Binary frames have an empty text where there is no ref.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{DecodeError, EncodeError, Serializer};
use crate::channel::frame::Frame;
use crate::channel::message::{Incoming, Outgoing, REPLY};
use crate::channel::payload::Payload;

/// The protocol 2.0.0.
#[derive(Debug, Clone, Copy)]
pub struct V2;

const PUSH_KIND: u8 = 0;
const REPLY_KIND: u8 = 1;
const BROADCAST_KIND: u8 = 2;

#[derive(Serialize)]
struct ReplyPayload<'a> {
    status: &'a str,
    response: &'a RawValue,
}

impl Serializer for V2 {
    fn vsn(&self) -> &'static str {
        "2.0.0"
    }

    fn decode(&self, frame: &Frame) -> Result<Incoming, DecodeError> {
        match (frame.as_text(), frame.as_binary()) {
            (Some(text), _) => decode_text(text),
            (None, Some(bytes)) => decode_binary(bytes),
            (None, None) => Err(DecodeError::new("neither text nor bytes")),
        }
    }

    fn encode(&self, message: &Outgoing<'_>) -> Result<Frame, EncodeError> {
        match *message {
            Outgoing::Push { join_ref, reference, topic, event, payload } => match payload.as_raw() {
                Some(json) => text(join_ref, reference, topic, event, json),
                None => binary(
                    PUSH_KIND,
                    &[("the join ref", join_ref.unwrap_or_default()), ("the topic", topic), ("the event", event)],
                    payload,
                ),
            },
            Outgoing::Broadcast { topic, event, payload } => match payload.as_raw() {
                Some(json) => text(None, None, topic, event, json),
                None => binary(BROADCAST_KIND, &[("the topic", topic), ("the event", event)], payload),
            },
            Outgoing::Reply { join_ref, reference, topic, status, response } => match response.as_raw() {
                Some(json) => {
                    let reply = ReplyPayload { status: status.as_str(), response: json };
                    text(join_ref, Some(reference), topic, REPLY, reply)
                }
                None => binary(
                    REPLY_KIND,
                    &[
                        ("the join ref", join_ref.unwrap_or_default()),
                        ("the ref", reference),
                        ("the topic", topic),
                        ("the status", status.as_str()),
                    ],
                    response,
                ),
            },
        }
    }
}

fn decode_text(text: &str) -> Result<Incoming, DecodeError> {
    type Envelope = (Option<Box<str>>, Option<Box<str>>, Box<str>, Box<str>, Box<RawValue>);
    let (join_ref, reference, topic, event, payload): Envelope =
        serde_json::from_str(text).map_err(DecodeError::new)?;
    Ok(Incoming {
        join_ref: join_ref.map(Into::into),
        reference: reference.map(Into::into),
        topic: topic.into(),
        event,
        payload: Payload::raw(payload),
    })
}

fn decode_binary(bytes: &bytes::Bytes) -> Result<Incoming, DecodeError> {
    let short = || DecodeError::new("the binary frame ends within its head");
    let (&[PUSH_KIND, join_ref, reference, topic, event], _) = bytes.split_first_chunk::<5>().ok_or_else(short)? else {
        return Err(DecodeError::new("the binary frame is no push"));
    };
    let mut at = 5;
    let mut field = |length: u8| {
        let end = at + usize::from(length);
        let field = bytes.get(at..end).ok_or_else(short)?;
        at = end;
        std::str::from_utf8(field).map_err(DecodeError::new)
    };
    let (join_ref, reference, topic, event) = (field(join_ref)?, field(reference)?, field(topic)?, field(event)?);
    let optional = |text: &str| (!text.is_empty()).then(|| text.into());
    Ok(Incoming {
        join_ref: optional(join_ref),
        reference: optional(reference),
        topic: topic.into(),
        event: event.into(),
        payload: Payload::binary(bytes.slice(at..)),
    })
}

fn text(
    join_ref: Option<&str>,
    reference: Option<&str>,
    topic: &str,
    event: &str,
    payload: impl Serialize,
) -> Result<Frame, EncodeError> {
    serde_json::to_string(&(join_ref, reference, topic, event, payload)).map(Frame::text).map_err(EncodeError::Payload)
}

fn binary(kind: u8, fields: &[(&'static str, &str)], payload: &Payload) -> Result<Frame, EncodeError> {
    let payload = payload.as_binary().map(|bytes| &**bytes).unwrap_or_default();
    let head: usize = fields.iter().map(|(_, text)| text.len() + 1).sum();
    let mut bytes = Vec::with_capacity(1 + head + payload.len());
    bytes.push(kind);
    for (field, text) in fields {
        bytes.push(u8::try_from(text.len()).map_err(|_| EncodeError::TooLong { field, bytes: text.len() })?);
    }
    for (_, text) in fields {
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(payload);
    Ok(Frame::binary(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, proptest};
    use serde_json::json;

    use super::V2;
    use crate::channel::{EncodeError, Frame, Outgoing, Payload, Serializer as _, Status};

    fn text(message: &Outgoing<'_>) -> String {
        V2.encode(message).expect("a frame").as_text().expect("text").to_owned()
    }

    #[test]
    fn a_message_is_an_array_of_five() {
        let message = V2.decode(&Frame::text(r#"["1","2","room:1","new",{"a":[1]}]"#)).expect("a message");
        assert_eq!((message.join_ref.as_deref(), message.reference.as_deref()), (Some("1"), Some("2")));
        assert_eq!((&*message.topic, &*message.event), ("room:1", "new"));
        assert_eq!(message.payload.as_json(), Some(r#"{"a":[1]}"#));
        let message = V2.decode(&Frame::text(r#"[null,null,"t","e",null]"#)).expect("a message");
        assert_eq!((message.join_ref, message.reference, message.payload), (None, None, Payload::empty()));
        for malformed in ["", "{}", "[]", r#"["1","2","t","e"]"#, r#"[1,"2","t","e",{}]"#, r#"["1","2",null,"e",{}]"#] {
            assert!(V2.decode(&Frame::text(malformed)).is_err(), "{malformed}");
        }
    }

    #[test]
    fn answers_are_arrays() {
        let payload = Payload::json(&json!({ "id": 7 })).expect("JSON");
        let (join_ref, topic) = (Some("1"), "t");
        let reply = Outgoing::Reply { join_ref, reference: "2", topic, status: Status::Error, response: &payload };
        assert_eq!(text(&reply), r#"["1","2","t","phx_reply",{"status":"error","response":{"id":7}}]"#);
        let push = Outgoing::Push { join_ref, reference: None, topic, event: "e", payload: &payload };
        assert_eq!(text(&push), r#"["1",null,"t","e",{"id":7}]"#);
        let all = Outgoing::Broadcast { topic, event: "e", payload: &payload };
        assert_eq!(text(&all), r#"[null,null,"t","e",{"id":7}]"#);
    }

    /// The bytes are those that `phoenix.js` reads and writes.
    #[test]
    fn bytes_stand_behind_a_head_of_lengths() {
        let up = b"\x00\x01\x02\x06\x031" as &[u8];
        let message = V2.decode(&Frame::binary([up, b"12room:1new\x00\xff"].concat())).expect("a message");
        assert_eq!((message.join_ref.as_deref(), message.reference.as_deref()), (Some("1"), Some("12")));
        assert_eq!((&*message.topic, &*message.event), ("room:1", "new"));
        assert_eq!(&**message.payload.as_binary().expect("bytes"), b"\x00\xff");

        let payload = Payload::binary(vec![0, 255]);
        let bytes = |message: &Outgoing<'_>| V2.encode(message).expect("a frame").as_binary().expect("bytes").to_vec();
        let (join_ref, topic) = (Some("1"), "t");
        let push = Outgoing::Push { join_ref, reference: None, topic, event: "ev", payload: &payload };
        assert_eq!(bytes(&push), b"\x00\x01\x01\x021tev\x00\xff");
        let reply = Outgoing::Reply { join_ref, reference: "12", topic, status: Status::Ok, response: &payload };
        assert_eq!(bytes(&reply), b"\x01\x01\x02\x01\x02112tok\x00\xff");
        let all = Outgoing::Broadcast { topic, event: "ev", payload: &payload };
        assert_eq!(bytes(&all), b"\x02\x01\x02tev\x00\xff");
    }

    #[test]
    fn a_field_of_more_than_255_bytes_has_no_binary_form() {
        let (payload, topic) = (Payload::binary(vec![1]), "t".repeat(256));
        let all = Outgoing::Broadcast { topic: &topic, event: "e", payload: &payload };
        assert!(matches!(V2.encode(&all), Err(EncodeError::TooLong { field: "the topic", bytes: 256 })));
        let json = Payload::empty();
        assert!(V2.encode(&Outgoing::Broadcast { topic: &topic, event: "e", payload: &json }).is_ok());
    }

    proptest! {
        #[test]
        fn no_frame_makes_it_panic(bytes in vec(any::<u8>(), 0..64), text: String) {
            drop(V2.decode(&Frame::binary(bytes.clone())));
            drop(V2.decode(&Frame::binary([&[0_u8][..], &bytes].concat())));
            prop_assert!(V2.decode(&Frame::text(text)).is_err());
        }
    }
}
