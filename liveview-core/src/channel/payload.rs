//! What a message carries: JSON, or bytes.

use std::fmt;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::refused::Refused;
use super::serializer::EncodeError;

/// A message's payload. JSON stays text until somebody reads it; clones share it.
#[derive(Clone)]
pub struct Payload(Kind);

#[derive(Clone)]
enum Kind {
    Json(Arc<RawValue>),
    Binary(Bytes),
}

impl Payload {
    /// The empty object.
    pub fn empty() -> Self {
        static OBJECT: LazyLock<Arc<RawValue>> = LazyLock::new(|| {
            let object = RawValue::from_string("{}".to_owned());
            Arc::from(object.unwrap_or_else(|_| RawValue::NULL.to_owned()))
        });
        Self(Kind::Json(OBJECT.clone()))
    }

    /// A value as JSON. Nothing (`()`, `None`) is the empty object, for clients expect one.
    ///
    /// # Errors
    /// When it has no form in JSON, such as a map whose keys are not texts.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        let raw = to_raw_value(value).map_err(EncodeError::Payload)?;
        Ok(Self::raw(raw))
    }

    /// JSON as it was sent.
    pub(crate) fn raw(raw: Box<RawValue>) -> Self {
        if raw.get() == "null" { Self::empty() } else { Self(Kind::Json(raw.into())) }
    }

    /// Bytes.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Binary(bytes.into()))
    }

    /// The JSON text, if it is JSON.
    pub fn as_json(&self) -> Option<&str> {
        match &self.0 {
            Kind::Json(raw) => Some(raw.get()),
            Kind::Binary(_) => None,
        }
    }

    pub(crate) fn as_raw(&self) -> Option<&RawValue> {
        match &self.0 {
            Kind::Json(raw) => Some(raw),
            Kind::Binary(_) => None,
        }
    }

    /// The bytes, if it is binary.
    pub fn as_binary(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Json(_) => None,
            Kind::Binary(bytes) => Some(bytes),
        }
    }

    /// The JSON value; null for bytes.
    pub fn to_value(&self) -> Value {
        self.as_json().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// The JSON as a `T`.
    ///
    /// # Errors
    /// A sentence that names the field and what is wrong with it.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, String> {
        let text = self.as_json().ok_or("JSON is expected, and the payload is binary")?;
        let mut json = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let problem = without_place(error.inner());
            if path == "." { problem } else { format!("{path}: {problem}") }
        })
    }
}

/// Line and column say nothing to whoever did not write the text by hand.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(problem, _)| problem.to_owned())
}

/// Says what it is and how long, for payloads hold secrets.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Json(raw) => write!(f, "Payload(JSON, {} bytes)", raw.get().len()),
            Kind::Binary(bytes) => write!(f, "Payload(binary, {} bytes)", bytes.len()),
        }
    }
}

/// JSON by its values, bytes by theirs.
impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Json(_), Kind::Json(_)) => self.to_value() == other.to_value(),
            (Kind::Binary(one), Kind::Binary(other)) => one == other,
            _ => false,
        }
    }
}

/// What can be sent: all that serde writes, and [`Payload`] itself, which may be binary.
pub trait IntoPayload {
    /// The payload.
    ///
    /// # Errors
    /// As for [`Payload::json`].
    fn into_payload(self) -> Result<Payload, EncodeError>;
}

impl<T: Serialize> IntoPayload for T {
    fn into_payload(self) -> Result<Payload, EncodeError> {
        Payload::json(&self)
    }
}

impl IntoPayload for Payload {
    fn into_payload(self) -> Result<Payload, EncodeError> {
        Ok(self)
    }
}

/// What a handler can take: all that serde reads, and [`Payload`] itself, which may be binary.
#[diagnostic::on_unimplemented(
    message = "a payload cannot be read as `{Self}`",
    note = "derive `serde::Deserialize` for it, or take a `Payload`"
)]
pub trait FromPayload: Sized {
    /// Reads the payload of the event, or of a join.
    ///
    /// # Errors
    /// What the client is told.
    fn from_payload(event: &str, payload: Payload) -> Result<Self, Refused>;
}

impl<T: DeserializeOwned> FromPayload for T {
    fn from_payload(event: &str, payload: Payload) -> Result<Self, Refused> {
        payload.decode().map_err(|problem| Refused::new(format!("the payload of `{event}` is not right: {problem}")))
    }
}

impl FromPayload for Payload {
    fn from_payload(_: &str, payload: Payload) -> Result<Self, Refused> {
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::{FromPayload as _, IntoPayload as _, Payload};

    #[derive(Debug, Deserialize)]
    struct Command {
        #[allow(dead_code)]
        speed: Speed,
    }

    #[derive(Debug, Deserialize)]
    struct Speed {
        #[allow(dead_code)]
        metres: f64,
    }

    #[test]
    fn what_is_wrong_with_a_payload_names_the_event_and_the_field() {
        let refused = |value| {
            let payload = Payload::json(&value).expect("JSON");
            Command::from_payload("command", payload).expect_err("wrong").payload().to_value()["reason"].to_string()
        };
        let text = refused(json!({ "speed": { "metres": "fast" } }));
        assert!(text.contains("`command`") && text.contains("speed.metres"), "{text}");
        assert!(refused(json!({})).contains("missing field `speed`"));
        let binary = Command::from_payload("command", Payload::binary(vec![1])).expect_err("binary");
        assert!(binary.payload().to_value()["reason"].as_str().is_some_and(|reason| reason.contains("binary")));
    }

    #[test]
    fn nothing_is_the_empty_object() {
        assert_eq!(().into_payload().expect("JSON").as_json(), Some("{}"));
        assert_eq!(Payload::empty().as_json(), Some("{}"));
    }

    #[test]
    fn a_payload_in_a_log_shows_no_values() {
        let payload = Payload::json(&json!({ "token": "secret" })).expect("JSON");
        assert_eq!(format!("{payload:?}"), "Payload(JSON, 18 bytes)");
    }
}
