//! Extractors: parameters of an `#[event]` function that the browser fills in, not the binding.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::event::{ClientEvent, EventError};
use crate::Params;

/// Something that can be made from what the browser sent with an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from what the browser sends with an event",
    note = "extractors are `Params`, `Fields<T>`, `Key`, `Click`, `Values` and `Target`, and types that implement `FromEvent`"
)]
pub trait FromEvent: Sized {
    /// Whether the binding must ask the browser for more than it sends anyway (click coordinates, modifier keys).
    const META: bool = false;

    /// Makes it.
    ///
    /// # Errors
    /// [`EventError::Value`], a sentence for the log and the reply, when the event does not carry it.
    fn from_event(event: &ClientEvent) -> Result<Self, EventError>;
}

/// The form of a `phx-change` or `phx-submit` as it came, with `_target` and which fields were used.
impl FromEvent for Params {
    fn from_event(event: &ClientEvent) -> Result<Self, EventError> {
        form(event).cloned()
    }
}

/// The fields of the form of a `phx-change` or `phx-submit`, read into `T`, any type that serde can deserialize:
/// `#[event] fn save(&mut self, Fields(robot): Fields<Robot>)`.
#[derive(Debug, Clone)]
pub struct Fields<T>(pub T);

impl<T: DeserializeOwned> FromEvent for Fields<T> {
    fn from_event(event: &ClientEvent) -> Result<Self, EventError> {
        form(event)?.deserialize().map(Fields).map_err(|error| EventError::Value(error.to_string()))
    }
}

/// The key of a key event: `#[event] fn steer(&mut self, key: Key)`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the keys that may be held, as the browser names them")]
pub struct Key {
    /// `KeyboardEvent.key`: `a`, `ArrowUp`, `Escape`. Empty when the browser named none (autofill does that).
    pub key: String,
    /// `KeyboardEvent.code`: the key's place on the keyboard.
    pub code: String,
    /// The key is held and repeats.
    pub repeat: bool,
    /// Alt or Option is held.
    pub alt: bool,
    /// Control is held.
    pub ctrl: bool,
    /// Command or Windows is held.
    pub meta: bool,
    /// Shift is held.
    pub shift: bool,
}

impl FromEvent for Key {
    const META: bool = true;

    fn from_event(event: &ClientEvent) -> Result<Self, EventError> {
        from_object(event, "key")
    }
}

/// Where a click hit the element that has the binding.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the keys that may be held, as the browser names them")]
pub struct Click {
    /// CSS pixels from the element's left edge.
    pub x: f64,
    /// CSS pixels from the element's top edge.
    pub y: f64,
    /// The element's width in CSS pixels.
    pub width: f64,
    /// The element's height in CSS pixels.
    pub height: f64,
    /// `MouseEvent.detail`: 2 for a double click.
    pub detail: u32,
    /// Alt or Option is held.
    pub alt: bool,
    /// Control is held.
    pub ctrl: bool,
    /// Command or Windows is held.
    pub meta: bool,
    /// Shift is held.
    pub shift: bool,
}

impl FromEvent for Click {
    const META: bool = true;

    fn from_event(event: &ClientEvent) -> Result<Self, EventError> {
        from_object(event, "click")
    }
}

/// Everything that came with an event that is not a form: `phx-value-*` and what the kind adds.
#[derive(Debug, Clone)]
pub struct Values(pub Map<String, Value>);

impl FromEvent for Values {
    fn from_event(event: &ClientEvent) -> Result<Self, EventError> {
        let map = event
            .object()
            .ok_or_else(|| EventError::Value(format!("event `{}` carries a form, no values", event.name())))?;
        Ok(Self(map.clone()))
    }
}

/// The name of the form control that changed, as a path: `user[name]` is `["user", "name"]`. Empty for a submit.
#[derive(Debug, Clone)]
pub struct Target(pub Vec<String>);

impl FromEvent for Target {
    fn from_event(event: &ClientEvent) -> Result<Self, EventError> {
        Ok(Self(form(event)?.target().to_vec()))
    }
}

fn form(event: &ClientEvent) -> Result<&Params, EventError> {
    event.form().ok_or_else(|| EventError::Value(format!("event `{}` carries no form", event.name())))
}

fn from_object<T: DeserializeOwned>(event: &ClientEvent, what: &str) -> Result<T, EventError> {
    let map = event
        .object()
        .ok_or_else(|| EventError::Value(format!("event `{}` carries a form, not a {what}", event.name())))?;
    serde_json::from_value(Value::Object(map.clone()))
        .map_err(|error| EventError::Value(format!("event `{}` carries no {what}: {error}", event.name())))
}
