//! Selects.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};
use dioxus_core::Attribute;

use super::chrome::Chrome;
use crate::form::{FormField, SelectOption, SelectOptions};
use crate::{Element, dioxus_elements};

/// A select. `prompt` is a first choice without a value; with `multiple` the field is a list, which may be empty.
#[component]
pub fn Select(
    field: FormField,
    #[props(into)] options: SelectOptions,
    #[props(default, into)] prompt: Option<String>,
    #[props(default)] multiple: bool,
    #[props(default, into)] label: Option<String>,
    #[props(default, into)] help: Option<String>,
    #[props(default)] validate: bool,
    #[props(extends = GlobalAttributes, extends = select)] attributes: Vec<Attribute>,
) -> Element {
    let chosen = field.values();
    let name = if multiple { format!("{}[]", field.name()) } else { field.name().to_owned() };
    // A select of which nothing is chosen sends nothing: the blank entry says that it was there.
    let blank = multiple.then(|| rsx! { input { r#type: "hidden", name: "{name}", value: "" } });
    let prompt = prompt.map(|text| rsx! { option { value: "", "{text}" } });
    let chrome = Chrome { field: &field, label, help };
    let control = rsx! {
        {blank}
        select {
            id: field.id(),
            name: "{name}",
            multiple,
            required: validate && field.validations().required,
            "aria-required": chrome.aria_required(),
            "aria-invalid": chrome.aria_invalid(),
            "aria-describedby": chrome.described_by(),
            ..attributes,
            {prompt}
            for option in &options.0 {
                {listed(option, &chosen)}
            }
        }
    };
    chrome.around(control)
}

fn listed(option: &SelectOption, chosen: &[&str]) -> Element {
    match option {
        SelectOption::Choice { label, value, disabled } => rsx! {
            option { value: "{value}", selected: chosen.contains(&value.as_str()), disabled: *disabled, "{label}" }
        },
        SelectOption::Group { label, options } => rsx! {
            optgroup { label: "{label}",
                for option in options {
                    {listed(option, chosen)}
                }
            }
        },
    }
}
