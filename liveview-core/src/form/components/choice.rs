//! Boxes and radio buttons. Each has a hidden input before it, so that a form says of them also that nothing is chosen.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};
use dioxus_core::Attribute;

use super::chrome::{Chrome, FieldErrors};
use crate::form::{FormField, SelectOptions};
use crate::{Element, dioxus_elements};

/// A box to tick: `true` or `false`.
#[component]
pub fn Checkbox(
    field: FormField,
    #[props(default, into)] label: Option<String>,
    #[props(default, into)] help: Option<String>,
    #[props(extends = GlobalAttributes, extends = input)] attributes: Vec<Attribute>,
) -> Element {
    let chrome = Chrome { field: &field, label: None, help };
    let control = rsx! {
        label { class: "field-label",
            input { r#type: "hidden", name: field.name(), value: "false" }
            input {
                r#type: "checkbox",
                id: field.id(),
                name: field.name(),
                value: "true",
                checked: field.is_on(),
                "aria-required": chrome.aria_required(),
                "aria-invalid": chrome.aria_invalid(),
                "aria-describedby": chrome.described_by(),
                ..attributes,
            }
            {label}
        }
    };
    chrome.around(control)
}

/// Radio buttons, one for each choice. The `label` is the group's.
#[component]
pub fn RadioGroup(
    field: FormField,
    #[props(into)] options: SelectOptions,
    #[props(default, into)] label: Option<String>,
    #[props(default, into)] help: Option<String>,
    #[props(extends = GlobalAttributes, extends = fieldset)] attributes: Vec<Attribute>,
) -> Element {
    let chrome = Chrome { field: &field, label: None, help };
    let legend = label.map(|text| rsx! { legend { class: "field-label", "{text}" } });
    let chosen = field.value();
    rsx! {
        fieldset {
            id: field.id(),
            class: chrome.class(),
            role: "radiogroup",
            "aria-required": chrome.aria_required(),
            "aria-invalid": chrome.aria_invalid(),
            "aria-describedby": chrome.described_by(),
            ..attributes,
            {legend}
            input { r#type: "hidden", name: field.name(), value: "" }
            for (label, value, disabled) in options.choices() {
                label { class: "field-choice",
                    input {
                        r#type: "radio",
                        id: "{field.id()}_{value}",
                        name: field.name(),
                        value: "{value}",
                        checked: value == chosen,
                        disabled,
                    }
                    "{label}"
                }
            }
            {chrome.help()}
            FieldErrors { field: field.clone() }
        }
    }
}
