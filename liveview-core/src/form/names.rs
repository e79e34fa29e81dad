//! How fields are named: in the program, in a form's data, and as ids of a page.

use std::borrow::Cow;

use crate::Params;

/// The name of a field in forms of `T`: a text, or a typed name such as `Robot::name`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a field of a form of `{T}`",
    label = "no field of this form",
    note = "name it by text (`\"name\"`), or by a field of the form's own schema"
)]
pub trait FieldName<T> {
    /// The name.
    fn field_name(&self) -> Cow<'_, str>;
}

/// The name of a field that has forms of its own: of an association, an embed, or nested parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name nested rows of a form of `{T}`",
    label = "no nested rows of this form",
    note = "name them by text (`\"missions\"`), or by an association or embed of the form's own schema"
)]
pub trait NestedName<T>: FieldName<T> {
    /// Whose fields the nested forms have.
    type Of: 'static;
}

impl<T> FieldName<T> for &str {
    fn field_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T> NestedName<T> for &str {
    type Of = Params;
}

impl<T> FieldName<T> for String {
    fn field_name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T> NestedName<T> for String {
    type Of = Params;
}

/// `a[b][0]` as an id: `a_b_0`.
pub(super) fn id_of(name: &str) -> String {
    name.split(['[', ']']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// The name under which a field of the form `form` is sent.
pub(super) fn name_in(form: &str, field: &str) -> String {
    if form.is_empty() { field.to_owned() } else { format!("{form}[{field}]") }
}

/// The id of a field of the form with the id `form`.
pub(super) fn id_in(form: &str, field: &str) -> String {
    if form.is_empty() { field.to_owned() } else { format!("{form}_{field}") }
}

/// The name of the list that tells in which order the rows of `list` are.
pub(super) fn sort_name(list: &str) -> String {
    beside(list, "_sort")
}

/// The name of the list of those rows of `list` that are to go.
pub(super) fn drop_name(list: &str) -> String {
    beside(list, "_drop")
}

/// `robot[missions]` and `_sort`: `robot[missions_sort][]`.
fn beside(list: &str, suffix: &str) -> String {
    match list.strip_suffix(']') {
        Some(open) => format!("{open}{suffix}][]"),
        None => format!("{list}{suffix}[]"),
    }
}
