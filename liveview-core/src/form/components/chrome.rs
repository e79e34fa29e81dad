//! What stands around a control: label, help, errors.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};

use crate::form::FormField;
use crate::{Element, dioxus_elements};

/// What surrounds the control of a field.
pub(super) struct Chrome<'a> {
    pub(super) field: &'a FormField,
    pub(super) label: Option<String>,
    pub(super) help: Option<String>,
}

impl Chrome<'_> {
    /// The class of the `div` around the whole.
    pub(super) fn class(&self) -> &'static str {
        if self.field.is_invalid() { "field field-invalid" } else { "field" }
    }

    /// What `aria-invalid` is: nothing for a field that is right, so that it is not read out.
    pub(super) fn aria_invalid(&self) -> Option<&'static str> {
        self.field.is_invalid().then_some("true")
    }

    /// What `aria-required` is.
    pub(super) fn aria_required(&self) -> Option<&'static str> {
        self.field.validations().required.then_some("true")
    }

    /// The ids of the help and the errors that are there.
    pub(super) fn described_by(&self) -> Option<String> {
        let help = self.help.is_some().then(|| help_id(self.field));
        let errors = self.field.is_invalid().then(|| errors_id(self.field));
        match (help, errors) {
            (Some(help), Some(errors)) => Some(format!("{help} {errors}")),
            (help, errors) => help.or(errors),
        }
    }

    /// The label, the control and what is said about it.
    pub(super) fn around(self, control: Element) -> Element {
        let (class, field) = (self.class(), self.field.clone());
        let help = self.help();
        let label = self.label.map(|text| rsx! { label { class: "field-label", r#for: field.id(), "{text}" } });
        rsx! {
            div { class,
                {label}
                {control}
                {help}
                FieldErrors { field }
            }
        }
    }

    pub(super) fn help(&self) -> Element {
        match &self.help {
            Some(text) => rsx! { p { id: help_id(self.field), class: "field-help", "{text}" } },
            None => rsx! {},
        }
    }
}

fn help_id(field: &FormField) -> String {
    format!("{}_help", field.id())
}

fn errors_id(field: &FormField) -> String {
    format!("{}_errors", field.id())
}

/// What is wrong with a field, as a list that is read out when it comes; nothing while nothing is.
#[component]
pub fn FieldErrors(field: FormField) -> Element {
    if !field.is_invalid() {
        return rsx! {};
    }
    rsx! {
        ul { id: errors_id(&field), class: "field-errors", role: "alert",
            for error in field.errors() {
                li { "{error}" }
            }
        }
    }
}

/// A label of a field, for controls that one writes oneself.
#[component]
pub fn Label(field: FormField, children: Element) -> Element {
    rsx! { label { class: "field-label", r#for: field.id(), {children} } }
}
