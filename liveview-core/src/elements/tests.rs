use dioxus::core_macro::{Props, component, rsx};
use dioxus::signals as dioxus_signals;
use dioxus_core::{Attribute, Element, VirtualDom};
use dioxus_html::GlobalAttributesExtension as _;
use dioxus_html::elements::completions::CompleteWithBraces;

use super::bindings::{self, BindingAttributes as _};
use super::listed::tag_names;
// What the prelude does for the user's `rsx!`.
use crate::elements as dioxus_elements;
use crate::live_view::push::Push;

fn html(root: fn() -> Element) -> String {
    let mut dom = VirtualDom::new(root);
    let mut edits = dioxus_core::Mutations::default();
    dom.rebuild(&mut edits);
    edits.edits.iter().map(|edit| format!("{edit:?}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_element_keeps_the_tag_name_that_dioxus_gives_it() {
    assert_eq!(tag_names(&CompleteWithBraces::div {}), ("div", "div"));
    assert_eq!(tag_names(&CompleteWithBraces::r#use {}), ("use", "use"));
    assert_eq!(tag_names(&CompleteWithBraces::annotationXml {}), ("annotation-xml", "annotation-xml"));
}

#[test]
fn a_binding_is_named_like_its_constant() {
    for (constant, (attribute, namespace, volatile)) in bindings::ALL {
        assert_eq!(*attribute, constant.replace('_', "-"));
        assert_eq!((*namespace, *volatile), (None, false), "{attribute}");
    }
    assert_eq!(bindings::ALL.len(), 23);
}

#[test]
fn bindings_and_attributes_reach_html_and_svg_elements() {
    fn page() -> Element {
        let id = 7;
        rsx! {
            form { id: "robot", phx_change: Push::new("validate"), phx_submit: "save", phx_no_unused_field: true,
                input { name: "name", phx_debounce: "{id}00", phx_blur: Push::new("left").arg(id) }
            }
            svg { view_box: "0 0 1 1",
                circle { cx: "{id}", phx_click: Push::new("pick"), "phx-value-id": "{id}" }
                r#use { href: "#arm" }
                clipPath { phx_hold: "forward", phx_release: "stop", phx_repeat: 50 }
            }
        }
    }
    let edits = html(page);
    for expected in [
        r#"name: "phx-change", ns: None, value: Text("validate")"#,
        r#"name: "phx-debounce", ns: None, value: Text("700")"#,
        r#"name: "phx-blur", ns: None, value: Text("[[\"push\",{\"event\":\"left\",\"args\":[7]}]]")"#,
        r#"name: "cx", ns: None, value: Text("7")"#,
        r#"name: "phx-click", ns: None, value: Text("pick")"#,
        r#"name: "phx-value-id", ns: None, value: Text("7")"#,
        r#"name: "phx-repeat", ns: None, value: Int(50)"#,
    ] {
        assert!(edits.contains(expected), "{expected} is not in\n{edits}");
    }
}

#[test]
fn a_listener_of_dioxus_still_listens() {
    fn page() -> Element {
        rsx! {
            button { class: "big", onclick: move |_| (), phx_click: "inc", "+" }
            input { oninput: move |event| drop(event.value()), phx_focus: "focused" }
        }
    }
    let edits = html(page);
    assert!(edits.contains(r#"NewEventListener { name: "click""#), "{edits}");
    assert!(edits.contains(r#"NewEventListener { name: "input""#), "{edits}");
}

/// A component that hands what it does not know to its root element.
#[component]
fn Panel(title: String, #[props(extends = GlobalAttributes)] attributes: Vec<Attribute>, children: Element) -> Element {
    rsx! {
        section { phx_page_loading: true, ..attributes,
            h2 { "{title}" }
            {children}
        }
    }
}

#[test]
fn a_component_takes_the_attributes_of_elements() {
    fn page() -> Element {
        rsx! {
            Panel { title: "Arm", class: "wide", id: "arm", phx_click: Push::new("grip").arg(7), phx_debounce: "300",
                p { "text" }
            }
        }
    }
    let edits = html(page);
    for expected in [
        r#"name: "class", ns: None, value: Text("wide")"#,
        r#"name: "phx-click", ns: None, value: Text("[[\"push\",{\"event\":\"grip\",\"args\":[7]}]]")"#,
        r#"name: "phx-debounce", ns: None, value: Text("300")"#,
        r#"value: "Arm""#,
    ] {
        assert!(edits.contains(expected), "{expected} is not in\n{edits}");
    }
}
