//! What a binding pushes: an event of the view, with the arguments known when the page was rendered.
//!
//! A [`Push`] becomes the value of a `phx_*` attribute. An event that carries nothing prints as its bare name, so that the page
//! stays readable and selectors such as `[phx-click=inc]` find it; anything more prints as a list of one command, as the wire
//! document defines: `[["push",{"event":"select","args":[3]}]]`.
//!
//! Arguments are turned to JSON when they are given, and a push owns no more than that text. Nothing here is secret or
//! trusted: the browser can send any name and any argument, and the server decodes them anew.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use dioxus_core::{AttributeValue, IntoAttributeValue};
use serde::Serialize;

/// An event to push, made by `Self::on_<event>(…)` and given to a `phx_*` binding.
///
/// ```text
/// button { phx_click: Self::on_select(robot.id), "{robot.name}" }
/// button { phx_click: Self::on_stop().value("reason", "operator").page_loading(), "Stop" }
/// ```
///
/// # Values that do not serialise
/// An argument or value that cannot be written as JSON (a map whose keys are structs, a `Serialize` that fails) is logged as an
/// error, and the whole push prints as nothing: the attribute is left out and the element does nothing. A push with a part
/// missing could do something else than was meant, and a render must not fail for one bad row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a push does nothing until it is the value of a `phx_*` attribute"]
pub struct Push {
    event: Cow<'static, str>,
    /// JSON values separated by commas; empty for none. Likewise `options`, with entries `"key":value`.
    args: String,
    values: String,
    options: String,
    broken: bool,
}

impl Push {
    /// A push of the event of that name, with no arguments.
    pub fn new(event: impl Into<Cow<'static, str>>) -> Self {
        Self { event: event.into(), args: String::new(), values: String::new(), options: String::new(), broken: false }
    }

    /// Adds the next argument of the event's function.
    pub fn arg(mut self, argument: impl Serialize) -> Self {
        separate(&mut self.args);
        if let Err(error) = write_json(&mut self.args, &argument) {
            self.break_off("argument", &error);
        }
        self
    }

    /// Adds a named value to what the browser sends, beside the element's `phx-value-*` attributes.
    pub fn value(mut self, key: &str, value: impl Serialize) -> Self {
        separate(&mut self.values);
        if let Err(error) = write_entry(&mut self.values, key, &value) {
            self.break_off(key, &error);
        }
        self
    }

    /// Whether the browser also sends the details of the event: pointer position, modifier keys. Default: no.
    pub fn meta(self, wanted: bool) -> Self {
        if wanted { self.option("meta", true) } else { self }
    }

    /// Shows the loading state on the element that this selector finds, as well as on the one that pushes.
    pub fn loading(self, selector: &str) -> Self {
        self.option("loading", selector)
    }

    /// Shows the page's loading bar until the event is answered. A submit does so by itself.
    pub fn page_loading(self) -> Self {
        self.option("page_loading", true)
    }

    /// The name of the event.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// Each option is set once; of one that is set again the browser's JSON parser takes the last.
    fn option(mut self, key: &str, value: impl Serialize) -> Self {
        separate(&mut self.options);
        if let Err(error) = write_entry(&mut self.options, key, &value) {
            self.break_off(key, &error);
        }
        self
    }

    fn break_off(&mut self, part: &str, error: &serde_json::Error) {
        tracing::error!(event = %self.event, part, %error, "a push cannot be written as JSON; its binding is left out");
        self.broken = true;
    }

    /// A bare name must not be mistaken for a list of commands, which is what begins with a bracket.
    fn is_bare(&self) -> bool {
        self.args.is_empty() && self.values.is_empty() && self.options.is_empty() && !self.event.starts_with('[')
    }

    /// The attribute's value; none for a push that cannot be printed.
    fn into_text(self) -> Option<String> {
        match self {
            Self { broken: true, .. } => None,
            push if push.is_bare() => Some(push.event.into_owned()),
            push => {
                let mut text = String::with_capacity(push.length());
                text.push('[');
                push.write_command(&mut text);
                text.push(']');
                Some(text)
            }
        }
    }

    /// Whether a part of it cannot be printed.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Appends the command alone, `["push",{…}]`.
    pub(super) fn write_command(&self, out: &mut String) {
        out.push_str(r#"["push",{"event":"#);
        // A string always serialises.
        let _ = write_json(out, &self.event);
        for (key, open, list, close) in [("args", '[', &self.args, ']'), ("value", '{', &self.values, '}')] {
            if !list.is_empty() {
                out.extend([",\"", key, "\":"]);
                out.push(open);
                out.push_str(list);
                out.push(close);
            }
        }
        if !self.options.is_empty() {
            out.push(',');
            out.push_str(&self.options);
        }
        out.push_str("}]");
    }

    /// The bytes of the printed list but for escapes in the name, so that printing allocates once.
    fn length(&self) -> usize {
        self.event.len() + self.args.len() + self.values.len() + self.options.len() + 48
    }
}

impl Display for Push {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clone().into_text().unwrap_or_default())
    }
}

impl IntoAttributeValue for Push {
    fn into_value(self) -> AttributeValue {
        self.into_text().map_or(AttributeValue::None, AttributeValue::Text)
    }
}

fn separate(list: &mut String) {
    if !list.is_empty() {
        list.push(',');
    }
}

fn write_entry(out: &mut String, key: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
    write_json(out, key)?;
    out.push(':');
    write_json(out, value)
}

/// Appends to the text that is there: the buffer is taken as bytes and given back, so that nothing is copied.
fn write_json(out: &mut String, value: &(impl Serialize + ?Sized)) -> Result<(), serde_json::Error> {
    let kept = out.len();
    let mut bytes = std::mem::take(out).into_bytes();
    let written = serde_json::to_writer(&mut bytes, value);
    if written.is_err() {
        bytes.truncate(kept);
    }
    // serde_json writes UTF-8 only, so this never loses anything.
    *out = String::from_utf8(bytes).unwrap_or_default();
    written
}

#[cfg(test)]
mod tests;
