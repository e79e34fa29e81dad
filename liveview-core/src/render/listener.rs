//! Events from a browser for Dioxus listeners (`onclick: move |_| …`), decoded and made harmless.
//!
//! The data is that of dioxus-html's serialised events. Files are struck out of it: dioxus-html reads a file whose contents
//! are missing from the *server's* disk, at the path that the event names, and the event comes from a stranger.

use std::any::Any;
use std::rc::Rc;
use std::sync::Once;

use dioxus_core::Event;
use dioxus_html::HtmlEvent;
use serde_json::{Value, json};

/// Why a listener did not run, or what became of it. None of these harms the view.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// The page has no listener for this event on this node: the node is gone, or the client lies.
    #[error("no listener for {event:?} on node {node}")]
    NotListening {
        /// The node's id.
        node: u32,
        /// The event, without `on`.
        event: String,
    },
    /// The data is not JSON, or not what dioxus-html has for an event of this name.
    #[error("malformed data for the event {event:?}")]
    Malformed {
        /// The event, without `on`.
        event: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The listener panicked.
    #[error("the listener panicked: {0}")]
    Panicked(String),
    /// The listener returned an error.
    #[error("{0}")]
    Failed(String),
}

/// The event that a listener takes.
pub(super) fn decode(event: &str, json: &str) -> Result<Event<dyn Any>, ListenerError> {
    convert_once();
    let decode = || {
        let mut data: Value = serde_json::from_str(json)?;
        strike_out_files(&mut data);
        let event = json!({ "element": 0, "name": event, "bubbles": bubbles(event), "data": data });
        serde_json::from_value::<HtmlEvent>(event)
    };
    let malformed = |source| ListenerError::Malformed { event: event.to_owned(), source };
    let HtmlEvent { bubbles, data, .. } = decode().map_err(malformed)?;
    Ok(Event::new(data.into_any() as Rc<dyn Any>, bubbles))
}

/// Every `file` and `files` in the data, wherever it stands: so that a field which dioxus-html adds some day is
/// struck out as well.
pub(crate) fn strike_out_files(data: &mut Value) {
    match data {
        Value::Object(fields) => {
            for (name, value) in fields {
                match &**name {
                    "file" => *value = Value::Null,
                    "files" => *value = Value::Array(Vec::new()),
                    _ => strike_out_files(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strike_out_files),
        _ => {}
    }
}

/// Listeners convert their data through a table that is global to the process.
fn convert_once() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        // Its own table can do all that this one can, and it is private; a pool sets it.
        #[cfg(feature = "dioxus-liveview")]
        drop(dioxus_liveview::LiveViewPool::new());
        #[cfg(not(feature = "dioxus-liveview"))]
        dioxus_html::set_event_converter(Box::new(dioxus_html::SerializedHtmlEventConverter));
    });
}

/// Whether the DOM event reaches the ancestors' listeners (DOM and HTML Living Standard).
fn bubbles(event: &str) -> bool {
    !matches!(
        event,
        "abort"
            | "blur"
            | "cancel"
            | "canplay"
            | "canplaythrough"
            | "durationchange"
            | "emptied"
            | "encrypted"
            | "ended"
            | "error"
            | "focus"
            | "invalid"
            | "load"
            | "loadeddata"
            | "loadedmetadata"
            | "loadend"
            | "loadstart"
            | "mouseenter"
            | "mouseleave"
            | "pause"
            | "play"
            | "playing"
            | "pointerenter"
            | "pointerleave"
            | "progress"
            | "ratechange"
            | "resize"
            | "scroll"
            | "scrollend"
            | "seeked"
            | "seeking"
            | "stalled"
            | "suspend"
            | "timeupdate"
            | "toggle"
            | "visible"
            | "volumechange"
            | "waiting"
    )
}
