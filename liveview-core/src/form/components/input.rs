//! Inputs of one line, and text areas.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};
use dioxus_core::Attribute;

use super::choice::Checkbox;
use super::chrome::Chrome;
use crate::form::FormField;
use crate::{Element, dioxus_elements};

/// An input of any type but `file`: `text`, `email`, `password`, `number`, `date`, `time`, `datetime-local`, `search`, `tel`, `url`, `color`,
/// `range`, `month`, `week`, `checkbox` (a [`Checkbox`]), `hidden` (the bare input).
///
/// A password is never sent back: its input is empty unless it is given a `value`. With `validate`, the browser checks what the
/// field's data is checked for ([`FormField::validations`]), and shows its own messages; without it, only numbers get their `step`.
#[component]
pub fn Input(
    field: FormField,
    #[props(default = String::from("text"), into)] r#type: String,
    #[props(default, into)] label: Option<String>,
    #[props(default, into)] help: Option<String>,
    /// In place of the field's own value.
    #[props(default, into)]
    value: Option<String>,
    #[props(default)] validate: bool,
    #[props(extends = GlobalAttributes, extends = input)] attributes: Vec<Attribute>,
) -> Element {
    let kind = r#type;
    let shown = match (value, &*kind) {
        (Some(value), _) => Some(value),
        (None, "password" | "file") => None,
        (None, kind) => Some(field.value_for(kind).into_owned()),
    };
    if kind == "checkbox" {
        return rsx! { Checkbox { field, label, help, attributes } };
    }
    let (id, name) = (field.id().to_owned(), field.name().to_owned());
    if kind == "hidden" {
        return rsx! { input { r#type: "hidden", id, name, value: shown, ..attributes } };
    }
    let checks = field.validations();
    let is_number = matches!(&*kind, "number" | "range");
    let if_asked = |check: Option<String>| check.filter(|_| validate);
    let chrome = Chrome { field: &field, label, help };
    let control = rsx! {
        input {
            r#type: kind,
            id,
            name,
            value: shown,
            required: validate && checks.required,
            minlength: if_asked(checks.min_length.map(|length| length.to_string())),
            maxlength: if_asked(checks.max_length.map(|length| length.to_string())),
            min: if_asked(checks.min.clone()),
            max: if_asked(checks.max.clone()),
            step: checks.step.clone().filter(|_| is_number),
            pattern: if_asked(checks.pattern.clone()),
            "aria-required": chrome.aria_required(),
            "aria-invalid": chrome.aria_invalid(),
            "aria-describedby": chrome.described_by(),
            ..attributes,
        }
    };
    chrome.around(control)
}

/// A text area.
#[component]
pub fn Textarea(
    field: FormField,
    #[props(default, into)] label: Option<String>,
    #[props(default, into)] help: Option<String>,
    #[props(default)] validate: bool,
    #[props(extends = GlobalAttributes, extends = textarea)] attributes: Vec<Attribute>,
) -> Element {
    let checks = field.validations();
    let if_asked = |check: Option<usize>| check.filter(|_| validate).map(|length| length.to_string());
    let chrome = Chrome { field: &field, label, help };
    let control = rsx! {
        textarea {
            id: field.id(),
            name: field.name(),
            value: field.value(),
            required: validate && checks.required,
            minlength: if_asked(checks.min_length),
            maxlength: if_asked(checks.max_length),
            "aria-required": chrome.aria_required(),
            "aria-invalid": chrome.aria_invalid(),
            "aria-describedby": chrome.described_by(),
            ..attributes,
        }
    };
    chrome.around(control)
}
