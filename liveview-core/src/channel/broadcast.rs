//! An event for all who have joined a topic.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer as SerdeSerializer};
use serde_json::value::RawValue;

use super::frame::Frame;
use super::message::Outgoing;
use super::payload::{IntoPayload, Payload};
use super::serializer::{EncodeError, Serializer};
use crate::pubsub::{PubSub, SubscriberId, Topic, topic};

/// Before the names of channels' topics, so that a channel and a live view's own messages may share a name.
const PREFIX: &str = "channel:";

/// Most servers speak two languages; what more there are is written for each subscriber.
const CACHED: usize = 3;

/// An event on its way to the channels of a topic. It is written once for each language of clients, by whoever needs it first.
pub struct Broadcast {
    topic: Arc<str>,
    event: Box<str>,
    payload: Payload,
    frames: [OnceLock<(usize, Option<Frame>)>; CACHED],
}

impl Broadcast {
    /// A broadcast to the topic, for [`PubSub::broadcast`] to its [`channel_topic`].
    ///
    /// # Errors
    /// When the payload has no form in JSON.
    pub fn new(topic: impl Into<Arc<str>>, event: &str, payload: impl IntoPayload) -> Result<Self, EncodeError> {
        Ok(Self::from_parts(topic.into(), event.into(), payload.into_payload()?))
    }

    fn from_parts(topic: Arc<str>, event: Box<str>, payload: Payload) -> Self {
        Self { topic, event, payload, frames: Default::default() }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The event.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The payload.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The frame in the serializer's language; none when it has no form there, which is logged once.
    pub(super) fn frame(&self, serializer: &Arc<dyn Serializer>) -> Option<Frame> {
        let id = Arc::as_ptr(serializer).cast::<()>().addr();
        for place in &self.frames {
            let (of, frame) = place.get_or_init(|| (id, self.encode(&**serializer)));
            if *of == id {
                return frame.clone();
            }
        }
        self.encode(&**serializer)
    }

    fn encode(&self, serializer: &dyn Serializer) -> Option<Frame> {
        let message = Outgoing::Broadcast { topic: &self.topic, event: &self.event, payload: &self.payload };
        let frame = serializer.encode(&message);
        let (topic, event, vsn) = (&self.topic, &self.event, serializer.vsn());
        frame.map_err(|error| tracing::error!(%topic, %event, vsn, %error, "a broadcast cannot be sent")).ok()
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, event, payload, .. } = self;
        let mut broadcast = f.debug_struct("Broadcast");
        broadcast.field("topic", topic).field("event", event).field("payload", payload).finish_non_exhaustive()
    }
}

/// As it goes to other nodes; bytes as base64.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    topic: Box<str>,
    event: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary: Option<std::borrow::Cow<'a, str>>,
}

impl Serialize for Broadcast {
    fn serialize<S: SerdeSerializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wire = Wire {
            topic: (*self.topic).into(),
            event: self.event.clone(),
            json: self.payload.as_raw().map(ToOwned::to_owned),
            binary: self.payload.as_binary().map(|bytes| crate::base64(bytes).into()),
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Broadcast {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { topic, event, json, binary } = Wire::deserialize(deserializer)?;
        let payload = match (json, binary) {
            (Some(json), _) => Payload::raw(json),
            (None, Some(text)) => {
                Payload::binary(crate::from_base64(&text).ok_or_else(|| D::Error::custom("no base64"))?)
            }
            (None, None) => Payload::empty(),
        };
        Ok(Self::from_parts(topic.into(), event, payload))
    }
}

/// The topic of the pubsub on which a channel's broadcasts go, on this node and others.
pub fn channel_topic(name: &str) -> Topic<Broadcast> {
    topic(format!("{PREFIX}{name}")).distributed()
}

/// Sends an event to all clients that have joined the topic, from anywhere: a request handler, a job, a live view (`Endpoint.broadcast/3`). Never
/// waits.
///
/// ```
/// use liveview_core::{PubSub, channel};
/// use serde_json::json;
///
/// let pubsub = PubSub::local();
/// channel::broadcast(&pubsub, "room:lobby", "closing", json!({ "minutes": 5 }))?;
/// # Ok::<(), liveview_core::channel::EncodeError>(())
/// ```
///
/// # Errors
/// When the payload has no form in JSON.
pub fn broadcast(pubsub: &PubSub, topic: &str, event: &str, payload: impl IntoPayload) -> Result<(), EncodeError> {
    pubsub.broadcast(&channel_topic(topic), Broadcast::new(topic, event, payload)?);
    Ok(())
}

/// [`broadcast`] to all but one subscriber.
///
/// # Errors
/// As for `broadcast`.
pub fn broadcast_from(
    pubsub: &PubSub,
    from: SubscriberId,
    topic: &str,
    event: &str,
    payload: impl IntoPayload,
) -> Result<(), EncodeError> {
    pubsub.broadcast_from(from, &channel_topic(topic), Broadcast::new(topic, event, payload)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::Broadcast;
    use crate::channel::{DecodeError, EncodeError, Frame, Incoming, Outgoing, Payload, Serializer, V2};

    /// Counts what it writes.
    struct Counting(&'static str, Arc<AtomicUsize>);

    impl Serializer for Counting {
        fn vsn(&self) -> &str {
            self.0
        }

        fn decode(&self, frame: &Frame) -> Result<Incoming, DecodeError> {
            V2.decode(frame)
        }

        fn encode(&self, _: &Outgoing<'_>) -> Result<Frame, EncodeError> {
            self.1.fetch_add(1, Ordering::Relaxed);
            Ok(Frame::text(self.0))
        }
    }

    #[test]
    fn a_broadcast_is_written_once_for_each_language() {
        let count = Arc::new(AtomicUsize::new(0));
        let languages: [Arc<dyn Serializer>; 3] =
            ["one", "two", "three"].map(|name| Arc::new(Counting(name, count.clone())) as Arc<dyn Serializer>);
        let broadcast = Broadcast::new("room:1", "new", json!({})).expect("JSON");
        for _ in 0..100 {
            for language in &languages {
                assert_eq!(broadcast.frame(language), Some(Frame::text(language.vsn())));
            }
        }
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn what_goes_to_another_node_is_what_comes_there() {
        for payload in [Payload::json(&json!({ "id": 7 })).expect("JSON"), Payload::binary(vec![0, 255])] {
            let sent = Broadcast::new("room:1", "new", payload.clone()).expect("a payload");
            let text = serde_json::to_string(&sent).expect("JSON");
            let there: Broadcast = serde_json::from_str(&text).expect("a broadcast");
            assert_eq!((there.topic(), there.event(), there.payload()), ("room:1", "new", &payload));
        }
    }
}
