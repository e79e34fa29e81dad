//! The messages that a view shows and hands on: `put_flash/3` and `clear_flash/2` of `Phoenix.LiveView`.
//!
//! A message stays until it is cleared, replaced, or a link patches the URL. What this callback put travels to the next page if the view
//! leaves; what was shown before does not.

use super::{ClientEvent, Cx, EventValue};
use crate::Flash;

/// The event that clears messages without a handler: `phx-click="lv:clear-flash"`, with `phx-value-key` for one kind.
pub(super) const CLEAR_FLASH: &str = "lv:clear-flash";

impl Cx {
    /// Shows a message, in place of the one of its kind (`info` and `error` are the usual ones). If the view leaves in the same
    /// callback, the next page shows it.
    pub fn put_flash(&mut self, kind: impl Into<String>, text: impl Into<String>) {
        let (kind, text) = (kind.into(), text.into());
        self.effects.flash.put(kind.clone(), text.clone());
        self.flash.put(kind, text);
        self.effects.flash_changed = true;
    }

    /// The messages that the view shows.
    pub fn flash(&self) -> &Flash {
        &self.flash
    }

    /// Takes the message of one kind away.
    pub fn clear_flash(&mut self, kind: &str) {
        self.effects.flash.clear(kind);
        self.flash.clear(kind);
        self.effects.flash_changed = true;
    }

    /// Takes every message away.
    pub fn clear_all_flash(&mut self) {
        if !self.flash.is_empty() {
            self.effects.flash.clear_all();
            self.flash.clear_all();
            self.effects.flash_changed = true;
        }
    }

    /// Carries out [`CLEAR_FLASH`].
    pub(super) fn clear_flash_by(&mut self, event: &ClientEvent) {
        let kind = match event.value() {
            EventValue::Object(values) => values.get("key").and_then(|key| key.as_str()),
            EventValue::Form(params) => params.get("key"),
        };
        match kind {
            Some(kind) => self.clear_flash(kind),
            None => self.clear_all_flash(),
        }
    }
}
