//! Forms as a page shows them (`Phoenix.HTML.Form`, Phoenix.HTML 4.2; `Phoenix.Component`, `LiveView` 1.1).
//!
//! A [`Form`] is a value that a view keeps and renders: the name and id under which its fields stand, what they hold, what is
//! wrong with them, which of them somebody has used, and the forms of nested rows. It is made by [`FormData::to_form`] from a
//! changeset, or from [`Params`], and made anew after each event; it holds no state of its own.
//!
//! ```
//! use liveview_core::form::FormData as _;
//! use liveview_core::Params;
//!
//! // What a browser sends while somebody is in the first field.
//! let params = Params::decode("robot[name]=K9&robot[_unused_site]=&robot[site]=&_target=robot[name]")?;
//! let form = params.within("robot").to_form().named("robot").with_errors([("name", "is taken"), ("site", "can't be blank")]);
//!
//! let name = form.field("name");
//! assert_eq!((name.id(), name.name(), name.value()), ("robot_name", "robot[name]", "K9"));
//! assert_eq!(name.errors(), ["is taken"]);
//! assert!(form.field("site").errors().is_empty(), "nobody has come to that field yet");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which errors show
//!
//! Those of fields that were used ([`Params::is_used`]): a form is not red before somebody has filled it in. Once the form has an
//! [action](Form::action) other than `validate`, which is when a write was refused, all of them show.

mod any;
pub mod components;
mod csrf;
mod field;
mod names;
mod nested;
mod options;
mod params;
mod parts;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub use any::AnyForm;
pub use csrf::CsrfToken;
pub use field::FormField;
pub use names::{FieldName, NestedName};
pub use options::{SelectOption, SelectOptions};
pub use parts::{FormParts, Nested, NestedParts, Validations};

use crate::Params;

/// What a form can be made of: changesets, and [`Params`].
pub trait FormData {
    /// Whose fields the form has: `form.field(Robot::name)` is for forms of robots.
    type Of: 'static;

    /// What the form shows.
    fn form_parts(&self) -> FormParts;

    /// The form.
    fn to_form(&self) -> Form<Self::Of> {
        Form::from_parts(self.form_parts())
    }
}

/// A form to show. Cheap to clone. See the [module](self).
pub struct Form<T = Params> {
    state: Arc<State>,
    of: PhantomData<fn() -> T>,
}

/// A form whatever its fields are.
#[derive(Clone, Debug, PartialEq)]
struct State {
    name: String,
    id: String,
    parts: FormParts,
    /// For a row of a list: its place, and the name of the list.
    row: Option<(usize, String)>,
}

impl<T> Form<T> {
    /// The form that shows `parts`.
    pub fn from_parts(parts: FormParts) -> Self {
        let name = parts.name.as_deref().unwrap_or_default().to_owned();
        let id = names::id_of(&name);
        Self::of_state(State { name, id, parts, row: None })
    }

    fn of_state(state: State) -> Self {
        Self { state: Arc::new(state), of: PhantomData }
    }

    fn edit(mut self, edit: impl FnOnce(&mut State)) -> Self {
        edit(Arc::make_mut(&mut self.state));
        self
    }

    /// Names the form (`as` in Phoenix): its fields are sent as `name[field]`. Without a name they are sent as `field`.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        self.edit(|state| {
            state.name = name.into();
            state.id = names::id_of(&state.name);
        })
    }

    /// Gives it another id than the one that its name gives: for two forms of one kind in a page.
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        self.edit(|state| state.id = id.into())
    }

    /// Says what was done with it. With anything but `validate`, all errors show.
    #[must_use]
    pub fn with_action(self, action: impl Into<Cow<'static, str>>) -> Self {
        self.edit(|state| state.parts.action = Some(action.into()))
    }

    /// Puts these errors in place of those that it has.
    #[must_use]
    pub fn with_errors<N: Into<Cow<'static, str>>, M: Into<String>>(
        self,
        errors: impl IntoIterator<Item = (N, M)>,
    ) -> Self {
        let errors = errors.into_iter().map(|(name, message)| (name.into(), message.into())).collect();
        self.edit(|state| state.parts.errors = errors)
    }

    /// The name before the brackets of its fields' names; empty if there is none.
    pub fn name(&self) -> &str {
        &self.state.name
    }

    /// The id of the form, and the beginning of its fields' ids; empty if there is none.
    pub fn id(&self) -> &str {
        &self.state.id
    }

    /// What was done with it, if anything: `validate`, `insert`, `update`.
    pub fn action(&self) -> Option<&str> {
        self.state.parts.action.as_deref()
    }

    /// What the browser sent for it; empty before it sent anything.
    pub fn params(&self) -> &Params {
        &self.state.parts.params
    }

    /// For a row of a list of forms: its place, from 0.
    pub fn index(&self) -> Option<usize> {
        self.state.row.as_ref().map(|(index, _)| *index)
    }

    /// What has to be sent along unseen, by field: the key of a row that is in a database, the id that a nested row keeps.
    pub fn hidden(&self) -> impl Iterator<Item = (&str, &str)> {
        self.state.parts.hidden.iter().map(|(name, value)| (&**name, &**value))
    }

    /// All errors by field, whether or not they show yet.
    pub fn errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.state.parts.errors.iter().map(|(name, message)| (&**name, &**message))
    }

    /// One of its fields, by name: `form.field("name")`, `form.field(Robot::name)`. Any name is a field.
    #[allow(clippy::needless_pass_by_value, reason = "names are small, and `field(&\"name\")` is nobody's idea of one")]
    pub fn field(&self, name: impl FieldName<T>) -> FormField {
        FormField::new(&self.state, &name.field_name())
    }

    /// The forms of the rows of an association, an embed or nested parameters, in order: none, one, or many.
    ///
    /// Ids are made of what rows keep (`_persistent_id`, a hidden input of [`components::InputsRow`]), names of their
    /// place. So a row that moves keeps its nodes in the page, with focus and text, if `row.id()` is its key.
    #[allow(clippy::needless_pass_by_value, reason = "as above")]
    pub fn inputs_for<N: NestedName<T>>(&self, name: N) -> Vec<Form<N::Of>> {
        nested::forms(&self.state, &name.field_name())
    }
}

impl<T> Clone for Form<T> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), of: PhantomData }
    }
}

impl<T> Default for Form<T> {
    /// Without a name, and with nothing in it.
    fn default() -> Self {
        Self::from_parts(FormParts::default())
    }
}

impl<T> PartialEq for Form<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state, &other.state) || self.state == other.state
    }
}

impl<T> fmt::Debug for Form<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)
    }
}

#[cfg(test)]
mod tests;
