//! The form element.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx, try_consume_context};
use dioxus_core::Attribute;

use crate::form::{AnyForm, CsrfToken, names};
use crate::session::csrf::CSRF_PARAM;
use crate::{Element, dioxus_elements};

/// A `form` element with the form's id.
///
/// With an `action` the browser itself can post it there: it gets the page's CSRF token, and for a `method` other than `get`
/// and `post` (default: `post`) the hidden input `_method`, which the endpoint reads.
#[component]
pub fn FormFor(
    #[props(into)] form: AnyForm,
    #[props(default, into)] action: Option<String>,
    #[props(default = String::from("post"), into)] method: String,
    #[props(extends = GlobalAttributes, extends = form)] attributes: Vec<Attribute>,
    children: Element,
) -> Element {
    let id = Some(form.0.id.clone()).filter(|id| !id.is_empty());
    let method = method.to_ascii_lowercase();
    let is_native = matches!(&*method, "get" | "post");
    let shown = action.is_some().then(|| if is_native { method.clone() } else { "post".to_owned() });
    let overriding = (action.is_some() && !is_native).then_some(method);
    let token =
        if action.is_some() && shown.as_deref() == Some("post") { try_consume_context::<CsrfToken>() } else { None };
    rsx! {
        form { id, action, method: shown, ..attributes,
            if let Some(method) = overriding {
                input { r#type: "hidden", name: "_method", value: "{method}" }
            }
            if let Some(token) = token {
                input { r#type: "hidden", name: CSRF_PARAM, value: token.as_str() }
            }
            {children}
        }
    }
}

/// What a form sends along unseen ([`crate::form::Form::hidden`]). [`super::InputsRow`] has it.
#[component]
pub fn HiddenInputs(#[props(into)] form: AnyForm) -> Element {
    let hidden = form.0.parts.hidden.iter();
    rsx! {
        for (name, value) in hidden {
            input { r#type: "hidden", name: names::name_in(&form.0.name, name), value: "{value}" }
        }
    }
}
