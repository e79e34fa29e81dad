//! What an attribute of a virtual element is in a page: a name and a text, or nothing.
//!
//! The first HTML, the template definitions and the patches all ask here, so that a page that was adopted and
//! one that was built by patches have the same attributes.

use std::borrow::Cow;

use dioxus_core::{AttributeValue, TemplateAttribute, VNode};

/// The namespace of attributes that are CSS properties.
pub(super) const STYLE: &str = "style";
/// The attribute whose value becomes the element's content.
pub(super) const INNER_HTML: &str = "dangerous_inner_html";

/// An attribute that is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'static str,
    pub(super) namespace: Option<&'static str>,
    pub(super) value: Cow<'a, str>,
}

/// The attribute's name in HTML. Dioxus names the *default* state of a control `initial_…`; in HTML the
/// content attribute is that default.
pub(super) fn name(name: &'static str) -> &'static str {
    match name {
        "initial_value" => "value",
        "initial_checked" => "checked",
        "initial_selected" => "selected",
        other => other,
    }
}

/// The text of an attribute's value; `None` where the attribute is absent.
pub(super) fn value<'a>(name: &str, value: &'a AttributeValue) -> Option<Cow<'a, str>> {
    match value {
        AttributeValue::Text(value) => text(name, value),
        AttributeValue::Bool(value) if is_enumerated(name) => {
            Some(Cow::Borrowed(if *value { "true" } else { "false" }))
        }
        AttributeValue::Bool(value) => value.then_some(Cow::Borrowed("")),
        AttributeValue::Int(value) => Some(Cow::Owned(value.to_string())),
        AttributeValue::Float(value) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

/// The text of an attribute that was written as text. `disabled: "{flag}"` means the flag, not its name.
pub(super) fn text<'a>(name: &str, text: &'a str) -> Option<Cow<'a, str>> {
    match text {
        "false" if is_boolean(name) => None,
        "true" if is_boolean(name) => Some(Cow::Borrowed("")),
        _ => Some(Cow::Borrowed(text)),
    }
}

/// The attributes of an element, each once: of two with one name the later counts, as it does in a patch.
pub(super) fn of_element<'a>(vnode: &'a VNode, attrs: &'a [TemplateAttribute]) -> Vec<Attribute<'a>> {
    let mut found = Vec::with_capacity(attrs.len());
    for attr in attrs {
        match attr {
            TemplateAttribute::Static { name, value, namespace } => {
                put(&mut found, name, *namespace, text(name, value));
            }
            TemplateAttribute::Dynamic { id } => {
                let dynamic = vnode.dynamic_attrs.get(*id).map_or(&[][..], |attrs| attrs);
                for attr in dynamic.iter().filter(|attr| !is_listener(attr)) {
                    put(&mut found, attr.name, attr.namespace, value(attr.name, &attr.value));
                }
            }
        }
    }
    found
}

fn put<'a>(
    found: &mut Vec<Attribute<'a>>,
    raw_name: &'static str,
    namespace: Option<&'static str>,
    value: Option<Cow<'a, str>>,
) {
    let name = name(raw_name);
    let place = found.iter().position(|other| other.name == name && other.namespace == namespace);
    match (place, value) {
        (Some(place), Some(value)) => found[place].value = value,
        (Some(place), None) => drop(found.remove(place)),
        (None, Some(value)) => found.push(Attribute { name, namespace, value }),
        (None, None) => {}
    }
}

/// Whether this is an event listener and no attribute.
pub(super) fn is_listener(attribute: &dioxus_core::Attribute) -> bool {
    matches!(attribute.value, AttributeValue::Listener(_))
}

/// The event (without `on`) that the DOM has to be listened to for, if this is a listener. `mounted` is
/// Dioxus's own and never comes from a browser.
pub(super) fn dom_event(attribute: &dioxus_core::Attribute) -> Option<&'static str> {
    let event = attribute.name.strip_prefix("on").filter(|_| is_listener(attribute))?;
    (event != "mounted").then_some(event)
}

/// Attributes whose `false` is a value of its own.
fn is_enumerated(name: &str) -> bool {
    name.starts_with("aria-") || matches!(name, "contenteditable" | "draggable" | "spellcheck")
}

/// Attributes that are present or absent: HTML Living Standard, "Attributes" index, "Boolean attribute".
fn is_boolean(name: &str) -> bool {
    matches!(
        name,
        "allowfullscreen"
            | "async"
            | "autofocus"
            | "autoplay"
            | "checked"
            | "controls"
            | "default"
            | "defer"
            | "disabled"
            | "formnovalidate"
            | "hidden"
            | "inert"
            | "initial_checked"
            | "initial_selected"
            | "ismap"
            | "itemscope"
            | "loop"
            | "multiple"
            | "muted"
            | "nomodule"
            | "novalidate"
            | "open"
            | "playsinline"
            | "readonly"
            | "required"
            | "reversed"
            | "selected"
            | "webkitdirectory"
    )
}

#[cfg(test)]
mod tests {
    use super::{text, value};
    use dioxus_core::AttributeValue;

    fn of(name: &str, given: &AttributeValue) -> Option<String> {
        value(name, given).map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn booleans_are_present_or_absent() {
        assert_eq!(of("disabled", &AttributeValue::Bool(true)).as_deref(), Some(""));
        assert_eq!(of("disabled", &AttributeValue::Bool(false)), None);
        assert_eq!(text("disabled", "false"), None);
        assert_eq!(text("disabled", "true").as_deref(), Some(""));
        assert_eq!(text("hidden", "until-found").as_deref(), Some("until-found"));
        assert_eq!(text("class", "false").as_deref(), Some("false"));
    }

    #[test]
    fn enumerated_attributes_say_false() {
        assert_eq!(of("aria-hidden", &AttributeValue::Bool(false)).as_deref(), Some("false"));
        assert_eq!(of("draggable", &AttributeValue::Bool(true)).as_deref(), Some("true"));
    }

    #[test]
    fn numbers_are_text_and_none_is_absent() {
        assert_eq!(of("width", &AttributeValue::Int(-3)).as_deref(), Some("-3"));
        assert_eq!(of("width", &AttributeValue::Float(0.5)).as_deref(), Some("0.5"));
        assert_eq!(of("width", &AttributeValue::None), None);
    }
}
