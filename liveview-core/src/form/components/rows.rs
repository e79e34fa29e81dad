//! Rows of nested forms that come, go and change places (`Phoenix.Component.inputs_for/1`).
//!
//! ```text
//! InputsFor { field: form.field(Robot::missions),
//!     for row in form.inputs_for(Robot::missions) {
//!         InputsRow { key: "{row.id()}", form: &row,
//!             Input { field: row.field(Mission::title) }
//!             DropRow { form: &row, "Remove" }
//!         }
//!     }
//!     AddRow { field: form.field(Robot::missions), "Add a mission" }
//! }
//! ```
//!
//! The changeset reads them with `sort_param("missions_sort")` and `drop_param("missions_drop")`. Adding and removing are changes of the
//! form like any other: they reach the `phx_change` event, and the changeset that it makes shows the rows.

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};
use dioxus_core::Attribute;

use super::form_for::HiddenInputs;
use crate::form::{AnyForm, FormField, names};
use crate::{Element, dioxus_elements};

/// The command of a button that counts as a change of its form: the client sends the form with the button's name and value.
const CHANGE: &str = r#"[["dispatch",{"event":"change"}]]"#;
/// What the list of the order has for a row that is to be made: no row's place.
const NEW: &str = "new";

/// The rows of a field. Makes sure that the form says so when the last of them is gone.
#[component]
pub fn InputsFor(field: FormField, children: Element) -> Element {
    rsx! {
        input { r#type: "hidden", name: field.drop_name(), value: "" }
        {children}
    }
}

/// One row: what it sends unseen (its key, its persistent id, its place in the order), then its own fields. It adds no element
/// around them.
#[component]
pub fn InputsRow(#[props(into)] form: AnyForm, children: Element) -> Element {
    let order = form.0.row.as_ref().map(|(index, list)| {
        rsx! { input { r#type: "hidden", name: names::sort_name(list), value: "{index}" } }
    });
    rsx! {
        HiddenInputs { form }
        {order}
        {children}
    }
}

/// A button that adds a row at the end.
#[component]
pub fn AddRow(
    field: FormField,
    #[props(extends = GlobalAttributes, extends = button)] attributes: Vec<Attribute>,
    children: Element,
) -> Element {
    rsx! {
        button { r#type: "button", name: field.sort_name(), value: NEW, "phx-click": CHANGE, ..attributes, {children} }
    }
}

/// A button that removes its row.
#[component]
pub fn DropRow(
    #[props(into)] form: AnyForm,
    #[props(extends = GlobalAttributes, extends = button)] attributes: Vec<Attribute>,
    children: Element,
) -> Element {
    let Some((index, list)) = &form.0.row else { return rsx! {} };
    rsx! {
        button { r#type: "button", name: names::drop_name(list), value: "{index}", "phx-click": CHANGE, ..attributes, {children} }
    }
}
