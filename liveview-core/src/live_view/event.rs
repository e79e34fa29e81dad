//! What a browser's event is when it reaches a view, and how it can be wrong.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Params, telemetry};

/// An event from the browser, decoded from its frame but not yet from its arguments.
#[derive(Debug, Clone)]
pub struct ClientEvent {
    kind: EventKind,
    name: String,
    args: Vec<Value>,
    value: EventValue,
}

/// What happened in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// `phx-click`
    Click,
    /// `phx-keydown` and its window form
    KeyDown,
    /// `phx-keyup` and its window form
    KeyUp,
    /// `phx-blur`
    Blur,
    /// `phx-focus`
    Focus,
    /// a hook's `pushEvent`
    Hook,
    /// `phx-hold`
    Hold,
    /// `phx-release`
    Release,
    /// `phx-window-blur`
    WindowBlur,
    /// `phx-window-focus`
    WindowFocus,
    /// `js().push`
    Push,
    /// `phx-change` or `phx-submit`
    Form,
}

impl EventKind {
    const BY_CODE: [Self; 11] = [
        Self::Click,
        Self::KeyDown,
        Self::KeyUp,
        Self::Blur,
        Self::Focus,
        Self::Hook,
        Self::Hold,
        Self::Release,
        Self::WindowBlur,
        Self::WindowFocus,
        Self::Push,
    ];
    const NAMES: [&'static str; 11] = [
        "click",
        "keydown",
        "keyup",
        "blur",
        "focus",
        "hook",
        "hold",
        "release",
        "window-blur",
        "window-focus",
        "push",
    ];

    /// The kind with this number in a binary frame.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::BY_CODE.get(usize::from(code)).copied()
    }

    /// The kind with this name in a text frame.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        if name == "form" {
            return Some(Self::Form);
        }
        let code = Self::NAMES.iter().position(|known| *known == name)?;
        Some(Self::BY_CODE[code])
    }
}

/// What came with the event beside its arguments.
#[derive(Debug, Clone)]
pub enum EventValue {
    /// `phx-value-*`, keys, click coordinates.
    Object(Map<String, Value>),
    /// A form's fields.
    Form(Params),
}

impl ClientEvent {
    /// An event as a test or a transport makes it.
    pub fn new(kind: EventKind, name: impl Into<String>, args: Vec<Value>, value: EventValue) -> Self {
        Self { kind, name: name.into(), args, value }
    }

    /// What happened in the browser.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The event's name: that of the `#[event]` function.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What came with it.
    pub fn value(&self) -> &EventValue {
        &self.value
    }

    /// The fields, if it comes from a form.
    pub fn form(&self) -> Option<&Params> {
        match &self.value {
            EventValue::Form(params) => Some(params),
            EventValue::Object(_) => None,
        }
    }

    /// The named value (`phx-value-id` is `id`), if it does not come from a form.
    pub fn object(&self) -> Option<&Map<String, Value>> {
        match &self.value {
            EventValue::Object(map) => Some(map),
            EventValue::Form(_) => None,
        }
    }

    /// What telemetry says of it.
    pub(super) fn metadata(&self, view: &'static str, id: Arc<str>) -> telemetry::HandleEvent {
        let value = match &self.value {
            EventValue::Form(params) => Value::from(params.clone()),
            EventValue::Object(map) => Value::Object(map.clone()),
        };
        telemetry::HandleEvent { view, id, event: self.name.clone(), value }
    }

    /// Decodes argument `index`, which the binding gave when it was rendered.
    ///
    /// # Errors
    /// [`EventError::Argument`] when it is missing or of another type: the page is older than the program, or the event was forged.
    pub(crate) fn arg<T: DeserializeOwned>(&self, index: usize, name: &'static str) -> Result<T, EventError> {
        let given = self.args.get(index).cloned().ok_or_else(|| serde::de::Error::custom("it is missing"));
        given.and_then(serde_json::from_value).map_err(|source| EventError::Argument { name, source })
    }

    pub(crate) fn args_end(&self, expected: usize) -> Result<(), EventError> {
        if self.args.len() > expected {
            Err(EventError::TooManyArguments { expected, given: self.args.len() })
        } else {
            Ok(())
        }
    }
}

/// Why an event could not be handled. `Display` is what the browser is told; only [`EventError::Handler`] ends the view.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// No `#[event]` has this name.
    #[error("unknown event {name:?}; this view knows {}", known.join(", "))]
    Unknown {
        /// The name that came.
        name: String,
        /// The names that the view has.
        known: &'static [&'static str],
    },
    /// An argument that the binding bound is missing or of another type.
    #[error("argument `{name}` of the event does not have its type")]
    Argument {
        /// The parameter's name.
        name: &'static str,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// More arguments than the event has.
    #[error("the event takes {expected} arguments, not {given}")]
    TooManyArguments {
        /// Arguments of the function.
        expected: usize,
        /// Arguments that came.
        given: usize,
    },
    /// What the client supplies (a form, a key, a click) is not there or not of the right shape.
    #[error("{0}")]
    Value(String),
    /// The handler itself returned an error: the view ends, and the browser joins a new one.
    #[error("the handler failed")]
    Handler(crate::Error),
}

impl From<crate::Error> for EventError {
    fn from(error: crate::Error) -> Self {
        Self::Handler(error)
    }
}
